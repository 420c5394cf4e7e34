package fault

import (
	"slices"
	"time"

	"example.com/capisim/sim/contract"
)

// Plan is what shall happen to a request. The zero Plan is nothing: the request
// is answered as always. A Plan without Answer and Connection only delays.
type Plan struct {
	// RuleID is the rule that decided, or the one that only delays when none
	// did. Empty for a plan made by Prefer.
	RuleID string
	// Draw is that rule's match number, from 1, by which it draws.
	Draw int
	// Delay is to be waited for before answering, by wall time: that of the
	// deciding rule, and that of DelayedBy on top.
	Delay time.Duration
	// DelayedBy is the rule that only delays and stood above the deciding one,
	// if there is such a rule.
	DelayedBy string
	// Answer is to be sent instead of the real one; nil is the real one.
	Answer *Answer
	// Connection is what happens to the socket; nil is nothing. A reset, close,
	// empty or garbage stands above the Answer: no byte of it is sent.
	Connection *Connection
	// Apply is Before or After; empty in the zero Plan.
	Apply Apply

	// Course is what other rules made of the request.
	Course Course

	set      *Set
	rule     *armed
	position int

	decided, delayed <-chan struct{}
}

// Over are closed when the rule that decided, and the one that delays, are removed,
// replaced or switched off: the plan waits no longer. Nil for none.
func (p Plan) Over() (decided, delayed <-chan struct{}) { return p.decided, p.delayed }

// Waiting is what is left of a plan whose answer is the real one after all: the
// delay.
func (p Plan) Waiting() Plan {
	left := Plan{Delay: p.Delay, decided: p.decided, delayed: p.delayed, Course: p.Course}
	if p.RuleID != "" { // not of a plan made by Prefer
		left.Course = Course(note([]byte(p.Course), p.RuleID, finding{made: refused}))
	}
	return left
}

// CarriesOut says that the request takes effect and its real answer is needed,
// for what follows or for what is sent: the plan applies after, only delays, or
// shapes the bytes of the real answer.
func (p Plan) CarriesOut() bool {
	return p.Apply != Before || (p.Answer == nil && (p.Connection == nil || p.Connection.Kind.NeedsAnswer()))
}

// Meanwhile is what other clients do once the plan is settled as injected.
// Shared: read only.
func (p Plan) Meanwhile() []Meanwhile {
	if p.rule == nil {
		return nil
	}
	return p.rule.rule.Meanwhile
}

// Settle ends a plan that was not zero: with true it stays spent; with false
// the deciding rule gets back what it was counted, because the real answer of
// an Apply After was itself an error. Call it at most once. A delay that was
// waited for stays spent.
func (p Plan) Settle(injected bool) {
	if injected || p.rule == nil {
		return
	}
	p.set.mutex.Lock()
	defer p.set.mutex.Unlock()
	p.rule.giveBack(p.position)
}

// bucket is the active rules of one operation, the newest first: those for one
// process guid apart, so that a thousand rules for other processes cost
// nothing. It never changes.
type bucket struct {
	general []*armed
	byGUID  map[string][]*armed
	// unread says that a rule closes the connection before the request's body is
	// read, and that none asks for that body.
	unread bool
}

