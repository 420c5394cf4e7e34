package fault_test

import (
	"slices"
	"testing"
	"time"

	"example.com/capisim/sim/document"
)

// TestDelayShapes draws 10,000 delays of each form and looks where they lie.
func TestDelayShapes(t *testing.T) {
	t.Parallel()
	const n = 10000
	for _, test := range []struct {
		name, delay              string
		least, p50, p90, p99, up time.Duration // p50 to p99 are met to 10 %
	}{
		{"fixed", `{"fixed":"200ms"}`, 200, 200, 200, 200, 200},
		{"uniform", `{"uniform":{"min":"100ms","max":"300ms"}}`, 100, 200, 280, 298, 300},
		{"uniform of one", `{"uniform":{"min":"100ms","max":"100ms"}}`, 100, 100, 100, 100, 100},
		{"lognormal", `{"lognormal":{"median":"100ms","sigma":0.5}}`, 1, 100, 190, 320, 1500},
		{"lognormal cut", `{"lognormal":{"median":"100ms","sigma":0.5,"max":"150ms"}}`, 1, 100, 150, 150, 150},
		{"lognormal without a tail", `{"lognormal":{"median":"100ms","sigma":0}}`, 100, 100, 100, 100, 100},
		{"percentiles", `{"percentiles":{"p50":"100ms","p90":"400ms","p99":"2s"}}`, 0, 100, 400, 2000, 2000},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			set := setOf(t, `{"id":"d","delay":`+test.delay+`}`)
			subject := to(t, "getProcess")
			met := make([]time.Duration, n)
			for i := range met {
				met[i] = set.Plan(start, subject).Delay
			}
			slices.Sort(met)
			if met[0] < test.least*time.Millisecond || met[n-1] > test.up*time.Millisecond {
				t.Errorf("from %s to %s, want within %dms and %dms", met[0], met[n-1], test.least, test.up)
			}
			for at, want := range map[int]time.Duration{50: test.p50, 90: test.p90, 99: test.p99} {
				got, want := met[n*at/100], want*time.Millisecond
				if got < want*9/10 || got > want*11/10 {
					t.Errorf("p%d is %s, want %s", at, got, want)
				}
			}
		})
	}
}

func TestAnEndlessTailIsAnHour(t *testing.T) {
	t.Parallel()
	set := setOf(t, `{"id":"d","delay":{"lognormal":{"median":"59m","sigma":10}}}`)
	longest := time.Duration(0)
	for range 100 {
		longest = max(longest, set.Plan(start, to(t, "getProcess")).Delay)
	}
	if longest != time.Hour {
		t.Errorf("longest %s, want an hour", longest)
	}
}

func TestDelayOfAMatchIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	const rule = `{"id":"d","delay":{"lognormal":{"median":"100ms","sigma":0.5}}}`
	a, b := setOf(t, rule), setOf(t, rule)
	previous := time.Duration(-1)
	for range 20 {
		one, other := a.Plan(start, to(t, "getProcess")).Delay, b.Plan(start, to(t, "getProcess")).Delay
		if one != other || one == previous {
			t.Fatalf("%s and %s after %s, want the same in both sets, another for each match", one, other, previous)
		}
		previous = one
	}
}

func TestDurationText(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 200 * time.Millisecond: "200ms", time.Minute: "1m", time.Hour: "1h", 90 * time.Minute: "1h30m",
		10 * time.Minute: "10m", time.Hour + time.Second: "1h0m1s", 1500 * time.Millisecond: "1.5s", -time.Minute: "-1m",
	} {
		if got := document.Duration(d).String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
