package state

import (
	"maps"
	"slices"
	"time"

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
	// StatsAvailable is false for stats that answer 503 CF-StatsUnavailable (§14.1).
	StatsAvailable  bool
	Platform        Platform
	NetworkPolicies []NetworkPolicy
	Audit           Audit
}

// Export returns the state as a seed from which New makes the same store.
func (s *Store) Export() Seed {
	seed := s.Outline()
	s.mu.RLock()
	defer s.mu.RUnlock()
	seed.Audit.Settled = s.allSettled()
	seed.Apps, seed.Processes = make([]App, 0, s.apps.size), make([]Process, 0, s.processes.size)
	for _, guid := range s.appOrder {
		seed.Apps = append(seed.Apps, *s.apps.once(guid))
	}
	for _, guid := range s.deploymentOrder {
		seed.Deployments = append(seed.Deployments, *s.deployment(guid))
	}
	for k := range s.inOrder() {
		p := *s.processes.once(k.guid)
		p.serial, p.memo, p.hasOpenTimes = 0, nil, false
		seed.Processes = append(seed.Processes, p)
	}
	return seed
}

// Outline is the state without its apps and what belongs to them, but with what
// was done to them. Loops of
// process types that nobody has any more are left out: a document must not name
// what is not there.
func (s *Store) Outline() Seed {
	s.mu.RLock()
	defer s.mu.RUnlock()
	seed := s.settings.Seed
	seed.Users, seed.Tokens = slices.Clone(seed.Users), maps.Clone(seed.Tokens)
	seed.Audit = Audit{Events: slices.Clone(s.events.newest()), Count: s.events.serial}
	seed.Lifecycle.CrashLoop = slices.DeleteFunc(slices.Clone(seed.Lifecycle.CrashLoop), func(loop CrashLoop) bool { return !s.hasType(loop.Process) })
	seed.Lifecycle.ReadinessLoop = slices.DeleteFunc(slices.Clone(seed.Lifecycle.ReadinessLoop), func(loop ReadinessLoop) bool { return !s.hasType(loop.Process) })
	for _, guid := range s.orgOrder {
		seed.Organizations = append(seed.Organizations, *s.orgs.get(guid))
	}
	for _, guid := range s.spaceOrd {
		seed.Spaces = append(seed.Spaces, *s.spaces.get(guid))
	}
	return seed
}

// hasType says whether there is a process of that type.
func (s *Store) hasType(typ string) bool { return len(s.having(attribute{ofType, typ, ""})) > 0 }

// Group is an app with all that belongs to it.
type Group struct {
	App         *App
	Processes   []Process // oldest first
	Orders      []int     // places of the processes in the order of creation, from 1; none when that is the order of the groups
	Deployments []*Deployment
	Settled     []time.Time // up to when the crashes of the processes are among the audit events; the zero time for never
}

// Groups yields all apps in order of creation, one after the other: what is
// yielded is good until the next one. The store must not change meanwhile.
func (s *Store) Groups(yield func(*Group) bool) {
	s.mu.RLock()
	apps, places := s.appOrder, s.places()
	s.mu.RUnlock()
	var g Group
	for _, guid := range apps {
		s.group(&g, guid, places)
		if !yield(&g) {
			return
		}
	}
}

func (s *Store) group(g *Group, app string, places map[string]int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g.Deployments = s.deploymentsOf(app)
	g.App, g.Processes, g.Orders, g.Settled = s.apps.once(app), g.Processes[:0], g.Orders[:0], g.Settled[:0]
	for _, guid := range s.byApp.get(app) {
		stored := s.processes.table.get(guid)
		g.Processes = append(g.Processes, *stored)
		if p := &g.Processes[len(g.Processes)-1]; s.processes.load != nil && p.open() {
			p.fill(*s.processes.load)
		}
		settled, _ := s.settled(stored)
		g.Settled = append(g.Settled, settled)
		if places != nil {
			g.Orders = append(g.Orders, places[guid])
		}
	}
}

// places are those of the processes in the order of creation, nil when that is
// the order of their apps.
func (s *Store) places() map[string]int {
	last, same := uint64(0), true
	for _, app := range s.appOrder {
		for _, guid := range s.byApp.get(app) {
			serial := s.processes.table.get(guid).serial
			same = same && last < serial
			last = serial
		}
	}
	if same {
		return nil
	}
	found := make(map[string]int, s.processes.size)
	for k := range s.inOrder() {
		found[k.guid] = len(found) + 1
	}
	return found
}
