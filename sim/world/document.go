package world

import (
	"io"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

// Saved is the state of the world, which nobody else changes, and, without it,
// its scenario as it is now: what a document of it is made of.
func (w *World) Saved() (*state.Store, *scenario.Scenario) {
	snap, shown := w.Still()
	return snap.saved(shown)
}

// Write writes a snapshot, at the time that a clock shows, as a scenario document in
// compact JSON, as scenario.Write does.
func (s *Snapshot) Write(to io.Writer, shown *Clock, change func(document.Value)) error {
	store, as := s.saved(shown)
	return scenario.Write(to, scenario.Compact, store, as, change)
}

func (s *Snapshot) saved(shown *Clock) (*state.Store, *scenario.Scenario) {
	auth := scenario.Permissive
	if s.Strict {
		auth = scenario.Strict
	}
	clock := scenario.ClockSpec{Frozen: shown.Frozen()}
	if clock.Frozen {
		clock.Start = shown.Now()
	}
	return s.State, &scenario.Scenario{
		Name: s.Scenario.Name, Description: s.Scenario.Description, Document: s.Scenario.Document,
		Clock: clock, Auth: auth, Tokens: s.Scenario.Tokens, RateLimit: s.Scenario.RateLimit,
		Faults: s.Faults.Rules(), Expectations: s.Scenario.Expectations, Progress: s.Progress(),
	}
}
