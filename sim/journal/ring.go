package journal

import (
	"sort"
	"strings"
	"sync"
	"time"
)

// indexed is an entry of the ring. Held ones are packed anew when they are
// completed, so that what they were packed into does not rise with their ids.
type indexed struct {
	id uint64
	at location
}

// Journal keeps the newest requests of a world, counts what was covered, and
// judges reactions. The ring forgets, by entries and by bytes; the other two
// do not. It is safe for concurrent use.
type Journal struct {
	coverage  *Coverage
	reactions *Reactions
	limit     int   // most entries kept
	maxBytes  int64 // most bytes kept

	ring        sync.Mutex // guards all below
	memory      memory
	index       []indexed // a ring that grows up to limit
	head        int       // place of the oldest entry in it
	kept        int
	bytes       int64
	lastID      uint64
	dropped     uint64
	lastDropped uint64 // the newest id that the ring forgot by itself
	changed     chan struct{}
}

// New makes a journal that keeps at most this many entries, packed into at most
// this many bytes. With a limit of zero it keeps no requests, and still counts coverage
// and judges reactions.
func New(entries int, bytes int64) *Journal {
	entries = max(entries, 0)
	j := &Journal{
		coverage:  NewCoverage(),
		reactions: NewReactions(),
		limit:     entries,
		maxBytes:  bytes,
	}
	j.reactions.history = j.walk
	return j
}

// Coverage returns the counters of the documented cells.
func (j *Journal) Coverage() *Coverage { return j.coverage }

// Reactions returns the record of what clients did about injected faults.
func (j *Journal) Reactions() *Reactions { return j.reactions }

// Append stores an entry, counts its cell, lets reactions see it, and returns
// the id it got. One that is held counts when it is completed.
func (j *Journal) Append(e Entry) uint64 {
	packed := j.pack(&e)
	e.ID = j.store(packed)
	packed.free()
	j.coverage.Add(&e)
	j.reactions.Observe(&e)
	return e.ID
}

// Complete tells what became of a held entry, which names it by its id. The
// entry keeps its place; one that the journal has forgotten meanwhile is only
// counted.
func (j *Journal) Complete(e Entry) {
	packed := j.pack(&e)
	j.replace(e.ID, packed)
	packed.free()
	j.coverage.Add(&e)
	j.reactions.Settle(&e)
}

// scratch holds what entries are packed in, outside the lock.
var scratch = sync.Pool{New: func() any { return &packer{make([]byte, 0, leastChunk)} }}

// pack packs an entry for the length of a call; nil when nothing is kept.
func (j *Journal) pack(e *Entry) *packer {
	if j.limit == 0 {
		return nil
	}
	p := scratch.Get().(*packer)
	p.b = p.b[:0]
	e.pack(p)
	return p
}

func (p *packer) free() {
	if p != nil {
		scratch.Put(p)
	}
}

func (j *Journal) store(packed *packer) (id uint64) {
	j.ring.Lock()
	defer j.ring.Unlock()
	j.lastID++
	id = j.lastID
	if packed == nil || int64(len(packed.b)) > j.maxBytes {
		j.dropped++
		j.lastDropped = id
	} else {
		if j.kept == j.limit {
			j.forgetOldest()
		}
		for j.bytes+int64(len(packed.b)) > j.maxBytes {
			j.forgetOldest()
		}
		if j.kept == len(j.index) {
			j.grow()
		}
		j.kept++
		*j.at(j.kept - 1) = indexed{id, j.memory.put(packed.b)}
		j.bytes += int64(len(packed.b))
	}
	j.announce()
	return id
}

// grow makes the index larger, the oldest entry first.
func (j *Journal) grow() {
	larger := make([]indexed, min(max(2*len(j.index), 16), j.limit))
	n := copy(larger, j.index[j.head:])
	copy(larger[n:], j.index[:j.head])
	j.index, j.head = larger, 0
}

// replace puts a completed entry in the place of the held one, and makes room
// for what it grew by.
func (j *Journal) replace(id uint64, packed *packer) {
	j.ring.Lock()
	defer j.ring.Unlock()
	i := j.above(id) - 1
	if i < 0 || j.at(i).id != id {
		return
	}
	one := j.at(i)
	j.bytes += int64(len(packed.b)) - int64(one.at.size)
	j.memory.drop(one.at)
	one.at = j.memory.put(packed.b)
	for j.bytes > j.maxBytes {
		j.forgetOldest()
	}
	j.announce()
}

// at is the entry with this number, counted from the oldest.
func (j *Journal) at(i int) *indexed { return &j.index[(j.head+i)%len(j.index)] }

func (j *Journal) forgetOldest() {
	oldest := j.at(0)
	j.lastDropped = oldest.id
	j.dropped++
	j.bytes -= int64(oldest.at.size)
	j.memory.drop(oldest.at)
	j.head = (j.head + 1) % len(j.index)
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
	j.memory, j.index = memory{}, nil
	j.head, j.kept, j.bytes = 0, 0, 0
	j.dropped, j.lastDropped = 0, 0
	j.announce()
}

// Stats is the size of a journal.
type Stats struct {
	Entries int    // kept now
	Bytes   int64  // kept now
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

// walk shows the kept entries with ids up to newest, newest first, raw and not
// unpacked, until visit says stop. Those that are forgotten meanwhile are left
// out.
func (j *Journal) walk(newest uint64, visit func(e *Entry) bool) {
	var copied [batch]indexed
	for newest > 0 {
		some, text := j.copyBelow(newest, &copied)
		for _, one := range some {
			e := unpackEntry(one.id, text[:one.at.size])
			if text = text[one.at.size:]; !visit(&e) {
				return
			}
		}
		if len(some) < batch {
			return
		}
		newest = some[batch-1].id - 1
	}
}

// copyBelow copies the newest entries whose id is at most newest, packed as they
// are. Ids rise with places but may have holes, since an entry over the bounds is
// never stored.
func (j *Journal) copyBelow(newest uint64, into *[batch]indexed) (some []indexed, text string) {
	j.ring.Lock()
	defer j.ring.Unlock()
	size := 0
	some = into[:0]
	for i := j.above(newest) - 1; i >= 0 && len(some) < batch; i-- {
		some = append(some, *j.at(i))
		size += int(some[len(some)-1].at.size)
	}
	var all strings.Builder
	all.Grow(size)
	for _, one := range some {
		j.memory.appendTo(&all, one.at)
	}
	return some, all.String()
}

// above is the number, counted from the oldest, of the first entry whose id is
// greater.
func (j *Journal) above(id uint64) int {
	return sort.Search(j.kept, func(i int) bool { return j.at(i).id > id })
}

func (j *Journal) newest() (last, lastDropped, dropped uint64) {
	j.ring.Lock()
	defer j.ring.Unlock()
	return j.lastID, j.lastDropped, j.dropped
}

// since compares wall times at the precision that a client can send.
func (e *Entry) since(t time.Time) bool { return t.IsZero() || !e.Wall.Before(t) }