// bucketOf returns the rules of an operation as they stand.
func (s *Set) bucketOf(op *contract.Operation) *bucket {
	if b := s.buckets[op.Index].Load(); b != nil {
		return b
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	b := &bucket{}
	asked := false
	for _, a := range slices.Backward(s.order) {
		if !a.rule.Active() || !slices.Contains(a.operations, op) {
			continue
		}
		b.unread = b.unread || slices.ContainsFunc(a.steps, act.closes)
		asked = asked || len(a.rule.Match.Body) > 0
		if guid := a.rule.Match.Process.GUID; guid != "" {
			if b.byGUID == nil {
				b.byGUID = map[string][]*armed{}
			}
			b.byGUID[guid] = append(b.byGUID[guid], a)
			continue
		}
		b.general = append(b.general, a)
	}
	b.unread = b.unread && !asked
	s.buckets[op.Index].Store(b)
	return b
}

// Unread says that a request for the operation is to be planned before its body
// is read: it may meet a Close. Of any other the body can be read first, so that
// a plan never waits for the client.
func (s *Set) Unread(op *contract.Operation) bool { return s.Watches(op) && s.bucketOf(op).unread }

// matching appends the rules whose criteria the request meets, newest first, up
// to the first that decides whatever its counters say.
func (b *bucket) matching(r Request, hits []*armed) []*armed {
	general, own := b.general, []*armed(nil)
	if b.byGUID != nil {
		if guid, _, _, ok := r.Process(); ok {
			own = b.byGUID[guid]
		}
	}
	for len(general) > 0 || len(own) > 0 {
		var a *armed
		if len(own) == 0 || (len(general) > 0 && general[0].age > own[0].age) {
			a, general = general[0], general[1:]
		} else {
			a, own = own[0], own[1:]
		}
		if a.criteria.failing(r) == nil {
			if hits = append(hits, a); a.always() {
				break
			}
		}
	}
	return hits
}

// always says that the rule decides each match.
func (a *armed) always() bool {
	w := &a.rule.When
	return len(a.rule.Sequence) == 0 && !a.rule.onlyDelays() && w.Skip == 0 && w.Times == nil &&
		w.Probability == nil && w.From == 0 && w.Until == nil
}

// Plan decides what happens to a request and counts it, in one step: of two
// requests at once, one comes first for all rules. The newest matching rule
// that fires decides; a rule that only delays lets the next one decide, and is
// the only one to do so: older rules of that kind are not consulted.
func (s *Set) Plan(now time.Time, subject Subject) Plan {
	op := subject.Operation()
	if !s.Watches(op) {
		return Plan{}
	}
	var few [8]*armed
	for {
		b := s.bucketOf(op)
		hits := b.matching(subject, few[:0])
		if len(hits) == 0 {
			return Plan{}
		}
		// The subject was asked without the lock. If rules have changed in the
		// meantime, the counts no longer hold.
		s.mutex.Lock()
		if s.buckets[op.Index].Load() != b {
			s.mutex.Unlock()
			continue
		}
		d := decide(now, hits)
		s.mutex.Unlock()
		return d.plan(s, op)
	}
}

// decision is what comes of asking the matching rules.
type decision struct {
	decider, delayer           *armed // nil: none
	decidedMatch, delayedMatch int
	position                   int
	decided, delayed           <-chan struct{}
	course                     Course
}

func decide(now time.Time, hits []*armed) (d decision) {
	var room [64]byte // what most courses need
	course := room[:0]
	for _, a := range hits {
		onlyDelays := a.rule.onlyDelays()
		if onlyDelays && d.delayer != nil {
			continue
		}
		v, position := a.take(now)
		if v != fires {
			course = note(course, a.rule.ID, a.finding(v, position, now))
			continue
		}
		if onlyDelays {
			d.delayer, d.delayedMatch, d.delayed = a, a.matched, a.hold()
			continue
		}
		d.decider, d.decidedMatch, d.position, d.decided = a, a.matched, position, a.hold()
		break
	}
	if d.delayer != nil && d.decider != nil {
		course = note(course, d.delayer.rule.ID, finding{made: fires})
	}
	d.course = Course(course)
	return d
}

// plan puts a decision into words for the caller; no lock is needed, since a
// rule in force does not change but for its counters.
func (d decision) plan(s *Set, op *contract.Operation) (p Plan) {
	if d.delayer != nil {
		p = Plan{RuleID: d.delayer.rule.ID, Draw: d.delayedMatch, Apply: Before, delayed: d.delayed,
			Delay: d.delayer.rule.Delay.of(d.delayer.draws, d.delayedMatch)}
	}
	p.Course = d.course
	if d.decider == nil {
		return p
	}
	a := d.decider
	p.DelayedBy = p.RuleID
	p.RuleID, p.Draw = a.rule.ID, d.decidedMatch
	p.set, p.rule, p.position, p.decided = s, a, d.position, d.decided
	if a.rule.Delay != nil {
		p.Delay += a.rule.Delay.of(a.draws, d.decidedMatch)
	}
	step := a.step(d.position)
	p.Connection = step.connection
	if p.Apply = a.rule.Apply; p.Apply == "" {
		p.Apply = Before
	}
	if step.respond != nil {
		p.Answer = step.respond.answer(op, step.headers)
		if p.Answer.Real() {
			p.Apply = After // a success is what the request itself comes to
		}
	}
	return p
}
