package journal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
)

// demand is one thing that is asked of a client.
type demand struct {
	name, text string
	ofPolicy   bool // stands for more than was written: judged where it can be
	// of judges one reaction; why is empty when it is met.
	of func(r *Reaction) (result, why string)
	// among judges the reactions that are meant beside all others, where one
	// alone tells nothing; nil: each is judged by itself.
	among func(meant []*Reaction, all []Reaction) (result string, why []string)
}

// judge holds a demand against the reactions that are meant: unmet by one is
// unmet, and what none shows is not exercised.
func (d *demand) judge(meant []*Reaction, all []Reaction) Part {
	part := Part{Name: d.name, Text: d.text, Result: NotExercised, Reasons: []string{}}
	if d.among != nil {
		result, why := d.among(meant, all)
		part.Result, part.Reasons = result, append(part.Reasons, why...)
		return part
	}
	var open []string // why it was not exercised
	for _, r := range meant {
		result, why := d.of(r)
		why = reasonPrefix(r) + why
		switch {
		case result == Unmet:
			part.Result = Unmet
			part.Reasons = append(part.Reasons, why)
		case result == Met && part.Result == NotExercised:
			part.Result = Met
		case result == NotExercised:
			open = append(open, why)
		}
	}
	if part.Result == NotExercised {
		part.Reasons = append(part.Reasons, open...)
	}
	return part
}

func reasonPrefix(r *Reaction) string { return fmt.Sprintf("request %d: ", r.Requests[0]) }

// demands lists what is asked for, in the order in which it is told.
func (c *ClientExpectation) demands() []demand {
	var list []demand
	add := func(name, text string, of func(r *Reaction) (result, why string)) {
		list = append(list, demand{name: name, text: text, of: of})
	}
	if c.Retries != nil {
		add("retries", "retries "+c.Retries.String(), func(r *Reaction) (string, string) {
			return metIf(c.Retries.contains(r.Retries()), "%d retries, expected %s", r.Retries(), c.Retries)
		})
	}
	if c.Backoff != "" {
		add("backoff", "backoff "+c.Backoff, func(r *Reaction) (string, string) {
			if r.Backoff == BackoffUndecided {
				return NotExercised, "a single pause does not tell backoff " + c.Backoff
			}
			return metIf(c.Backoff == r.Backoff, "backoff %s, expected %s", r.Backoff, c.Backoff)
		})
	}
	if c.RetryAfter != "" {
		add("retry_after", "Retry-After "+c.RetryAfter, func(r *Reaction) (string, string) {
			return metIf(c.RetryAfter == r.RetryAfter, "Retry-After %s, expected %s", r.RetryAfter, c.RetryAfter)
		})
	}
	if within, err := time.ParseDuration(c.RecoversWithin); err == nil {
		add("recovers_within", "recovers within "+c.RecoversWithin, func(r *Reaction) (string, string) { return recovers(r, within) })
	}
	for _, d := range c.deeds() {
		if d.wanted != nil {
			add(d.name, fmt.Sprintf("%s %t", d.name, *d.wanted), func(r *Reaction) (string, string) {
				return metIf(d.done(r) == *d.wanted, "%s %t, expected %t", d.name, d.done(r), *d.wanted)
			})
		}
	}
	if c.Policy == Polite {
		list = append(list, polite()...)
	}
	return list
}

// metIf is met, or unmet for the reason that the format tells.
func metIf(met bool, format string, args ...any) (result, why string) {
	if met {
		return Met, ""
	}
	return Unmet, fmt.Sprintf(format, args...)
}

func recovers(r *Reaction, within time.Duration) (result, why string) {
	if r.RecoveredAfterMS == nil {
		if r.Final {
			return Unmet, fmt.Sprintf("it gave up, expected it to recover within %s", within)
		}
		return Unmet, fmt.Sprintf("it has not recovered so far, expected within %s", within)
	}
	took := time.Duration(*r.RecoveredAfterMS * float64(time.Millisecond)).Round(time.Millisecond)
	return metIf(*r.RecoveredAfterMS <= milliseconds(within), "it recovered after %s, expected within %s", took, within)
}

// Polite is the policy of a client that a server can live with.
const Polite = "polite"

const politeAttempts = 5

// pointless are the refusals that the same request meets again.
var pointless = []int{400, 403, 404, 422}

