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

// delivery is an answer with what was planned for it.
type delivery struct {
	reply     reply
	header    *sent // made when the answer is about to leave; nil when none does
	plan      fault.Plan
	injected  bool
	meanwhile bool   // a stranger's request, which a rule sent
	real      int    // the status that the injected answer replaced
	entry     uint64 // id in the journal
	unread    bool   // nothing yet: the body has to be read first, outside the world
	held      bool   // entered into it before its answer
	status    int    // as the client sees it, and how long it took: when it is answered
	latency   time.Duration
}

// kind is what the plan does to the connection, "" for nothing.
func (d *delivery) kind() socket.Kind {
	if d.plan.Connection == nil {
		return ""
	}
	return d.plan.Connection.Kind
}

// holds says that the answer, or its last byte, waits.
func (d *delivery) holds() bool {
	kind := d.kind()
	return d.plan.Delay > 0 || kind == socket.Hang || kind == socket.Drip
}

// holding is how long it waits: its last byte, when it drips.
func (d *delivery) holding() time.Duration {
	switch d.kind() {
	case socket.Hang:
		return d.plan.Delay + d.plan.Connection.Hold()
	case socket.Drip:
		return d.plan.Delay + time.Duration(float64(len(d.reply.body))/float64(d.plan.Connection.Rate())*float64(time.Second))
	}
	return d.plan.Delay
}

// Exchange is an answered request, for those who watch.
type Exchange struct {
	Operation *contract.Operation // nil when the request met none
	Variant   contract.Variant
	Status    int    // 0 when the connection was cut without an answer
	Body      []byte // as long as the call lasts; of a list of more than longList its beginning
	Injected  bool
	Custom    bool // the body is a rule's own
	Latency   time.Duration
}

// send is the one place where a simulated answer leaves the house. It waits,
// completes the journal's entry, then writes, or cuts the socket. Only the client
// that waits is held: the change of state and the counters of the rule were
// settled before.
func (c *call) send(w http.ResponseWriter, out delivery) {
	if !out.held {
		c.tell(&out)
	}
	if out.plan.Delay > 0 && !c.wait(out.plan.Delay, out.plan) {
		c.complete(&out, journal.CutOff)
		panic(http.ErrAbortHandler)
	}
	if out.plan.Connection != nil {
		c.cut(w, &out)
		return
	}
	c.complete(&out, "")
	c.begin(w, out.header)
	c.write(w, out.reply, out.reply.body)
}

// write sends the status and as much of the body as is given.
func (c *call) write(w http.ResponseWriter, r reply, body []byte) {
	w.WriteHeader(r.status)
	if c.req.Method == http.MethodHead || len(body) == 0 {
		if gin, ok := w.(interface{ WriteHeaderNow() }); ok {
			gin.WriteHeaderNow() // else gin puts its own page on a 404
		}
		return
	}
	if len(body) > unboundedWrite {
		defer c.limitWrite()()
	}
	_, err := w.Write(body) // of an error there is nobody to tell: the client is gone
	for err == nil && r.more != nil {
		if body = r.more(body); len(body) == 0 {
			return
		}
		_, err = w.Write(body)
	}
}

// A client that does not read may hold an answer for writeTimeout. One that net/http
// keeps until its end is bounded there.
const (
	writeTimeout   = 60 * time.Second
	unboundedWrite = 2 << 10
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
// returns false when the client left, the rule was taken away, the world was reset
// or ended, or the server is shutting down.
func (c *call) wait(d time.Duration, plan fault.Plan) bool {
	if c.api.hurry {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	decided, delayed := plan.Over()
	select {
	case <-timer.C:
		return true
	case <-decided:
		return false
	case <-delayed:
		return false
	case <-c.req.Context().Done():
		return false
	case <-c.snap.Done():
		return false
	}
}

// serveUnknown answers a request that met no route.
func (c *call) serveUnknown(w http.ResponseWriter) {
	if c.dry != nil {
		*c.dry = c.failure(c.unknown())
		return
	}
	c.bytes()
	c.send(w, c.decide(func() delivery { return delivery{reply: c.failure(c.unknown())} }))
}

// elapsed is the wall time since the request came.
func (c *call) elapsed() time.Duration { return world.Wall().Sub(c.wall) }
