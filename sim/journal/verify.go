package journal

import (
	"cmp"
	"fmt"
	"slices"

	"example.com/capisim/sim/document"
)

// Sought says what of a request differs from what is sought, one sentence for
// each criterion that fails; nothing when it matches. It sees entries with
// their secrets masked.
type Sought func(e *Entry) (differences []string)

// Count bounds how many requests have to match; what is nil does not matter.
type Count struct {
	Exactly *int `json:"exactly,omitempty"`
	AtLeast *int `json:"at_least,omitempty"`
	AtMost  *int `json:"at_most,omitempty"`
}

// Verification is a question to the journal (POST /admin/requests/verify).
// Without Count, Never and InOrder it asks for at least one match.
type Verification struct {
	Match   Sought   // nil takes every request
	Count   Count    //
	Never   bool     // no request may match
	InOrder []Sought // instead of Match: requests that match these, one after the other, others between them
	After   uint64   // only ids above this one are looked at
}

// Check says what contradicts itself, with pointers into the request's body.
func (v *Verification) Check() document.Violations {
	var wrong document.Violations
	add := func(pointer, message string) {
		wrong = append(wrong, document.Violation{Pointer: pointer, Message: message})
	}
	counted := v.Count != Count{}
	if v.Never && counted {
		add("/never", `stands beside "count", expected one or the other`)
	}
	if len(v.InOrder) > 0 && (counted || v.Never || v.Match != nil) {
		add("/in_order", `stands beside "match", "count" or "never", expected it alone`)
	}
	if v.Count.Exactly != nil && (v.Count.AtLeast != nil || v.Count.AtMost != nil) {
		add("/count/exactly", `stands beside "at_least" or "at_most", expected one or the other`)
	}
	for _, bound := range []struct {
		name  string
		value *int
	}{{"exactly", v.Count.Exactly}, {"at_least", v.Count.AtLeast}, {"at_most", v.Count.AtMost}} {
		if bound.value != nil && *bound.value < 0 {
			add("/count/"+bound.name, fmt.Sprintf("%d, expected 0 or more", *bound.value))
		}
	}
	if low, high := v.Count.AtLeast, v.Count.AtMost; low != nil && high != nil && *low > *high {
		add("/count", fmt.Sprintf("at_least %d is above at_most %d", *low, *high))
	}
	return wrong
}

// Unknown is the result when entries that could decide were forgotten. The
// others are Met and Unmet.
const Unknown = "unknown"

// Verified is the answer to a Verification.
type Verified struct {
	Result   string   `json:"result"`
	Expected string   `json:"expected"`
	Found    int      `json:"found"`    // matching requests; with in_order: steps that were met
	Requests []uint64 `json:"requests"` // ids of the matching ones, oldest first, at most 100
	Nearest  []Near   `json:"nearest"`  // when unmet for want of requests: those that differ least
	Dropped  uint64   `json:"dropped"`
	// Settled says that further requests cannot change the result, so that
	// nobody needs to wait.
	Settled bool `json:"-"`
}

// Near is a request that did not match, and why.
type Near struct {
	ID          uint64   `json:"id"`
	Operation   string   `json:"operation"`
	Method      string   `json:"method"`
	Path        string   `json:"path"`
	Status      int      `json:"status"`
	Differences []string `json:"differences"`
}

const (
	maxNear     = 3
	maxVerified = 100
)

// Verify answers a checked question from what the journal holds now. Entries
// that were dropped never count for or against: where they could decide, the
// result is Unknown.
func (j *Journal) Verify(v Verification) Verified {
	last, _, _ := j.newest()
	var entries []Entry
	j.walk(last, func(e *Entry) bool {
		if e.ID <= v.After {
			return false
		}
		entries = append(entries, e.masked())
		return true
	})
	slices.Reverse(entries)
	// Asked again, since the ring forgets while this reads: nothing may escape
	// unseen.
	_, lastDropped, dropped := j.newest()
	verified := Verify(v, entries, lastDropped > v.After)
	verified.Dropped = dropped
	return verified
}

