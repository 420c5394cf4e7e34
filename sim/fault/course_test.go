package fault_test

import (
	"reflect"
	"testing"
	"time"

	"example.com/capisim/sim/fault"
)

// TestRecall: what rules made of a request is told as it was decided, whatever
// counters, clock and draws have become since.
func TestRecall(t *testing.T) {
	t.Parallel()
	const decides = `{"id":"z","respond":{"status":503}}`
	for _, test := range []struct {
		name, rule string // older than z
		before     int    // requests before the one that is asked about
		at         time.Duration
		want       fault.Forecast
	}{
		{"too early", `{"id":"a","when":{"from":"10s"},"respond":{"status":401}}`, 0, 2 * time.Second, fault.Forecast{Pointer: "/when/from", Reason: "the rule was set 2s ago, expected at least 10s"}},
		{"too late", `{"id":"a","when":{"until":"1s"},"respond":{"status":401}}`, 0, 2 * time.Second, fault.Forecast{Pointer: "/when/until", Reason: "the rule was set 2s ago, expected less than 1s"}},
		{"let pass", `{"id":"a","when":{"skip":2},"respond":{"status":401}}`, 1, 0, fault.Forecast{Pointer: "/when/skip", Reason: "match 2 of the first 2, which pass"}},
		{"spent", `{"id":"a","when":{"times":1},"respond":{"status":401}}`, 1, 0, fault.Forecast{Pointer: "/when/times", Reason: "all 1 answers have been injected"}},
		{"over", `{"id":"a","sequence":[{"status":401}],"repeat":"none"}`, 1, 0, fault.Forecast{Pointer: "/sequence", Reason: "the sequence has no answer left"}},
		{"a pass", `{"id":"a","sequence":[{"status":401},{"pass":true}],"repeat":"cycle"}`, 3, 0, fault.Forecast{Pointer: "/sequence/1/pass", Reason: "step 1 passes"}},
		{"the draw", `{"id":"a","when":{"probability":0},"respond":{"status":401}}`, 1, 0, fault.Forecast{Pointer: "/when/probability", Reason: "match 2 draws 0.3896, expected less than 0"}},
		{"a criterion", `{"id":"a","match":{"user":"auditor"},"respond":{"status":401}}`, 0, 0, fault.Forecast{Pointer: "/match/user", Reason: `the user is "developer", expected "auditor"`}},
		{"a delay", `{"id":"a","delay":{"fixed":"1s"}}`, 0, 0, fault.Forecast{Fires: true, Reason: "delayed the request"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			set := setOf(t, decides, test.rule)
			subject := to(t, "updateProcess")
			for range test.before {
				set.Plan(start, subject)
			}
			plan := set.Plan(start.Add(test.at), subject)
			for range 3 { // it goes on
				set.Plan(start.Add(time.Minute), subject)
			}
			test.want.RuleID = "a"
			want := []fault.Forecast{test.want, {RuleID: "z", Fires: true, Reason: "decided the answer"}}
			if got := set.Recall(subject, plan.RuleID, plan.Course, ""); plan.RuleID != "z" || !reflect.DeepEqual(got, want) {
				t.Errorf("%q\ngot  %+v\nwant %+v", plan.RuleID, got, want)
			}
		})
	}
}

func TestRecallOfWhatWasNotConsulted(t *testing.T) {
	t.Parallel()
	subject := to(t, "updateProcess")
	set := setOf(t, `{"id":"older","respond":{"status":500}}`, `{"id":"decides","respond":{"status":503}}`)
	plan := set.Plan(start, subject)
	if err := set.Put(start, parse(t, `{"id":"younger","respond":{"status":401}}`)...); err != nil {
		t.Fatal(err)
	}
	reasons := func(decided, unasked string) (all []string) {
		for _, one := range set.Recall(subject, decided, plan.Course, unasked) {
			all = append(all, one.Reason)
		}
		return all
	}
	want := []string{"the rule was set, or changed, after the request was decided", "decided the answer", `rule "decides" is newer and decided`}
	if got := reasons(plan.RuleID, ""); !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
	if got := reasons("", "the header Prefer decided"); got[0] != "the header Prefer decided" || got[2] != got[0] {
		t.Errorf("%q", got)
	}

	// A rule that answers after a success gives back what it was counted when the
	// real answer is an error.
	set = setOf(t, `{"id":"after","apply":"after","respond":{"status":503}}`)
	plan = set.Plan(start, subject)
	plan.Settle(false)
	plan = plan.Waiting()
	got := set.Recall(subject, plan.RuleID, plan.Course, "")[0]
	if got.Fires || got.Pointer != "/apply" || got.Reason != "the rule answers after a success, and the real answer was an error" {
		t.Errorf("%+v", got)
	}
}

// A course is bounded, and what is not a course is none.
func TestCourseIsBounded(t *testing.T) {
	t.Parallel()
	set := setOf(t, `{"id":"decides","respond":{"status":503}}`)
	for range 200 {
		if err := set.Put(start, parse(t, `{"when":{"from":"1h"},"respond":{"status":401}}`)...); err != nil {
			t.Fatal(err)
		}
	}
	subject := to(t, "updateProcess")
	plan := set.Plan(start, subject)
	if len(plan.Course) == 0 || len(plan.Course) > 600 || plan.RuleID != "decides" {
		t.Errorf("%d bytes, %q", len(plan.Course), plan.RuleID)
	}
	for _, broken := range []fault.Course{plan.Course[:len(plan.Course)/2], "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\x05a", "\x01"} {
		if got := set.Recall(subject, plan.RuleID, broken, ""); len(got) != 201 {
			t.Errorf("%q: %d rules", broken, len(got))
		}
	}
}

func TestInquire(t *testing.T) {
	t.Parallel()
	set := setOf(t, `{"id":"a","match":{"operations":["updateProcess"],"user":"auditor","query":{"page":2}},"when":{"from":"10s"},"respond":{"status":503}}`)
	q, found := set.Inquire(start, "a")
	if _, other := set.Inquire(start, "b"); !found || other {
		t.Fatal(found, other)
	}
	if q.Standing.Fires || q.Standing.Pointer != "/when/from" {
		t.Errorf("%+v", q.Standing)
	}
	if against := q.Hold(to(t, "updateProcess")); len(against) != 2 || against[0].Pointer != "/match/user" || against[1].Pointer != "/match/query/page" {
		t.Errorf("%+v", against)
	}
	if against := q.Hold(to(t, "getProcess")); len(against) != 3 || against[0].Reason != "the operation is getProcess, expected updateProcess" {
		t.Errorf("%+v", against)
	}
	want := []fault.CriterionCount{{Pointer: "/match/operations", Expected: "updateProcess", Met: 1}, {Pointer: "/match/user", Expected: `"auditor"`}, {Pointer: "/match/query/page", Expected: "2"}}
	if !reflect.DeepEqual(q.Criteria, want) {
		t.Errorf("%+v", q.Criteria)
	}
	if err := set.Patch(start, "a", []byte(`{"enabled":false}`)); err != nil {
		t.Fatal(err)
	}
	if q, _ := set.Inquire(start, "a"); q.Standing.Fires || q.Standing.Pointer != "/enabled" {
		t.Errorf("%+v", q.Standing)
	}
}
