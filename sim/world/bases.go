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
	built map[*scenario.Scenario]base
}

type base struct {
	now   time.Time
	store *state.Store
}

// maxBases bounds what is kept: scenarios that came inline are seldom asked for
// again.
const maxBases = 64

func newBases() *bases { return &bases{built: map[*scenario.Scenario]base{}} }

// store returns the first state of a scenario at a time. For a running clock a
// store built within the same second serves as well: that is as fine as the API
// shows times.
func (b *bases) store(s *scenario.Scenario, now time.Time, frozen bool) *state.Store {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept, ok := b.built[s]
	if ok && (kept.now.Equal(now) || !frozen && kept.now.Truncate(time.Second).Equal(now.Truncate(time.Second))) {
		return kept.store
	}
	if _, known := b.built[s]; !known && len(b.built) >= maxBases {
		clear(b.built)
	}
	kept = base{now: now, store: state.New(s.State(now))}
	b.built[s] = kept
	return kept.store
}
