package journal

import (
	"slices"
	"time"
)

// Outcomes, manners of waiting and ways with Retry-After, as DESIGN.md §9
// names them.
const (
	Recovered = "recovered" // a later attempt succeeded
	GaveUp    = "gave_up"   // none did, so far

	BackoffNone     = "none"
	BackoffFixed    = "fixed"
	BackoffGrowing  = "growing"
	BackoffJittered = "jittered"

	RetryHonoured = "honoured" // never came back before the time it was told
	RetryEarly    = "early"
	RetryAbsent   = "absent" // was told no time
)

// Reaction is what one client did about one kind of injected fault: the first
// one, and all that it sent for the same operation and target until it
// succeeded or stayed away.
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
	Hammered         bool           `json:"hammered"`
	TransportRetry   bool           `json:"transport_retry"`
	Requests         []uint64       `json:"requests"` // ids of entries, at most maxAttempts
}

// ReactionClient is the client as it is shown.
type ReactionClient struct {
	User      string `json:"user"`
	UserAgent string `json:"user_agent"`
}

// Retries is how often the client itself tried again.
func (r *Reaction) Retries() int { return r.Attempts - 1 - r.TransportRetries }

// chain is a pursuit from its first injected fault on.
type chain struct {
	pursuit
	world    string
	method   string
	attempts []attempt // the first maxAttempts-1, and the newest
	total    int       // all that were seen
	closed   bool
}

const (
	maxAttempts = 24               // kept of a chain; the rest is counted
	minPatience = 10 * time.Second // DESIGN.md §9: final once 10 s have passed
	graceAfter  = 5 * time.Second  // beyond a Retry-After, before a client counts as gone
	overlap     = 5 * time.Millisecond
)

// add takes the next request of a pursuit in. One that began before the last
// answer was sent runs beside it, and is not a reaction to it; a few milliseconds
// of disorder are forgiven.
func (c *chain) add(a attempt) {
	if last := len(c.attempts) - 1; last >= 0 {
		if a.begin < c.attempts[last].end-int64(overlap) {
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
	c.closed = a.succeeded
}

func (c *chain) last() *attempt { return &c.attempts[len(c.attempts)-1] }

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
	return c.closed || now-c.last().end >= int64(c.patience())
}

// reactions judges the chain as it stands: one reaction for each kind of fault
// in it, from its first occurrence on.
func (c *chain) reactions(now int64) []Reaction {
	var out []Reaction
	for i := range c.attempts {
		a := &c.attempts[i]
		if !a.failed || slices.ContainsFunc(c.attempts[:i], func(b attempt) bool { return b.failed && b.sameFault(a) }) {
			continue
		}
		out = append(out, c.reaction(i, now))
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
		Attempts: c.total - from, GapsMS: []float64{}, RetryAfter: RetryAbsent,
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
		for k := range seen[:i] {
			r.RepeatedApplied = r.RepeatedApplied || c.repeats(&seen[k], &seen[i])
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

// skipped says that requests between this attempt and the one before it were
// counted and not kept, so that the pause between them is none.
func (c *chain) skipped(i int) bool { return c.total > len(c.attempts) && i == maxAttempts-1 }

// repeats says that a change which had taken effect behind a fault was sent
// once more, the same body to the same place.
func (c *chain) repeats(done, again *attempt) bool {
	return done.failed && done.applied && c.method != "GET" && c.method != "HEAD" && done.body == again.body
}

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

func gapBetween(before, after *attempt) time.Duration {
	return max(0, time.Duration(after.begin-before.end))
}

// milliseconds keeps three digits: more is noise.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// The thresholds of judging. Gaps are measured at the server: they hold the
// network and the scheduler of a loaded machine as well.
const (
	timerSlack   = 20 * time.Millisecond // how much too early still honours a Retry-After
	noWait       = 10 * time.Millisecond // a median gap below counts as not waiting
	sameWithin   = 0.15                  // share by which equal gaps may differ
	sameSlack    = 15 * time.Millisecond // and the least that they may
	growsBy      = 1.2                   // the least that each gap grows
	growthSpread = 1.6                   // the most that the steps of growth may differ
	hammerCount  = 5                     // requests that begin
	hammerSpan   = time.Second           // within this span are hammering
)

// backoff names the pattern of the pauses between a client's own retries.
//   - none: no retry, or a median pause below 10 ms;
//   - fixed: all pauses equal within 15 % or 15 ms; a single pause too, since
//     nothing else can be told from it;
//   - growing: by a factor of at least 1.2 each time, or by an amount, where
//     factors or amounts differ by no more than 1.6 (doubling, adding a
//     second), up to a ceiling at which they may stay;
//   - jittered: the rest.
func backoff(gaps []time.Duration) string {
	if len(gaps) == 0 {
		return BackoffNone
	}
	sorted := slices.Sorted(slices.Values(gaps))
	if sorted[(len(sorted)-1)/2] < noWait {
		return BackoffNone
	}
	if same(sorted[0], sorted[len(sorted)-1]) {
		return BackoffFixed
	}
	if growing(gaps) {
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
