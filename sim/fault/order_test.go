package fault_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/capisim/sim/fault"
)

func idsOfList(s *fault.Set) (ids []string) {
	for _, status := range s.List() {
		ids = append(ids, status.ID)
	}
	return ids
}

// TestOrder: rules share out their places, keep what they have counted, and
// decide in the new order.
func TestOrder(t *testing.T) {
	t.Parallel()
	s := setOf(t, `[{"id":"a","respond":{"status":500}},{"id":"b","match":{"process":{"guid":"p-1"}},"respond":{"status":502},"when":{"times":3}},{"id":"c","delay":{"fixed":"1s"}},{"id":"d","respond":{"status":503}}]`)
	decides := func() string { return s.Plan(start, to(t, "getProcess")).RuleID }
	if got := decides(); got != "d" {
		t.Fatalf("%s decides, want the newest", got)
	}
	for _, c := range []struct {
		ids  string
		want string
	}{
		{"b d", "[b c d a]"},
		{"", "[b c d a]"},
		{"a", "[b c d a]"},
		{"a b c d", "[a b c d]"},
		{"d a", "[d b c a]"},
		{"b d", "[b d c a]"},
	} {
		if err := s.Order(strings.Fields(c.ids)); err != nil || fmt.Sprint(idsOfList(s)) != c.want {
			t.Errorf("%q: %v, %v; want %s", c.ids, idsOfList(s), err, c.want)
		}
	}
	if got := decides(); got != "b" {
		t.Errorf("%s decides, want b, which is first now", got)
	}
	if status, _ := s.Get("b"); status.Matched != 1 || *status.Remaining != 2 {
		t.Errorf("%+v", status)
	}
	if err := s.Order([]string{"c", "b"}); err != nil {
		t.Fatal(err)
	}
	if status, _ := s.Get("b"); *status.Remaining != 2 {
		t.Errorf("%+v, want what was counted to stay", status)
	}
	if err := s.Order([]string{"a", "bb", "a"}); err == nil || !strings.Contains(err.Error(), `"bb", expected the id of a rule`) || !strings.Contains(err.Error(), "second time") {
		t.Error(err)
	}
	if !s.Delete("d") || fmt.Sprint(idsOfList(s)) != "[c b a]" {
		t.Errorf("%v after one is gone", idsOfList(s))
	}
}

// TestOrderKeepsHeld: what a rule holds back it goes on to hold.
func TestOrderKeepsHeld(t *testing.T) {
	t.Parallel()
	s := setOf(t, `[{"id":"a","respond":{"status":500}},{"id":"b","respond":{"status":503},"delay":{"fixed":"1h"}}]`)
	over, _ := s.Plan(start, to(t, "getProcess")).Over()
	if err := s.Order([]string{"a", "b"}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-over:
		t.Error("the answer was let go")
	default:
	}
	s.Delete("b")
	<-over
}

// TestOrderWhileDeciding is for the race detector; each request is decided once.
func TestOrderWhileDeciding(t *testing.T) {
	t.Parallel()
	s := setOf(t, `[{"id":"a","respond":{"status":500}},{"id":"b","match":{"process":{"guid":"p-1"}},"respond":{"status":503}}]`)
	const each = 200
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			request := to(t, "getProcess")
			for range each {
				s.Plan(start, request)
			}
		})
	}
	for i := range each {
		ids := []string{"a", "b"}
		if i%2 == 0 {
			slices.Reverse(ids)
		}
		if err := s.Order(ids); err != nil {
			t.Error(err)
		}
	}
	group.Wait()
	a, _ := s.Get("a")
	b, _ := s.Get("b")
	if got := a.Injected + b.Injected; got != 4*each {
		t.Errorf("%d injected, want %d", got, 4*each)
	}
}

// TestNextStep: a rule tells which step of its sequence comes next.
func TestNextStep(t *testing.T) {
	t.Parallel()
	for repeat, want := range map[string]string{"last": "[1 2 3 3 3]", "cycle": "[1 2 3 1 2]", "none": "[1 2 3 0 0]"} {
		s := setOf(t, `{"id":"a","sequence":[{"status":503},{"pass":true},{"status":500}],"repeat":"`+repeat+`"}`)
		var steps []int
		for range 5 {
			status, _ := s.Get("a")
			steps = append(steps, status.Step)
			s.Plan(start, to(t, "getProcess"))
		}
		if fmt.Sprint(steps) != want {
			t.Errorf("%s: %v, want %s", repeat, steps, want)
		}
	}
}
