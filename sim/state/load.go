package state

import (
	"iter"
	"maps"
	"sync"
	"time"

	"example.com/capisim/sim/contract"
)

// load is the moment at which a world took up its state. Times that a seed
// leaves open, the zero ones, derive from it; they are written when a value is
// first read, so that making a world costs the same whatever it holds.
type load struct {
	now     time.Time
	created time.Time // in whole seconds, which is what the API shows
}

func loadAt(now time.Time) load { return load{now.UTC(), now.UTC().Truncate(time.Second)} }

// fill writes open times: creation is the load, and nothing was changed since.
func (l load) fill(created, updated *time.Time) {
	if created.IsZero() {
		*created = l.created
	}
	if updated.IsZero() {
		*updated = *created
	}
}

// dated are times with none open, unless all stay open.
func (l load) dated(m moments) moments {
	if l != (load{}) {
		l.fill(&m.created, &m.updated)
	}
	return m
}

// moments are when a thing was made and when it was changed last, zero for open
// ones.
type moments struct{ created, updated time.Time }

func (o *Organization) moments() moments { return moments{o.CreatedAt, o.UpdatedAt} }
func (s *Space) moments() moments        { return moments{s.CreatedAt, s.UpdatedAt} }
func (a *App) moments() moments          { return moments{a.CreatedAt, a.UpdatedAt} }
func (p *Process) moments() moments      { return moments{p.CreatedAt, p.UpdatedAt} }

func (m moments) open() bool { return m.created.IsZero() || m.updated.IsZero() }

func (o *Organization) open() bool { return o.moments().open() }
func (s *Space) open() bool        { return s.moments().open() }
func (a *App) open() bool          { return a.moments().open() }
func (p *Process) open() bool      { return p.hasOpenTimes }

func (o *Organization) filled(l load) *Organization {
	next := *o
	l.fill(&next.CreatedAt, &next.UpdatedAt)
	return &next
}

func (s *Space) filled(l load) *Space {
	next := *s
	l.fill(&next.CreatedAt, &next.UpdatedAt)
	return &next
}

func (a *App) filled(l load) *App {
	next := *a
	l.fill(&next.CreatedAt, &next.UpdatedAt)
	return &next
}

func (p *Process) filled(l load) *Process {
	next := *p
	next.memo = new(memo)
	next.fill(l)
	return &next
}

// fill is filled for a copy of a process.
func (p *Process) fill(l load) {
	l.fill(&p.CreatedAt, &p.UpdatedAt)
	p.hasOpenTimes = false
	if !p.History.open() {
		return
	}
	p.History.Forced = maps.Clone(p.History.Forced)
	for index, one := range p.History.Forced {
		if one.open() {
			one.Since = l.now
			p.History.Forced[index] = one
		}
	}
}

func (f Forced) open() bool { return f.Since.IsZero() && f.State != "" }

// open says that an instance was forced into a state without saying when.
func (h History) open() bool {
	for _, one := range h.Forced {
		if one.open() {
			return true
		}
	}
	return false
}

// timed is a value that may have open times, and can be had with them written.
type timed[V any] interface {
	comparable
	open() bool
	filled(load) V
}

// dated is a table whose values may have open times, which it writes when it is
// read. Forks of one load share what has been written: a value with open times
// is the seed's, on every side.
type dated[V timed[V]] struct {
	table[V]
	load  *load     // nil while there is none: times stay open
	dates *sync.Map // guid -> V
}

func (t *dated[V]) fork() dated[V] { return dated[V]{t.table.fork(), t.load, t.dates} }

// loaded is a fork whose open times derive from a load.
func (t *dated[V]) loaded(l *load) dated[V] { return dated[V]{t.table.fork(), l, new(sync.Map)} }

func (t *dated[V]) get(guid string) V {
	value, _ := t.find(guid)
	return value
}

func (t *dated[V]) find(guid string) (V, bool) {
	value, ok := t.table.find(guid)
	return t.dated(guid, value), ok
}

func (t *dated[V]) dated(guid string, value V) V {
	var none V
	if value == none || t.load == nil || !value.open() {
		return value
	}
	if known, ok := t.dates.Load(guid); ok {
		return known.(V)
	}
	known, _ := t.dates.LoadOrStore(guid, value.filled(*t.load))
	return known.(V)
}

