package journal

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/socket"
)

// client is who a request came from, as far as repeating goes (DESIGN.md §9):
// the user and what the program calls itself, and the span where there is one,
// since the cf CLI keeps its span over its retries and takes a new one for each
// new request (CLIENTS.md §4). The connection is not part of it.
type client struct{ user, userAgent, span string }

// pursuit is what a client keeps trying: the same method, path, query and body,
// the last two compared as values. Another body is another request.
type pursuit struct {
	client
	operation   string
	method      string
	target      string
	query, body uint64 // of their values; body is unread for one that nobody has read
}

// unread stands for the body of a request whose connection was closed before it
// was read: it may have been any.
const unread = 0

// pursuitOf copies what it keeps, so that a record never pins the long string
// or header that a stranger sent.
func pursuitOf(e *Entry) pursuit {
	p := pursuit{
		client: clientOf(e), operation: e.OperationID(),
		method: e.Method, target: targetOf(e), query: queryValue(e.RawQuery),
	}
	if !e.RequestBody.Unread {
		p.body = bodyValue(e.RequestBody, first(e.RequestHeader, "Content-Type"))
	}
	return p
}

func clientOf(e *Entry) client {
	return client{user: e.User, userAgent: clip(e.UserAgent(), maxName), span: clip(first(e.RequestHeader, "X-B3-Spanid"), maxName)}
}

func targetOf(e *Entry) string { return clip(e.Path, maxName) }

// attempt is a request as reactions remember it, long after its entry is gone.
// Times are instants.
type attempt struct {
	id         uint64
	begin, end int64
	status     int
	fault      socket.Kind // what was done to the socket
	rule       string
	held       bool // its answer is held back: what follows is not known yet
	failed     bool // an injected fault, see Entry.Failed
	succeeded  bool
	applied    bool
	overtaken  bool          // another client changed the target after it
	transport  bool          // repeated by the client's transport, not by the client
	retryAfter time.Duration // what the answer asked for, below 0 when it asked nothing
	connection uint64
	use        int
}

// counted is the reading of the machine's clock from which instants are counted.
var counted = time.Unix(0, 0)

// CountFrom sets that reading, a real one, before the first entry comes. Without
// it a machine whose clock is set makes pauses longer or shorter than they were.
func CountFrom(reading time.Time) { counted = reading }

// At is when a request came, by what its view says. Counted from here, it means
// nothing by itself for a server elsewhere: two requests of one server differ by the
// time that has passed.
func At(begunMS float64) time.Time {
	return counted.Add(time.Duration(begunMS * float64(time.Millisecond)))
}

// instant is when a reading was made, in nanoseconds: by the time that has passed,
// whatever the machine's clock was set to in between.
func instant(reading time.Time) int64 { return int64(reading.Sub(counted)) }

// instant is when the request came.
func (e *Entry) instant() int64 {
	if e.begun != 0 {
		return e.begun
	}
	return instant(e.Wall)
}

func attemptOf(e *Entry) attempt {
	begin := e.instant()
	return attempt{
		id: e.ID, begin: begin, end: begin + int64(e.Latency),
		status: e.Status, fault: e.ConnectionFault, rule: e.Rule,
		held: e.Held, failed: e.Failed() && !e.Held, succeeded: e.Succeeded(), applied: e.Applied,
		retryAfter: retryAfter(e), connection: e.Connection, use: e.ConnectionUse,
	}
}

// sameFault says that two failed attempts failed in the same way.
func (a *attempt) sameFault(b *attempt) bool { return a.status == b.status && a.fault == b.fault }

// retryAfter reads the answer's header: seconds, or a date on the wall's clock.
// A client that got no whole answer was asked nothing.
func retryAfter(e *Entry) time.Duration {
	value := strings.TrimSpace(e.retryAfter())
	if value == "" || !e.Answered() {
		return -1
	}
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(e.Wall.Add(e.Latency)))
	}
	return -1
}

// leaves is the earliest time at which what the client sends next is a reaction
// to this: the end of the answer, less a little disorder, and less the time that
// it takes the server to see that a client has left.
func (a *attempt) leaves() int64 {
	if a.fault == socket.Hang || a.fault == CutOff {
		return a.end - int64(leaveSlack)
	}
	return a.end - int64(overlap)
}

// transportGap is the longest pause before a repetition that net/http's
// transport makes by itself; it waits for nothing but a new connection.
const transportGap = 50 * time.Millisecond

// repeatedByTransport says that next is not the client's own retry. HTTP
// libraries repeat a request that may be repeated, once or more, at once, when a
// connection that they had used before dies without a byte of answer; they do
// it on another connection, and never after a failure on a fresh one.
func repeatedByTransport(method string, fault, next *attempt) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
	default:
		return false
	}
	return fault.failed && fault.status == 0 && fault.use > 1 && fault.fault.Repeatable() &&
		next.connection != fault.connection && next.begin-fault.end < int64(transportGap)
}
