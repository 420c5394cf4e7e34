package world

import (
	"context"

	"example.com/capisim/sim/scenario"
)

// fork fills an empty world with what another one is at this moment: its state,
// its sessions, its clock, its rate limit, and its rules with their progress.
// The evidence stays where it was gathered. Nothing is copied that nobody has
// changed, so it costs the same at any size. Afterwards both answer alike to
// like requests, a reset included: the rules of a fork draw as those of its
// origin do.
func (w *World) fork(from *World, choices Choices) {
	from.mu.Lock()
	defer from.mu.Unlock()
	origin, clock := from.Still()
	w.draws, w.choices = from.draws, choices.over(from.choices)
	w.home = from.home
	w.changed.Store(from.changed.Load())
	w.Clock, w.Sessions = clock, from.Sessions.fork()
	switch choices.Clock {
	case "frozen":
		w.Clock.Freeze()
	case "real":
		w.Clock.Resume()
	}
	strict := choices.Auth == scenario.Strict || choices.Auth == "" && origin.Strict
	rules := origin.Faults.WithRemoved(w.Journal.Reactions().EndRule).WithUsers(origin.State.HasUser)
	next := &Snapshot{
		World: w, Generation: 1,
		Strict: strict, Scenario: origin.Scenario, Variant: origin.Variant,
		Faults: rules, State: origin.State, Limiter: origin.Limiter,
	}
	next.ctx, next.cancel = context.WithCancel(context.Background())
	w.current.Store(next)
	w.begin()
}

// Still is what the world holds, and what its clock shows, between two
// decisions: a copy that nobody else changes, at no cost to speak of.
func (w *World) Still() (*Snapshot, *Clock) {
	w.deciding.Lock()
	defer w.deciding.Unlock()
	return w.still()
}

// still is Still for who keeps decisions away.
func (w *World) still() (*Snapshot, *Clock) {
	still := *w.Current()
	still.State, still.Faults, still.Limiter = still.State.Fork(), still.Faults.Fork(), still.Limiter.fork()
	return &still, w.Clock.fork()
}

// Progress is how far a snapshot has come, for a document that is to go on where
// it was.
func (s *Snapshot) Progress() *scenario.Progress {
	return &scenario.Progress{Sessions: s.World.Sessions.String(), Progress: s.Faults.Progress(), RateLimit: s.Limiter.taken()}
}
