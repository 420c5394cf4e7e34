package journal

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// How many chains are remembered. Beyond it the oldest judged ones leave only
// their counts in the summary.
const (
	maxOpen   = 1024
	maxJudged = 1024
)

// Reactions remembers what clients did about injected faults, apart from the
// ring, in little memory: a few words for each request that followed a fault.
// While no client has a fault to react to, a request costs it one atomic load.
// It is safe for concurrent use.
type Reactions struct {
	active atomic.Int64 // len(open), read without the lock

	record    sync.Mutex // guards all below
	open      map[pursuit]*chain
	history   func(newest uint64, visit func(*Entry) bool) // the journal, newest first
	judged    []*chain                                     // closed or given up, a ring once it is full
	oldest    int                                          // place of the oldest in a full ring
	forgotten uint64
	counts    map[summaryKey]*ReactionSummary // of what was forgotten
}

// NewReactions makes an empty record.
func NewReactions() *Reactions {
	return &Reactions{open: map[pursuit]*chain{}, counts: map[summaryKey]*ReactionSummary{}}
}

// Observe takes note of a request when it is decided, if it was refused by
// injection, or may yet be, or follows one that was.
func (r *Reactions) Observe(e *Entry) {
	if e.Applied && r.active.Load() > 0 {
		r.overtake(e)
	}
	suspect := e.Failed()
	if e.Operation == nil || e.Meanwhile || !suspect && r.active.Load() == 0 {
		return
	}
	key, a := pursuitOf(e), attemptOf(e)
	r.record.Lock()
	defer r.record.Unlock()
	r.take(key, e.World, a, suspect)
}

// overtake notes in the chains about the same target that another client has
// changed it.
func (r *Reactions) overtake(e *Entry) {
	by, target := clientOf(e), targetOf(e)
	r.record.Lock()
	defer r.record.Unlock()
	for key, c := range r.open {
		if key.target == target && (e.Meanwhile || key.client != by) {
			c.last().overtaken = true
		}
	}
}

// Settle takes note of what became of a request that was held when it was
// observed.
func (r *Reactions) Settle(e *Entry) {
	if e.Operation == nil || e.Meanwhile || r.active.Load() == 0 {
		return
	}
	key, a := pursuitOf(e), attemptOf(e)
	r.record.Lock()
	defer r.record.Unlock()
	c := r.find(key)
	if c == nil {
		return // its chain was ended meanwhile
	}
	rest, own := c.settle(a)
	switch {
	case !own:
		return
	case len(c.attempts) == 0: // it was not a fault after all
		r.drop(c)
	case c.closed:
		r.file(c)
	}
	for _, a := range rest {
		r.take(key, e.World, a, a.failed || a.held)
	}
}

// take puts a request into the chain that it belongs to. A suspect one begins a
// chain of its own when there is none.
func (r *Reactions) take(key pursuit, world string, a attempt, suspect bool) {
	c := r.find(key)
	var pace time.Duration
	if c != nil {
		if c = r.running(c, &a); c != nil && c.onBeat(&a) { // it comes anyway
			pace = c.pace
			r.file(c)
			c = nil
		}
	}
	if c == nil {
		if !suspect {
			return
		}
		if len(r.open) >= maxOpen {
			r.makeRoom(a.begin)
		}
		c = &chain{pursuit: key, world: world, attempts: make([]attempt, 0, 2), pace: pace, paced: pace > 0}
		r.open[key] = c
		r.active.Store(int64(len(r.open)))
	}
	if c.add(a); c.closed {
		r.file(c)
	}
}

// find returns the open chain of a pursuit. One whose body nobody has read takes
// the body of the first that follows.
func (r *Reactions) find(key pursuit) *chain {
	if c := r.open[key]; c != nil {
		return c
	}
	if key.body == unread {
		for other, c := range r.open {
			if other.body = unread; other == key {
				return c
			}
		}
		return nil
	}
	blank := key
	blank.body = unread
	c := r.open[blank]
	if c != nil {
		delete(r.open, blank)
		c.pursuit = key
		r.open[key] = c
	}
	return c
}

