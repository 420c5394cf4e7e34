package fault

import (
	"reflect"
	"slices"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/socket"
)

// armed is a rule in force: made ready to be asked, and counting.
type armed struct {
	rule       Rule
	age        uint64 // later rules are greater
	since      time.Time
	draws      draws
	operations []*contract.Operation
	criteria   Criteria
	steps      []act // one for a rule without a sequence

	counters // guarded by the set's mutex
	// heir is the rule that took the counters over when this one was patched.
	heir *armed
	// over is closed when the rule holds nothing back any more; nil while it has
	// decided nothing. Guarded by the set's mutex.
	over chan struct{}
}

// hold returns what is closed when the rule holds nothing back any more.
func (a *armed) hold() <-chan struct{} {
	if a.over == nil {
		a.over = make(chan struct{})
	}
	return a.over
}

// release lets go of what the rule holds back.
func (a *armed) release() {
	if a.over != nil {
		close(a.over)
		a.over = nil
	}
}

// counters are what a rule remembers.
type counters struct {
	matched  int // requests that met the criteria; the draw number
	eligible int // of those, the ones inside the window, for skip
	injected int
	next     int   // the first position of the sequence that nobody has had
	returned []int // positions that were given back, ascending
}

// act is what one step of a rule comes to.
type act struct {
	pass       bool
	respond    *Respond // nil: no answer
	headers    []Header // of respond, in order
	connection *Connection
}

// closes says that the step ends the connection before the body is read.
func (a act) closes() bool { return a.connection != nil && a.connection.Kind == socket.Close }

// newArmed makes a rule ready that Parse has passed. Its age and its draws are
// the set's to give.
func newArmed(rule Rule, now time.Time) *armed {
	return &armed{
		rule: rule, since: now,
		operations: rule.Match.operations(),
		criteria:   rule.Match.Criteria(),
		steps:      rule.acts(),
	}
}

// acts makes the steps: a rule without a sequence is a sequence of one,
// which repeats.
func (r Rule) acts() []act {
	if len(r.Sequence) == 0 {
		return []act{newAct(r.Respond, r.Connection)}
	}
	steps := make([]act, len(r.Sequence))
	for i, step := range r.Sequence {
		if step.Pass {
			steps[i].pass = true
			continue
		}
		respond, connection := r.Respond, r.Connection
		if step.Status != 0 {
			respond = &step.Respond
		}
		if step.Connection != nil {
			connection = step.Connection
		}
		steps[i] = newAct(respond, connection)
	}
	return steps
}

func newAct(respond *Respond, connection *Connection) act {
	one := act{respond: respond, connection: connection}
	if respond != nil {
		one.headers = sorted(respond.Headers)
	}
	return one
}

// countsLike says that counters of one rule make sense in the other.
func (a *armed) countsLike(b *armed) bool {
	return reflect.DeepEqual(a.rule.When, b.rule.When) &&
		reflect.DeepEqual(a.rule.Sequence, b.rule.Sequence) && a.rule.Repeat == b.rule.Repeat
}

// ruling is what a rule makes of a match.
type ruling int

const (
	fires ruling = iota
	outsideWindow
	skips
	spent
	notDrawn
	passes
	// What findings tell besides.
	late       // outside of the window, behind it
	spentTimes // spent by its number, not by its sequence
	refused    // it answers after a success, and there was none
)

// take counts a match and decides it. The position is that of the step, for
// giveBack.
func (a *armed) take(now time.Time) (r ruling, position int) {
	a.matched++
	if !a.inWindow(now) {
		return outsideWindow, 0
	}
	if a.eligible++; a.eligible <= a.rule.When.Skip {
		return skips, 0
	}
	if a.isSpent() {
		return spent, 0
	}
	if !a.drawn(a.matched) {
		return notDrawn, 0
	}
	position = a.takePosition()
	if a.step(position).pass {
		return passes, position
	}
	a.injected++
	return fires, position
}

// giveBack undoes what take counted for an injection that did not happen.
func (a *armed) giveBack(position int) {
	for a.heir != nil {
		a = a.heir
	}
	a.injected--
	if a.repeats() == Last && position >= len(a.steps)-1 {
		return // the sequence stays on its last step anyway
	}
	at, _ := slices.BinarySearch(a.returned, position)
	// A new slice: an heir may share the old one.
	a.returned = slices.Insert(slices.Clone(a.returned), at, position)
}

// takePosition prefers what was given back: no step of a story is lost.
func (a *armed) takePosition() int {
	if len(a.returned) > 0 {
		position := a.returned[0]
		a.returned = a.returned[1:]
		return position
	}
	a.next++
	return a.next - 1
}

// step is what stands at a position of the sequence with its repetitions.
func (a *armed) step(position int) *act { return &a.steps[a.index(position)] }

// index is which step that is; not beyond the end of a sequence that is over.
func (a *armed) index(position int) int {
	if a.repeats() == Cycle {
		return position % len(a.steps)
	}
	return min(position, len(a.steps)-1)
}

func (a *armed) repeats() Repeat {
	if len(a.rule.Sequence) == 0 || a.rule.Repeat == "" {
		return Last
	}
	return a.rule.Repeat
}

func (a *armed) inWindow(now time.Time) bool {
	elapsed := document.Duration(now.Sub(a.since))
	return elapsed >= a.rule.When.From && (a.rule.When.Until == nil || elapsed < *a.rule.When.Until)
}

func (a *armed) drawn(match int) bool {
	return a.rule.When.Probability == nil || a.draws.at(match, fireLane) < *a.rule.When.Probability
}

// isSpent says that the rule will inject nothing any more, unless something is
// given back.
func (a *armed) isSpent() bool {
	remaining, limited := a.remaining()
	return limited && remaining == 0
}

// remaining is how many answers the rule can still inject; limited is false
// when there is no end to them.
func (a *armed) remaining() (n int, limited bool) {
	if a.rule.When.Times != nil {
		n, limited = *a.rule.When.Times-a.injected, true
	}
	if steps, ends := a.remainingSteps(); ends && (!limited || steps < n) {
		n, limited = steps, true
	}
	return n, limited
}

// remainingSteps counts the answering steps that nobody has had, of a sequence
// that comes to an end: one that is over after its last step, or stays on a
// pass, or never does but pass.
func (a *armed) remainingSteps() (n int, ends bool) {
	switch a.repeats() {
	case Cycle:
		return 0, !slices.ContainsFunc(a.steps, func(one act) bool { return !one.pass })
	case Last:
		if !a.steps[len(a.steps)-1].pass {
			return 0, false
		}
	}
	for _, position := range a.returned {
		if !a.step(position).pass {
			n++
		}
	}
	for position := a.next; position < len(a.steps); position++ {
		if !a.steps[position].pass {
			n++
		}
	}
	return n, true
}
