package drift

import (
	"context"
	"errors"
	"testing"
)

// laidOver is an object with other members in place of its own.
func laidOver(n, members *node) *node {
	return replaced(n, func(key string, value *node) *node {
		if other := members.get(key); other != nil {
			return other
		}
		return value
	})
}

func TestUndo(t *testing.T) {
	t.Parallel()
	const was = `{"command":"run","user":"vcap","instances":2,"memory_in_mb":64,"disk_in_mb":10,"log_rate_limit_in_bytes_per_second":-1,` +
		`"health_check":{"type":"port","data":{"timeout":null}},"readiness_health_check":{"type":"process","data":{}},"metadata":{"labels":{"a":"1"},"annotations":{}}}`
	tests := []struct{ name, now, update, scale string }{
		{"nothing", `{}`, ``, ``},
		{"times", `{"updated_at":"2026-01-01T00:00:00Z"}`, ``, ``},
		{"command and user", `{"command":"rm","user":"root"}`, `{"command":"run","user":"vcap"}`, ``},
		{"check", `{"health_check":{"type":"port","data":{"timeout":5}}}`, `{"health_check":{"type":"port","data":{"timeout":null}}}`, ``},
		{"order of keys", `{"health_check":{"data":{"timeout":null},"type":"port"}}`, ``, ``},
		{"label changed, more added", `{"metadata":{"labels":{"a":"2","b":"3"},"annotations":{"c":"4"}}}`,
			`{"metadata":{"labels":{"a":"1","b":null},"annotations":{"c":null}}}`, ``},
		{"label gone", `{"metadata":{"labels":{},"annotations":{}}}`, `{"metadata":{"labels":{"a":"1"}}}`, ``},
		{"scale", `{"instances":5,"disk_in_mb":null,"log_rate_limit_in_bytes_per_second":1}`, ``,
			`{"instances":2,"disk_in_mb":10,"log_rate_limit_in_bytes_per_second":-1}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			k := keeper{was: tree(t, was)}
			update, scale := k.undo(laidOver(k.was, tree(t, test.now)))
			if update != test.update || scale != test.scale {
				t.Errorf("got %s and %s, want %s and %s", update, scale, test.update, test.scale)
			}
		})
	}
	hidden := keeper{was: tree(t, `{"command":"[PRIVATE DATA HIDDEN]"}`)}
	if update, _ := hidden.undo(tree(t, `{"command":"run"}`)); update != "" {
		t.Errorf("a command that was not seen would become %s", update)
	}
}

func TestOutcome(t *testing.T) {
	t.Parallel()
	k := &keeper{guid: "g", was: tree(t, `{}`)}
	broken := &RestoreError{Process: "g", Err: errors.New("no")}
	tests := []struct {
		name             string
		err, failed      error
		wantRestoreError bool
		want             string
	}{
		{"all well", nil, nil, false, ""},
		{"interrupted and put back", context.Canceled, nil, false, "context canceled"},
		{"not put back", context.Canceled, broken, true, "process g could not be restored: no\nit was "},
		{"no time to put back", nil, context.DeadlineExceeded, true, ""},
		{"put back in the end", broken, nil, false, "process g could be restored only in the end: no"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ending(test.err, test.failed, k)
			var restoring *RestoreError
			if errors.As(got, &restoring) != test.wantRestoreError {
				t.Errorf("got %v", got)
			}
			if test.want != "" && (got == nil || got.Error() != test.want) || test.want == "" && !test.wantRestoreError && got != nil {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}
