package scenario

import (
	"fmt"
	"slices"
	"time"

	"example.com/capisim/sim/fault"
)

// Progress is how far a world has come beside its state. A document of a world
// that was saved has one, and a world that is made of it goes on where that one
// was.
type Progress struct {
	// Sessions names the logins of the world: the server that issued their tokens
	// still knows them.
	Sessions string `json:"sessions,omitempty"`
	fault.Progress
	// RateLimit is how much each caller has taken of the window that it is in.
	RateLimit []Taken `json:"rate_limit,omitempty"`
	// AuditEvents is how many there have ever been: their guids derive from it.
	AuditEvents int `json:"audit_events,omitempty"`
}

// Taken is what a caller has taken of a rate limit.
type Taken struct {
	Caller string    `json:"caller"`
	Count  int       `json:"count"`
	Ends   time.Time `json:"ends"` // of the window
}

// progress finds counters of rules that are not there, and those that no rule
// can have come to.
func (c *checker) progress() {
	p := c.doc.Progress
	if p == nil {
		return
	}
	seen := map[string]string{}
	for i, one := range p.Rules {
		c.unique(seen, one.Rule, "rule", "progress", "rules", i, "rule")
		if !slices.ContainsFunc(c.doc.Faults, func(r fault.Rule) bool { return r.ID == one.Rule }) {
			c.report(fmt.Sprintf("%q, expected the id of a rule under faults", one.Rule), "progress", "rules", i, "rule")
		}
		if one.Eligible > one.Matched {
			c.report(fmt.Sprintf("%d, expected at most matched, %d", one.Eligible, one.Matched), "progress", "rules", i, "eligible")
		}
		if one.Injected > one.Eligible {
			c.report(fmt.Sprintf("%d, expected at most eligible, %d", one.Injected, one.Eligible), "progress", "rules", i, "injected")
		}
		for j, position := range one.Returned {
			if position >= one.Next || j > 0 && position <= one.Returned[j-1] {
				c.report(fmt.Sprintf("%d, expected ascending positions below next, %d", position, one.Next), "progress", "rules", i, "returned", j)
			}
		}
	}
}
