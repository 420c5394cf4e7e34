package journal

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/capisim/sim/contract"
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
	judged    []*chain // closed or given up, a ring once it is full
	oldest    int      // place of the oldest in a full ring
	forgotten uint64
	counts    map[summaryKey]*ReactionSummary // of what was forgotten
}

// NewReactions makes an empty record.
func NewReactions() *Reactions {
	return &Reactions{open: map[pursuit]*chain{}, counts: map[summaryKey]*ReactionSummary{}}
}

// Observe takes note of a request that has been answered, if it was refused by
// injection or follows one that was.
func (r *Reactions) Observe(e *Entry) {
	failed := e.Failed()
	if e.Operation == nil || e.Meanwhile || !failed && r.active.Load() == 0 {
		return
	}
	key := pursuitOf(e)
	r.record.Lock()
	defer r.record.Unlock()
	c := r.open[key]
	if c == nil && !failed {
		return
	}
	a := attemptOf(e)
	if c != nil && c.over(a.begin) { // it gave up; this request is a new beginning
		r.file(c)
		c = nil
	}
	if c == nil {
		if !failed {
			return
		}
		if len(r.open) >= maxOpen {
			r.makeRoom(a.begin)
		}
		c = &chain{pursuit: key, world: e.World, method: e.Method, attempts: make([]attempt, 0, 2)}
		r.open[key] = c
		r.active.Store(int64(len(r.open)))
	}
	if c.add(a); c.closed {
		r.file(c)
	}
}

// file moves a chain from the open ones to the judged.
func (r *Reactions) file(c *chain) {
	delete(r.open, c.pursuit)
	r.active.Store(int64(len(r.open)))
	r.keep(c)
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
	chains := make([]*chain, 0, len(r.judged)+len(r.open))
	chains = append(chains, r.judged...) // never written to again
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

// ReactionReport is what GET /admin/reactions answers (DESIGN.md §9).
type ReactionReport struct {
	Reactions []Reaction        `json:"reactions"` // oldest first
	Summary   []ReactionSummary `json:"summary"`   // the forgotten ones included
	Forgotten uint64            `json:"forgotten"` // reactions that are only in the summary
}

// ReactionSummary counts the reactions to one kind of fault.
type ReactionSummary struct {
	Operation       string `json:"operation"`
	Status          int    `json:"status"`
	Connection      string `json:"connection"`
	Faults          int    `json:"faults"`
	Recovered       int    `json:"recovered"`
	GaveUp          int    `json:"gave_up"`
	Retried         int    `json:"retried"` // by the client itself
	Early           int    `json:"early"`   // before the time that Retry-After told
	RepeatedApplied int    `json:"repeated_applied"`
	Hammered        int    `json:"hammered"`
	TransportRetry  int    `json:"transport_retry"`
}

type summaryKey struct {
	operation  string
	status     int
	connection string
}

func into(counts map[summaryKey]*ReactionSummary, key summaryKey) *ReactionSummary {
	sum := counts[key]
	if sum == nil {
		sum = &ReactionSummary{Operation: key.operation, Status: key.status, Connection: key.connection}
		counts[key] = sum
	}
	return sum
}

func (s *ReactionSummary) add(other *ReactionSummary) {
	s.Faults += other.Faults
	s.Recovered += other.Recovered
	s.GaveUp += other.GaveUp
	s.Retried += other.Retried
	s.Early += other.Early
	s.RepeatedApplied += other.RepeatedApplied
	s.Hammered += other.Hammered
	s.TransportRetry += other.TransportRetry
}

func tallied(counts map[summaryKey]*ReactionSummary, r *Reaction) {
	one := func(yes bool) int {
		if yes {
			return 1
		}
		return 0
	}
	into(counts, summaryKey{r.Operation, r.Status, r.Connection}).add(&ReactionSummary{
		Faults:          1,
		Recovered:       one(r.Outcome == Recovered),
		GaveUp:          one(r.Outcome == GaveUp),
		Retried:         one(r.Retries() > 0),
		Early:           one(r.RetryAfter == RetryEarly),
		RepeatedApplied: one(r.RepeatedApplied),
		Hammered:        one(r.Hammered),
		TransportRetry:  one(r.TransportRetry),
	})
}

// Report judges all that is remembered, as it stands at this wall time.
func (r *Reactions) Report(now time.Time) ReactionReport {
	chains, counts, forgotten := r.copied()
	report := ReactionReport{Reactions: []Reaction{}, Forgotten: forgotten}
	for _, c := range chains {
		for _, reaction := range c.reactions(now.UnixNano()) {
			tallied(counts, &reaction)
			report.Reactions = append(report.Reactions, reaction)
		}
	}
	slices.SortStableFunc(report.Reactions, func(a, b Reaction) int {
		return cmp.Or(cmp.Compare(a.World, b.World), cmp.Compare(a.Requests[0], b.Requests[0]))
	})
	report.summarise(counts)
	return report
}

// MergeReactions puts the reports of several worlds together.
func MergeReactions(reports ...ReactionReport) ReactionReport {
	all := ReactionReport{Reactions: []Reaction{}}
	counts := map[summaryKey]*ReactionSummary{}
	for _, report := range reports {
		all.Reactions = append(all.Reactions, report.Reactions...)
		all.Forgotten += report.Forgotten
		for i := range report.Summary {
			sum := &report.Summary[i]
			into(counts, summaryKey{sum.Operation, sum.Status, sum.Connection}).add(sum)
		}
	}
	all.summarise(counts)
	return all
}

// summarise lists the counts in the order of the operation table.
func (r *ReactionReport) summarise(counts map[summaryKey]*ReactionSummary) {
	r.Summary = make([]ReactionSummary, 0, len(counts))
	for _, sum := range counts {
		r.Summary = append(r.Summary, *sum)
	}
	place := func(id string) int {
		if o, ok := contract.OperationByID(id); ok {
			return o.Index
		}
		return len(contract.Operations())
	}
	slices.SortFunc(r.Summary, func(a, b ReactionSummary) int {
		return cmp.Or(cmp.Compare(place(a.Operation), place(b.Operation)),
			cmp.Compare(a.Status, b.Status), cmp.Compare(a.Connection, b.Connection))
	})
}
