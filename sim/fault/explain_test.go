package fault_test

import (
	"net/http"
	"net/url"
	"reflect"
	"testing"
	"time"

	"example.com/capisim/sim/fault"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, rule, pointer, reason string
		fires                       bool
	}{
		{"answers", `{"respond":{"status":503}}`, "", "answers 503", true},
		{"answers and cuts", `{"respond":{"status":503},"connection":"drip"}`, "", "answers 503 and does drip to the connection", true},
		{"cuts", `{"connection":"reset"}`, "", "does reset to the connection", true},
		{"delays", `{"delay":{"fixed":"1s"}}`, "", "delays the request", true},
		{"a step", `{"sequence":[{"status":503},{"status":500}]}`, "", "answers 500", true},
		{"a step of a cycle", `{"sequence":[{"status":503}],"repeat":"cycle"}`, "", "answers 503", true},
		{"switched off", `{"enabled":false,"respond":{"status":503}}`, "/enabled", "the rule is switched off", false},
		{"operation", `{"match":{"operations":["getProcess","getRoot"]},"respond":{"status":503}}`, "/match/operations", "the operation is updateProcess, expected getProcess, getRoot", false},
		{"user", `{"match":{"user":"auditor"},"respond":{"status":503}}`, "/match/user", `the user is "developer", expected "auditor"`, false},
		{"header", `{"match":{"headers":{"X-Many":"three"}},"respond":{"status":503}}`, "/match/headers/X-Many", `the header is "one", "two", expected "three"`, false},
		{"no header", `{"match":{"headers":{"x-other":{"contains":"three"}}},"respond":{"status":503}}`, "/match/headers/x-other", `the header is none, expected {"contains":"three"}`, false},
		{"parameter", `{"match":{"query":{"page":{"gt":2}}},"respond":{"status":503}}`, "/match/query/page", `the parameter is "2", expected {"gt":2}`, false},
		{"remote", `{"match":{"remote":"10.2.0.0/16"},"respond":{"status":503}}`, "/match/remote", `the client's address is "10.1.2.3:4711", expected "10.2.0.0/16"`, false},
		{"guid", `{"match":{"process":{"guid":"p-2"}},"respond":{"status":503}}`, "/match/process/guid", `the process is "p-1", expected "p-2"`, false},
		{"type", `{"match":{"process":{"type":"worker"}},"respond":{"status":503}}`, "/match/process/type", `the process type is "web", expected "worker"`, false},
		{"labels", `{"match":{"process":{"labels":"env=test"}},"respond":{"status":503}}`, "/match/process/labels", `the labels are "env=prod", expected "env=test"`, false},
		{"app", `{"match":{"app":"legacy"},"respond":{"status":503}}`, "/match/app", `the app is "demo" (a-1), expected "legacy"`, false},
		{"body", `{"match":{"body":{"/a/b":{"lt":1}}},"respond":{"status":503}}`, "/match/body/~1a~1b", `the value is 1, expected {"lt":1}`, false},
		{"markup", `{"match":{"user":"developer","body":{"/a/b":{"matches":"<b>&\\\\u003c"}}},"respond":{"status":503}}`, "/match/body/~1a~1b", `the value is 1, expected {"matches":"<b>&\\\\u003c"}`, false},
		{"no such place", `{"match":{"body":{"/c":1}},"respond":{"status":503}}`, "/match/body/~1c", `the body has no such place, expected 1`, false},
		{"the first that fails", `{"match":{"app":"legacy","user":"auditor"},"when":{"skip":9},"respond":{"status":503}}`, "/match/user", `the user is "developer", expected "auditor"`, false},
		{"too early", `{"when":{"from":"10s"},"respond":{"status":503}}`, "/when/from", "the rule was set 2s ago, expected at least 10s", false},
		{"too late", `{"when":{"until":"2s"},"respond":{"status":503}}`, "/when/until", "the rule was set 2s ago, expected less than 2s", false},
		{"skip", `{"when":{"skip":2},"respond":{"status":503}}`, "/when/skip", "match 2 of the first 2, which pass", false},
		{"times", `{"when":{"times":1},"respond":{"status":503}}`, "/when/times", "all 1 answers have been injected", false},
		{"sequence over", `{"sequence":[{"status":503}],"repeat":"none"}`, "/sequence", "the sequence has no answer left", false},
		{"pass", `{"sequence":[{"status":503},{"pass":true},{"status":503}]}`, "/sequence/1/pass", "step 1 passes", false},
		{"pass of a cycle", `{"sequence":[{"status":503},{"pass":true}],"repeat":"cycle"}`, "/sequence/1/pass", "step 1 passes", false},
		{"draw", `{"id":"a","when":{"probability":0},"respond":{"status":503}}`, "/when/probability", "match 2 draws 0.3896, expected less than 0", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			set := setOf(t, test.rule)
			subject := to(t, "updateProcess")
			subject.header = http.Header{"X-Many": {"one", "two"}}
			subject.query = url.Values{"page": {"2"}}
			subject.body = `{"a":{"b":1}}`
			set.Plan(start, subject) // one match before, so that counters count
			before := set.List()
			got := set.Explain(start.Add(2*time.Second), subject)
			want := []fault.Forecast{{RuleID: before[0].ID, Fires: test.fires, Pointer: test.pointer, Reason: test.reason}}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if after := set.List(); !reflect.DeepEqual(before, after) {
				t.Errorf("explaining counts: %+v, then %+v", before, after)
			}
			if again := set.Explain(start.Add(2*time.Second), subject); !reflect.DeepEqual(got, again) {
				t.Errorf("explained again: %+v", again)
			}
		})
	}
}

func TestExplainOfARequestThatNamesNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ operation, rule, want string }{
		{"listProcesses", `{"match":{"process":{"type":"web"}},"respond":{"status":503}}`, `the path names no process that exists, expected "web"`},
		{"listProcesses", `{"match":{"app":"demo"},"respond":{"status":503}}`, `the path names no app that exists, expected "demo"`},
		{"listProcesses", `{"match":{"user":"developer"},"respond":{"status":503}}`, `the user is none, expected "developer"`},
		{"listProcesses", `{"match":{"body":{"/a":1}},"respond":{"status":503}}`, `there is no body that the API reads, expected 1`},
		{"getRoot", `{"connection":"hang"}`, `the operation is getRoot, expected one of the thirteen process operations`},
	} {
		got := setOf(t, test.rule).Explain(start, &request{op: operation(t, test.operation)})
		if len(got) != 1 || got[0].Reason != test.want {
			t.Errorf("%s: got %+v, want %s", test.rule, got, test.want)
		}
	}
}

// Of several rules that would fire, only the one that decides does, and the
// first that delays.
func TestExplainKnowsTheOrder(t *testing.T) {
	t.Parallel()
	set := setOf(t,
		`{"id":"old-user","match":{"user":"auditor"},"respond":{"status":503}}`,
		`{"id":"old","respond":{"status":503}}`,
		`{"id":"decides","respond":{"status":500}}`,
		`{"id":"delays-too","delay":{"fixed":"1s"}}`,
		`{"id":"delays","delay":{"fixed":"2s"}}`)
	got := set.Explain(start, to(t, "updateProcess"))
	want := []fault.Forecast{
		{RuleID: "delays", Fires: true, Reason: "delays the request"},
		{RuleID: "delays-too", Reason: `rule "delays" is newer and delays already`},
		{RuleID: "decides", Fires: true, Reason: "answers 500"},
		{RuleID: "old", Reason: `rule "decides" is newer and decides`},
		{RuleID: "old-user", Pointer: "/match/user", Reason: `the user is "developer", expected "auditor"`},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	p := set.Plan(start, to(t, "updateProcess"))
	if p.RuleID != "decides" || p.DelayedBy != "delays" {
		t.Errorf("and the plan is another: %s, %s", p.RuleID, p.DelayedBy)
	}
}
