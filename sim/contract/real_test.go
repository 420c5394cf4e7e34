package contract

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRealRoutes: the list is sorted and well-formed, and what capisim plays
// under /v3 is in it.
func TestRealRoutes(t *testing.T) {
	t.Parallel()
	parameter := regexp.MustCompile(`\{[^}]*\}`)
	form := regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE) /(v3(/[a-z_]+|/\{[a-z_]+\})*)?$`)
	known, instead := map[string]bool{}, map[string]string{}
	for route := range RealRoutes() {
		line := route.Method + " " + route.Path
		bare := parameter.ReplaceAllString(line, "{}")
		if !form.MatchString(line) || known[bare] {
			t.Errorf("%q is not a route, or stands there twice", line)
		}
		known[bare], instead[bare] = true, route.Instead
	}
	if !slices.IsSortedFunc(slices.Collect(RealRoutes()), func(a, b RealRoute) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("the list is not sorted by path")
	}
	for _, op := range Operations() {
		if bare := parameter.ReplaceAllString(op.Method+" "+op.Path, "{}"); strings.HasPrefix(op.Path, "/v3/") && (!known[bare] || instead[bare] != "") {
			t.Errorf("%s is played: in the list %v, something in its place %q", bare, known[bare], instead[bare])
		}
	}
}
