package state

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// TestFlips: readiness changes at the times that ready says, whatever part of
// them is asked for.
func TestFlips(t *testing.T) {
	t.Parallel()
	loop := []ReadinessLoop{{Process: "web", Ready: document.Duration(20 * time.Second), Unready: document.Duration(5 * time.Second)}}
	for _, test := range []struct {
		name        string
		life        Lifecycle
		forced      Forced
		restarted   bool
		after, upTo time.Duration
		want        string
	}{
		{name: "ready at once", upTo: time.Hour, want: ""},
		{name: "ready after a while", life: Lifecycle{StartDelay: 2 * time.Second, ReadyDelay: 3 * time.Second}, upTo: time.Hour, want: "5s ready"},
		{name: "a loop", life: Lifecycle{ReadinessLoop: loop}, upTo: time.Minute, after: -1, want: "0s ready, 20s not, 25s ready, 45s not, 50s ready"},
		{name: "a part of a loop", life: Lifecycle{ReadinessLoop: loop}, after: 20 * time.Second, upTo: 45 * time.Second, want: "25s ready, 45s not"},
		{name: "much later", life: Lifecycle{ReadinessLoop: loop}, after: 25e6 * time.Second, upTo: 25e6*time.Second + 30*time.Second, want: "6944h27m0s not, 6944h27m5s ready"},
		{name: "another type", life: Lifecycle{ReadinessLoop: []ReadinessLoop{{Process: "worker", Ready: 1, Unready: 1}}}, upTo: time.Hour, want: ""},
		{name: "never ready", life: Lifecycle{ReadinessLoop: []ReadinessLoop{{Process: "web", Unready: 1}}}, upTo: time.Hour, want: ""},
		{name: "never unready", life: Lifecycle{ReadinessLoop: []ReadinessLoop{{Process: "web", Ready: 1}}}, after: -1, upTo: time.Hour, want: ""},
		{name: "held", life: Lifecycle{ReadinessLoop: loop}, forced: Forced{State: Down}, upTo: time.Hour, want: ""},
		{name: "its readiness held", life: Lifecycle{ReadinessLoop: loop}, forced: Forced{Facts: &Facts{Routable: contract.Optional[bool]{Set: true}}}, upTo: time.Hour, want: ""},
		{name: "ended and back", life: Lifecycle{RestartDelay: 2 * time.Second, ReadyDelay: time.Second}, restarted: true, upTo: time.Hour, want: "13s ready"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := &Process{Type: "web", Instances: 1, CreatedAt: start}
			if test.forced.State != "" || test.forced.Facts != nil {
				p.History.Forced = map[int]Forced{0: test.forced}
			}
			if test.restarted {
				p.History = p.History.restarted(0, later(10*time.Second))
			}
			var got []string
			flips, next := test.life.flips(p, later(test.after), later(test.upTo))
			if again, _ := test.life.flips(p, later(test.upTo), next); !next.IsZero() && (len(again) != 1 || !again[0].at.Equal(next)) {
				t.Errorf("next at %s, but then there are %v", next.Sub(start), again)
			}
			for _, f := range flips {
				got = append(got, fmt.Sprintf("%s %s", f.at.Sub(start), map[bool]string{true: "ready", false: "not"}[f.ready]))
				if running := f.at.Sub(start) - test.life.StartDelay; !test.restarted && test.life.ready("web", running) != f.ready {
					t.Errorf("at %s the instance is not what its flip says", f.at.Sub(start))
				}
			}
			if strings.Join(got, ", ") != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
	p := &Process{Type: "web", Instances: 1, CreatedAt: start}
	life := Lifecycle{ReadinessLoop: loop}
	if all, _ := life.flips(p, time.Time{}, later(1000*24*time.Hour)); len(all) > 2*MaxEvents+2 || !slices.IsSortedFunc(all, func(a, b flip) int { return a.at.Compare(b.at) }) {
		t.Errorf("%d changes in a thousand days, want what a world remembers", len(all))
	}
}
