package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
)

// serve answers a request that met a row of the table: a fault may decide
// before every check of the contract, or replace the answer after the request
// took effect (DESIGN.md §6).
func (c *call) serve(w http.ResponseWriter) {
	if c.dry != nil {
		*c.dry = c.answer()
		return
	}
	if c.snap.Faults.Strangers() || !c.snap.Faults.Unread(c.op) {
		c.bytes()
	}
	out := c.decide(c.work)
	if out.unread { // no rule closed the connection before
		c.bytes()
		out = c.decide(c.work)
	}
	c.send(w, out)
}

// decide lets the answer of a request be worked out and puts it into the
// journal, in one step as seen from outside: whoever has seen the state or the
// counters of a rule change finds the request in the journal, and a reset comes
// before both or after both. What a stranger does behind the request's back comes
// next, before anything else is decided. Nothing in it waits for the client.
func (c *call) decide(work func() delivery) delivery {
	w := c.snap.World
	if snap := w.Enter(); snap != c.snap { // swapped while the body came
		c.snap, c.now, c.peeked = snap, w.Clock.Now(), false
		c.identify()
	}
	defer w.Leave()
	if c.snap.Faults.Strangers() {
		defer c.snap.Faults.Turn()()
	}
	var out delivery
	if late := c.late(); late != nil {
		out.reply = c.failure(late)
	} else if out = work(); out.unread {
		return out
	}
	c.enter(&out)
	if out.injected {
		c.meanwhile(out.plan.Meanwhile())
	}
	return out
}

// late is the answer to a request whose body came too slowly or was cut off: the
// real server's front would not have handed it on, so neither rules nor checks
// are asked. It is nil for a body that was read, or has not been asked for.
func (c *call) late() error {
	if c.readErr == nil {
		return nil
	}
	var slow interface{ Timeout() bool }
	words := ""
	switch {
	case errors.Is(c.readErr, io.ErrUnexpectedEOF):
		words = "The request body was cut off"
	case errors.As(c.readErr, &slow) && slow.Timeout():
		words = contract.RequestTimeout.Detail
	default:
		return nil
	}
	if words += fmt.Sprintf(": %d", len(c.raw)); c.req.ContentLength > 0 {
		words += fmt.Sprintf(" of %d", c.req.ContentLength)
	}
	words += " bytes came"
	c.warnings = append(c.warnings, "body-incomplete: "+words)
	return contract.RequestTimeout.Text(words)
}

// work asks the rules, and carries the request out unless they say otherwise. A
// request whose body has not been read is carried out by the next call, on the
// same plan.
func (c *call) work() delivery {
	if c.plannedOn != c.snap {
		c.plannedOn, c.early = c.snap, c.plan()
	}
	plan := c.early
	out := delivery{plan: plan}
	if plan.CarriesOut() && !c.read && c.req.ContentLength != 0 {
		return delivery{unread: true}
	}
	if plan.CarriesOut() {
		out.reply = c.answer()
		c.replace(&out)
	} else {
		plan.Settle(true)
		out.injected = true
		out.reply = c.planned(plan.Answer)
	}
	return out
}

// replace puts a plan that carried the request out on its real answer. A real
// error is sent as it is, and a rule that wanted to follow a success is not
// spent.
func (c *call) replace(out *delivery) {
	plan := out.plan
	switch {
	case plan.Apply == fault.After && out.reply.err != nil:
		plan.Settle(false)
		out.plan = plan.Waiting()
		return
	case plan.Answer == nil && plan.Connection == nil: // nothing, or only a delay
		return
	case plan.Answer != nil && plan.Answer.Real():
		out.reply.status = plan.Answer.Status
		out.reply.headers = append(out.reply.headers, c.ruleHeaders(plan.Answer)...)
	case plan.Answer != nil:
		out.real = out.reply.status
		out.reply = c.planned(plan.Answer)
	default:
		out.real = out.reply.status
	}
	plan.Settle(true)
	out.injected = true
}

