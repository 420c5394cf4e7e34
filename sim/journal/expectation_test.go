package journal

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func expectations(tb testing.TB, text string) []Expectation {
	tb.Helper()
	var list []Expectation
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		tb.Fatal(err)
	}
	return list
}

func TestCheckExpectations(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string
	}{
		{"those of DESIGN.md §9", `[
			{"on":{"operation":"updateProcess","status":503},"client":{"retries":{"min":1,"max":5},"backoff":"growing","retry_after":"honoured","recovers_within":"30s"}},
			{"on":{"operation":"updateProcess","status":409},"client":{"retries":{"max":0}}},
			{"covers":{"operation":"scaleProcess","status":422}}]`, nil},
		{"a connection", `[{"on":{"operation":"getProcess","connection":"reset"},"client":{"retries":{"min":1}}}]`, nil},
		{"a supporting operation", `[{"on":{"operation":"createToken","status":503},"client":{"retries":{"min":1}}}]`, nil},
		{"a known status", `[{"on":{"operation":"getProcess","status":429},"client":{"retry_after":"honoured"}}]`, nil},
		{"nothing", `[{}]`, []string{`/expectations/0: has neither "covers" nor "on"`}},
		{"on alone", `[{"on":{"operation":"getProcess","status":404}}]`, []string{`/expectations/0: has "on" without "client"`}},
		{"both", `[{"covers":{"operation":"getProcess","status":404},"client":{}}]`, []string{`/expectations/0/covers: stands beside`}},
		{"a typo in an operation", `[{"covers":{"operation":"scaleProces","status":422}}]`, []string{`/expectations/0/covers/operation: "scaleProces" is not an operation`}},
		{"a cell that is none", `[{"covers":{"operation":"getProcess","status":422}}]`, []string{`/expectations/0/covers/status: 422 is not a documented status of getProcess, expected one of 200, 401, 403, 404`}},
		{"a supporting cell", `[{"covers":{"operation":"getRoot","status":200}}]`, []string{`/expectations/0/covers/operation: "getRoot" is not an operation with coverage cells`}},
		{"an unknown operation", `[{"on":{"operation":"x","status":503},"client":{"backoff":"none"}}]`, []string{`/expectations/0/on/operation: "x", expected one of listProcesses`}},
		{"neither status nor connection", `[{"on":{"operation":"getProcess"},"client":{"backoff":"none"}}]`, []string{`/expectations/0/on: has neither "status" nor "connection"`}},
		{"a success", `[{"on":{"operation":"getProcess","status":200},"client":{"backoff":"none"}}]`, []string{`/expectations/0/on/status: 200 is not a refusal that getProcess is known to give, expected one of 400, 401`}},
		{"an unknown connection", `[{"on":{"operation":"getProcess","connection":"rst"},"client":{"backoff":"none"}}]`, []string{`/expectations/0/on/connection: "rst" is not a connection fault, expected one of reset`}},
		{"a client that demands nothing", `[{"on":{"operation":"getProcess","status":503},"client":{}}]`, []string{`/expectations/0/client: demands nothing`}},
		{"bad values, all at once", `[{"covers":{"operation":"getProcess","status":200}},
			{"on":{"operation":"getProcess","status":503},"client":{"retries":{"min":3,"max":2},"recovers_within":"0s"}}]`, []string{
			`/expectations/1/client/retries: min 3 is above max 2`,
			`/expectations/1/client/recovers_within: "0s", expected a duration above zero such as 30s`}},
		{"empty bounds", `[{"on":{"operation":"getProcess","status":503},"client":{"retries":{}}}]`, []string{`/expectations/0/client/retries: has neither "min" nor "max"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wrong := CheckExpectations(expectations(t, test.text))
			if len(wrong) != len(test.want) {
				t.Fatalf("violations\n%v\nwant %d", wrong, len(test.want))
			}
			for i, want := range test.want {
				if got := wrong[i : i+1].Error(); !strings.HasPrefix(got, want) {
					t.Errorf("violation\n%s\nwant\n%s", got, want)
				}
			}
		})
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	patient := []step{fails(0), fails(100 * ms), fails(200 * ms), works(400 * ms)}
	limited := []step{fails(0).with(func(s *step) { s.status, s.retryAfter = 429, "2" }), works(time.Second)}
	broken := []step{{operation: "getProcess", injected: true, fault: "reset", connection: 1, use: 2}, {wait: ms, operation: "getProcess", status: 200, connection: 2, use: 1}}
	tests := []struct {
		name   string
		steps  []step
		text   string
		result string
		reason string
	}{
		{"all of it met", patient, `{"on":{"operation":"updateProcess","status":503},"client":{"retries":{"min":1,"max":5},"backoff":"growing","retry_after":"absent","recovers_within":"1s"}}`, Met, ""},
		{"too few retries", patient, `{"on":{"operation":"updateProcess","status":503},"client":{"retries":{"min":4}}}`, Unmet, "request 1: 3 retries, expected at least 4"},
		{"too many", patient, `{"on":{"operation":"updateProcess","status":503},"client":{"retries":{"max":0}}}`, Unmet, "request 1: 3 retries, expected at most 0"},
		{"another backoff", patient, `{"on":{"operation":"updateProcess","status":503},"client":{"backoff":"fixed"}}`, Unmet, "request 1: backoff growing, expected fixed"},
		{"too slow", patient, `{"on":{"operation":"updateProcess","status":503},"client":{"recovers_within":"500ms"}}`, Unmet, "request 1: it recovered after 703ms, expected within 500ms"},
		{"early", limited, `{"on":{"operation":"updateProcess","status":429},"client":{"retry_after":"honoured"}}`, Unmet, "request 1: Retry-After early, expected honoured"},
		{"gave up", []step{fails(0)}, `{"on":{"operation":"updateProcess","status":503},"client":{"recovers_within":"30s"}}`, Unmet, "request 1: it gave up, expected it to recover within 30s"},
		{"another status", patient, `{"on":{"operation":"updateProcess","status":409},"client":{"retries":{"max":0}}}`, NotExercised, ""},
		{"another operation", patient, `{"on":{"operation":"scaleProcess","status":503},"client":{"retries":{"max":0}}}`, NotExercised, ""},
		{"the transport's retry is not the client's", broken, `{"on":{"operation":"getProcess","connection":"reset"},"client":{"retries":{"min":0,"max":0}}}`, Met, ""},
		{"a cell that was met", patient, `{"covers":{"operation":"updateProcess","status":503}}`, Met, ""},
		{"a cell that was not", patient, `{"covers":{"operation":"updateProcess","status":409}}`, NotExercised, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			j := New(100, 1<<20)
			for _, e := range (&story{tb: t}).add(test.steps...).entries {
				j.Append(e)
			}
			list := expectations(t, "["+test.text+"]")
			if wrong := CheckExpectations(list); wrong != nil {
				t.Fatal(wrong)
			}
			m := j.Coverage().Snapshot()
			m.ArmedNeverFired = []string{"lonely"}
			got := Judge(list, j.Reactions().Report(origin.Add(time.Hour)), m)
			x := got.Expectations[0]
			if x.Result != test.result || strings.Join(x.Reasons, "; ") != test.reason {
				t.Errorf("%s %q, want %s %q", x.Result, x.Reasons, test.result, test.reason)
			}
			if (x.Result == Unmet) != (len(x.Requests) > 0) {
				t.Errorf("%s is proven by requests %v", x.Result, x.Requests)
			}
			if got.AllMet() != (test.result == Met) || got.Met+got.Unmet+got.NotExercised != 1 || !slices.Equal(got.ArmedNeverFired, []string{"lonely"}) {
				t.Errorf("judgement %+v", got)
			}
		})
	}
}

// The policy's parts are judged one by one; an undecided one shuts no gate.
func TestPolite(t *testing.T) {
	t.Parallel()
	status := func(s step, status int) step { return s.with(func(s *step) { s.status = status }) }
	told := func(s step) step { return s.with(func(s *step) { s.status, s.retryAfter = 429, "2" }) }
	of := func(operation string, steps ...step) []step {
		for i := range steps {
			steps[i].operation = operation
		}
		return steps
	}
	applied := func(s step) step { return s.with(func(s *step) { s.applied = true }) }
	patient := func() []step { return []step{fails(0), fails(100 * ms), fails(200 * ms), works(400 * ms)} }
	tests := []struct {
		name  string
		steps []step
		unmet string // names of parts, with commas
		met   string
	}{
		{"patient", patient(), "", "attempts,pauses"},
		{"one retry", []step{fails(0), works(100 * ms)}, "", "attempts"},
		{"no retry", []step{fails(0)}, "", "attempts"},
		{"six attempts", []step{fails(0), fails(100 * ms), fails(200 * ms), fails(400 * ms), fails(800 * ms), works(1600 * ms)}, "attempts", "pauses"},
		{"at once", []step{fails(0), fails(ms), works(ms)}, "pauses", "attempts"},
		{"evenly", []step{fails(0), fails(100 * ms), works(100 * ms)}, "pauses", "attempts"},
		{"as the server says", []step{told(fails(0)), told(fails(2 * time.Second)), works(2 * time.Second)}, "", "attempts,retry_after"},
		{"before the server says", []step{told(fails(0)), works(time.Second)}, "retry_after", "attempts"},
		{"a refusal again", []step{status(fails(0), 422), works(ms)}, "pauses,pointless", "attempts"},
		{"a refusal taken", []step{status(fails(0), 404)}, "", "attempts,pointless"},
		{"the same values twice", []step{applied(fails(0)), works(100 * ms)}, "", "attempts,applied_once"},
		{"a restart twice", of("terminateProcessInstance", applied(fails(0)), status(works(100*ms), 204)), "applied_once", "attempts"},
		{"a restart once", of("terminateProcessInstance", fails(0), status(works(100*ms), 204)), "", "attempts,applied_once"},
		{"alike on two operations", append(of("getProcess", patient()...), patient()...), "", "attempts,pauses,consistent"},
		{"on one operation alone", append(of("getProcess", patient()...), fails(0)), "consistent", "attempts,pauses"},
		{"otherwise on another", append(of("getProcess", fails(0), fails(100*ms), works(100*ms)), patient()...), "pauses,consistent", "attempts"},
		{"a restart may be another matter", append(of("terminateProcessInstance", fails(0)), patient()...), "", "attempts,pauses,applied_once"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			list := expectations(t, `[{"client":{"policy":"polite"}}]`)
			if wrong := CheckExpectations(list); wrong != nil {
				t.Fatal(wrong)
			}
			history := (&story{tb: t}).add(test.steps...).entries
			got := Judge(list, react(history, origin.Add(time.Hour)), matrix(t)).Expectations[0]
			parts := map[string][]string{}
			for _, part := range got.Parts {
				parts[part.Result] = append(parts[part.Result], part.Name)
				if (part.Result == Unmet) != (len(part.Reasons) > 0 && part.Result != NotExercised) {
					t.Errorf("%s is %s because of %q", part.Name, part.Result, part.Reasons)
				}
			}
			if unmet, met := strings.Join(parts[Unmet], ","), strings.Join(parts[Met], ","); unmet != test.unmet || met != test.met || len(got.Parts) != 6 {
				t.Errorf("unmet %q, met %q; want %q and %q\n%+v", unmet, met, test.unmet, test.met, got.Parts)
			}
			if (got.Result == Met) != (test.unmet == "") || got.Result == NotExercised {
				t.Errorf("the policy is %s", got.Result)
			}
		})
	}
}

func TestJudgeNamesEachThatFails(t *testing.T) {
	t.Parallel()
	history := (&story{tb: t}).add(fails(0), works(ms), fails(time.Second), fails(time.Minute), works(ms)).entries
	list := expectations(t, `[{"on":{"operation":"updateProcess","status":503},"client":{"retries":{"min":1}}}]`)
	got := Judge(list, react(history, origin.Add(time.Hour)), matrix(t))
	if x := got.Expectations[0]; x.Result != Unmet || fmt.Sprint(x.Requests) != "[3]" {
		t.Errorf("%s by %v, want unmet by request 3 alone", x.Result, x.Requests)
	}
	early := Judge(list, react(history[:1], origin.Add(time.Second)), matrix(t))
	if x := early.Expectations[0]; x.Result != Unmet {
		t.Errorf("%s, judged as it stands it is unmet", x.Result)
	}
}
