package document

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression that is compiled when it is first asked for:
// hardly any run of the program needs one, and all of them together were a
// twentieth of its start. One that is not valid panics then.
func Pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
