package journal

import (
	"slices"
	"time"
)

// chain is a pursuit from its first injected fault on.
type chain struct {
	pursuit
	world    string
	attempts []attempt // the first maxAttempts-1, and the newest
	total    int       // all that were seen
	closed   bool
	pace     time.Duration // at which the client came before the fault, 0 for none
	paced    bool          // the pace has been looked for
}

const (
	maxAttempts = 24               // kept of a chain; the rest is counted
	minPatience = 10 * time.Second // DESIGN.md §9: final once 10 s have passed
	graceAfter  = 5 * time.Second  // beyond a Retry-After, before a client counts as gone
	overlap     = 5 * time.Millisecond
	leaveSlack  = 100 * time.Millisecond // until the server sees that a client has left
)

// add takes the next request of a pursuit in. One that began before the last
// answer was sent runs beside it, and is not a reaction to it; whether that is
// so of an answer that is held back is seen when it is completed.
func (c *chain) add(a attempt) {
	if last := len(c.attempts) - 1; last >= 0 && !c.attempts[last].held {
		if a.begin < c.attempts[last].leaves() {
			return
		}
		a.transport = repeatedByTransport(c.method, &c.attempts[last], &a)
	}
	c.total++
	if len(c.attempts) == maxAttempts {
		c.attempts[maxAttempts-1] = a
	} else {
		c.attempts = append(c.attempts, a)
	}
	c.closed = a.succeeded && !c.holds()
}

// settle fills in what became of a held attempt; false when it is not one of
// the chain's. Once nothing is held any more the chain is told again from its
// first fault on; the attempts behind its end are returned.
func (c *chain) settle(a attempt) (rest []attempt, own bool) {
	at := slices.IndexFunc(c.attempts, func(b attempt) bool { return b.id == a.id })
	if at < 0 {
		return nil, false
	}
	a.overtaken = c.attempts[at].overtaken
	c.attempts[at] = a
	if c.holds() {
		return nil, true
	}
	all, uncounted := c.attempts, c.total-len(c.attempts)
	c.attempts, c.total = make([]attempt, 0, len(all)), 0
	for i, b := range all {
		if c.closed {
			return all[i:], true
		}
		if len(c.attempts) > 0 || b.failed {
			c.add(b)
		}
	}
	c.total += uncounted
	return nil, true
}

func (c *chain) holds() bool {
	return slices.ContainsFunc(c.attempts, func(a attempt) bool { return a.held })
}

func (c *chain) first() *attempt { return &c.attempts[0] }
func (c *chain) last() *attempt  { return &c.attempts[len(c.attempts)-1] }

// patience is how long after the last answer another request still belongs to
// the chain: ten seconds, or longer when the answer asked for more, or when the
// client has been waiting ever longer.
func (c *chain) patience() time.Duration {
	wait := max(minPatience, c.last().retryAfter+graceAfter)
	for i := 1; i < len(c.attempts); i++ {
		if !c.skipped(i) {
			wait = max(wait, 3*gapBetween(&c.attempts[i-1], &c.attempts[i]))
		}
	}
	return wait
}

// over says that at this wall time no request can belong to the chain any more.
func (c *chain) over(now int64) bool {
	return c.closed || !c.holds() && now-c.last().end >= int64(c.patience())
}

// decidedBy says that a fault of the chain was that rule's.
func (c *chain) decidedBy(rule string) bool {
	return slices.ContainsFunc(c.attempts, func(a attempt) bool { return a.rule == rule && (a.failed || a.held) })
}

// skipped says that requests between this attempt and the one before it were
// counted and not kept, so that the pause between them is not known.
func (c *chain) skipped(i int) bool { return c.total > len(c.attempts) && i == maxAttempts-1 }

func gapBetween(before, after *attempt) time.Duration {
	return max(0, time.Duration(after.begin-before.end))
}
