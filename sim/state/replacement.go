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
	there := s.processes.get(next.GUID)
	switch {
	case old != nil && s.processes.get(old.GUID) != old, old == nil && there != nil:
		return nil, ErrChanged
	case there != nil && there != old:
		return nil, ErrTaken
	case s.apps.get(next.AppGUID) == nil:
		return nil, contract.AppNotFound
	}
	if old != nil {
		s.settleCrashes(old, now)
		next.History = by.history(old, now)
	}
	if old != nil && (old.GUID != next.GUID || old.AppGUID != next.AppGUID) {
		s.remove(old)
		s.restore(&next, old.serial)
	} else {
		s.put(&next)
	}
	s.noteSettled(&next, now)
	for _, index := range slices.Sorted(maps.Keys(next.History.Forced)) {
		if old == nil || old.History.Forced[index] != next.History.Forced[index] {
			s.tellCrash(&next, index)
		}
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
	s.disturb(p)
	s.processes.set(p.GUID, p)
	s.later.Set(p.orderKey())
	s.enter(p.serial, p.GUID, p.moments())
	s.reindex(nil, p)
	siblings := append(slices.Clone(s.byApp.get(p.AppGUID)), p.GUID)
	slices.SortFunc(siblings, func(a, b string) int {
		return cmp.Compare(s.processes.get(a).serial, s.processes.get(b).serial)
	})
	s.byApp.set(p.AppGUID, siblings)
}

// DeleteProcess removes a process; false when there was none. Its app stays.
func (s *Store) DeleteProcess(guid string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.processes.find(guid)
	if ok {
		s.remove(p)
	}
	return ok
}
