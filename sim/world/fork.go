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
	from.deciding.Lock() // between two decisions
	defer from.deciding.Unlock()
	origin := from.Current()
	w.draws, w.choices = from.draws, choices.over(from.choices)
	w.Clock = from.Clock.fork()
	switch choices.Clock {
	case "frozen":
		w.Clock.Freeze()
	case "real":
		w.Clock.Resume()
	}
	strict := choices.Auth == scenario.Strict || choices.Auth == "" && origin.Strict
	store := origin.State.Fork()
	rules := origin.Faults.Fork().WithRemoved(w.Journal.Reactions().EndRule).WithUsers(store.HasUser)
	next := &Snapshot{
		World: w, Generation: 1, Sessions: origin.Sessions,
		Strict: strict, Scenario: origin.Scenario, Variant: origin.Variant, home: origin.home,
		Faults: rules, State: store, Limiter: origin.Limiter.fork(),
	}
	next.ctx, next.cancel = context.WithCancel(context.Background())
	w.current.Store(next)
}
