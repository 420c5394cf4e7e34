package api

import (
	"net/http"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/socket"
	"example.com/capisim/sim/world"
)

// outcome is an answer with what was planned for it.
type outcome struct {
	reply    reply
	plan     fault.Plan
	injected bool
	// meanwhile marks a stranger's request, which a rule sent.
	meanwhile bool
	real      int // the status that the injected answer replaced
}

// Exchange is an answered request, for those who watch.
type Exchange struct {
	Operation *contract.Operation // nil when the request met none
	Variant   contract.Variant
	Status    int // 0 when the connection was cut without an answer
	Body      []byte
	Injected  bool
	Custom    bool // the body is a rule's own
	Latency   time.Duration
}

// held is what the journal says of an answer that was held back until nobody
// waited for it: no fault of the table, though there is no answer either.
const held socket.Kind = "cut"

// send is the one place where a simulated answer leaves the house. It waits,
// records, then writes, or cuts the socket. Only the client that waits is held:
// the change of state and the counters of the rule were settled before.
func (c *call) send(w http.ResponseWriter, out outcome) {
	if fate := out.plan.Connection; fate == nil || fate.Kind != socket.Close {
		// The journal wants the body of a request that was refused unread, too,
		// and net/http notices that a client left only once its body was read.
		c.bytes()
	}
	if out.plan.Delay > 0 {
		if !c.wait(out.plan.Delay) {
			c.record(nil, out, held)
			panic(http.ErrAbortHandler)
		}
	}
	if fate := out.plan.Connection; fate != nil {
		c.cut(w, out, fate)
		return
	}
	header := c.headersOf(&out.reply)
	c.record(header, out, "")
	header.fill(w.Header())
	c.write(w, out.reply, out.reply.body)
}

// write sends the status and as much of the body as is given.
func (c *call) write(w http.ResponseWriter, r reply, body []byte) {
	w.WriteHeader(r.status)
	if c.req.Method == http.MethodHead || len(body) == 0 {
		return
	}
	if len(body) > unboundedWrite {
		defer c.limitWrite()()
	}
	w.Write(body) //nolint:errcheck // the client is gone; there is nobody to tell
}

// A client that does not read may hold an answer for writeTimeout. One that
// fits into the socket's buffer is gone at once, and spared the cost of a
// deadline.
const (
	writeTimeout   = 60 * time.Second
	unboundedWrite = 32 << 10
)

// limitWrite bounds what is written until the returned function is called.
func (c *call) limitWrite() (done func()) {
	control := http.NewResponseController(c.ResponseWriter)
	if control.SetWriteDeadline(world.Wall().Add(writeTimeout)) != nil {
		return func() {}
	}
	return func() {
		control.Flush()                       //nolint:errcheck // the client is gone
		control.SetWriteDeadline(time.Time{}) //nolint:errcheck // it worked a moment ago
	}
}

// wait holds an answer back on the wall's time: it is the client that waits. It
// returns false when the client left, the world was reset or ended, or the
// server is shutting down.
func (c *call) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.req.Context().Done():
		return false
	case <-c.snap.Done():
		return false
	}
}

// serveUnknown answers a request that met no route; a token is not asked for
// (§2).
func (c *call) serveUnknown(w http.ResponseWriter) {
	if c.dry != nil {
		*c.dry = errorReply(contract.NotFound)
		return
	}
	if err := c.checkRate(); err != nil {
		c.send(w, outcome{reply: c.failure(err)})
		return
	}
	c.send(w, outcome{reply: errorReply(contract.NotFound)})
}

// elapsed is the wall time since the request came.
func (c *call) elapsed() time.Duration { return world.Wall().Sub(c.wall) }

// record puts the exchange into the journal, before the last byte of the answer
// leaves: a client that repeats at once must not overtake the fault it reacts
// to.
func (c *call) record(header *sent, out outcome, cut socket.Kind) {
	latency := c.elapsed()
	status := out.reply.status
	if cut != "" && !cut.NeedsAnswer() {
		status = 0
	}
	e := journal.Entry{
		Time: c.now, Wall: c.wall, Latency: latency,
		Operation: c.op, Variant: c.snap.Variant, World: c.snap.World.Name, Era: c.snap.Era, User: c.userName(),
		Method: c.req.Method, Path: c.path, RawQuery: c.req.URL.RawQuery, Proto: c.req.Proto, Remote: c.req.RemoteAddr,
		RequestHeader: c.req.Header, RequestBody: journal.Body{Bytes: c.raw, Keep: true},
		ResponseBody: journal.Body{Bytes: out.reply.body, Keep: out.reply.shared},
		Status:       status, Rule: out.plan.RuleID, Draw: out.plan.Match, Injected: out.injected,
		Applied: c.changed, Meanwhile: out.meanwhile, Real: out.real, ConnectionFault: cut, Warnings: c.warnings,
	}
	if header != nil {
		e.Sent = header
	}
	if c.line != nil {
		e.Connection, e.ConnectionUse = c.line.id, c.lineUse
	}
	// A request that a reset overtook belongs to what is gone: it leaves no trace
	// in what came after, even when the reset kept the journal.
	if c.snap == c.snap.World.Current() {
		c.snap.World.Journal.Append(e)
	}
	if c.api.observe != nil && !out.meanwhile {
		c.api.observe(Exchange{
			Operation: c.op, Variant: c.snap.Variant, Status: status, Body: out.reply.body,
			Injected: out.injected, Custom: out.plan.Answer != nil && out.plan.Answer.Body != nil, Latency: latency,
		})
	}
	if c.api.log.Enabled(c.req.Context(), levelDebug) {
		c.api.log.Debug("answered", "world", c.snap.World.Name, "method", c.req.Method, "path", c.path,
			"operation", e.OperationID(), "status", status, "rule", e.Rule, "latency", latency)
	}
}