// running is what of a chain is still open when the next request comes: nothing
// when the client has given up, and only the last round of a client that comes
// at a pace.
func (r *Reactions) running(c *chain, next *attempt) *chain {
	if c.over(next.begin) {
		r.file(c)
		return nil
	}
	if len(c.attempts) == maxAttempts-1 {
		findPaces([]*chain{c}, r.history)
	}
	if c.pace == 0 {
		return c
	}
	rounds := c.rounds()
	for _, round := range rounds[:len(rounds)-1] {
		r.keep(round)
	}
	last := rounds[len(rounds)-1]
	r.open[c.pursuit] = last
	return last
}

// file moves a chain from the open ones to the judged.
func (r *Reactions) file(c *chain) {
	r.drop(c)
	r.keep(c)
}

func (r *Reactions) drop(c *chain) {
	delete(r.open, c.pursuit)
	r.active.Store(int64(len(r.open)))
}

// End ends each chain: the world was put into another state, or its requests
// were cleared, and what clients do from now on is another story.
func (r *Reactions) End() { r.end(func(*chain) bool { return true }) }

// EndRule ends the chains with a fault of a rule that was removed or replaced.
func (r *Reactions) EndRule(id string) { r.end(func(c *chain) bool { return c.decidedBy(id) }) }

func (r *Reactions) end(these func(*chain) bool) {
	r.record.Lock()
	defer r.record.Unlock()
	r.findPaces() // while the journal has what came before
	for _, c := range r.open {
		if these(c) {
			r.file(c)
		}
	}
}

// findPaces looks for the paces of all that are remembered.
func (r *Reactions) findPaces() {
	chains := slices.Clone(r.judged)
	for _, c := range r.open {
		chains = append(chains, c)
	}
	findPaces(chains, r.history)
}

func (r *Reactions) keep(c *chain) {
	if !c.closed { // one that another record has judged is shared, and never written to
		c.closed = true
	}
	if len(r.judged) < maxJudged {
		r.judged = append(r.judged, c)
		return
	}
	for _, reaction := range r.judged[r.oldest].reactions(0) {
		tallied(r.counts, &reaction)
		r.forgotten++
	}
	r.judged[r.oldest] = c
	r.oldest = (r.oldest + 1) % maxJudged
}

// makeRoom files the chains that are over, and of the others those that have
// been silent longest, until half of the room is free: a flood of clients that
// never come back costs a sort now and then, not one for each request.
func (r *Reactions) makeRoom(now int64) {
	chains := make([]*chain, 0, len(r.open))
	for _, c := range r.open {
		if c.over(now) {
			r.file(c)
		} else {
			chains = append(chains, c)
		}
	}
	slices.SortFunc(chains, func(a, b *chain) int { return cmp.Compare(a.last().end, b.last().end) })
	for _, c := range chains[:max(0, len(chains)-maxOpen/2)] {
		r.file(c)
	}
}

// Clear forgets everything (DELETE /admin/coverage).
func (r *Reactions) Clear() {
	r.record.Lock()
	defer r.record.Unlock()
	clear(r.open)
	clear(r.counts)
	r.active.Store(0)
	r.judged, r.oldest, r.forgotten = nil, 0, 0
}

// Absorb takes over the record of a world that has ended. What was open there
// is closed: nobody can come back to it.
func (r *Reactions) Absorb(other *Reactions) {
	chains, counts, forgotten := other.copied()
	r.record.Lock()
	defer r.record.Unlock()
	for _, c := range chains {
		r.keep(c)
	}
	for key, sum := range counts {
		into(r.counts, key).add(sum)
	}
	r.forgotten += forgotten
}

// copied returns chains of its own for judging outside the lock.
func (r *Reactions) copied() ([]*chain, map[summaryKey]*ReactionSummary, uint64) {
	r.record.Lock()
	defer r.record.Unlock()
	r.findPaces()
	chains := make([]*chain, 0, len(r.judged)+len(r.open))
	chains = append(chains, r.judged...) // their paces are known: never written to again
	for _, c := range r.open {
		own := *c
		own.attempts = slices.Clone(c.attempts)
		chains = append(chains, &own)
	}
	counts := make(map[summaryKey]*ReactionSummary, len(r.counts))
	for key, sum := range r.counts {
		own := *sum
		counts[key] = &own
	}
	return chains, counts, r.forgotten
}
