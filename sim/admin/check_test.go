package admin

import (
	"slices"
	"testing"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/journal"
)

func TestCheckFaults(t *testing.T) {
	t.Parallel()
	srv := start(t, func(o *Options) { o.Explain = explained })
	const of = `{"match":{"operations":["updateProcess"],"headers":{"X-Team":"a"}},"respond":{"status":409}}`
	check := func(body string) client.RuleCheck {
		t.Helper()
		return into[client.RuleCheck](t, srv.want(t, 200, "POST", "/admin/faults/check", body))
	}
	if got := check(of); got.Looked != 0 || len(got.Problems)+len(got.Met) != 0 {
		t.Errorf("%+v", got)
	}

	w := srv.worlds.Root()
	var theirs []uint64
	for range 60 {
		theirs = append(theirs, played(t, w, func(e *journal.Entry) { e.RequestHeader.Set("X-Team", "a") }))
		played(t, w, nil)
		played(t, w, func(e *journal.Entry) { e.Operation, e.Path = nil, "/nowhere" })
	}
	slices.Reverse(theirs)
	if got := check(of); got.Looked != 50 || !slices.Equal(got.Met, theirs[:len(got.Met)]) || len(got.Met) < 16 || len(got.Met) > 17 {
		t.Errorf("%+v", got)
	}
	if got := check(`[` + of + `,{"delay":{"fixed":"1s"}}]`); got.Looked != 50 || len(got.Met) < 33 {
		t.Errorf("%+v, expected what either of two rules is about", got)
	}
	if rules := srv.rules(t); rules != "" {
		t.Error("a check has set " + rules)
	}

	for body, want := range map[string]string{
		`{"respond":{"status":"x"}}`:                                                              `/respond/status`,
		`{"match":{"operations":["x1"]},"connection":"hang"}`:                                     `/match/operations/0`,
		`{"respond":{"status":503},"meanwhile":[{"operation":"scaleProcess","user":"nobody"}]}`:   `/meanwhile/0/user`,
		`[{"delay":{"fixed":"1s"}},{"respond":{"status":503},"when":{"from":"2s","until":"1s"}}]`: `/1/when/until`,
		`{}`: ``, `{"respond":`: ``,
	} {
		got := check(body)
		if len(got.Problems) == 0 || got.Problems[0].Pointer != want || got.Looked != 0 {
			t.Errorf("%s: %+v, expected a problem at %q", body, got, want)
		}
	}
}

// A server that cannot explain still judges.
func TestCheckWithoutExplainer(t *testing.T) {
	t.Parallel()
	got := into[client.RuleCheck](t, start(t).want(t, 200, "POST", "/admin/faults/check", `{"respond":{"status":503}}`))
	if len(got.Problems) != 0 || got.Looked != 0 {
		t.Errorf("%+v", got)
	}
}
