package fault

import (
	"slices"
	"time"
)

// Window is the span of time in which a rule can fire, on the world's clock.
type Window struct {
	Rule    string     `json:"rule"`
	Set     time.Time  `json:"set"`   // from when its times count
	From    time.Time  `json:"from"`  // inside
	Until   *time.Time `json:"until"` // outside; null never ends
	Enabled bool       `json:"enabled"`
}

// Windows returns that of each rule, the newest first. A rule without one is
// open from the moment it was set.
func (s *Set) Windows() []Window {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	list := make([]Window, 0, len(s.order))
	for _, a := range slices.Backward(s.order) {
		w := Window{Rule: a.rule.ID, Set: a.since, From: a.since.Add(time.Duration(a.rule.When.From)), Enabled: a.rule.Active()}
		if a.rule.When.Until != nil {
			until := a.since.Add(time.Duration(*a.rule.When.Until))
			w.Until = &until
		}
		list = append(list, w)
	}
	return list
}
