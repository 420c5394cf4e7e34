package state

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"time"

	"example.com/capisim/sim/contract"
)

// What forcing can run into beside a missing resource, for which it answers the
// contract's own 404s.
var (
	// ErrChanged says that what was to be replaced has changed meanwhile: look
	// again and repeat.
	ErrChanged = errors.New("the process has changed meanwhile")
	// ErrTaken says that another process has the guid.
	ErrTaken = errors.New("another process has this guid")
)

// Replacement is a process as it is forced to be, whatever the contract's rules
// say. What it does not decide about its instances stays as it was.
type Replacement struct {
	Process Process
	// KeepHistory leaves the placements of the instances; those that a larger
	// count adds are placed now.
	KeepHistory bool
	// KeepForced leaves instances in the states they were forced into.
	KeepForced bool
}

// ReplaceProcess puts a process in the place of old, which must be the stored
// version, or creates one when old is nil. Guid and app may differ from old's:
// the place in the order of creation stays. The error is ErrChanged, ErrTaken
// or contract.AppNotFound, and then nothing was changed.
func (s *Store) ReplaceProcess(now time.Time, old *Process, by Replacement) (*Process, error) {
	next := by.Process
	s.mu.Lock()
	defer s.mu.Unlock()
	there := s.processes[next.GUID]
	switch {
	case old != nil && s.processes[old.GUID] != old, old == nil && there != nil:
		return nil, ErrChanged
	case there != nil && there != old:
		return nil, ErrTaken
	case s.apps[next.AppGUID] == nil:
		return nil, contract.AppNotFound
	}
	if old != nil {
		next.History = by.history(old, now)
	}
	if old != nil && (old.GUID != next.GUID || old.AppGUID != next.AppGUID) {
		s.remove(old)
		s.restore(&next, old.serial)
	} else {
		s.put(&next)
	}
	return &next, nil
}

// history combines what the replacement says of the instances with what has
// happened to those of the version before.
func (by *Replacement) history(old *Process, now time.Time) History {
	h, count := by.Process.History, by.Process.Instances
	forced := h.Forced
	if by.KeepForced {
		forced = below(old.History.Forced, count)
	}
	if by.KeepHistory {
		h = old.History.scaled(old.Instances, count, now)
	}
	h.Forced = forced
	return h
}

// restore puts a process back under another guid or app, at its old place in
// the order of creation.
func (s *Store) restore(p *Process, serial uint64) {
	p.memo, p.serial = new(memo), serial
	s.processes[p.GUID] = p
	s.inOrder.Set(p.orderKey())
	s.byCreated.Set(p.createdKey())
	s.byUpdated.Set(p.updatedKey())
	siblings := append(slices.Clone(s.byApp[p.AppGUID]), p.GUID)
	slices.SortFunc(siblings, func(a, b string) int {
		return cmp.Compare(s.processes[a].serial, s.processes[b].serial)
	})
	s.byApp[p.AppGUID] = siblings
}

// DeleteProcess takes a process away; false when there was none. Its app stays.
func (s *Store) DeleteProcess(guid string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.processes[guid]
	if ok {
		s.remove(p)
	}
	return ok
}

// ForceInstance holds one desired instance in a state, or, with nil, gives it
// back to the lifecycle. The error is contract.ProcessNotFound or, for an index
// outside of the desired instances, contract.InstanceNotFound.
func (s *Store) ForceInstance(guid string, index int, into *Forced) (View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.peek(Ref{GUID: guid})
	switch {
	case v.Process == nil:
		return v, contract.ProcessNotFound
	case index < 0 || index >= v.Process.Instances:
		return v, contract.InstanceNotFound
	}
	next := *v.Process
	forced := make(map[int]Forced, len(next.History.Forced)+1)
	maps.Copy(forced, next.History.Forced)
	if into == nil {
		delete(forced, index)
	} else {
		forced[index] = *into
	}
	next.History.Forced = forced
	s.put(&next)
	v.Process = &next
	return v, nil
}

// AppChange is what an admin changes of an app; nil leaves a part as it is.
type AppChange struct {
	State     *AppState
	Deploying *bool
}

// ForceApp changes an app without asking quotas. An app that comes to STARTED
// places the instances of its processes anew and gives them new versions (§10).
// The error is contract.AppNotFound.
func (s *Store) ForceApp(now time.Time, guid string, change AppChange) (*App, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.apps[guid]
	if !ok {
		return nil, contract.AppNotFound
	}
	next := *old
	if change.Deploying != nil {
		next.Deploying = *change.Deploying
	}
	if change.State != nil {
		next.State = *change.State
	}
	if next.State == old.State && next.Deploying == old.Deploying {
		return old, nil
	}
	next.UpdatedAt = now
	s.apps[guid] = &next
	if next.State != old.State {
		s.turn(&next, now)
	}
	return &next, nil
}

// turn tells the processes of an app that it was started or stopped.
func (s *Store) turn(app *App, now time.Time) {
	for _, guid := range s.byApp[app.GUID] {
		p := *s.processes[guid]
		p.UpdatedAt = now
		if app.State == Started {
			p.History = p.History.started(now)
			p.Version = newDraw(s.settings.number, p.GUID, versionDraw, p.History.Epoch).uuid()
		} else {
			p.History.Forced = nil // the containers are gone, and their states with them
		}
		s.put(&p)
	}
}

// versionDraw stands where the index of an instance stands in other draws.
const versionDraw = -1

// App finds an app by its guid, without judging whether anyone may see it.
func (s *Store) App(guid string) (*App, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	app, ok := s.apps[guid]
	return app, ok
}

// AppsNamed finds the apps that have this guid or, when none has, this name.
func (s *Store) AppsNamed(name string) []*App {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if app, ok := s.apps[name]; ok {
		return []*App{app}
	}
	var found []*App
	for _, guid := range s.appOrder {
		if app := s.apps[guid]; app.Name == name {
			found = append(found, app)
		}
	}
	return found
}

// Number is the seed of all draws.
func (s *Store) Number() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.settings.number
}

// Features returns the feature flags.
func (s *Store) Features() Features {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.settings.features
}

// ChangeFeatures changes the feature flags and returns the new ones. The
// function must not use the store.
func (s *Store) ChangeFeatures(change func(*Features)) Features {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.settings
	change(&next.features)
	s.settings = &next
	return next.features
}

// Places returns all organizations and spaces, in order of creation.
func (s *Store) Places() ([]Organization, []Space) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	orgs := make([]Organization, len(s.orgOrder))
	for i, guid := range s.orgOrder {
		orgs[i] = *s.orgs[guid]
	}
	spaces := make([]Space, len(s.spaceOrd))
	for i, guid := range s.spaceOrd {
		spaces[i] = *s.spaces[guid]
	}
	return orgs, spaces
}

// SetQuotas limits organizations and spaces, by guid. Those that are not named
// have no limit afterwards.
func (s *Store) SetQuotas(organizations, spaces map[string]*Quota) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for guid, org := range s.orgs {
		next := *org
		next.Quota = organizations[guid]
		s.orgs[guid] = &next
	}
	for guid, space := range s.spaces {
		next := *space
		next.Quota = spaces[guid]
		s.spaces[guid] = &next
	}
}
