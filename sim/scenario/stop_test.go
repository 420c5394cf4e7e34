package scenario_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
)

// leaving is a context that ends when it has been asked for long enough.
type leaving struct {
	context.Context
	patience, asked int
}

func (l *leaving) Err() error {
	if l.asked++; l.asked > l.patience {
		return context.Canceled
	}
	return nil
}

// listed writes a JSON list, %d being the number of each item.
func listed(n int, item string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = strings.ReplaceAll(item, "%d", strconv.Itoa(i))
	}
	return "[" + strings.Join(items, ",") + "]"
}

// TestStop: whoever waits for a scenario may leave at any time, and what is small
// is done all the same.
func TestStop(t *testing.T) {
	t.Parallel()
	const n = 1200
	process := `{"type":"t%d","instances":1,"metadata":{"labels":{"a":"b"}}}`
	for name, c := range map[string]struct {
		text string
		asks int // at least, until it is done
	}{
		"apps as JSON":    {`{"name":"x","apps":` + listed(n, `{"name":"a%d","processes":[`+process+`]}`) + `}`, 8 * n / 1024},
		"apps as YAML":    {"name: x\napps:\n" + strings.Join(strings.Split(listed(n, "- name: a%d\n"), ",")[1:n-1], ""), 4 * n / 1024},
		"processes":       {`{"name":"x","apps":[{"name":"a","processes":` + listed(n, process) + `}]}`, 8 * n / 1024},
		"labels":          {`{"name":"x","apps":[{"name":"a","metadata":{"labels":{` + strings.Trim(listed(n, `"k%d":"v"`), "[]") + `}}}]}`, 2 * n / 1024},
		"tokens":          {`{"name":"x","auth":{"users":[{"name":"a"}],"tokens":{` + strings.Trim(listed(n, `"t%d":"a"`), "[]") + `}}}`, 3 * n / 1024},
		"roles":           {`{"name":"x","spaces":[{"name":"s"}],"auth":{"users":[{"name":"a","roles":` + listed(n, `{"space":"s","role":"space_auditor"}`) + `}]}}`, 8 * n / 1024},
		"users":           {`{"name":"x","auth":{"users":` + listed(n, `{"name":"u%d"}`) + `}}`, 8 * n / 1024},
		"apps to be made": {`{"name":"x","generate":{"apps":4000}}`, 4000 / 1024},
	} {
		read := func(patience int) (asked int, err error) {
			ctx := &leaving{Context: t.Context(), patience: patience}
			stop := document.StopWith(ctx)
			s, err := scenario.FromBody(stop, []byte(c.text), nil)
			if err == nil {
				err = s.Prepare(stop)
			}
			return ctx.asked, err
		}
		all, err := read(1 << 30)
		if err != nil || all < c.asks {
			t.Errorf("%s: asked %d times, expected at least %d; %v", name, all, c.asks, err)
		}
		for patience := range all {
			if asked, err := read(patience); !errors.Is(err, document.ErrLeft) || asked != patience+1 {
				t.Errorf("%s: left at look %d: asked %d times, %v", name, patience+1, asked, err)
			}
		}
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := scenario.FromBody(document.StopWith(gone), []byte("name: x"), nil); err != nil {
		t.Errorf("a small one: %v", err)
	}
}
