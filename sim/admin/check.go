package admin

import (
	"example.com/capisim/sim/client"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
)

// lookedAt is how many requests a check goes back in the journal.
const lookedAt = 50

// checkFaults judges rules as addFaults would and sets none. Problems are its
// answer and no refusal: that a rule is not finished yet is what it is asked.
func (c *call) checkFaults() (reply, error) {
	raw, err := c.body(maxBody)
	if err != nil {
		return reply{}, err
	}
	out := client.RuleCheck{Problems: []client.Problem{}, Met: []uint64{}}
	rules, problems := fault.ParseRules(raw)
	if len(problems) == 0 {
		problems = c.snap.Faults.Judge(rules...)
	}
	if len(problems) > 0 {
		out.Problems = unprocessable(problems).problems
		return ok(out), nil
	}
	if c.explain == nil {
		return ok(out), nil
	}
	last := c.world.Evidence().Entries(journal.Filter{}, 1, lookedAt).Entries
	out.Looked = len(last)
	for i := range last {
		if c.meets(rules, last[i].ID) {
			out.Met = append(out.Met, last[i].ID)
		}
	}
	return ok(out), nil
}

// meets says that one of the rules is about a request of the journal, as it
// would be if it came now.
func (c *call) meets(rules []fault.Rule, id uint64) bool {
	asked, found := c.world.Journal.Again(id)
	if !found {
		return false
	}
	trial := c.explain(c.world, asked.WithContext(c.request.Context()))
	if trial.Subject == nil {
		return false
	}
	for _, rule := range rules {
		if rule.Match.Meets(trial.Subject) {
			return true
		}
	}
	return false
}
