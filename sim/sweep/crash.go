package sweep

import (
	"regexp"
	"strings"
	"sync"
)

// crashes are how the run-times of common languages tell that a program came to
// an end that nobody planned.
var crashes = sync.OnceValue(func() (all []*regexp.Regexp) {
	for _, pattern := range []string{
		// Go
		`^panic: `,
		`^fatal error: `,
		`^goroutine \d+ (gp=\S+ m=\S+ (mp=\S+ )?)?\[running\]:`,
		// Java and its kin
		`^Exception in thread "`,
		`^# A fatal error has been detected by the Java Runtime Environment`,
		// Python
		`^Traceback \(most recent call last\):`,
		// Node.js
		`^\s*throw \S.*;?$`,
		`^Uncaught |^\[?UnhandledPromiseRejection|triggerUncaughtException`,
		`^(Aggregate|Eval|Range|Reference|Syntax|Type|URI)Error: `,
		// Ruby
		"^\\S+\\.rb:\\d+:in [`'].*\\((\\w|::)*(Error|Exception)\\)",
	} {
		all = append(all, regexp.MustCompile(pattern))
	}
	return all
})

// Crashed finds the first line of an output that shows a crash, by the built-in
// patterns and those given; "" when there is none.
func Crashed(output string, more ...*regexp.Regexp) string {
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		for _, list := range [][]*regexp.Regexp{crashes(), more} {
			for _, pattern := range list {
				if pattern.MatchString(line) {
					return line
				}
			}
		}
	}
	return ""
}