// once is get for a value that nobody will read again soon: what is written is
// not kept.
func (t *dated[V]) once(guid string) V {
	value := t.table.get(guid)
	if t.load == nil || !value.open() {
		return value
	}
	if known, ok := t.dates.Load(guid); ok {
		return known.(V)
	}
	return value.filled(*t.load)
}

func (t *dated[V]) all() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for guid, value := range t.table.all() {
			if !yield(guid, t.dated(guid, value)) {
				return
			}
		}
	}
}

// Load returns a fork whose open times derive from a load at that moment. It
// costs the same whatever the store holds, unless some deployments have times of
// their own and others do not: their order depends on the moment.
func (s *Store) Load(now time.Time) *Store {
	next := s.Fork()
	l := loadAt(now)
	next.load = l
	next.orgs, next.spaces = next.orgs.loaded(&l), next.spaces.loaded(&l)
	next.apps, next.processes = next.apps.loaded(&l), next.processes.loaded(&l)
	if next.deployed.load = l; next.deployed.openKeys == mixed {
		next.deployed = next.catalogueOfDeployments()
	}
	next.memos = new(sync.Map)
	next.events.agenda.next = nil // open times are others now
	if d := s.shared; d.mixed {
		next.shared = &directory{seed: d.seed, load: l}
	}
	return next
}

// How many keys of the indexes by time are open. Open ones stand before all
// others, which is their place as long as nothing else is older than the load.
type openKeys int

const (
	noneOpen openKeys = iota
	mixed
	allOpen
)

// openKeysOf counts the open times of so many things.
func openKeysOf(count int, at func(i int) moments) openKeys {
	open := 0
	for i := range count {
		m := at(i)
		if m.created.IsZero() {
			open++
		}
		if m.updated.IsZero() {
			open++
		}
	}
	switch open {
	case 0:
		return noneOpen
	case 2 * count:
		return allOpen
	default:
		return mixed
	}
}

// timeKey is the place of a thing in an index by time.
func (x *index) timeKey(at time.Time, id uint64, guid string) key {
	if x.openKeys == allOpen && at.Equal(x.load.created) {
		at = time.Time{}
	}
	return keyAt(at, id, guid)
}

// timeOf is the time that a key stands for.
func (x *index) timeOf(k key) time.Time {
	at := k.time()
	if x.openKeys == allOpen && at.IsZero() {
		return x.load.created
	}
	return at
}

// outrun says that open keys would no longer stand before all others: something
// is older than the load, as on a clock that was put back.
func (x *index) outrun(by moments) bool {
	return x.openKeys == allOpen && (by.created.Before(x.load.created) || by.updated.Before(x.load.created))
}

// timely locks the store for a reader who may ask for processes by time: what finds
// them is made when it is first asked.
func (s *Store) timely(q contract.ListQuery) {
	s.mu.RLock()
	if s.byCreated != nil || q.OrderBy == "" && !q.CreatedAts.Set && !q.UpdatedAts.Set {
		return
	}
	s.mu.RUnlock()
	s.mu.Lock()
	if s.byCreated == nil {
		s.findTimes()
	}
	s.mu.Unlock()
	s.mu.RLock()
}

// findTimes makes the indexes by time: they are those of all forks of a load while
// no process has changed since.
func (s *Store) findTimes() {
	if !s.moved {
		x := s.shared.times()
		s.byCreated, s.byUpdated, s.openKeys = x.byCreated, x.byUpdated, x.openKeys
		return
	}
	processes := make([]*Process, 0, s.processes.size)
	for guid := range s.processes.table.all() {
		processes = append(processes, s.processes.once(guid))
	}
	s.date(len(processes), func(i int) (uint64, string, moments) {
		return processes[i].serial, processes[i].GUID, processes[i].moments()
	})
}

// disturb notes that a process changes, before it does. One that is older than the
// load leaves open keys no place.
func (s *Store) disturb(p *Process) {
	s.moved = true
	if s.outrun(p.moments()) {
		s.findTimes()
	}
}
