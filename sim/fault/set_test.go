package fault_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
)

// play sends requests to updateProcess and tells each plan as "rule:status",
// "rule" for one without an answer, "-" for nothing.
func play(t *testing.T, set *fault.Set, n int, at ...time.Duration) string {
	t.Helper()
	now := start
	for _, d := range at {
		now = now.Add(d)
	}
	told := make([]string, n)
	for i := range told {
		told[i] = tell(set.Plan(now, to(t, "updateProcess")))
	}
	return strings.Join(told, " ")
}

func tell(p fault.Plan) string {
	switch {
	case p.RuleID == "":
		return "-"
	case p.Answer == nil:
		return p.RuleID
	default:
		return fmt.Sprintf("%s:%d", p.RuleID, p.Answer.Status)
	}
}

func TestWhichRuleAnswers(t *testing.T) {
	t.Parallel()
	const a503 = `{"id":"a","respond":{"status":503}}`
	for _, test := range []struct {
		name  string
		rules []string
		want  string // of as many requests as it has words
	}{
		{"none", nil, "- -"},
		{"one", []string{a503}, "a:503 a:503"},
		{"the newest first", []string{a503, `{"id":"b","respond":{"status":500}}`}, "b:500"},
		{"in a list the last is the newest", []string{`[{"id":"b","respond":{"status":500}},` + a503 + `]`}, "a:503"},
		{"a replaced rule is the newest", []string{a503, `{"id":"b","respond":{"status":500}}`, a503}, "a:503"},
		{"another operation", []string{`{"id":"a","match":{"operations":["getProcess"]},"respond":{"status":503}}`}, "-"},
		{"any operation", []string{`{"id":"a","match":{"operations":["*"]},"respond":{"status":503}}`}, "a:503"},
		{"switched off", []string{`{"id":"a","enabled":false,"respond":{"status":503}}`}, "-"},
		{"skip", []string{`{"id":"a","when":{"skip":2},"respond":{"status":503}}`}, "- - a:503 a:503"},
		{"times", []string{`{"id":"a","when":{"times":2},"respond":{"status":503}}`}, "a:503 a:503 - -"},
		{"skip and times", []string{`{"id":"a","when":{"skip":1,"times":2},"respond":{"status":503}}`}, "- a:503 a:503 -"},
		{"skipped and spent lets the next decide", []string{`{"id":"b","respond":{"status":500}}`, `{"id":"a","when":{"skip":1,"times":1},"respond":{"status":503}}`}, "b:500 a:503 b:500"},
		{"never drawn", []string{`{"id":"a","when":{"probability":0},"respond":{"status":503}}`}, "- - -"},
		{"always drawn", []string{`{"id":"a","when":{"probability":1},"respond":{"status":503}}`}, "a:503 a:503"},
		{"delay alone lets the next decide", []string{a503, `{"id":"d","delay":{"fixed":"1s"}}`}, "a:503"},
		{"delay alone", []string{`{"id":"d","delay":{"fixed":"1s"},"when":{"times":1}}`}, "d -"},
		{"connection decides", []string{a503, `{"id":"c","connection":"reset"}`}, "c c"},
		{"sequence stays on the last", []string{`{"id":"a","sequence":[{"status":503},{"status":500}]}`}, "a:503 a:500 a:500"},
		{"sequence cycles", []string{`{"id":"a","sequence":[{"status":503},{"status":500}],"repeat":"cycle"}`}, "a:503 a:500 a:503 a:500"},
		{"sequence ends", []string{`{"id":"a","sequence":[{"status":503},{"status":500}],"repeat":"none"}`}, "a:503 a:500 -"},
		{"pass lets the next decide", []string{`{"id":"b","respond":{"status":500}}`, `{"id":"a","sequence":[{"status":503},{"pass":true}],"repeat":"cycle"}`}, "a:503 b:500 a:503 b:500"},
		{"sequence ends on a pass", []string{`{"id":"a","sequence":[{"status":503},{"status":503},{"pass":true}]}`}, "a:503 a:503 - -"},
		{"skip before the sequence", []string{`{"id":"a","when":{"skip":1},"sequence":[{"status":503},{"status":500}],"repeat":"none"}`}, "- a:503 a:500 -"},
		{"times ends a cycle", []string{`{"id":"a","when":{"times":3},"sequence":[{"status":503},{"pass":true}],"repeat":"cycle"}`}, "a:503 - a:503 - a:503 - -"},
		{"steps use the rule's answer", []string{`{"id":"a","respond":{"status":503},"sequence":[{},{"status":500},{"connection":"reset","status":502}],"repeat":"none"}`}, "a:503 a:500 a:502 -"},
		{"a list of steps that only pass", []string{a503, `{"id":"b","sequence":[{"pass":true}],"repeat":"cycle"}`}, "a:503 a:503"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			set := setOf(t, test.rules...)
			if got := play(t, set, len(strings.Fields(test.want))); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	set := setOf(t, `{"id":"a","when":{"from":"10s","until":"40s","skip":1},"respond":{"status":503}}`)
	for _, test := range []struct {
		at   time.Duration
		want string
	}{
		{0, "-"}, {10*time.Second - 1, "-"},
		{10 * time.Second, "-"}, // the first inside the window is skipped
		{10 * time.Second, "a:503"}, {40*time.Second - 1, "a:503"}, {40 * time.Second, "-"},
	} {
		if got := play(t, set, 1, test.at); got != test.want {
			t.Errorf("after %s: got %s, want %s", test.at, got, test.want)
		}
	}
	if got := status(t, set, "a"); got.Matched != 6 || got.Injected != 2 {
		t.Errorf("matched %d, injected %d, want 6 and 2", got.Matched, got.Injected)
	}
	// Set again, the window begins again.
	if err := set.Put(start.Add(time.Hour), parse(t, `{"id":"a","when":{"until":"1s"},"respond":{"status":503}}`)...); err != nil {
		t.Fatal(err)
	}
	if got := play(t, set, 1, time.Hour); got != "a:503" {
		t.Errorf("after a put: %s", got)
	}
}

// The numbers are part of the promise: a seed of today draws the same tomorrow.
func TestDrawsDependOnSeedWorldRuleAndMatchOnly(t *testing.T) {
	t.Parallel()
	draws := func(seed int64, world, id string, noise bool) string {
		set := fault.NewSet(seed, world, 0)
		rules := parse(t, `{"id":"`+id+`","match":{"operations":["updateProcess"]},"when":{"probability":0.5},"respond":{"status":503}}`)
		if noise {
			rules = append(rules, parse(t, `{"id":"noise","when":{"probability":0.5},"match":{"operations":["getProcess"]},"respond":{"status":503}}`)...)
		}
		if err := set.Put(start, rules...); err != nil {
			t.Fatal(err)
		}
		var told strings.Builder
		for range 24 {
			if noise {
				set.Plan(start, to(t, "getProcess"))
			}
			told.WriteByte("-x"[min(1, set.Plan(start, to(t, "updateProcess")).Draw)])
		}
		return told.String()
	}
	base := draws(7, "test", "a", false)
	if want := "xxxx-x--x-x-xxx-----x--x"; base != want {
		t.Errorf("the draws changed: %s, were %s", base, want)
	}
	if got := draws(7, "test", "a", true); got != base {
		t.Errorf("other traffic shifts the draws: %s, %s", base, got)
	}
	for _, other := range []string{draws(8, "test", "a", false), draws(7, "other", "a", false), draws(7, "test", "b", false)} {
		if other == base {
			t.Errorf("another seed, world or rule draws the same: %s", base)
		}
	}
}

func TestProbabilityIsMet(t *testing.T) {
	t.Parallel()
	set := setOf(t, `{"id":"a","when":{"probability":0.3},"respond":{"status":503}}`)
	subject := to(t, "updateProcess")
	for range 20000 {
		set.Plan(start, subject)
	}
	if got := status(t, set, "a").Injected; got < 5700 || got > 6300 {
		t.Errorf("%d of 20000 at 0.3", got)
	}
}

func TestPlanTellsTheMatchNumber(t *testing.T) {
	t.Parallel()
	set := setOf(t, `{"id":"a","when":{"skip":2},"respond":{"status":503}}`)
	play(t, set, 2)
	if got := set.Plan(start, to(t, "updateProcess")).Draw; got != 3 {
		t.Errorf("match %d, want 3", got)
	}
}

func TestDelaysAddUp(t *testing.T) {
	t.Parallel()
	set := setOf(t,
		`{"id":"answer","respond":{"status":503},"delay":{"fixed":"1s"}}`,
		`{"id":"older","delay":{"fixed":"30s"}}`,
		`{"id":"newer","delay":{"fixed":"200ms"}}`)
	p := set.Plan(start, to(t, "updateProcess"))
	if p.RuleID != "answer" || p.DelayedBy != "newer" || p.Delay != 1200*time.Millisecond {
		t.Errorf("rule %s delayed by %s: %s, want answer, newer, 1.2s", p.RuleID, p.DelayedBy, p.Delay)
	}
	if got := status(t, set, "older"); got.Matched != 0 {
		t.Errorf("the older delay was consulted %d times, want 0", got.Matched)
	}
	set.Delete("answer")
	p = set.Plan(start, to(t, "updateProcess"))
	if p.RuleID != "newer" || p.DelayedBy != "" || p.Delay != 200*time.Millisecond || p.Answer != nil || p.Apply != fault.Before || !p.CarriesOut() {
		t.Errorf("delay alone: %+v", p)
	}
}

func TestSettleGivesBack(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, rule, want string }{
		{"times", `{"id":"a","apply":"after","when":{"times":2},"respond":{"status":503}}`, "a:503 a:503 -"},
		{"a step", `{"id":"a","apply":"after","sequence":[{"status":503},{"status":500}],"repeat":"none"}`, "a:503 a:500 -"},
		{"a step of a cycle", `{"id":"a","apply":"after","sequence":[{"status":503},{"status":500}],"repeat":"cycle"}`, "a:503 a:500 a:503"},
		{"a step before the last", `{"id":"a","apply":"after","sequence":[{"status":503},{"status":500}]}`, "a:503 a:500 a:500"},
		{"the last step", `{"id":"a","apply":"after","respond":{"status":503}}`, "a:503 a:503"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			set := setOf(t, test.rule)
			first, second := set.Plan(start, to(t, "updateProcess")), set.Plan(start, to(t, "updateProcess"))
			second.Settle(false)
			first.Settle(false)
			if got := status(t, set, "a"); got.Injected != 0 || got.Matched != 2 {
				t.Errorf("injected %d, matched %d, want 0 and 2", got.Injected, got.Matched)
			}
			if got := play(t, set, len(strings.Fields(test.want))); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	t.Run("spent stays spent", func(t *testing.T) {
		t.Parallel()
		set := setOf(t, `{"id":"a","apply":"after","when":{"times":1},"respond":{"status":503}}`)
		set.Plan(start, to(t, "updateProcess")).Settle(true)
		if got := play(t, set, 1); got != "-" {
			t.Errorf("got %s, want nothing", got)
		}
	})
	t.Run("through a patch", func(t *testing.T) {
		t.Parallel()
		set := setOf(t, `{"id":"a","apply":"after","when":{"times":1},"respond":{"status":503}}`)
		p := set.Plan(start, to(t, "updateProcess"))
		if err := set.Patch(start, "a", []byte(`{"description":"x"}`)); err != nil {
			t.Fatal(err)
		}
		p.Settle(false)
		if got := play(t, set, 2); got != "a:503 -" {
			t.Errorf("got %s, want the answer that was given back", got)
		}
	})
	t.Run("nothing and a delay", func(t *testing.T) {
		t.Parallel()
		fault.Plan{}.Settle(false)
		set := setOf(t, `{"id":"d","when":{"times":1},"delay":{"fixed":"1s"}}`)
		set.Plan(start, to(t, "updateProcess")).Settle(false)
		if got := play(t, set, 1); got != "-" {
			t.Errorf("a delay that was waited for came back: %s", got)
		}
	})
}

func TestRemaining(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, rule string
		want       string // before, and after two requests
	}{
		{"no end", `{"id":"a","respond":{"status":503}}`, "null null"},
		{"times", `{"id":"a","when":{"times":3},"respond":{"status":503}}`, "3 1"},
		{"sequence that ends", `{"id":"a","sequence":[{"status":503},{"pass":true},{"status":503}],"repeat":"none"}`, "2 1"},
		{"sequence that stays on a pass", `{"id":"a","sequence":[{"status":503},{"pass":true}]}`, "1 0"},
		{"sequence that stays on an answer", `{"id":"a","sequence":[{"status":503}]}`, "null null"},
		{"cycle", `{"id":"a","sequence":[{"status":503}],"repeat":"cycle"}`, "null null"},
		{"the smaller of both", `{"id":"a","when":{"times":9},"sequence":[{"status":503}],"repeat":"none"}`, "1 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			set := setOf(t, test.rule)
			remaining := func() string {
				text, err := json.Marshal(status(t, set, "a").Remaining)
				if err != nil {
					t.Fatal(err)
				}
				return string(text)
			}
			got := remaining()
			play(t, set, 2)
			if got += " " + remaining(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestStatusJSON(t *testing.T) {
	t.Parallel()
	set := setOf(t, `{"id":"a","when":{"times":2},"respond":{"status":503}}`, `{"id":"b","respond":{"status":500}}`)
	set.Delete("b")
	play(t, set, 1)
	text, err := json.Marshal(set.List())
	if err != nil {
		t.Fatal(err)
	}
	if want := `[{"id":"a","when":{"times":2},"respond":{"status":503},"matched":1,"injected":1,"remaining":1}]`; string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestPutIsAllOrNone(t *testing.T) {
	t.Parallel()
	good, bad := fault.Rule{Respond: &fault.Respond{Status: 503}}, fault.Rule{Respond: &fault.Respond{Status: 503}, Match: fault.Match{Operations: []string{"getProces"}}}
	named := fault.Rule{ID: "a", Respond: &fault.Respond{Status: 503}}
	for _, test := range []struct {
		name  string
		rules []fault.Rule
		want  string
	}{
		{"one bad", []fault.Rule{bad}, `/match/operations/0: "getProces", did you mean "getProcess"?`},
		{"second bad", []fault.Rule{good, bad}, `/1/match/operations/0: "getProces", did you mean "getProcess"?`},
		{"same id", []fault.Rule{named, named}, `/1/id: "a", expected an id that no other rule of the list has: rule 0 has it`},
		{"too many", []fault.Rule{good, good, good}, "4 rules, expected at most 3 in a world"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			set := fault.NewSet(1, "", 3)
			if err := set.Put(start, fault.Rule{ID: "old", Respond: &fault.Respond{Status: 500}}); err != nil {
				t.Fatal(err)
			}
			err := set.Put(start, test.rules...)
			var problems document.Violations
			if !errors.As(err, &problems) || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if list := set.List(); len(list) != 1 || list[0].ID != "old" {
				t.Errorf("something was put: %+v", list)
			}
		})
	}
}

func TestReplacingCountsOnceAgainstTheLimit(t *testing.T) {
	t.Parallel()
	set := fault.NewSet(1, "", 1)
	for range 3 {
		if err := set.Put(start, fault.Rule{ID: "a", When: fault.When{Times: new(1)}, Respond: &fault.Respond{Status: 503}}); err != nil {
			t.Fatal(err)
		}
		if got := play(t, set, 2); got != "a:503 -" {
			t.Errorf("a replaced rule does not start anew: %s", got)
		}
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	set := setOf(t, `[{"delay":{"fixed":"1s"}},{"id":"rule-2","delay":{"fixed":"1s"}},{"delay":{"fixed":"1s"}}]`)
	ids := func() (list []string) {
		for _, rule := range set.Rules() {
			list = append(list, rule.ID)
		}
		return list
	}
	if got, want := ids(), []string{"rule-1", "rule-2", "rule-3"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	set.Clear()
	if err := set.Put(start, parse(t, `{"delay":{"fixed":"1s"}}`)...); err != nil {
		t.Fatal(err)
	}
	if got, want := ids(), []string{"rule-4"}; !reflect.DeepEqual(got, want) {
		t.Errorf("after a clear: got %v, want %v", got, want)
	}
}

func TestWatches(t *testing.T) {
	t.Parallel()
	set := setOf(t)
	update, get, root := operation(t, "updateProcess"), operation(t, "getProcess"), operation(t, "getRoot")
	expect := func(what string, wantUpdate, wantGet, wantRoot bool) {
		t.Helper()
		if a, b, c := set.Watches(update), set.Watches(get), set.Watches(root); a != wantUpdate || b != wantGet || c != wantRoot {
			t.Errorf("%s: %t %t %t, want %t %t %t", what, a, b, c, wantUpdate, wantGet, wantRoot)
		}
	}
	put := func(rule string) {
		t.Helper()
		if err := set.Put(start, parse(t, rule)...); err != nil {
			t.Fatal(err)
		}
	}
	expect("empty", false, false, false)
	put(`{"id":"a","match":{"operations":["updateProcess","updateProcess"]},"respond":{"status":503}}`)
	expect("one operation", true, false, false)
	put(`{"id":"a","respond":{"status":503}}`)
	expect("the thirteen", true, true, false)
	put(`{"id":"a","match":{"operations":["*"]},"respond":{"status":503}}`)
	expect("all", true, true, true)
	if err := set.Patch(start, "a", []byte(`{"enabled":false}`)); err != nil {
		t.Fatal(err)
	}
	expect("switched off", false, false, false)
	if err := set.Patch(start, "a", []byte(`{"enabled":null}`)); err != nil {
		t.Fatal(err)
	}
	expect("switched on", true, true, true)
	if !set.Delete("a") || set.Delete("a") {
		t.Error("a rule can be deleted once")
	}
	expect("deleted", false, false, false)
	if _, ok := set.Get("a"); ok {
		t.Error("a deleted rule is still found")
	}
	put(`{"respond":{"status":503}}`)
	set.Clear()
	expect("cleared", false, false, false)
}

func TestPatch(t *testing.T) {
	t.Parallel()
	const rule = `{"id":"a","match":{"user":"developer"},"when":{"times":2},"respond":{"status":503,"headers":{"A":"1"},"body":{"errors":[{"detail":"d","title":"CF-X","code":1}]}}}`
	for _, test := range []struct{ name, patch, want string }{
		{"nothing", `{}`, rule},
		{"adds", `{"description":"x"}`, `{"id":"a","description":"x",` + rule[len(`{"id":"a",`):]},
		{"takes away", `{"match":null,"respond":{"body":null}}`, `{"id":"a","when":{"times":2},"respond":{"status":503,"headers":{"A":"1"}}}`},
		{"merges", `{"respond":{"headers":{"B":"2"}}}`, strings.Replace(rule, `"A":"1"`, `"A":"1","B":"2"`, 1)},
		{"own id", `{"id":"a"}`, rule},
		{"other id", `{"id":"b"}`, `/id: "b", expected "a": a rule keeps its id`},
		{"bad value", `{"when":{"times":0}}`, `/when/times: 0, expected an integer from 1 to 2147483647`},
		{"unknown key", `{"whne":1}`, `/whne: unknown key "whne", did you mean "when"?`},
		{"no object", `[]`, `an empty array, expected an object`},
		{"broken", `{`, `1:2: not JSON: unexpected end of JSON input`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			set := setOf(t, rule)
			if err := set.Patch(start, "a", []byte(test.patch)); err != nil {
				if err.Error() != test.want {
					t.Errorf("got %s, want %s", err, test.want)
				}
				return
			}
			text, err := json.Marshal(set.Rules()[0])
			if err != nil || string(text) != test.want {
				t.Errorf("got  %s %v\nwant %s", text, err, test.want)
			}
		})
	}
	t.Run("unknown", func(t *testing.T) {
		t.Parallel()
		if err := setOf(t).Patch(start, "a", []byte(`{}`)); !errors.Is(err, fault.ErrUnknown) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("keeps counters, window and place", func(t *testing.T) {
		t.Parallel()
		set := setOf(t, `{"id":"a","when":{"times":2,"until":"1m"},"respond":{"status":503}}`, `{"id":"b","when":{"times":2},"respond":{"status":500}}`)
		play(t, set, 1)
		for _, id := range []string{"a", "b"} {
			if err := set.Patch(start.Add(time.Hour), id, []byte(`{"description":"x"}`)); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := play(t, set, 4), "b:500 a:503 a:503 -"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got := play(t, set, 1, time.Hour); got != "-" {
			t.Errorf("the window began again: %s", got)
		}
	})
	t.Run("starts anew when it counts otherwise", func(t *testing.T) {
		t.Parallel()
		set := setOf(t, `{"id":"a","when":{"times":1},"respond":{"status":503}}`)
		play(t, set, 1)
		if err := set.Patch(start, "a", []byte(`{"when":{"times":2}}`)); err != nil {
			t.Fatal(err)
		}
		if got, want := play(t, set, 3), "a:503 a:503 -"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestRulesMakeTheSameSetAgain(t *testing.T) {
	t.Parallel()
	set := setOf(t, `{"id":"a","respond":{"status":503}}`, `{"id":"b","when":{"times":1},"respond":{"status":500}}`)
	again := fault.NewSet(7, "test", 0)
	if err := again.Put(start, set.Rules()...); err != nil {
		t.Fatal(err)
	}
	if a, b := play(t, set, 3), play(t, again, 3); a != b {
		t.Errorf("%s, then %s", a, b)
	}
}

// Counters must be exact whatever happens at once: 32 callers share rules that
// skip, that are limited, that tell a story and that get steps back, while
// others are put and deleted.
func TestCountsAreExactUnderLoad(t *testing.T) {
	t.Parallel()
	const callers, each = 32, 200
	set := setOf(t,
		`{"id":"floor","respond":{"status":502}}`,
		`{"id":"after","apply":"after","when":{"times":500},"respond":{"status":500}}`,
		`{"id":"story","sequence":[{"status":503},{"status":503},{"pass":true}],"repeat":"cycle","when":{"times":1000}}`,
		`{"id":"limited","when":{"skip":100,"times":777},"respond":{"status":401}}`)
	var answered [600]atomic.Int64
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			subject := to(t, "updateProcess")
			for i := range each {
				p := set.Plan(start, subject)
				if p.RuleID == "after" && i%2 == 0 {
					p.Settle(false)
					continue
				}
				answered[p.Answer.Status].Add(1)
				if i%20 == 0 {
					id := fmt.Sprintf("noise-%d", caller)
					if err := set.Put(start, fault.Rule{ID: id, Match: fault.Match{User: "nobody"}, Respond: &fault.Respond{Status: 503}}); err != nil {
						t.Error(err)
					}
					set.Explain(start, subject)
					set.Delete(id)
				}
			}
		})
	}
	group.Wait()
	for id, want := range map[string]struct{ status, injected, matched int }{
		"limited": {401, 777, callers * each},
		"story":   {503, 1000, callers*each - 777},
	} {
		got := status(t, set, id)
		if got.Injected != want.injected || got.Matched != want.matched || answered[want.status].Load() != int64(want.injected) {
			t.Errorf("%s: injected %d, matched %d, met %d; want %d, %d", id, got.Injected, got.Matched, answered[want.status].Load(), want.injected, want.matched)
		}
	}
	if got := status(t, set, "after"); got.Injected != 500 || answered[500].Load() != 500 {
		t.Errorf("after: injected %d, met %d, want 500 in spite of what was given back", got.Injected, answered[500].Load())
	}
	if got := len(set.List()); got != 4 {
		t.Errorf("%d rules, want 4", got)
	}
}

// A plan is decided at one moment for all rules: whoever is match n of the rule
// that answers is match n of the rule that delays, and gets its delay number n.
func TestAPlanIsOneMomentForAllRules(t *testing.T) {
	t.Parallel()
	const callers, each = 8, 100
	rules := []string{`{"id":"answer","respond":{"status":503}}`, `{"id":"delay","delay":{"uniform":{"min":"0s","max":"1h"}}}`}
	delays := map[int]time.Duration{}
	alone := setOf(t, rules...)
	for range callers * each {
		p := alone.Plan(start, to(t, "updateProcess"))
		delays[p.Draw] = p.Delay
	}
	set := setOf(t, rules...)
	plans := make(chan fault.Plan, callers*each)
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			subject := to(t, "updateProcess")
			for range each {
				plans <- set.Plan(start, subject)
			}
		})
	}
	group.Wait()
	close(plans)
	for p := range plans {
		want, ok := delays[p.Draw]
		if !ok || p.Delay != want {
			t.Fatalf("match %d: delay %s, want %s, once", p.Draw, p.Delay, want)
		}
		delete(delays, p.Draw)
	}
}
