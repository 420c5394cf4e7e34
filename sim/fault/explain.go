package fault

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
)

// Forecast says of one rule what it would make of a request.
type Forecast struct {
	RuleID string `json:"rule"`
	// Fires says that the rule would answer, or delay, the request.
	Fires bool `json:"fires"`
	// Pointer is the place in the rule of the first criterion that fails; ""
	// when it fires, and when a newer rule comes first.
	Pointer string `json:"pointer,omitempty"`
	Reason  string `json:"reason"` // in words
}

// Explain says for each rule, the newest first, whether it would fire on the
// request, or what stands against it first. No counter changes, and no draw is
// used up.
func (s *Set) Explain(now time.Time, subject Subject) []Forecast {
	op, rules := subject.Operation(), s.snapshot()
	failing := make([]Forecast, len(rules))
	for i, a := range rules {
		failing[i] = a.against(op, subject)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var decider, delayer string
	for i, a := range rules {
		e := &failing[i]
		switch {
		case e.Reason != "": // a criterion fails
		case decider != "":
			e.Reason = fmt.Sprintf("rule %q is newer and decides", decider)
		case a.rule.onlyDelays() && delayer != "":
			e.Reason = fmt.Sprintf("rule %q is newer and delays already", delayer)
		default:
			*e = a.forecast(now)
			if e.Fires && a.rule.onlyDelays() {
				delayer = a.rule.ID
			} else if e.Fires {
				decider = a.rule.ID
			}
		}
	}
	return failing
}

// snapshot returns the rules, the newest first.
func (s *Set) snapshot() []*armed {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	rules := slices.Clone(s.order)
	slices.Reverse(rules)
	return rules
}

// against tells what of the rule itself the request does not meet; the reason
// is empty when it meets everything.
func (a *armed) against(op *contract.Operation, r Request) Forecast {
	e := Forecast{RuleID: a.rule.ID}
	switch {
	case !a.rule.Active():
		e.Pointer, e.Reason = "/enabled", "the rule is switched off"
	case !slices.Contains(a.operations, op):
		e.Pointer, e.Reason = "/match/operations", fmt.Sprintf("the operation is %s, expected %s", op.ID, a.rule.Match.operationWords())
	default:
		if c := a.criteria.failing(r); c != nil {
			e.Pointer, e.Reason = c.pointer, c.against(r)
		}
	}
	return e
}

func (m Match) operationWords() string {
	if m.Operations == nil {
		return "one of the thirteen process operations"
	}
	return strings.Join(m.Operations, ", ")
}

// forecast tells what the counters, the clock and the draw would say to the
// next match.
func (a *armed) forecast(now time.Time) Forecast {
	e, trial := Forecast{RuleID: a.rule.ID}, *a // take changes no shared memory
	made, position := trial.take(now)
	if e.Fires = made == fires; e.Fires {
		e.Reason = a.effect(a.step(position))
	} else {
		e.Pointer, e.Reason = trial.finding(made, position, now).words()
	}
	return e
}

// effect tells what the rule would do by a step, in words.
func (a *armed) effect(step *act) string {
	if a.rule.onlyDelays() {
		return "delays the request"
	}
	var words []string
	if step.respond != nil {
		words = append(words, fmt.Sprintf("answers %d", step.respond.Status))
	}
	if step.connection != nil {
		words = append(words, "does "+string(step.connection.Kind)+" to the connection")
	}
	if n := len(a.rule.Meanwhile); n > 0 {
		words = append(words, fmt.Sprintf("lets another client change something (%d operations)", n))
	}
	return strings.Join(words, " and ")
}

// Trial is a request that was tried on a fork of the world.
type Trial struct {
	Subject Subject // nil when it meets no operation
	Status  int
	Body    []byte
	Refused *contract.Refusal // by the contract; nil when it was carried out
	Prefer  *Preference       // nil without such a header
}

// Preference is what became of a header Prefer.
type Preference struct {
	Applied string `json:"applied,omitempty"` // what of it decides, before any rule
	Ignored string `json:"ignored,omitempty"` // or why nothing of it does
}
