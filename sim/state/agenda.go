package state

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/tidwall/btree"
)

// agenda is when processes have something to tell by themselves, crashes and
// changes of readiness, so that who asks for events looks at those alone whose
// time has come.
type agenda struct {
	// looked is when events were asked for last, of a clock that was set back the
	// latest moment: all processes that may tell something are settled up to it, but
	// for the fresh ones. The zero time: never.
	looked time.Time
	// fresh are the processes that may tell something only since then.
	fresh ids
	// next are the moments, at least one for each process that has one; nil: look
	// at all. A moment too many does no harm, the process has nothing to tell then.
	next *btree.BTreeG[key]
}

func (a *agenda) fork() agenda {
	next := *a
	if a.next != nil {
		next.next = a.next.Copy()
	}
	return next
}

// tells says that a process may have something to tell.
func (s *Store) tells(p *Process) bool {
	life := &s.settings.Lifecycle
	return life.ReadyDelay > 0 || len(p.History.Forced) > 0 ||
		slices.ContainsFunc(life.CrashLoop, func(loop CrashLoop) bool { return loop.Process == p.Type }) ||
		slices.ContainsFunc(life.ReadinessLoop, func(loop ReadinessLoop) bool { return loop.Process == p.Type })
}

// telling are all processes that may have something to tell, in the order of
// creation.
func (s *Store) telling() iter.Seq[key] {
	life := &s.settings.Lifecycle
	if life.ReadyDelay > 0 {
		return s.inOrder()
	}
	found := s.having(attribute{kind: withForced})
	for _, loop := range life.CrashLoop {
		found = found.or(s.having(attribute{ofType, loop.Process, ""}))
	}
	for _, loop := range life.ReadinessLoop {
		found = found.or(s.having(attribute{ofType, loop.Process, ""}))
	}
	return s.each(found.from(0, false))
}

// settled is up to when what a process tells is among the events, and whether it
// was ever asked.
func (s *Store) settled(p *Process) (at time.Time, known bool) {
	at, known = s.events.settled.find(p.GUID)
	if looked := s.events.agenda.looked; looked.After(at) && s.tells(p) && !s.events.agenda.fresh.has(p.serial) {
		return looked, true
	}
	return at, known
}

// allSettled are the moments of all processes that were ever asked, by guid.
func (s *Store) allSettled() map[string]time.Time {
	all := maps.Collect(s.events.settled.all())
	for k := range s.telling() {
		if at, known := s.settled(s.processes.table.get(k.guid)); known {
			all[k.guid] = at
		}
	}
	return all
}

// noteSettled notes up to when what a process tells is written down and returns the
// moment before.
func (s *Store) noteSettled(p *Process, now time.Time) (before time.Time, known bool) {
	before, known = s.settled(p)
	if now.After(before) {
		s.events.settled.set(p.GUID, now)
	}
	return before, known
}

// resettle brings the agenda from one version of a process to the next, nil is
// none: what is new is looked at next time.
func (s *Store) resettle(old, next *Process) {
	a := &s.events.agenda
	if a.looked.IsZero() {
		return
	}
	told, tells := old != nil && s.tells(old), next != nil && s.tells(next)
	switch {
	case told && !tells:
		if at, known := s.settled(old); known {
			s.events.settled.set(old.GUID, at)
		}
		a.fresh = a.fresh.without(old.serial)
	case tells && !told:
		a.fresh = a.fresh.with(next.serial)
	}
	if tells && a.next != nil {
		a.next.Set(keyAt(time.Time{}, next.serial, next.GUID))
	}
}

// overdue takes the processes out of the agenda whose moments have come, in the order
// of creation. It is false when all have to be looked at: nobody has yet, most are
// due, or most moments are those of versions that are gone.
func (s *Store) overdue(now time.Time) (keys []key, few bool) {
	a := &s.events.agenda
	if a.next == nil || a.next.Len() > 2*s.processes.size {
		return nil, false
	}
	a.next.Scan(func(k key) bool {
		if k.time().After(now) {
			return false
		}
		keys = append(keys, k)
		return true
	})
	if 2*len(keys) > s.processes.size {
		return nil, false
	}
	for _, k := range keys {
		a.next.Delete(k)
	}
	keys = slices.DeleteFunc(keys, func(k key) bool {
		p := s.processes.table.get(k.guid)
		return p == nil || uint32(p.serial) != k.serial || !s.tells(p)
	})
	slices.SortFunc(keys, func(a, b key) int { return cmp.Compare(a.serial, b.serial) })
	return slices.CompactFunc(keys, func(a, b key) bool { return a.serial == b.serial }), true
}

// settleAll writes the events of all crashes, and of all changes of readiness,
// that have happened by now. The caller holds the write lock.
func (s *Store) settleAll(now time.Time) {
	a := &s.events.agenda
	keys, few := s.overdue(now)
	asked := slices.Values(keys)
	if !few {
		asked = s.telling()
	}
	var told news
	var next []key
	for k := range asked {
		p := s.processes.once(k.guid)
		since, known := s.settled(p)
		one, at := s.happened(p, s.runs(p), since, known, now)
		told.add(one)
		if !at.IsZero() {
			next = append(next, keyAt(at, p.serial, p.GUID))
		}
	}
	s.tell(told)
	s.noteLook(now)
	if !few {
		a.next = treeOf(next, byTime, compareTimes)
		return
	}
	for _, k := range next {
		a.next.Set(k)
	}
}

// noteLook notes that all processes are settled up to a moment.
func (s *Store) noteLook(now time.Time) {
	a := &s.events.agenda
	if !now.Before(a.looked) {
		a.looked, a.fresh = now, nil
		return
	}
	for k := range s.each(a.fresh.from(0, false)) { // the others are settled up to later
		s.noteSettled(s.processes.table.get(k.guid), now)
	}
}

// news are what some processes have to tell, one after the other.
type news struct {
	list    []happened // no more than it takes to fill what is remembered
	events  int        // of the list
	dropped int        // events of those before
}

// happened is what happened to a process since it was asked last.
type happened struct {
	process *Process
	crashes []crash
	flips   []flip
}

func (h happened) events() int { return 2*len(h.crashes) + len(h.flips) }

func (n *news) add(h happened) {
	if h.events() == 0 {
		return
	}
	n.list = append(n.list, h)
	n.events += h.events()
	for n.events-n.list[0].events() >= MaxEvents {
		n.events -= n.list[0].events()
		n.dropped += n.list[0].events()
		n.list = n.list[1:]
	}
}

// tell writes the events of what happened. Those that would be forgotten at once
// are counted alone.
func (s *Store) tell(n news) {
	s.events.serial += n.dropped
	for _, h := range n.list {
		v := s.viewOf(h.process)
		for _, one := range h.crashes {
			s.addCrash(v, one)
		}
		for _, one := range h.flips {
			s.addFlip(v, one)
		}
	}
}