// polite lists what the policy stands for.
func polite() []demand {
	return []demand{
		{name: "attempts", text: fmt.Sprintf("at most %d attempts", politeAttempts), ofPolicy: true, of: func(r *Reaction) (string, string) {
			return metIf(r.Retries() < politeAttempts, "%d attempts, expected at most %d", 1+r.Retries(), politeAttempts)
		}},
		{name: "pauses", text: "pauses that grow", ofPolicy: true, of: func(r *Reaction) (string, string) {
			switch {
			case r.Retries() == 0:
				return NotExercised, "no retry"
			case r.RetryAfter == RetryHonoured:
				return NotExercised, "its pauses were the server's, by Retry-After"
			case r.Backoff == BackoffUndecided:
				return NotExercised, "a single pause does not tell whether pauses grow"
			}
			return metIf(r.Backoff == BackoffGrowing || r.Backoff == BackoffJittered, "backoff %s, expected growing or jittered", r.Backoff)
		}},
		{name: "retry_after", text: "Retry-After honoured", ofPolicy: true, of: func(r *Reaction) (string, string) {
			if r.RetryAfter == RetryAbsent {
				return NotExercised, "no Retry-After was sent"
			}
			return metIf(r.RetryAfter == RetryHonoured, "it came back before Retry-After")
		}},
		{name: "pointless", text: "no repetition of 400, 403, 404, 422", ofPolicy: true, of: func(r *Reaction) (string, string) {
			if !slices.Contains(pointless, r.Status) {
				return NotExercised, fmt.Sprintf("%s is worth another attempt", r.answer())
			}
			return metIf(r.Retries() == 0, "it tried %d times what was refused with %d", 1+r.Retries(), r.Status)
		}},
		{name: "applied_once", text: "no write sent twice after its effect, unless that changes nothing", ofPolicy: true, of: func(r *Reaction) (string, string) {
			switch {
			case counts(r.Operation):
				return metIf(!r.RepeatedApplied, "%s was sent again after it had taken effect", r.Operation)
			case r.RepeatedApplied:
				return metIf(!r.LostUpdate, "%s was sent again and took another client's change away", r.Operation)
			}
			return NotExercised, "nothing was sent again after it had taken effect"
		}},
		{name: "consistent", text: "the same policy on every operation", ofPolicy: true, among: consistent},
	}
}

// answer names what the client met.
func (r *Reaction) answer() string {
	if r.Status == 0 {
		return r.Connection
	}
	return fmt.Sprint(r.Status)
}

// counts says that to do it twice is not the same as to do it once.
func counts(operation string) bool {
	o, ok := contract.OperationByID(operation)
	return ok && o.Counts()
}

// consistent compares what a client does about one answer on different
// operations: whether it tries again at all, and the pattern of its pauses where
// that is known. Operations that count are left out: there is reason to treat
// them differently. Of two operations one pair is told.
func consistent(meant []*Reaction, all []Reaction) (result string, why []string) {
	result = NotExercised
	told := map[[2]string]bool{}
	for _, r := range meant {
		for i := range all {
			other := &all[i]
			if !r.comparable(other) {
				continue
			}
			if r.likeOf(other) {
				if result == NotExercised {
					result = Met
				}
				continue
			}
			result = Unmet
			first, second := r, other
			if first.Requests[0] > second.Requests[0] {
				first, second = second, first
			}
			if pair := [2]string{first.Operation, second.Operation}; !told[pair] {
				told[pair] = true
				why = append(why, fmt.Sprintf("%s%s on %s of %s, but %s on that of %s (request %d)", reasonPrefix(first),
					first.manner(), first.answer(), first.Operation, second.manner(), second.Operation, second.Requests[0]))
			}
		}
	}
	return result, why
}

// comparable says that two reactions are those of one client to one answer of
// two operations, and that both are decided.
func (r *Reaction) comparable(other *Reaction) bool {
	decided := func(r *Reaction) bool { return !counts(r.Operation) && (r.Final || r.Retries() > 0) }
	return r.Operation != other.Operation && r.Client == other.Client && r.answer() == other.answer() && decided(r) && decided(other)
}

// likeOf says that two reactions can come of one policy.
func (r *Reaction) likeOf(other *Reaction) bool {
	if (r.Retries() == 0) != (other.Retries() == 0) {
		return false
	}
	known := func(b string) bool { return b != BackoffUndecided }
	return !known(r.Backoff) || !known(other.Backoff) || r.Backoff == other.Backoff ||
		r.RetryAfter == RetryHonoured || other.RetryAfter == RetryHonoured
}

func (r *Reaction) manner() string {
	if r.Retries() == 0 {
		return "no retry"
	}
	return strings.TrimSuffix(fmt.Sprintf("%d retries, backoff %s", r.Retries(), r.Backoff), ", backoff "+BackoffUndecided)
}
