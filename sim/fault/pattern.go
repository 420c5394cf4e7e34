package fault

import (
	"fmt"
	"regexp/syntax"
)

// What a regular expression costs is its size times the length of the text, so
// both are bounded: the dearest takes a fraction of a second.
const (
	maxPattern      = 1000     // bytes of it
	maxInstructions = 1024     // that it becomes; repetitions multiply them
	maxSearched     = 16 << 10 // bytes of a value that it is run on, as many as the journal keeps
)

// patternFault says what was expected of a pattern, "" when it is fine.
func patternFault(pattern string) string {
	if len(pattern) > maxPattern {
		return fmt.Sprintf("a regular expression (RE2) of at most %d bytes, found %d", maxPattern, len(pattern))
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl) // as package regexp does
	if err != nil {
		return "a regular expression (RE2): " + err.Error()
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return "a regular expression (RE2): " + err.Error()
	}
	if n := len(program.Inst); n > maxInstructions {
		return fmt.Sprintf("a regular expression (RE2) of at most %d steps, found %d: repeat less in {}", maxInstructions, n)
	}
	return ""
}

// searched is the part of a text that a pattern is run on.
func searched(text string) string { return text[:min(len(text), maxSearched)] }
