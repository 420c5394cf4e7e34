package sim

import (
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"example.com/capisim/sim/world"
)

// How long a request may be on its way.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 120 * time.Second
	// bodyTimeout bounds the body, and then what nobody has read of it.
	bodyTimeout = 30 * time.Second
	// lastTimeout takes the place of both when the server stops: what is under
	// way arrives within it, what stalls holds nothing up.
	lastTimeout = 250 * time.Millisecond
	// drainedBytes is as much of an unread body as net/http would read.
	drainedBytes = 256 << 10
)

// arrivals bounds how long requests may take to arrive, on every path alike.
type arrivals struct {
	limit   time.Duration // of a body
	headers sync.Map      // net.Conn: new connections whose first header is on its way
	fresh   atomic.Int64  // how many these are

	mu      sync.Mutex // guards what follows
	stopped bool
	bodies  map[*arrival]struct{} // that are on their way
}

func newArrivals(limit time.Duration) *arrivals {
	return &arrivals{limit: limit, bodies: map[*arrival]struct{}{}}
}

// bound serves requests by another handler, those with a body for as long as it
// may take to arrive.
func (a *arrivals) bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			a.leave(w, r)
			return
		}
		// The handler gets a copy: net/http knows the body of its own by its type.
		on := &arrival{ResponseWriter: w, of: a, body: r.Body, request: *r}
		on.request.Body = on
		on.extend()
		defer on.settle()
		next.ServeHTTP(on, &on.request)
		a.leave(w, r)
	})
}

// leave bounds how long the end of an answer may wait for a client that sends on and
// does not read. net/http takes the bound away before the next one. HTTP/2 has a
// window for each stream.
func (a *arrivals) leave(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor == 1 {
		a.awaitReader(w)
	}
}

// awaitReader bounds how long an answer that waits for nothing else may wait for a
// client that does not read.
func (a *arrivals) awaitReader(w http.ResponseWriter) {
	http.NewResponseController(w).SetWriteDeadline(world.Wall().Add(a.limit)) //nolint:errcheck // the connection has ended
}

// watch is for http.Server.ConnState: it knows the connections that have not
// brought a whole header yet.
func (a *arrivals) watch(conn net.Conn, state http.ConnState) {
	if state != http.StateNew { // at each request
		if a.fresh.Load() > 0 {
			if _, was := a.headers.LoadAndDelete(conn); was {
				a.fresh.Add(-1)
			}
		}
		return
	}
	a.fresh.Add(1)
	a.headers.Store(conn, nil)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped {
		conn.Close()
	}
}

// stop gives what is on its way a last moment. net/http would wait for it.
func (a *arrivals) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stopped = true
	for on := range a.bodies {
		on.deadline(lastTimeout)
	}
	time.AfterFunc(lastTimeout, func() {
		for conn := range a.headers.Range {
			conn.(net.Conn).Close()
		}
	})
}

// arrival is a body that is on its way, and the writer of the answer: before an
// answer leaves, net/http waits for what nobody has read, without a bound. Here
// that has one, and the deadline is gone once the body is there, since it would
// end an answer that is held back or a stream.
type arrival struct {
	http.ResponseWriter
	of      *arrivals
	body    io.ReadCloser
	request http.Request // as the handler sees it
	begun   bool         // somebody has begun to read
	over    bool         // no more of it is awaited; guarded by of.mu
}

// extend gives the body its time from now on.
func (on *arrival) extend() {
	on.of.mu.Lock()
	defer on.of.mu.Unlock()
	on.of.bodies[on] = struct{}{}
	if on.of.stopped {
		on.deadline(lastTimeout)
	} else {
		on.deadline(on.of.limit)
	}
}

// end awaits no more, and says whether this was the first to do so.
func (on *arrival) end() bool {
	on.of.mu.Lock()
	defer on.of.mu.Unlock()
	first := !on.over
	on.over = true
	delete(on.of.bodies, on)
	return first
}

// deadline ends reading so long from now. A writer without deadlines has none to
// offer.
func (on *arrival) deadline(after time.Duration) {
	on.setDeadline(world.Wall().Add(after)) //nolint:errcheck // see above
}

func (on *arrival) setDeadline(t time.Time) error {
	if w, ok := on.ResponseWriter.(interface{ SetReadDeadline(time.Time) error }); ok {
		return w.SetReadDeadline(t)
	}
	return http.ErrNotSupported
}

// Read reads the body.
func (on *arrival) Read(p []byte) (int, error) {
	on.begun = true
	n, err := on.body.Read(p)
	if err != nil && on.end() && err == io.EOF {
		on.setDeadline(time.Time{}) //nolint:errcheck // as in deadline
	}
	return n, err
}

// Close ends the body as net/http would.
func (on *arrival) Close() error { return on.body.Close() }

// settle drains what the handler has left unread, before the answer leaves, so
// that the client need not read and write at once. A client that stalls, or
// has much more to send, loses its connection after the answer; so does one that
// waits for leave to send it. HTTP/2 ends the stream alone and waits for nothing.
func (on *arrival) settle() {
	on.of.mu.Lock()
	over := on.over
	on.of.mu.Unlock()
	if over {
		return
	}
	waits := !on.begun && on.request.Header.Get("Expect") != ""
	if on.request.ProtoMajor == 1 && !waits && on.request.ContentLength <= drainedBytes {
		if !on.begun {
			on.extend()
		}
		io.CopyN(io.Discard, on, drainedBytes) //nolint:errcheck // Read has noted how it ended
	}
	if on.end() {
		on.deadline(0)
	}
}

// SetReadDeadline takes the body out of this hand: a fault ends the connection
// without it.
func (on *arrival) SetReadDeadline(t time.Time) error {
	on.end()
	return on.setDeadline(t)
}

// WriteHeader sends the status once nothing is left to be read.
func (on *arrival) WriteHeader(status int) {
	on.settle()
	on.ResponseWriter.WriteHeader(status)
}

// Write is like WriteHeader for those who leave the status out.
func (on *arrival) Write(p []byte) (int, error) {
	on.settle()
	return on.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (on *arrival) Unwrap() http.ResponseWriter { return on.ResponseWriter }
