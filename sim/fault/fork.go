package fault

import (
	"sync/atomic"

	"example.com/capisim/sim/contract"
)

// Fork returns a set that goes on where this one is: the same rules in the same
// order, their counters, windows and draws included. Afterwards each goes its
// own way. What this set has planned and not settled stays its own.
func (s *Set) Fork() *Set {
	table := contract.Operations()
	next := &Set{
		seed: s.seed, world: s.world, limit: s.limit,
		watchers: make([]atomic.Int32, len(table)),
		buckets:  make([]atomic.Pointer[bucket], len(table)),
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	next.age, next.named = s.age, s.named
	next.rules = make(map[string]*armed, len(s.rules))
	next.order = make([]*armed, 0, len(s.order))
	for _, a := range s.order {
		copied := *a      // all that it points to is replaced when it changes, never written to
		copied.over = nil // as is what it holds back
		next.add(&copied)
	}
	return next
}
