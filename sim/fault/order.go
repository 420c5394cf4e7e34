package fault

import (
	"fmt"
	"slices"

	"example.com/capisim/sim/document"
)

// Order lets rules decide in another order, the first of the ids first: those
// that are named share out the places that they have among all. They keep their
// counters and windows, and what they hold back. The error is
// document.Violations, with pointers into the list.
func (s *Set) Order(ids []string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var problems document.Violations
	places := make([]int, 0, len(ids))
	for i, id := range ids {
		a, known := s.rules[id]
		switch {
		case !known:
			problems = append(problems, document.Violation{Pointer: document.Pointer(i),
				Message: fmt.Sprintf("%s, expected the id of a rule%s", document.Quote(id), document.DidYouMean(id, s.idsInOrder()))})
		case slices.Contains(ids[:i], id):
			problems = append(problems, document.Violation{Pointer: document.Pointer(i), Message: document.Quote(id) + " for the second time, expected each rule once"})
		default:
			places = append(places, s.place(a))
		}
	}
	if len(problems) > 0 {
		return problems
	}
	slices.SortFunc(places, func(a, b int) int { return b - a }) // the newest decides first
	moved := make([]*armed, len(ids))
	for i, id := range ids {
		moved[i] = s.rules[id].aged(s.order[places[i]].age)
	}
	for i, a := range moved {
		old := s.rules[a.rule.ID]
		old.heir, old.over = a, nil
		s.watch(a, 0)
		s.rules[a.rule.ID], s.order[places[i]] = a, a
	}
	return nil
}

func (s *Set) idsInOrder() (ids []string) {
	for _, a := range s.order {
		ids = append(ids, a.rule.ID)
	}
	return ids
}

// aged is the same rule with another age. A rule in force never changes: its age
// is read without the lock.
func (a *armed) aged(age uint64) *armed {
	return &armed{
		rule: a.rule, age: age, since: a.since, draws: a.draws, operations: a.operations, criteria: a.criteria, steps: a.steps,
		counters: a.counters, over: a.over,
	}
}

// nextStep is the step of the sequence that comes next, from 1; 0 when none
// does, or there is no sequence.
func (a *armed) nextStep() int {
	if len(a.rule.Sequence) == 0 || a.isSpent() {
		return 0
	}
	trial := *a // takePosition changes no shared memory
	return a.index(trial.takePosition()) + 1
}
