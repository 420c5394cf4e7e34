package schema

import (
	"fmt"
	"strings"
	"testing"
)

// TestParts: what is checked in parts is told as if it had been checked as a
// whole.
func TestParts(t *testing.T) {
	t.Parallel()
	const n = manyMembers + 7
	listed := func(item, odd string, at int) string {
		items := make([]string, n)
		for i := range items {
			items[i] = strings.ReplaceAll(item, "%d", fmt.Sprint(i))
		}
		items[at] = odd
		return strings.Join(items, ",")
	}
	last := fmt.Sprint(n - 1)
	for name, c := range map[string]struct{ text, want string }{
		"a list":              {`{"name":"x","apps":[` + listed(`{"name":"a"}`, `{"name":5}`, n-1) + `]}`, "/apps/" + last + "/name: 5, expected "},
		"the first of a list": {`{"name":"x","apps":[` + listed(`{"name":"a"}`, `{"name":5}`, 0) + `]}`, "/apps/0/name: 5, expected "},
		"a list in a list": {`{"name":"x","apps":[{},{"processes":[` + listed(`{"type":"a"}`, `{"type":5}`, n-1) + `]}]}`,
			"/apps/1/processes/" + last + "/type: 5, expected "},
		"a list in what is left over": {`{"name":"x","apps":[` + listed(`{}`, `{"processes":[`+listed(`{}`, `7`, n-1)+`]}`, n-1) + `]}`,
			"/apps/" + last + "/processes/" + last + ": 7, expected an object"},
		"an object of many keys": {`{"name":"x","auth":{"tokens":{` + listed(`"k%d":"v"`, `"odd":{}`, n-1) + `}}}`, "/auth/tokens/odd: an empty object, expected "},
		"its first keys":         {`{"name":"x","auth":{"tokens":{` + listed(`"k%d":"v"`, `"odd":{}`, 0) + `}}}`, "/auth/tokens/odd: an empty object, expected "},
		"more than the most":     {`{"name":"x","audit_events":[` + strings.Repeat(`{"type":"audit.app.start"},`, 1000) + `{}]}`, "/audit_events: an array of 1001 items, expected "},
	} {
		if got := validated(t, "scenario", decoded(t, c.text)); !strings.HasPrefix(got, c.want) || strings.Contains(got, "\n") && name != "more than the most" {
			t.Errorf("%s: got %s\nwant %s", name, got, c.want)
		}
	}
}
