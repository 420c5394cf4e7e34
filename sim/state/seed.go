package state

import (
	"maps"
	"slices"

	"example.com/capisim/sim/contract"
)

// Seed is everything a store is made of and everything it can be turned back
// into: what a scenario describes and what the exported state of a world holds.
type Seed struct {
	Number        int64 // the seed of all draws
	Variant       contract.Variant
	Organizations []Organization
	Spaces        []Space
	Apps          []App
	Processes     []Process    // in order of creation
	Deployments   []Deployment // in order of creation
	Users         []User
	Tokens        map[string]string // static token -> user name
	Lifecycle     Lifecycle
	Features      Features
	// StatsUnavailable makes stats answer 503 CF-StatsUnavailable (§14.1).
	StatsUnavailable bool
	Platform         Platform
	// LogCacheDown makes stats come without metrics and with a warning (§14.1).
	LogCacheDown bool
}

// Export returns the state as a seed from which New makes the same store, but
// for the audit events: what was done is not a part of what is.
func (s *Store) Export() Seed {
	s.mu.RLock()
	defer s.mu.RUnlock()
	seed := Seed{
		Number:           s.settings.number,
		Variant:          s.settings.variant,
		Users:            slices.Clone(s.settings.users),
		Tokens:           maps.Clone(s.settings.tokens),
		Lifecycle:        s.settings.lifecycle,
		Features:         s.settings.features,
		StatsUnavailable: s.settings.statsUnavailable,
		LogCacheDown:     s.settings.logCacheDown,
		Platform:         s.settings.platform,
	}
	seed.Apps, seed.Processes = make([]App, 0, s.apps.size), make([]Process, 0, s.processes.size)
	for _, guid := range s.orgOrder {
		seed.Organizations = append(seed.Organizations, *s.orgs.get(guid))
	}
	for _, guid := range s.spaceOrd {
		seed.Spaces = append(seed.Spaces, *s.spaces.get(guid))
	}
	for _, guid := range s.appOrder {
		seed.Apps = append(seed.Apps, *s.apps.once(guid))
	}
	for _, guid := range s.deploymentOrder {
		seed.Deployments = append(seed.Deployments, *s.deployments[guid])
	}
	s.inOrder.Scan(func(k key) bool {
		seed.Processes = append(seed.Processes, *s.processes.once(k.guid))
		return true
	})
	return seed
}