// Verify answers a checked question from a history, oldest first; holes says
// that requests are missing from it.
func Verify(v Verification, history []Entry, holes bool) Verified {
	out := Verified{Requests: []uint64{}, Nearest: []Near{}}
	if len(v.InOrder) > 0 {
		out.inOrder(v.InOrder, history)
	} else {
		out.count(v, history)
	}
	if holes && !out.certain(v) {
		out.Result, out.Settled = Unknown, false
	}
	return out
}

// certain says that no forgotten request could turn the result over: more
// matches can only do harm to an upper bound, and only help a lower one.
func (d *Verified) certain(v Verification) bool {
	low, high := v.bounds()
	switch {
	case len(v.InOrder) > 0:
		return d.Result == Met
	case high < 0:
		return d.Result == Met
	case d.Found > high:
		return true
	}
	return d.Result == Met && d.Found >= low && high < 0
}

// bounds are the least and the most matches; most is -1 for no bound.
func (v *Verification) bounds() (low, high int) {
	switch c := v.Count; {
	case v.Never:
		return 0, 0
	case c.Exactly != nil:
		return *c.Exactly, *c.Exactly
	case c.AtLeast == nil && c.AtMost == nil:
		return 1, -1
	default:
		low, high = document.Or(c.AtLeast, 0), document.Or(c.AtMost, -1)
		return low, high
	}
}

func (d *Verified) count(v Verification, history []Entry) {
	low, high := v.bounds()
	d.Expected = expected(low, high)
	var missed []Near
	for i := range history {
		if differences := v.Match.differences(&history[i]); len(differences) > 0 {
			missed = append(missed, near(&history[i], differences))
			continue
		}
		d.found(history[i].ID)
	}
	switch {
	case high >= 0 && d.Found > high:
		d.Result, d.Settled = Unmet, true
	case d.Found < low:
		d.Result = Unmet
		d.Nearest = nearest(missed)
	default:
		d.Result, d.Settled = Met, high < 0
	}
}

func (d *Verified) inOrder(steps []Sought, history []Entry) {
	d.Expected = fmt.Sprintf("%d requests in this order", len(steps))
	d.Result = Unmet
	var missed []Near // by the step that is waited for
	for i := range history {
		differences := steps[d.Found].differences(&history[i])
		if len(differences) > 0 {
			missed = append(missed, near(&history[i], differences))
			continue
		}
		missed = nil
		d.found(history[i].ID)
		if d.Found == len(steps) {
			d.Result, d.Settled = Met, true
			return
		}
	}
	d.Nearest = nearest(missed)
}

func (d *Verified) found(id uint64) {
	d.Found++
	if len(d.Requests) < maxVerified {
		d.Requests = append(d.Requests, id)
	}
}

func (m Sought) differences(e *Entry) []string {
	if m == nil {
		return nil
	}
	return m(e)
}

func expected(low, high int) string {
	switch {
	case high == 0:
		return "no request"
	case high < 0:
		return fmt.Sprintf("at least %d", low)
	case low == high:
		return fmt.Sprintf("exactly %d", low)
	case low == 0:
		return fmt.Sprintf("at most %d", high)
	}
	return fmt.Sprintf("%d to %d", low, high)
}

func near(e *Entry, differences []string) Near {
	return Near{ID: e.ID, Operation: e.OperationID(), Method: e.Method, Path: e.Path, Status: e.Status, Differences: differences}
}

// nearest picks those with the fewest differences; of equals, the newest.
func nearest(missed []Near) []Near {
	slices.SortStableFunc(missed, func(a, b Near) int {
		return cmp.Or(cmp.Compare(len(a.Differences), len(b.Differences)), cmp.Compare(b.ID, a.ID))
	})
	return append([]Near{}, missed[:min(len(missed), maxNear)]...)
}
