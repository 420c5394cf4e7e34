package fault

import (
	"fmt"
	"slices"
	"time"
)

// Inquiry asks of one rule why it does not fire: requests are held against it,
// one after the other, and nothing of it changes.
type Inquiry struct {
	// Standing is what the rule would make of the next request that meets its
	// criteria, older and newer rules aside.
	Standing Forecast
	// Criteria are what the rule wants of a request, the operation first.
	Criteria []CriterionCount

	rule *armed
}

// CriterionCount says how many of the requests that were looked at meet one
// criterion of a rule.
type CriterionCount struct {
	Pointer  string `json:"pointer"` // in the rule
	Expected string `json:"expected"`
	Met      int    `json:"met"`
}

// Inquire begins an inquiry; false when there is no such rule.
func (s *Set) Inquire(now time.Time, id string) (*Inquiry, bool) {
	a, ok := s.find(id)
	if !ok {
		return nil, false
	}
	q := &Inquiry{rule: a, Criteria: []CriterionCount{{Pointer: "/match/operations", Expected: a.rule.Match.operationWords()}}}
	for i := range a.criteria.list {
		c := &a.criteria.list[i]
		q.Criteria = append(q.Criteria, CriterionCount{Pointer: c.pointer, Expected: c.want()})
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if q.Standing = a.forecast(now); !a.rule.Active() {
		q.Standing = Forecast{RuleID: id, Pointer: "/enabled", Reason: "the rule is switched off"}
	}
	return q, true
}

// Hold counts a request, and says of each criterion that it does not meet what
// stands against it.
func (q *Inquiry) Hold(subject Subject) (against []Forecast) {
	a := q.rule
	if slices.Contains(a.operations, subject.Operation()) {
		q.Criteria[0].Met++
	} else {
		against = append(against, Forecast{RuleID: a.rule.ID, Pointer: q.Criteria[0].Pointer,
			Reason: fmt.Sprintf("the operation is %s, expected %s", subject.Operation().ID, q.Criteria[0].Expected)})
	}
	for i := range a.criteria.list {
		c := &a.criteria.list[i]
		if c.holds(subject) {
			q.Criteria[i+1].Met++
		} else {
			against = append(against, Forecast{RuleID: a.rule.ID, Pointer: c.pointer, Reason: c.against(subject)})
		}
	}
	return against
}
