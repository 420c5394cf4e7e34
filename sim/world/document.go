package world

import (
	"slices"

	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

// Document is the world as a scenario document, from which the same world is
// made again.
func (w *World) Document() *scenario.Document { return scenario.FromState(w.Saved()) }

// Saved is the state of the world and, without it, its scenario as it is now:
// what a document of it is made of.
func (w *World) Saved() (state.Seed, *scenario.Scenario) {
	snap, shown := w.Still()
	return snap.saved(shown)
}

// Document is a snapshot, at the time that a clock shows, as a scenario
// document.
func (s *Snapshot) Document(shown *Clock) *scenario.Document {
	return scenario.FromState(s.saved(shown))
}

func (s *Snapshot) saved(shown *Clock) (state.Seed, *scenario.Scenario) {
	auth := scenario.Permissive
	if s.Strict {
		auth = scenario.Strict
	}
	clock := scenario.ClockSpec{Frozen: shown.Frozen()}
	if clock.Frozen {
		clock.Start = shown.Now()
	}
	return export(s.State), &scenario.Scenario{
		Name: s.Scenario.Name, Description: s.Scenario.Description, Document: s.Scenario.Document,
		Clock: clock, Auth: auth, Tokens: s.Scenario.Tokens, RateLimit: s.Scenario.RateLimit,
		Faults: s.Faults.Rules(), Expectations: s.Scenario.Expectations, Progress: s.Progress(),
	}
}

// export is the state of a store without crash loops of process types that
// nobody has any more: a document must not name what is not there.
func export(s *state.Store) state.Seed {
	seed := s.Export()
	types := map[string]bool{}
	for i := range seed.Processes {
		types[seed.Processes[i].Type] = true
	}
	seed.Lifecycle.CrashLoop = slices.DeleteFunc(slices.Clone(seed.Lifecycle.CrashLoop), func(loop state.CrashLoop) bool {
		return !types[loop.Process]
	})
	return seed
}
