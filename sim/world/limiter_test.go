package world

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"example.com/capisim/sim/scenario"
)

// TestLimiter counts each caller in windows on a grid of its own
// (CONTRACT.md §16; middleware/mixins/user_reset_interval.rb).
func TestLimiter(t *testing.T) {
	t.Parallel()
	l := newLimiter(&scenario.RateLimit{Limit: 2, Window: time.Minute, Per: scenario.PerUser})
	if l.PerWorld() {
		t.Error("callers share a count")
	}
	tests := []struct {
		after     time.Duration
		caller    string
		exceeded  bool
		remaining int
		reset     time.Duration
	}{
		{0, "ann", false, 1, 58 * time.Second},
		{10 * time.Second, "ann", false, 0, 58 * time.Second},
		{20 * time.Second, "ann", true, 0, 58 * time.Second},
		{20 * time.Second, "bob", false, 1, 67 * time.Second},
		{58*time.Second - 1, "ann", true, 0, 58 * time.Second},
		{58 * time.Second, "ann", false, 1, 118 * time.Second},
		{time.Minute, "bob", false, 0, 67 * time.Second},
	}
	for _, test := range tests {
		got := l.Take(noon.Add(test.after), test.caller)
		if got != (Allowance{Exceeded: test.exceeded, Limit: 2, Remaining: test.remaining, Reset: noon.Add(test.reset)}) {
			t.Errorf("%s at %v: %+v", test.caller, test.after, got)
		}
	}
}

// TestRemaining is an estimate, rounded down to tenths of the limit (§16).
func TestRemaining(t *testing.T) {
	t.Parallel()
	l := newLimiter(&scenario.RateLimit{Limit: 50, Window: time.Minute})
	want := map[int]int{1: 45, 5: 45, 6: 40, 10: 40, 25: 25, 26: 20, 45: 5, 46: 0, 50: 0, 51: 0, 99: 0}
	for i := 1; i < 100; i++ {
		got := l.Take(noon, "ann")
		if left, asked := want[i]; asked && got.Remaining != left {
			t.Errorf("after %d requests %d remain, want %d", i, got.Remaining, left)
		}
		if got.Exceeded != (i > 50) {
			t.Errorf("request %d: exceeded %v", i, got.Exceeded)
		}
	}
}

// TestLimiterOfAWorld: all share one count.
func TestLimiterOfAWorld(t *testing.T) {
	t.Parallel()
	l := newLimiter(&scenario.RateLimit{Limit: 1000, Window: time.Minute, Per: scenario.PerWorld})
	if !l.PerWorld() {
		t.Error("callers have counts of their own")
	}
	var wait sync.WaitGroup
	for caller := range 8 {
		wait.Go(func() {
			for range 125 {
				if l.Take(noon, fmt.Sprint(caller)).Exceeded {
					t.Error("exceeded within the limit")
				}
			}
		})
	}
	wait.Wait()
	if !l.Take(noon, "one more").Exceeded {
		t.Error("requests were lost")
	}
}

// TestLimiterIsBounded: strangers that come with ever new names cost no more
// than a bound.
func TestLimiterIsBounded(t *testing.T) {
	t.Parallel()
	l := newLimiter(&scenario.RateLimit{Limit: 1, Window: time.Minute})
	for i := range 2*maxCounters + 1 {
		l.Take(noon, fmt.Sprint(i))
	}
	if got := len(l.counters); got > maxCounters {
		t.Errorf("%d callers are told apart", got)
	}
	l = newLimiter(&scenario.RateLimit{Limit: 1, Window: time.Minute})
	for i := range maxCounters - 1 {
		l.Take(noon, fmt.Sprint(i))
	}
	l.Take(noon.Add(30*time.Second), "late")
	l.Take(noon.Add(time.Minute), "later") // the windows of the crowd are over
	if !l.Take(noon.Add(time.Minute), "late").Exceeded {
		t.Error("a window that runs was forgotten for those that are over")
	}
}

// TestNoLimiter: a scenario without a rate limit has none; a reset of the state
// begins the count anew.
func TestLimiterOfAScenario(t *testing.T) {
	t.Parallel()
	r := registryOf(t, written(t, frozen))
	if r.Root().Current().Limiter != nil {
		t.Error("there is a limiter")
	}
	if err := r.Root().Load(written(t, "name: l\nrate_limit: {limit: 1, window: 1m, per: user}\n")); err != nil {
		t.Fatal(err)
	}
	l := r.Root().Current().Limiter
	if l.Take(noon, "ann").Exceeded || !l.Take(noon, "ann").Exceeded {
		t.Error("one request is allowed")
	}
	if err := r.Root().Reset(Scope{Journal: true}); err != nil || r.Root().Current().Limiter != l {
		t.Errorf("a reset of the journal touches the limiter, %v", err)
	}
	if err := r.Root().Reset(Everything); err != nil || r.Root().Current().Limiter.Take(noon, "ann").Exceeded {
		t.Errorf("a reset does not begin anew, %v", err)
	}
}
