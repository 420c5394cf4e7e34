package fault

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	"example.com/capisim/sim/document"
)

// Course is what rules whose criteria a request met made of it when it was
// decided, but for the one that decided: packed, "" for none. Counters, clock and
// draws go on, so nobody could tell it later.
type Course string

// maxCourse bounds what is noted of one request, in bytes.
const maxCourse = 512

// finding is why a match came to nothing: what was found, and what was wanted.
type finding struct {
	made   ruling
	at     uint64 // elapsed nanoseconds, match number or step
	found  uint64 // bits of the draw
	wanted uint64
}

// finding tells why take, which has just counted, did not let the rule fire.
func (a *armed) finding(made ruling, position int, now time.Time) finding {
	f, w := finding{made: made}, &a.rule.When
	switch made {
	case outsideWindow:
		elapsed := now.Sub(a.since)
		if elapsed > time.Millisecond {
			elapsed = elapsed.Truncate(time.Millisecond) // nobody reads on
		}
		if document.Duration(elapsed) < w.From {
			f.at, f.wanted = uint64(elapsed), uint64(w.From)
		} else {
			f.made, f.at, f.wanted = late, uint64(elapsed), uint64(*w.Until)
		}
	case skips:
		f.at, f.wanted = uint64(a.eligible), uint64(w.Skip)
	case spent:
		if w.Times != nil && a.injected >= *w.Times {
			f.made, f.wanted = spentTimes, uint64(*w.Times)
		}
	case notDrawn:
		f.at, f.found, f.wanted = uint64(a.matched), math.Float64bits(a.draws.at(a.matched, fireLane)), math.Float64bits(*w.Probability)
	case passes:
		f.at = uint64(a.index(position))
	}
	return f
}

// words are the place in the rule that stands against the request, and why.
func (f finding) words() (pointer, reason string) {
	number := func(bits uint64) string { return strconv.FormatFloat(math.Float64frombits(bits), 'g', 4, 64) }
	switch f.made {
	case outsideWindow:
		return "/when/from", fmt.Sprintf("the rule was set %s ago, expected at least %s", document.Duration(f.at), document.Duration(f.wanted))
	case late:
		return "/when/until", fmt.Sprintf("the rule was set %s ago, expected less than %s", document.Duration(f.at), document.Duration(f.wanted))
	case skips:
		return "/when/skip", fmt.Sprintf("match %d of the first %d, which pass", f.at, f.wanted)
	case spentTimes:
		return "/when/times", fmt.Sprintf("all %d answers have been injected", f.wanted)
	case spent:
		return "/sequence", "the sequence has no answer left"
	case notDrawn:
		return "/when/probability", fmt.Sprintf("match %d draws %s, expected less than %s", f.at, number(f.found), number(f.wanted))
	case passes:
		return fmt.Sprintf("/sequence/%d/pass", f.at), fmt.Sprintf("step %d passes", f.at)
	case refused:
		return "/apply", "the rule answers after a success, and the real answer was an error"
	default:
		return "", "delayed the request"
	}
}

// note appends what a rule made of a request.
func note(to []byte, rule string, f finding) []byte {
	if len(to) >= maxCourse {
		return to
	}
	to = append(binary.AppendUvarint(to, uint64(len(rule))), rule...)
	to = append(to, byte(f.made))
	for _, n := range [...]uint64{f.at, f.found, f.wanted} {
		to = binary.AppendUvarint(to, n)
	}
	return to
}

// read gives what was noted of each rule. What is not a Course ends the reading.
func (c Course) read() map[string]finding {
	all, rest := map[string]finding{}, []byte(c)
	number := func() uint64 {
		n, size := binary.Uvarint(rest)
		rest = rest[max(size, 0):]
		return n
	}
	for len(rest) > 0 {
		size := number()
		if size >= uint64(len(rest)) {
			break
		}
		rule := string(rest[:size])
		made := ruling(rest[size])
		rest = rest[size+1:]
		all[rule] = finding{made, number(), number(), number()}
	}
	return all
}

// Recall says for each rule, the newest first, what it made of a request when
// that was decided: by the rule that decided and by its course as they were
// noted, and for the others by what stands against them still. If no rule was
// asked at all, unasked says why.
func (s *Set) Recall(subject Subject, decided string, course Course, unasked string) []Forecast {
	op, rules, noted := subject.Operation(), s.snapshot(), course.read()
	told := make([]Forecast, len(rules))
	decider := ""
	for i, a := range rules {
		e := &told[i]
		*e = a.against(op, subject)
		f, consulted := noted[a.rule.ID]
		switch {
		case a.rule.ID == decided:
			*e = Forecast{RuleID: decided, Fires: true, Reason: "decided the answer"}
			if decider = decided; a.rule.onlyDelays() {
				decider, e.Reason = "", "delayed the request"
			}
		case consulted:
			e.Pointer, e.Reason = f.words()
			e.Fires = f.made == fires
		case e.Reason != "": // a criterion fails
		case unasked != "":
			e.Reason = unasked
		case decider != "":
			e.Reason = fmt.Sprintf("rule %q is newer and decided", decider)
		default:
			e.Reason = "the rule was set, or changed, after the request was decided"
		}
	}
	return told
}
