package fault

import (
	"slices"
	"time"
)

// Progress is how far the rules of a set have come. With it a set that was
// written down goes on where it was: what it decides is what it would have
// decided.
type Progress struct {
	// Draws is the name that draws are made from, beside the seed: that of the
	// world in which the rules were set first.
	Draws string `json:"draws"`
	// Named is the last number that was given to a rule without an id.
	Named int            `json:"named,omitempty"`
	Rules []RuleProgress `json:"rules,omitempty"`
}

// RuleProgress is what one rule remembers.
type RuleProgress struct {
	Rule     string    `json:"rule"`               // its id
	Set      time.Time `json:"set"`                // from when its times count
	Matched  int       `json:"matched,omitempty"`  // requests that met its criteria: the number of its last draw
	Eligible int       `json:"eligible,omitempty"` // of those, the ones inside its window
	Injected int       `json:"injected,omitempty"`
	Next     int       `json:"next,omitempty"`     // position of its sequence
	Returned []int     `json:"returned,omitempty"` // positions that were given back, ascending
}

// Progress tells how far the rules have come, the oldest first.
func (s *Set) Progress() Progress {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	p := Progress{Draws: s.world, Named: s.named}
	for _, a := range s.order {
		p.Rules = append(p.Rules, RuleProgress{
			Rule: a.rule.ID, Set: a.since, Matched: a.matched, Eligible: a.eligible,
			Injected: a.injected, Next: a.next, Returned: slices.Clone(a.returned),
		})
	}
	return p
}

// Resume brings the rules of a set as far as another one's had come. Rules that
// the set does not have are passed over. Call it before the set is used.
func (s *Set) Resume(p Progress) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.world, s.named = p.Draws, max(s.named, p.Named)
	for _, a := range s.order {
		a.draws = newDraws(s.seed, s.world, a.rule.ID)
	}
	for _, one := range p.Rules {
		if a, ok := s.rules[one.Rule]; ok {
			a.since = one.Set
			a.counters = counters{matched: one.Matched, eligible: one.Eligible, injected: one.Injected, next: one.Next, returned: slices.Clone(one.Returned)}
		}
	}
}
