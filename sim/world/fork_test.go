package world

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

// TestFork: a fork has everything of its origin but the evidence, and either
// side goes its own way.
func TestFork(t *testing.T) {
	t.Parallel()
	r := registryOf(t, written(t, frozen+"rate_limit: {limit: 10, window: 1m}\n"))
	origin := r.Root()
	change(t, origin)
	origin.Current().Limiter.Take(origin.Clock.Now(), "dora")
	w, err := r.Create(Spec{Name: "w", From: origin, TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	from, to := origin.Current(), w.Current()
	if command := *to.State.Peek(state.Ref{GUID: web}).Process.Command; command != "changed" {
		t.Errorf("the command is %q", command)
	}
	if !w.Clock.Now().Equal(origin.Clock.Now()) || !w.Clock.Frozen() || w.Sessions.String() != origin.Sessions.String() || to.Scenario != from.Scenario || w.TTL() != time.Hour || w.From() != Default {
		t.Errorf("clock %v, sessions %s", w.Clock.Now(), w.Sessions)
	}
	if a, b := from.Faults.List(), to.Faults.List(); len(a) != len(b) || len(b) != 2 || a[0].ID != b[0].ID {
		t.Errorf("rules %v, of the origin %v", b, a)
	}
	if w.Journal.Stats().Total != 0 {
		t.Error("the evidence came along")
	}
	if a, b := from.Limiter.Take(origin.Clock.Now(), "dora"), to.Limiter.Take(w.Clock.Now(), "dora"); a != b {
		t.Errorf("limits %+v and %+v", a, b)
	}
	for _, change := range []func(){
		func() { to.Faults.Clear() }, func() { to.State.DeleteProcess(web) }, func() { w.Clock.Resume() },
	} {
		change()
	}
	if len(from.Faults.List()) != 2 || from.State.Peek(state.Ref{GUID: web}).Process == nil || !origin.Clock.Frozen() {
		t.Error("the origin sees what the fork does")
	}
	if err := w.Reset(Everything); err != nil {
		t.Fatal(err)
	}
	if after := w.Current(); *after.State.Peek(state.Ref{GUID: web}).Process.Command == "changed" {
		t.Error("the reset of a fork does not go back to its origin's scenario")
	}
}

// TestForkChoices: what is chosen for a fork wins over its origin, and lasts.
func TestForkChoices(t *testing.T) {
	t.Parallel()
	r := registryOf(t, written(t, frozen))
	w, err := r.Create(Spec{Name: "w", From: r.Root(), Choices: Choices{Clock: "real", Auth: scenario.Strict}})
	if err != nil {
		t.Fatal(err)
	}
	for _, moment := range []string{"at first", "after a reset"} {
		if w.Clock.Frozen() || !w.Current().Strict {
			t.Errorf("%s: frozen %v, strict %v", moment, w.Clock.Frozen(), w.Current().Strict)
		}
		if err := w.Reset(Everything); err != nil {
			t.Fatal(err)
		}
	}
	again, err := r.Create(Spec{Name: "again", From: w})
	if err != nil || again.Clock.Frozen() || !again.Current().Strict {
		t.Errorf("%v: a fork of it: frozen %v, strict %v", err, again.Clock.Frozen(), again.Current().Strict)
	}
}

// TestForkOfTheDying: a world that is deleted while it is forked gives a whole
// fork or an error, and the name is free again.
func TestForkOfTheDying(t *testing.T) {
	t.Parallel()
	s := written(t, frozen)
	r := registryOf(t, s)
	for range 100 {
		origin, err := r.Create(Spec{Name: "origin", Scenario: s})
		if err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		wait.Go(func() { r.Delete("origin") })
		wait.Go(func() {
			w, err := r.Create(Spec{Name: "fork", From: origin})
			switch {
			case err != nil && !errors.Is(err, ErrGone):
				t.Error(err)
			case err == nil && w.Current().State.Counts().Processes != 3:
				t.Errorf("half a fork: %+v", w.Current().State.Counts())
			}
		})
		wait.Wait()
		if _, err := r.Create(Spec{Name: "late", From: origin}); !errors.Is(err, ErrGone) {
			t.Errorf("a fork of what is gone: %v", err)
		}
		r.Delete("fork")
	}
}

// TestForkTogether is for the race detector: origin and forks change all they
// have at once, and each sees its own changes alone.
func TestForkTogether(t *testing.T) {
	t.Parallel()
	r := registryOf(t, written(t, frozen))
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			for range 20 {
				w, err := r.Create(Spec{From: r.Root()})
				if err != nil {
					t.Error(err)
					return
				}
				w.Current().State.DeleteProcess(web)
				w.Current().Faults.Clear()
				if _, err := w.Clock.Advance(time.Hour); err != nil {
					t.Error(err)
				}
				r.Delete(w.Name)
			}
		})
		wait.Go(func() {
			for range 20 {
				snap := r.Root().Current()
				if _, err := snap.State.RestartInstance(r.Root().Clock.Now(), web, 0); err != nil {
					t.Error(err)
				}
				if len(snap.Faults.List()) != 1 {
					t.Error("a fork took the rule away")
				}
			}
		})
	}
	wait.Wait()
}

// TestDiffers names what a world was made with otherwise.
func TestDiffers(t *testing.T) {
	t.Parallel()
	s := written(t, frozen)
	r := registryOf(t, s)
	w, err := r.Create(Spec{Name: "w", Scenario: s, TTL: time.Hour, Choices: Choices{Clock: "real"}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Create(Spec{Name: "f", From: w})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		world *World
		spec  Spec
		want  string
	}{
		{w, Spec{Scenario: written(t, frozen), TTL: time.Hour, Choices: Choices{Clock: "real"}}, ""},
		{w, Spec{Scenario: shipped(t, "empty")}, "scenario ttl clock"},
		{w, Spec{Scenario: s, TTL: time.Hour, Choices: Choices{Clock: "real", Auth: scenario.Strict}}, "auth"},
		{w, Spec{From: r.Root(), TTL: time.Hour, Choices: Choices{Clock: "real"}}, "from"},
		{f, Spec{From: w}, ""},
		{f, Spec{From: r.Root()}, "from"},
		{f, Spec{Scenario: s}, "scenario"},
	} {
		if got := strings.Join(test.world.Differs(test.spec), " "); got != test.want {
			t.Errorf("%s differs from %+v in %q, want %q", test.world.Name, test.spec, got, test.want)
		}
	}
}

// BenchmarkFork copies a world; the aim is less than 1 ms, flat in the number of
// processes (DESIGN.md §7).
func BenchmarkFork(b *testing.B) {
	for _, name := range []string{"default", "large"} {
		b.Run(name, func(b *testing.B) {
			r, err := NewRegistry(shipped(b, name), Options{Bounds: bounds, MaxWorlds: 1})
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Create(Spec{Name: "w", From: r.Root()}); err != nil {
					b.Fatal(err)
				}
				r.Delete("w")
			}
		})
	}
}
