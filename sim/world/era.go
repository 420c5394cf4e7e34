package world

import (
	"slices"
	"time"

	"example.com/capisim/sim/journal"
)

// Era is what a world was when its journal began, and what was changed from
// outside since. With the requests in between, the world can be played again.
type Era struct {
	Snapshot *Snapshot // nobody changes it any more
	Clock    *Clock
	Changes  []Change // the oldest first
	// Forgotten counts the oldest changes, of which too many came.
	Forgotten int

	after uint64 // id of the newest request before the era
	cost  int    // bytes that the changes take, estimated from above
}

// Change is one that came from outside and not by the simulated API: a request
// to the admin API that makes it, or the state that it put the world into.
type Change struct {
	After uint64    // id of the newest request before it
	Time  time.Time // of the world's clock

	Method, Path, Query string
	Body                []byte

	Snapshot *Snapshot // in place of a request; nobody changes it any more
	Clock    *Clock
}

// What the changes of an era may take. A snapshot shares what has not changed,
// but may outlive what it shares it with.
const (
	maxChanges   = 1000
	maxCost      = 16 << 20 // bytes
	changeCost   = 256
	snapshotCost = 16 << 10
	processCost  = 512
)

func (c *Change) cost() int {
	n := changeCost + len(c.Path) + len(c.Query) + len(c.Body)
	if c.Snapshot != nil {
		n += snapshotCost + processCost*c.Snapshot.State.Counts().Processes
	}
	return n
}

// begin begins an era. The caller keeps decisions away.
func (w *World) begin() {
	next := Era{after: w.Journal.Stats().Total}
	next.Snapshot, next.Clock = w.still()
	w.history.Lock()
	defer w.history.Unlock()
	w.era = next
}

// Note remembers a change that was made from outside, for those who play the
// world again.
func (w *World) Note(c Change) {
	w.MarkChanged()
	c.After = w.Journal.Stats().Total
	w.history.Lock()
	defer w.history.Unlock()
	w.era.note(c)
}

// noteState remembers that the world was put into another state as a whole. The
// caller keeps decisions away.
func (w *World) noteState() {
	snap, clock := w.still()
	w.Note(Change{Time: clock.Now(), Snapshot: snap, Clock: clock})
}

// note adds a change. When that is too much, the era begins at a whole state,
// before which nothing counts, or forgets the oldest.
func (e *Era) note(c Change) {
	e.Changes = append(e.Changes, c)
	e.cost += c.cost()
	if len(e.Changes) <= maxChanges && e.cost <= maxCost {
		return
	}
	if c.Snapshot != nil {
		*e = Era{Snapshot: c.Snapshot, Clock: c.Clock, after: c.After}
		return
	}
	for len(e.Changes) > maxChanges || e.cost > maxCost {
		e.cost -= e.Changes[0].cost()
		e.Changes = e.Changes[1:]
		e.Forgotten++
	}
}

// Forget empties the journal, and an era begins: what comes now is another
// story.
func (w *World) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deciding.Lock()
	defer w.deciding.Unlock()
	w.Journal.Clear()
	w.begin()
}

// Recording is the era up to now: its beginning, its changes and its requests,
// the oldest first, secrets masked. Lost counts the requests of the era that the
// journal has forgotten.
func (w *World) Recording() (era Era, requests []journal.Recorded, lost int) {
	w.deciding.Lock()
	last := w.Journal.Stats().Total
	w.history.Lock()
	era = w.era
	era.Changes = slices.Clone(era.Changes)
	w.history.Unlock()
	w.deciding.Unlock()
	requests = w.Journal.Recording(era.after, last)
	return era, requests, int(last-era.after) - len(requests)
}
