package fault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
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
	e, w := Forecast{RuleID: a.rule.ID}, &a.rule.When
	switch a.foresee(now) {
	case outsideWindow:
		elapsed := document.Duration(now.Sub(a.since))
		if elapsed < w.From {
			e.Pointer, e.Reason = "/when/from", fmt.Sprintf("the rule was set %s ago, expected at least %s", elapsed, w.From)
		} else {
			e.Pointer, e.Reason = "/when/until", fmt.Sprintf("the rule was set %s ago, expected less than %s", elapsed, w.Until)
		}
	case skips:
		e.Pointer, e.Reason = "/when/skip", fmt.Sprintf("match %d of the first %d, which pass", a.eligible+1, w.Skip)
	case spent:
		if w.Times != nil && a.injected >= *w.Times {
			e.Pointer, e.Reason = "/when/times", fmt.Sprintf("all %d answers have been injected", *w.Times)
		} else {
			e.Pointer, e.Reason = "/sequence", "the sequence has no answer left"
		}
	case notDrawn:
		e.Pointer = "/when/probability"
		e.Reason = fmt.Sprintf("match %d draws %s, expected less than %s", a.matched+1,
			decimal(a.draws.at(a.matched+1, fireLane)), decimal(*w.Probability))
	case passes:
		at := a.upcoming()
		e.Pointer, e.Reason = "/sequence/"+strconv.Itoa(at)+"/pass", fmt.Sprintf("step %d passes", at)
	default:
		e.Fires = true
		e.Reason = a.effect()
	}
	return e
}

// upcoming is the index of the step that the next match takes.
func (a *armed) upcoming() int {
	trial := *a
	position := trial.takePosition()
	if a.repeats() == Cycle {
		return position % len(a.steps)
	}
	return min(position, len(a.steps)-1)
}

// effect tells what the rule would do, in words.
func (a *armed) effect() string {
	if a.rule.onlyDelays() {
		return "delays the request"
	}
	step := &a.steps[a.upcoming()]
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

func decimal(number float64) string { return strconv.FormatFloat(number, 'g', 4, 64) }
