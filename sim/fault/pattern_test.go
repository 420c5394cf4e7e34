package fault

import (
	"strings"
	"testing"
)

// A pattern sees the beginning of a long text, and the dearest of them is done
// with it before anybody notices.
func TestPatternsAreBounded(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("a", 1<<20)
	for pattern, want := range map[string]bool{
		"^a{100}": true, "b": false, "^a{1000}": true, "(a?){190}a{190}c": false, strings.Repeat("a", maxPattern): true,
	} {
		if expected := patternFault(pattern); expected != "" {
			t.Errorf("%s: %s", pattern, expected)
		}
		ready := Matcher{Matches: &pattern}.ready()
		if got := ready.texts([]string{text[:1<<14] + "b" + text}); got != want {
			t.Errorf("%s: %t", pattern, got)
		}
	}
}
