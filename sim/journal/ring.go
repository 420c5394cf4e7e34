package journal

import (
	"sync"
	"time"
)

// segmentSize is how many entries are allocated at once: an idle world's
// journal costs nothing, and growing copies nothing.
const segmentSize = 64

type slot struct {
	entry Entry
	cost  int64
}

type segment [segmentSize]slot

// Journal keeps the newest requests of a world, counts what was covered, and
// judges reactions. The ring forgets, by entries and by bytes; the other two
// do not. It is safe for concurrent use.
type Journal struct {
	coverage  *Coverage
	reactions *Reactions
	limit     int   // most entries kept
	maxBytes  int64 // most bytes kept

	ring        sync.Mutex // guards all below
	segments    []*segment // allocated as they are needed, then used again
	head        int        // place of the oldest entry
	count       int
	bytes       int64
	lastID      uint64
	era         uint64 // entries of an earlier one come too late
	dropped     uint64
	lastDropped uint64 // the newest id that the ring forgot by itself
	changed     chan struct{}
}

// New makes a journal that keeps at most this many entries and about this many
// bytes. With a limit of zero it keeps no requests, and still counts coverage
// and judges reactions.
func New(entries int, bytes int64) *Journal {
	entries = max(entries, 0)
	return &Journal{
		coverage:  NewCoverage(),
		reactions: NewReactions(),
		limit:     entries,
		maxBytes:  bytes,
		segments:  make([]*segment, (entries+segmentSize-1)/segmentSize),
	}
}

// Coverage returns the counters of the documented cells.
func (j *Journal) Coverage() *Coverage { return j.coverage }

// Reactions returns the record of what clients did about injected faults.
func (j *Journal) Reactions() *Reactions { return j.reactions }

// Append stores an entry, counts its cell, lets reactions see it, and returns
// the id it got, 0 for an entry whose era is over. It copies what may not be kept and cuts what is too long;
// otherwise it allocates nothing.
func (j *Journal) Append(e Entry) uint64 {
	if !j.current(e.Era) {
		return 0
	}
	if e.Operation != nil && e.Answered() && !e.Meanwhile {
		j.coverage.Add(e.Operation, e.Status, e.InjectedStatus())
	}
	var cost int64
	if j.limit > 0 {
		cost = e.bound()
	}
	e.ID = j.store(&e, cost)
	j.reactions.Observe(&e)
	return e.ID
}

func (j *Journal) store(e *Entry, cost int64) uint64 {
	j.ring.Lock()
	defer j.ring.Unlock()
	if e.Era != j.era {
		return 0
	}
	j.lastID++
	e.ID = j.lastID
	if cost == 0 || cost > j.maxBytes {
		j.dropped++
		j.lastDropped = e.ID
	} else {
		if j.count == j.limit {
			j.forgetOldest()
		}
		for j.bytes+cost > j.maxBytes {
			j.forgetOldest()
		}
		place := (j.head + j.count) % j.limit
		if j.segments[place/segmentSize] == nil {
			j.segments[place/segmentSize] = new(segment)
		}
		s := j.at(place)
		s.entry, s.cost = *e, cost
		j.count++
		j.bytes += cost
	}
	j.announce()
	return e.ID
}

func (j *Journal) at(place int) *slot {
	return &j.segments[place/segmentSize][place%segmentSize]
}

func (j *Journal) forgetOldest() {
	s := j.at(j.head)
	j.lastDropped = s.entry.ID
	j.dropped++
	j.bytes -= s.cost
	*s = slot{}
	j.head = (j.head + 1) % j.limit
	j.count--
}

func (j *Journal) announce() {
	if j.changed != nil {
		close(j.changed)
		j.changed = nil
	}
}

// Changed returns a channel that the next Append or Clear closes: ask for it
// first, look then, and wait on it when there was nothing to see.
func (j *Journal) Changed() <-chan struct{} {
	j.ring.Lock()
	defer j.ring.Unlock()
	if j.changed == nil {
		j.changed = make(chan struct{})
	}
	return j.changed
}

func (j *Journal) current(era uint64) bool {
	j.ring.Lock()
	defer j.ring.Unlock()
	return era == j.era
}

// Renew forgets all requests like Clear and begins a new era: what a request
// from before appends afterwards is dropped, so that a reset leaves nothing
// behind.
func (j *Journal) Renew() (era uint64) {
	j.ring.Lock()
	j.era++
	era = j.era
	j.ring.Unlock()
	j.Clear()
	return era
}

// Clear forgets all requests, and that any were dropped. Ids go on rising;
// coverage and reactions stay (DESIGN.md §8).
func (j *Journal) Clear() {
	j.ring.Lock()
	defer j.ring.Unlock()
	clear(j.segments)
	j.head, j.count, j.bytes = 0, 0, 0
	j.dropped, j.lastDropped = 0, 0
	j.announce()
}

// Stats is the size of a journal.
type Stats struct {
	Entries int    // kept now
	Bytes   int64  // kept now, estimated from above
	Total   uint64 // appended since the start
	Dropped uint64 // forgotten by the bounds since the last Clear
}

// Stats tells how large the journal is.
func (j *Journal) Stats() Stats {
	j.ring.Lock()
	defer j.ring.Unlock()
	return Stats{Entries: j.count, Bytes: j.bytes, Total: j.lastID, Dropped: j.dropped}
}

// Get finds an entry by its id, secrets masked; false when it is not kept.
func (j *Journal) Get(id uint64) (Entry, bool) {
	var found Entry
	ok := false
	j.walk(id, func(e *Entry) bool {
		if e.ID == id {
			found, ok = e.masked(), true
		}
		return false
	})
	return found, ok
}

// batch is how many entries are copied at a time while the lock is held: a
// reader of the whole ring never stops writers for long.
const batch = 32

// walk shows the kept entries with ids up to newest, newest first, raw, until
// visit says stop. Those that are forgotten meanwhile are left out.
func (j *Journal) walk(newest uint64, visit func(e *Entry) bool) {
	var buffer [batch]Entry
	for newest > 0 {
		n := j.copyBelow(newest, buffer[:])
		for i := range buffer[:n] {
			if !visit(&buffer[i]) {
				return
			}
		}
		if n < batch {
			return
		}
		newest = buffer[n-1].ID - 1
	}
}

// copyBelow copies the newest entries whose id is at most newest. Ids rise with
// places but may have holes, since an entry over the bounds is never stored.
func (j *Journal) copyBelow(newest uint64, into []Entry) int {
	j.ring.Lock()
	defer j.ring.Unlock()
	low, high := 0, j.count // the first index whose id is above newest
	for low < high {
		middle := (low + high) / 2
		if j.at((j.head+middle)%j.limit).entry.ID > newest {
			high = middle
		} else {
			low = middle + 1
		}
	}
	n := 0
	for i := low - 1; i >= 0 && n < len(into); i-- {
		into[n] = j.at((j.head + i) % j.limit).entry
		n++
	}
	return n
}

func (j *Journal) newest() (last, lastDropped, dropped uint64) {
	j.ring.Lock()
	defer j.ring.Unlock()
	return j.lastID, j.lastDropped, j.dropped
}

// since compares wall times at the precision that a client can send.
func (e *Entry) since(t time.Time) bool { return t.IsZero() || !e.Wall.Before(t) }
