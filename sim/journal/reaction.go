package journal

import (
	"net/http"
	"slices"
	"time"
)

// Outcomes, manners of waiting and ways with Retry-After, as DESIGN.md §9
// names them.
const (
	Recovered = "recovered" // a later attempt succeeded
	GaveUp    = "gave_up"   // none did, so far

	BackoffNone      = "none"
	BackoffFixed     = "fixed"
	BackoffGrowing   = "growing"
	BackoffJittered  = "jittered"
	BackoffUndecided = "undecided" // one pause: it may be the first of any pattern

	RetryHonoured = "honoured" // never came back before the time it was told
	RetryEarly    = "early"
	RetryAbsent   = "absent" // was told no time
)

// Reaction is what one client did about one kind of injected fault: the first
// one, and each repetition of that request until it succeeded or stayed away, or
// until the story was over: by a reset, a load, the removal of the rule.
type Reaction struct {
	World            string         `json:"world"`
	Operation        string         `json:"operation"`
	Target           string         `json:"target"`
	Status           int            `json:"status"`     // 0 when the connection died without an answer
	Connection       string         `json:"connection"` // what was done to it, "" for nothing
	Rule             string         `json:"rule"`
	Client           ReactionClient `json:"client"`
	Outcome          string         `json:"outcome"`
	Final            bool           `json:"final"`             // no later request can change it
	Attempts         int            `json:"attempts"`          // requests seen, the first included
	TransportRetries int            `json:"transport_retries"` // of them, those that were not the client's own
	GapsMS           []float64      `json:"gaps_ms"`           // wall time from an answer to the next request
	Backoff          string         `json:"backoff"`           // over the client's own retries
	RetryAfter       string         `json:"retry_after"`
	RecoveredAfterMS *float64       `json:"recovered_after_ms,omitempty"` // from the fault's answer to the success
	RepeatedApplied  bool           `json:"repeated_applied"`             // sent a change again that had taken effect
	DoneTwice        bool           `json:"done_twice"`                   // and it counts: an instance or an app was restarted twice
	LostUpdate       bool           `json:"lost_update"`                  // and took away what another client had changed in between
	Hammered         bool           `json:"hammered"`
	TransportRetry   bool           `json:"transport_retry"`
	PaceMS           float64        `json:"pace_ms,omitempty"` // at which it came before the fault, and came again
	Requests         []uint64       `json:"requests"`          // ids of entries, at most maxAttempts
}

// ReactionClient is the client as it is shown.
type ReactionClient struct {
	User      string `json:"user"`
	UserAgent string `json:"user_agent"`
}

// Retries is how often the client itself tried again.
func (r *Reaction) Retries() int { return r.Attempts - 1 - r.TransportRetries }

// reactions judges the chain as it stands: in each of its rounds one reaction for
// each kind of fault in it, from its first occurrence on.
func (c *chain) reactions(now int64) []Reaction {
	var out []Reaction
	for _, round := range c.rounds() {
		for i := range round.attempts {
			a := &round.attempts[i]
			if !a.failed || slices.ContainsFunc(round.attempts[:i], func(b attempt) bool { return b.failed && b.sameFault(a) }) {
				continue
			}
			out = append(out, round.reaction(i, now))
		}
	}
	return out
}

func (c *chain) reaction(from int, now int64) Reaction {
	seen := c.attempts[from:]
	fault := &seen[0]
	r := Reaction{
		World: c.world, Operation: c.operation, Target: c.target,
		Status: fault.status, Connection: string(fault.fault), Rule: fault.rule,
		Client:  ReactionClient{User: c.user, UserAgent: c.userAgent},
		Outcome: GaveUp, Final: c.over(now),
		Attempts: c.total - from, GapsMS: []float64{}, RetryAfter: RetryAbsent, PaceMS: milliseconds(c.pace),
	}
	var own []time.Duration
	for i := range seen {
		r.Requests = append(r.Requests, seen[i].id)
		if i == 0 {
			continue
		}
		gap := gapBetween(&seen[i-1], &seen[i])
		r.GapsMS = append(r.GapsMS, milliseconds(gap))
		if seen[i].transport {
			r.TransportRetries++
		} else if !c.skipped(from + i) {
			own = append(own, gap)
		}
		r.RepeatedApplied = r.RepeatedApplied || c.changes() && slices.ContainsFunc(seen[:i], (attempt).tookEffect)
		if seen[i].applied && c.changes() {
			r.DoneTwice = r.DoneTwice || counts(c.operation) && slices.ContainsFunc(seen[:i], (attempt).tookEffect)
			r.LostUpdate = r.LostUpdate || lost(seen[:i])
		}
	}
	r.TransportRetry = r.TransportRetries > 0
	r.Backoff = backoff(own)
	r.RetryAfter = c.manners(from)
	r.Hammered = hammered(seen)
	if last := c.last(); last.succeeded {
		r.Outcome = Recovered
		after := milliseconds(time.Duration(last.end - fault.end))
		r.RecoveredAfterMS = &after
	}
	return r
}

