package admin

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/state"
)

// maxWithin bounds how long a verification may wait.
const maxWithin = 10 * time.Minute

// settleFor is how often, at most, a waiting verification looks again.
const settleFor = 5 * time.Millisecond

// verify asks the journal whether requests were made: 200 when it is so, 417
// when not, or when what was forgotten could decide.
func (c *call) verify() (reply, error) {
	question, within, err := c.question()
	if err != nil {
		return reply{}, err
	}
	verified, err := c.await(question, within)
	if err != nil {
		return reply{}, err
	}
	if verified.Result == journal.Met {
		return ok(verified), nil
	}
	return reply{status: http.StatusExpectationFailed, body: verified}, nil
}

// question reads the body of a verification.
func (c *call) question() (v journal.Verification, within time.Duration, err error) {
	o := c.object(maxBody)
	if match, given := o.get("match"); given {
		v.Match = c.criterion(o, o.pointer("match"), match)
	}
	if count, given := o.inner("count"); given {
		v.Count = journal.Count{Exactly: number(count, "exactly"), AtLeast: number(count, "at_least"), AtMost: number(count, "at_most")}
		if len(count.value.Members) == 0 {
			o.add("count", "an empty object, expected at least one of exactly, at_least, at_most")
		}
		count.unknown()
	}
	v.Never, _ = o.boolean("never")
	if steps, given := o.list("in_order"); given {
		if len(steps) == 0 {
			o.add("in_order", "an empty list, expected at least one match")
		}
		for i, step := range steps {
			v.InOrder = append(v.InOrder, c.criterion(o, document.Pointer("in_order", i), step.Value))
		}
	}
	if after, given := o.whole("after"); given {
		if after < 0 {
			o.add("after", "%d, expected the id of a request", after)
		}
		v.After = uint64(max(after, 0))
	}
	if within, _ = o.duration("within"); within > maxWithin {
		o.add("within", "%s, expected at most %s", within, maxWithin)
	}
	*o.problems = append(*o.problems, v.Check()...)
	return v, within, o.err()
}

func number(o *object, key string) *int {
	n, given := o.whole(key)
	if !given {
		return nil
	}
	return &n
}

// await answers at once what further requests cannot change, and else when the
// time is over. The world's end and the client's going away end the wait too.
func (c *call) await(question journal.Verification, within time.Duration) (journal.Verified, error) {
	timeout := time.NewTimer(within)
	defer timeout.Stop()
	for {
		changed := c.world.Journal.Changed()
		snap := c.world.Current()
		verified := c.world.Evidence().Verify(question)
		if within == 0 || verified.Settled {
			return verified, nil
		}
		select {
		case <-changed:
			if !c.rest(timeout) {
				return c.world.Evidence().Verify(question), nil
			}
		case <-timeout.C:
			return verified, nil
		case <-snap.Done():
			if c.world.Current() == snap { // not replaced: the world has ended
				return verified, nil
			}
		case <-c.request.Context().Done():
			return verified, c.request.Context().Err()
		}
	}
}

// rest lets a burst of requests pass before the journal is looked through
// again; false when the time is over.
func (c *call) rest(timeout *time.Timer) bool {
	pause := time.NewTimer(settleFor)
	defer pause.Stop()
	select {
	case <-pause.C:
		return true
	case <-timeout.C:
		return false
	case <-c.request.Context().Done():
		return true
	}
}

// wanted is what a match asks for beside the criteria of a fault rule.
type wanted struct {
	operations []string // nil: every request, unmatched ones too
	method     string
	path       string
	status     *int
	injected   *bool
	rule       *string
	criteria   fault.Criteria
	store      *state.Store // in which the criteria look up what a path names
}

// criterion reads a match: that of a fault rule, and the method, path, status,
// rule and injected of the journal. Without operations it is about every
// request.
func (c *call) criterion(o *object, at string, match document.Value) journal.Sought {
	if match.Kind != document.Object {
		*o.problems = append(*o.problems, document.Violation{Pointer: at, Message: document.Found(match) + ", expected an object"})
		return func(*journal.Entry) []string { return nil } // given, though it is never asked
	}
	own := &object{at: at, value: match, problems: o.problems}
	w := &wanted{store: c.snap.State, status: number(own, "status")}
	w.method, _ = own.text("method")
	w.path, _ = own.text("path")
	if injected, given := own.boolean("injected"); given {
		w.injected = &injected
	}
	if rule, given := own.text("rule"); given {
		w.rule = &rule
	}
	for _, key := range own.known {
		match = match.Without(key)
	}
	asked, problems := fault.ParseMatch(match)
	if w.operations = asked.Operations; slices.Contains(w.operations, fault.AnyOperation) {
		w.operations = contract.OperationIDs()
	}
	*o.problems = append(*o.problems, problems.Under(at)...)
	if len(problems) == 0 {
		w.criteria = asked.Criteria()
	}
	return w.differences
}

// differences says what of a request is not as it is wanted.
func (w *wanted) differences(e *journal.Entry) []string {
	var found []string
	differ := func(what, got, want string) {
		if got != want {
			found = append(found, what+" is "+got+", expected "+want)
		}
	}
	if w.operations != nil && !slices.Contains(w.operations, e.OperationID()) {
		differ("the operation", cmp.Or(e.OperationID(), "none"), strings.Join(w.operations, " or "))
	}
	if w.method != "" {
		differ("the method", e.Method, w.method)
	}
	if w.path != "" {
		differ("the path", e.Path, w.path)
	}
	if w.status != nil {
		differ("the status", strconv.Itoa(e.Status), strconv.Itoa(*w.status))
	}
	if w.injected != nil {
		differ("injected", strconv.FormatBool(e.Injected), strconv.FormatBool(*w.injected))
	}
	if w.rule != nil {
		differ("the rule", cmp.Or(e.Rule, "none"), cmp.Or(*w.rule, "none"))
	}
	return append(found, w.criteria.Differences(&recorded{entry: e, store: w.store})...)
}
