package fault_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
)

// thousand makes a set of a thousand rules that match no request of to.
func thousand(tb testing.TB, match func(i int) fault.Match) *fault.Set {
	tb.Helper()
	rules := make([]fault.Rule, 1000)
	for i := range rules {
		rules[i] = fault.Rule{Match: match(i), Respond: &fault.Respond{Status: 503}}
	}
	set := fault.NewSet(1, "", 0)
	if err := set.Put(start, rules...); err != nil {
		tb.Fatal(err)
	}
	return set
}

func otherOperation(int) fault.Match { return fault.Match{Operations: []string{"getProcess"}} }

func otherGUID(i int) fault.Match {
	return fault.Match{Process: fault.ProcessMatch{GUID: fmt.Sprintf("other-%d", i)}}
}

func otherUser(i int) fault.Match { return fault.Match{User: fmt.Sprintf("user-%d", i)} }

func otherBody(i int) fault.Match {
	return fault.Match{Body: map[string]fault.Matcher{"/instances": {Equals: json.RawMessage(strconv.Itoa(i))}}}
}

// still is a subject whose answers cost nothing, so that only the set is
// measured.
type still struct{ *request }

func (s still) User() string                { return s.user }
func (s still) Body() (contract.Body, bool) { return contract.Body{}, false }
func (s still) Process() (guid, typ string, labels contract.Pairs, ok bool) {
	return s.guid, s.typ, s.request.labels, true
}

func TestPlanOfNothingAllocatesNothing(t *testing.T) {
	for name, match := range misses {
		set := thousand(t, match)
		var subject fault.Subject = still{to(t, "updateProcess")}
		set.Plan(start, subject) // the bucket is made once
		if got := testing.AllocsPerRun(100, func() { set.Plan(start, subject) }); got != 0 {
			t.Errorf("%s: %v allocations, want 0", name, got)
		}
	}
}

var misses = map[string]func(int) fault.Match{
	"operation": otherOperation, "guid": otherGUID, "user": otherUser, "body": otherBody,
}

func BenchmarkPlanOfNothing(b *testing.B) {
	for name, match := range misses {
		b.Run("1000 rules for another "+name, func(b *testing.B) {
			set := thousand(b, match)
			var subject fault.Subject = still{to(b, "updateProcess")}
			b.ReportAllocs()
			for b.Loop() {
				set.Plan(start, subject)
			}
		})
	}
}

// A rule that is met and does not fire is noted.
func BenchmarkPlanOfSpent(b *testing.B) {
	set := setOf(b, `{"when":{"times":1},"respond":{"status":503}}`)
	var subject fault.Subject = still{to(b, "updateProcess")}
	b.ReportAllocs()
	for b.Loop() {
		set.Plan(start, subject)
	}
}

func BenchmarkWatches(b *testing.B) {
	set, op := thousand(b, otherOperation), operation(b, "updateProcess")
	for b.Loop() {
		set.Watches(op)
	}
}

func BenchmarkPlanOfAnAnswer(b *testing.B) {
	set := setOf(b, `{"respond":{"status":503},"when":{"probability":1}}`)
	var subject fault.Subject = still{to(b, "updateProcess")}
	b.ReportAllocs()
	for b.Loop() {
		set.Plan(start, subject).Settle(true)
	}
}

func BenchmarkPutOfAThousand(b *testing.B) {
	for b.Loop() {
		thousand(b, otherGUID)
	}
}
