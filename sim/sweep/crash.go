package sweep

import (
	"regexp"
	"strings"
)

// crashes are how the run-times of common languages tell that a program came to
// an end that nobody planned.
var crashes = []*regexp.Regexp{
	// Go
	regexp.MustCompile(`^panic: `),
	regexp.MustCompile(`^fatal error: `),
	regexp.MustCompile(`^goroutine \d+ (gp=\S+ m=\S+ (mp=\S+ )?)?\[running\]:`),
	// Java and its kin
	regexp.MustCompile(`^Exception in thread "`),
	regexp.MustCompile(`^# A fatal error has been detected by the Java Runtime Environment`),
	// Python
	regexp.MustCompile(`^Traceback \(most recent call last\):`),
	// Node.js
	regexp.MustCompile(`^\s*throw \S.*;?$`),
	regexp.MustCompile(`^Uncaught |^\[?UnhandledPromiseRejection|triggerUncaughtException`),
	regexp.MustCompile(`^(Aggregate|Eval|Range|Reference|Syntax|Type|URI)Error: `),
	// Ruby
	regexp.MustCompile("^\\S+\\.rb:\\d+:in [`'].*\\((\\w|::)*(Error|Exception)\\)"),
}

// Crashed finds the first line of an output that shows a crash, by the built-in
// patterns and those given; "" when there is none.
func Crashed(output string, more ...*regexp.Regexp) string {
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		for _, list := range [][]*regexp.Regexp{crashes, more} {
			for _, pattern := range list {
				if pattern.MatchString(line) {
					return line
				}
			}
		}
	}
	return ""
}
