package world

import (
	"sync"
	"time"

	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

// bases keeps the store that each scenario begins with, so that a world made of
// it is a fork and not a load.
type bases struct {
	mu    sync.Mutex
	built map[*scenario.Scenario]*base
}

// base is a scenario's state with open times, and what was loaded of it last.
type base struct {
	open   *state.Store
	now    time.Time
	loaded *state.Store
}

// maxBases bounds what is kept: scenarios that came inline are seldom asked for
// again.
const maxBases = 64

func newBases() *bases { return &bases{built: map[*scenario.Scenario]*base{}} }

// drop forgets a scenario that has another version now.
func (b *bases) drop(s *scenario.Scenario) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.built, s)
}

// store returns the first state of a scenario at a time. For a running clock one
// loaded within the same second serves as well: that is as fine as the API shows
// times, and its worlds share what they have encoded.
func (b *bases) store(s *scenario.Scenario, now time.Time, frozen bool) *state.Store {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept, known := b.built[s]
	if !known {
		if len(b.built) >= maxBases {
			clear(b.built)
		}
		kept = &base{open: s.Store()}
		b.built[s] = kept
	}
	same := kept.now.Equal(now) || !frozen && kept.now.Truncate(time.Second).Equal(now.Truncate(time.Second))
	if kept.loaded == nil || !same {
		kept.now, kept.loaded = now, kept.open.Load(now)
	}
	return kept.loaded
}
