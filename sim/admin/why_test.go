package admin

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/journal"
)

// TestExplainOfTheJournal: a request that came is told what became of it, and by
// whom.
func TestExplainOfTheJournal(t *testing.T) {
	t.Parallel()
	srv := start(t, func(o *Options) { o.Explain = explained })
	srv.want(t, 201, "POST", "/admin/faults", `{"id":"ours","match":{"headers":{"X-Team":"a"}},"respond":{"status":503}}`)
	w := srv.worlds.Root()
	for _, test := range []struct {
		name   string
		change func(*journal.Entry)
		says   string
	}{
		{"by a rule", func(e *journal.Entry) { e.Rule, e.Injected, e.Status = "ours", true, 503 }, `rule "ours" decided`},
		{"by one that is gone", func(e *journal.Entry) { e.Rule, e.Injected, e.Status = "gone", true, 503 }, `rule "gone" decided; it is no longer set`},
		{"delayed", func(e *journal.Entry) { e.Rule = "ours" }, `rule "ours" delayed it, and none decided, and no check refused it`},
		{"by Prefer", func(e *journal.Entry) { e.Injected, e.Status = true, 404 }, `its header Prefer decided`},
		{"by nobody", nil, `no rule decided, and no check refused it`},
		{"refused", func(e *journal.Entry) { e.Path, e.Status = "/refused", 403 }, `no rule decided; the contract refused it with 403, by its check of the role: a role is needed`},
		{"refused then", func(e *journal.Entry) { e.Status = 404 }, `no rule decided; the contract refused it with 404, and in the world as it is now would answer 200`},
	} {
		id := played(t, w, test.change)
		got := into[client.Explanation](t, srv.want(t, 200, "POST", "/admin/faults/explain", `{"request":`+strconv.FormatUint(id, 10)+`}`))
		if got.Says != test.says || len(got.Then) != 1 {
			t.Errorf("%s: %s, %+v", test.name, got.Says, got.Then)
		}
	}
	got := into[client.Explanation](t, srv.want(t, 200, "POST", "/admin/faults/explain", `{"path":"/refused"}`))
	if got.Says != "no rule would decide; the contract would refuse it with 403, by its check of the role: a role is needed" || got.Then != nil {
		t.Errorf("%+v", got)
	}
}

func TestExplainRule(t *testing.T) {
	t.Parallel()
	srv := start(t, func(o *Options) { o.Explain = explained })
	srv.want(t, 201, "POST", "/admin/faults", `[{"id":"older","match":{"headers":{"X-Team":"a"}},"respond":{"status":500}},{"id":"ours","match":{"operations":["updateProcess"],"headers":{"X-Team":"a","X-Other":{"exists":true}}},"respond":{"status":503}},{"id":"late","when":{"from":"1h"},"respond":{"status":503}}]`)
	told := func(id string) client.RuleExplanation {
		t.Helper()
		return into[client.RuleExplanation](t, srv.want(t, 200, "GET", "/admin/faults/"+id+"/explain", ""))
	}
	if got := told("ours"); got.Says != "it has not fired; no request has come since the journal began" || len(got.Criteria) != 3 {
		t.Errorf("%+v", got)
	}
	w := srv.worlds.Root()
	played(t, w, func(e *journal.Entry) { e.RequestHeader = http.Header{} })
	played(t, w, func(e *journal.Entry) { e.RequestHeader.Set("X-Team", "a") })
	played(t, w, func(e *journal.Entry) { e.RequestHeader = http.Header{} })
	played(t, w, func(e *journal.Entry) { e.Operation, e.Path = nil, "/nowhere" })
	got := told("ours")
	if got.Says != `it has not fired; of the last 4 requests none met it; the nearest is request 2: the header is none, expected {"exists":true}` ||
		got.Looked != 4 || got.Met != 0 || got.Nearest.Request != 2 || len(got.Nearest.Against) != 1 ||
		got.Criteria[0].Met != 3 || got.Criteria[1].Met != 0 || got.Criteria[2].Met != 1 {
		t.Errorf("%+v", got)
	}
	played(t, w, func(e *journal.Entry) {
		e.RequestHeader.Set("X-Team", "a")
		e.RequestHeader.Set("X-Other", "b")
		e.Rule, e.Injected, e.Status = "ours", true, 503
	})
	if got := told("older"); !strings.HasPrefix(got.Says, `it has not fired; of the last 5 requests 2 met it; request 5: rule "ours" is newer and decided`) || len(got.Passed) != 2 || got.Nearest != nil {
		t.Errorf("%+v", got)
	}
	if got := told("ours"); got.Fired != 1 || got.Met != 1 {
		t.Errorf("%+v", got)
	}
	if got := told("late"); got.Says != "it has not fired, and would not fire now: the rule was set 0s ago, expected at least 1h" || got.Stands.Fires {
		t.Errorf("%+v", got)
	}
	srv.wantRefusal(t, 404, "GET", "/admin/faults/our/explain", "", `no fault rule "our", did you mean "ours"?`)
}
