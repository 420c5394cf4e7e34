package fault

import "slices"

// Status is a rule of a set with its counters.
type Status struct {
	Rule
	Matched  int `json:"matched"`  // requests that the rule was consulted for and that met its criteria
	Injected int `json:"injected"` // answers, socket faults and delays that came of them
	// Remaining is how many the rule can still inject; nil means no limit.
	Remaining *int `json:"remaining"`
	// Step is the one of its sequence that comes next, from 1.
	Step int `json:"step,omitempty"`
}

// Get finds a rule by its id.
func (s *Set) Get(id string) (Status, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	a, ok := s.rules[id]
	if !ok {
		return Status{}, false
	}
	return a.status(), true
}

// List returns all rules, the newest first.
func (s *Set) List() []Status {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	list := make([]Status, 0, len(s.order))
	for _, a := range slices.Backward(s.order) {
		list = append(list, a.status())
	}
	return list
}

// Rules returns all rules as they were given, the oldest first: put into an
// empty set they make the same set again, with fresh counters.
func (s *Set) Rules() []Rule {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	list := make([]Rule, len(s.order))
	for i, a := range s.order {
		list[i] = a.rule
	}
	return list
}

func (a *armed) status() Status {
	status := Status{Rule: a.rule, Matched: a.matched, Injected: a.injected, Step: a.nextStep()}
	if n, limited := a.remaining(); limited {
		status.Remaining = &n
	}
	return status
}
