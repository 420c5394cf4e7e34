package api

import (
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/socket"
)

// enter puts a request into the journal when it is decided: with its answer,
// when that leaves at once, else as held.
func (c *call) enter(out *delivery) {
	if c.changed {
		c.snap.World.MarkChanged()
	}
	e := c.entry(out)
	if out.held = out.holds(); out.held {
		e.Held, e.Hold = true, e.Latency+out.holding()
	} else {
		c.answered(&e, out, out.kind())
	}
	out.entry = c.snap.World.Journal.Append(e)
	if w, own := c.ResponseWriter.(*taken); own {
		w.id = out.entry
	}
}

// complete tells the journal, and those who watch, what became of an answer that
// was held back, before the last byte of it leaves: a client that repeats at
// once must not overtake the fault that it reacts to.
func (c *call) complete(out *delivery, cut socket.Kind) {
	if !out.held {
		return
	}
	out.held = false
	e := c.entry(out)
	e.ID = out.entry
	c.answered(&e, out, cut)
	c.snap.World.Journal.Complete(e)
	c.tell(out)
}

// entry is what the journal keeps of a request, but for its answer.
func (c *call) entry(out *delivery) journal.Entry {
	e := journal.Entry{
		Time: c.now, Wall: c.wall, Latency: c.elapsed(),
		Operation: c.op, Variant: c.snap.Variant, World: c.snap.World.Name, User: c.userName(),
		Host: c.req.Host, Secure: c.req.TLS != nil, OwnPort: onOwnPort(c.req, c.snap.World.Prefix),
		Method: c.req.Method, Path: c.path, RawQuery: c.req.URL.RawQuery, Proto: c.req.Proto, Remote: c.remote(),
		RequestHeader: c.req.Header, RequestBody: journal.Body{Bytes: c.raw, Unread: !c.read && c.req.ContentLength != 0},
		Rule: out.plan.RuleID, Draw: out.plan.Draw, Course: string(out.plan.Course), Injected: out.injected,
		Applied: c.changed, Meanwhile: out.meanwhile, Real: out.real, Warnings: c.warnings,
	}
	if c.readErr != nil { // it is not all there
		e.RequestBody.Size = max(c.req.ContentLength, int64(len(c.raw))+1)
	}
	if c.line != nil {
		e.Connection, e.ConnectionUse = c.line.id, c.lineUse
	}
	return e
}

// answered adds the answer, and what was done to the connection.
func (c *call) answered(e *journal.Entry, out *delivery, cut socket.Kind) {
	e.ConnectionFault, out.latency = cut, e.Latency
	e.ResponseBody = journal.Body{Bytes: out.reply.body, Size: int64(out.reply.size)}
	if cut != "" && !cut.NeedsAnswer() && out.header == nil {
		return
	}
	e.Status, out.status = out.reply.status, out.reply.status
	if out.reply.err != nil {
		e.Error, e.Detail = out.reply.err.Title, out.reply.err.Detail
	}
	if out.header == nil {
		out.header = c.headersOf(&out.reply, e.Latency)
	}
	e.Head = out.header.text
}

// tell hands an answered request to those who watch.
func (c *call) tell(out *delivery) {
	if c.api.observe != nil {
		c.api.observe(Exchange{
			Operation: c.op, Variant: c.snap.Variant, Status: out.status, Body: out.reply.body,
			Injected: out.injected, Custom: out.plan.Answer != nil && out.plan.Answer.Body != nil, Latency: out.latency,
		})
	}
	if c.api.log.Enabled(c.req.Context(), levelDebug) {
		operation := ""
		if c.op != nil {
			operation = c.op.ID
		}
		c.api.log.Debug("answered", "world", c.snap.World.Name, "method", c.req.Method, "path", c.path,
			"operation", operation, "status", out.status, "rule", out.plan.RuleID, "latency", out.latency)
	}
}