// plan asks the request's own Prefer header, then the fault set.
func (c *call) plan() fault.Plan {
	if values := c.req.Header["Prefer"]; len(values) > 0 && c.api.prefer {
		plan, applied, warning := fault.Prefer(strings.Join(values, ", "), c.op)
		if warning != "" {
			c.warnings = append(c.warnings, warning)
		}
		if applied != "" {
			c.preferenceApplied = applied
			return plan
		}
	}
	if !c.snap.Faults.Watches(c.op) {
		return fault.Plan{}
	}
	return c.snap.Faults.Plan(c.now, (*subject)(c))
}

// answer walks the contract's order of checks (§3) and runs the action. What
// goes wrong inside capisim is the contract's 500, with the cause in the log.
func (c *call) answer() (out reply) {
	defer func() {
		if cause := recover(); cause != nil {
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			c.api.log.Error("panic", "operation", c.op.ID, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			out = c.failure(contract.UnknownError)
		}
	}()
	for i := range checks {
		if err := checks[i].of(c); err != nil {
			c.refused(checks[i].name, err)
			return c.failure(err)
		}
	}
	out, err := c.act(c)
	if err != nil {
		c.refused("", err)
		return c.failure(err)
	}
	return out
}

// checks are the steps that every operation shares, in the contract's order
// (§3, steps 1, 3 and 4); those that need what the path names are the action's.
var checks = []struct {
	name contract.Check
	of   func(*call) error
}{
	{contract.QueryCheck, (*call).checkQuery},
	{contract.PlatformCheck, (*call).checkPlatform},
	{contract.RateCheck, (*call).checkRate},
	{contract.ParametersCheck, (*call).checkParameters},
	{contract.TokenCheck, (*call).checkToken},
	{contract.ScopeCheck, (*call).checkScope},
	{contract.BodyCheck, (*call).checkBody},
}

func (c *call) checkToken() error {
	if c.op.Access == contract.Anonymous {
		return nil
	}
	return c.whoErr
}

func (c *call) checkScope() error {
	if !c.who.MayCall(c.op.Access) {
		return contract.NotAuthorized
	}
	return nil
}

// message is the body as the operation reads it: parsed once, for fault rules
// and for the action alike.
func (c *call) message() (contract.Body, error) {
	if c.parsed {
		return c.body, c.bodyErr
	}
	c.parsed = true
	raw := c.bytes()
	switch contentType := first(c.req.Header["Content-Type"]); {
	case c.tooBig:
		c.bodyErr = contract.RequestTooLarge
	case c.readErr != nil:
		c.bodyErr = contract.MessageParseError
	case len(raw) == 0: // cf sends a JSON content type on everything (CLIENTS.md §3)
	case c.op == nil:
		c.body, c.bodyErr = contract.ParseBody(contentType, raw)
	default:
		c.body, c.bodyErr = c.op.ParseBody(contentType, raw)
	}
	return c.body, c.bodyErr
}

// bytes reads the request body once, bounded in size; the server bounds its
// time. Of one that is cut off the beginning is kept.
func (c *call) bytes() []byte {
	if c.read {
		return c.raw
	}
	c.read = true
	if c.req.Body == nil || c.req.ContentLength == 0 {
		return nil
	}
	if c.req.ContentLength > contract.MaxBody {
		c.tooBig = true
		return nil
	}
	size := c.req.ContentLength
	if size < 0 {
		size = 512
	}
	raw := make([]byte, 0, size+1)
	for {
		n, err := c.req.Body.Read(raw[len(raw):cap(raw)])
		raw = raw[:len(raw)+n]
		if len(raw) > contract.MaxBody {
			c.tooBig = true
			return nil
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				c.readErr = err
			}
			c.raw = raw
			return raw
		}
		if len(raw) == cap(raw) {
			raw = append(raw, 0)[:len(raw)]
		}
	}
}

// failure is the answer that an error leads to. Only errors of the catalogue
// carry the contract's words; any other is its 500.
func (c *call) failure(err error) reply {
	var known *contract.Error
	if !errors.As(err, &known) {
		c.api.log.Error("request failed", "path", c.path, "world", c.snap.World.Name, "cause", err)
		known = contract.UnknownError
	}
	if known == contract.UnknownError && c.op != nil && c.op.Elsewhere() {
		known = contract.UAABroken
		if c.op.Policies {
			known = contract.PolicyBroken
		}
	}
	return c.errorReply(known)
}
