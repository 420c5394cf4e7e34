package journal

import (
	"sort"
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
	kept        int
	bytes       int64
	lastID      uint64
	dropped     uint64
	lastDropped uint64 // the newest id that the ring forgot by itself
	changed     chan struct{}
}

// New makes a journal that keeps at most this many entries and about this many
// bytes. With a limit of zero it keeps no requests, and still counts coverage
// and judges reactions.
func New(entries int, bytes int64) *Journal {
	entries = max(entries, 0)
	j := &Journal{
		coverage:  NewCoverage(),
		reactions: NewReactions(),
		limit:     entries,
		maxBytes:  bytes,
		segments:  make([]*segment, (entries+segmentSize-1)/segmentSize),
	}
	j.reactions.history = j.walk
	return j
}

// Coverage returns the counters of the documented cells.
func (j *Journal) Coverage() *Coverage { return j.coverage }

// Reactions returns the record of what clients did about injected faults.
func (j *Journal) Reactions() *Reactions { return j.reactions }

// Append stores an entry, counts its cell, lets reactions see it, and returns
// the id it got. One that is held counts when it is completed. It copies what may not be kept and cuts what is too long; otherwise
// it allocates nothing.
func (j *Journal) Append(e Entry) uint64 {
	var cost int64
	if j.limit > 0 {
		cost = e.bound()
	}
	e.ID = j.store(&e, cost)
	j.coverage.Add(&e)
	j.reactions.Observe(&e)
	return e.ID
}

// Complete tells what became of a held entry, which names it by its id. The
// entry keeps its place; one that the journal has forgotten meanwhile is only
// counted.
func (j *Journal) Complete(e Entry) {
	var cost int64
	if j.limit > 0 {
		cost = e.bound()
	}
	j.replace(&e, cost)
	j.coverage.Add(&e)
	j.reactions.Settle(&e)
}

func (j *Journal) store(e *Entry, cost int64) uint64 {
	j.ring.Lock()
	defer j.ring.Unlock()
	j.lastID++
	e.ID = j.lastID
	if cost == 0 || cost > j.maxBytes {
		j.dropped++
		j.lastDropped = e.ID
	} else {
		if j.kept == j.limit {
			j.forgetOldest()
		}
		for j.bytes+cost > j.maxBytes {
			j.forgetOldest()
		}
		place := (j.head + j.kept) % j.limit
		if j.segments[place/segmentSize] == nil {
			j.segments[place/segmentSize] = new(segment)
		}
		s := j.at(place)
		s.entry, s.cost = *e, cost
		j.kept++
		j.bytes += cost
	}
	j.announce()
	return e.ID
}

// replace puts a completed entry in the place of the held one, and makes room
// for what it grew by.
func (j *Journal) replace(e *Entry, cost int64) {
	j.ring.Lock()
	defer j.ring.Unlock()
	at := j.above(e.ID) - 1
	if at < 0 {
		return
	}
	s := j.at((j.head + at) % j.limit)
	if s.entry.ID != e.ID {
		return
	}
	j.bytes += cost - s.cost
	s.entry, s.cost = *e, cost
	for j.bytes > j.maxBytes {
		j.forgetOldest()
	}
	j.announce()
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
	j.kept--
}

func (j *Journal) announce() {
	if j.changed != nil {
		close(j.changed)
		j.changed = nil
	}
}

// Changed returns a channel that the next Append, Complete or Clear closes: ask for it
// first, look then, and wait on it when there was nothing to see.
func (j *Journal) Changed() <-chan struct{} {
	j.ring.Lock()
	defer j.ring.Unlock()
	if j.changed == nil {
		j.changed = make(chan struct{})
	}
	return j.changed
}

// Clear forgets all requests, and that any were dropped. Ids go on rising;
// coverage and reactions stay (DESIGN.md §8), though what clients send from now
// on is not a reaction to what was.
func (j *Journal) Clear() {
	j.reactions.End()
	j.ring.Lock()
	defer j.ring.Unlock()
	clear(j.segments)
	j.head, j.kept, j.bytes = 0, 0, 0
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
	return Stats{Entries: j.kept, Bytes: j.bytes, Total: j.lastID, Dropped: j.dropped}
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
	n := 0
	for i := j.above(newest) - 1; i >= 0 && n < len(into); i-- {
		into[n] = j.at((j.head + i) % j.limit).entry
		n++
	}
	return n
}

// above is the index, counted from the oldest, of the first entry whose id is
// greater.
func (j *Journal) above(id uint64) int {
	return sort.Search(j.kept, func(i int) bool { return j.at((j.head+i)%j.limit).entry.ID > id })
}

func (j *Journal) newest() (last, lastDropped, dropped uint64) {
	j.ring.Lock()
	defer j.ring.Unlock()
	return j.lastID, j.lastDropped, j.dropped
}

// since compares wall times at the precision that a client can send.
func (e *Entry) since(t time.Time) bool { return t.IsZero() || !e.Wall.Before(t) }
