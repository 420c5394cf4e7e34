package journal

import (
	"slices"
	"time"
)

// A client that comes at a regular pace, such as an exporter that scrapes each
// two seconds, does not retry when it comes again at its time. Its pace is told
// from what the journal still has of it before the fault.

// minPace is the shortest pace: who comes more often is in a loop.
const minPace = 100 * time.Millisecond

// onTime says that two spans are one pace on a machine that is busy: equal within
// 20 % or 50 ms.
func onTime(a, b time.Duration) bool {
	return max(a, b)-min(a, b) <= max(50*time.Millisecond, max(a, b)/5)
}

// priors is how many requests before the fault it takes to tell a pace.
const priors = 2

// mayPace says that the chain has a pause as long as a pace, and that nobody has
// looked for one.
func (c *chain) mayPace() bool {
	if c.paced {
		return false
	}
	for i := 1; i < len(c.attempts); i++ {
		if c.attempts[i].begin-c.attempts[i-1].begin >= int64(minPace) {
			return true
		}
	}
	return false
}

// findPaces looks, in one walk through the journal, for the paces of the chains
// that may have one.
func findPaces(chains []*chain, history func(newest uint64, visit func(*Entry) bool)) {
	type place struct{ user, operation, path string } // what needs no hashing
	near := map[place]bool{}
	wanted := map[pursuit][]*chain{}
	newest, missing := uint64(0), 0
	for _, c := range chains {
		if c.mayPace() {
			near[place{c.user, c.operation, c.target}] = true
			wanted[c.pursuit] = append(wanted[c.pursuit], c)
			newest = max(newest, c.first().id-1)
			missing++
		}
	}
	if missing == 0 || history == nil {
		return
	}
	begins := map[*chain][]int64{} // newest first
	history(newest, func(e *Entry) bool {
		if !near[place{e.User, e.OperationID(), clip(e.Path, maxName)}] {
			return true
		}
		e.unpack()
		for _, c := range wanted[pursuitOf(e)] {
			if seen := begins[c]; e.ID < c.first().id && len(seen) < priors {
				if begins[c] = append(seen, e.instant()); len(begins[c]) == priors {
					missing--
				}
			}
		}
		return missing > 0
	})
	for _, list := range wanted {
		for _, c := range list {
			c.paced, c.pace = true, paceOf(append(slices.Clone(begins[c]), c.first().begin))
		}
	}
}

// paceOf is the mean of equal gaps between the beginnings of requests, the first
// of them the newest but for the last; 0 when they are not a pace.
func paceOf(begins []int64) time.Duration {
	if len(begins) <= priors {
		return 0
	}
	slices.Sort(begins)
	least, most := time.Duration(1<<62), time.Duration(0)
	for i := 1; i < len(begins); i++ {
		gap := time.Duration(begins[i] - begins[i-1])
		least, most = min(least, gap), max(most, gap)
	}
	if least < minPace || !onTime(least, most) {
		return 0
	}
	return time.Duration(begins[len(begins)-1]-begins[0]) / time.Duration(len(begins)-1)
}

// onBeat says that a request comes when the chain's client comes anyway: one
// pace after the request that the chain began with, by its beginning or, for a
// client that sleeps between its requests, by the end of its answer.
func (c *chain) onBeat(a *attempt) bool {
	if c.pace == 0 {
		return false
	}
	return onTime(time.Duration(a.begin-c.first().begin), c.pace) || onTime(time.Duration(a.begin-c.last().end), c.pace)
}

// rounds parts the chain at the requests that came at the client's pace.
func (c *chain) rounds() []*chain {
	if c.pace == 0 {
		return []*chain{c}
	}
	var out []*chain
	part := func() *chain {
		own := *c
		own.attempts, own.total = nil, 0
		return &own
	}
	round := part()
	for _, a := range c.attempts {
		if len(round.attempts) > 0 && round.onBeat(&a) {
			round.closed = true
			out = append(out, round)
			round = part()
		}
		round.attempts = append(round.attempts, a)
		round.total++
	}
	round.total += c.total - len(c.attempts)
	return append(out, round)
}