// changes says that the pursuit is after a change, not after an answer.
func (c *chain) changes() bool { return c.method != http.MethodGet && c.method != http.MethodHead }

// lost says that a change was made behind a fault, and then overtaken by another
// client's: to make it again is to take that away.
func lost(seen []attempt) bool {
	first := slices.IndexFunc(seen, (attempt).tookEffect)
	return first >= 0 && slices.ContainsFunc(seen[first:], func(a attempt) bool { return a.overtaken })
}

// tookEffect says that a change was made behind a fault: to send it again is to
// make it twice.
func (a attempt) tookEffect() bool { return a.failed && a.applied }

// manners judges what the client made of Retry-After, over each answer that
// carried it and was followed by another request. A client that never came back
// did not come early.
func (c *chain) manners(from int) string {
	told := RetryAbsent
	for i := from; i < len(c.attempts); i++ {
		asked := c.attempts[i].retryAfter
		if asked < 0 || c.attempts[i].succeeded {
			continue
		}
		told = RetryHonoured
		if i+1 < len(c.attempts) && !c.skipped(i+1) && gapBetween(&c.attempts[i], &c.attempts[i+1]) < asked-timerSlack {
			return RetryEarly
		}
	}
	return told
}

// milliseconds keeps three digits: more is noise.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// The borders of judging. Gaps are measured at the server, from an answer to the
// next request: they hold the network and the scheduler of a loaded machine as
// well, and are never shorter than the client's pause. Measured with 20 runnable
// processes on 2 cores: of 30,000 instant repetitions 3 in 1000 came after more
// than 10 ms, 2 in 10,000 after more than 50 ms, one after 102 ms; of 3,800
// sleeps one in 100 was late by more than 16 ms, one in 1000 by more than 28 ms.
const (
	timerSlack   = 20 * time.Millisecond // how much too early still honours a Retry-After
	noPause      = 50 * time.Millisecond // a gap below is the machine's, not the client's
	sameWithin   = 0.15                  // share by which equal gaps may differ
	sameSlack    = 30 * time.Millisecond // and the least that they may
	growsBy      = 1.2                   // the least that each gap grows
	growthSpread = 1.6                   // the most that the steps of growth may differ
	hammerCount  = 5                     // requests that begin
	hammerSpan   = time.Second           // within this span are hammering
)

// backoff names the pattern of the pauses between a client's own retries.
//   - none: no retry, or a median pause below 50 ms that does not grow;
//   - undecided: a single pause, from which no pattern can be told;
//   - fixed: all pauses equal within 15 % or 30 ms;
//   - growing: by a factor of at least 1.2 each time, or by an amount, where
//     factors or amounts differ by no more than 1.6 (doubling, adding a
//     second), up to a ceiling at which they may stay;
//   - jittered: the rest.
func backoff(gaps []time.Duration) string {
	if len(gaps) == 0 {
		return BackoffNone
	}
	sorted := slices.Sorted(slices.Values(gaps))
	least, most := sorted[0], sorted[len(sorted)-1]
	switch pauses := sorted[(len(sorted)-1)/2] >= noPause; {
	case !pauses && (len(gaps) < 3 || most < noPause || !growing(gaps)):
		return BackoffNone
	case len(gaps) == 1:
		return BackoffUndecided
	case same(least, most):
		return BackoffFixed
	case growing(gaps):
		return BackoffGrowing
	}
	return BackoffJittered
}

func same(low, high time.Duration) bool {
	return high-low <= max(sameSlack, time.Duration(sameWithin*float64(high)))
}

func growing(gaps []time.Duration) bool {
	for len(gaps) > 2 && sameRelative(gaps[len(gaps)-2], gaps[len(gaps)-1]) { // the ceiling
		gaps = gaps[:len(gaps)-1]
	}
	var factors, amounts []float64
	for i := 1; i < len(gaps); i++ {
		factors = append(factors, float64(gaps[i])/float64(max(gaps[i-1], time.Microsecond)))
		amounts = append(amounts, float64(gaps[i]-gaps[i-1]))
	}
	if slices.Min(factors) >= growsBy && even(factors) {
		return true
	}
	return slices.Min(amounts) > 0 && even(amounts) && float64(gaps[len(gaps)-1]) >= growsBy*float64(gaps[0])
}

// even says that steps are of one kind, as a schedule's are and chance's are not.
func even(steps []float64) bool { return slices.Max(steps) <= growthSpread*slices.Min(steps) }

// sameRelative is same without the slack in milliseconds, which would take the
// first steps of a quick growth for a ceiling.
func sameRelative(a, b time.Duration) bool {
	low, high := min(a, b), max(a, b)
	return float64(high-low) <= sameWithin*float64(high)
}

// hammered says that five requests began within one second. Those that the
// transport repeated are not the client's doing.
func hammered(seen []attempt) bool {
	var begins []int64
	for i := range seen {
		if !seen[i].transport {
			begins = append(begins, seen[i].begin)
		}
	}
	for i := hammerCount - 1; i < len(begins); i++ {
		if begins[i]-begins[i-hammerCount+1] < int64(hammerSpan) {
			return true
		}
	}
	return false
}
