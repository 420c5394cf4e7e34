package sim

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
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
	limit    time.Duration // of a body
	stopping context.Context
	stop     context.CancelFunc
}

func newArrivals(limit time.Duration) *arrivals {
	a := &arrivals{limit: limit}
	a.stopping, a.stop = context.WithCancel(context.Background())
	return a
}

// bound serves requests by another handler, those with a body for as long as it
// may take to arrive.
func (a *arrivals) bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		on := &arrival{ResponseWriter: w, of: a, request: r, control: http.NewResponseController(w)}
		on.extend()
		on.release = context.AfterFunc(a.stopping, on.extend)
		defer on.settle()
		// net/http knows the body of its own request by its type.
		with := *r
		with.Body = on
		next.ServeHTTP(on, &with)
	})
}

// watch is for http.Server.ConnState: a connection that has not brought a whole
// header yet ends soon after the server stops. net/http would wait for it.
func (a *arrivals) watch() func(net.Conn, http.ConnState) {
	var begun sync.Map // net.Conn -> func() bool
	taken := func(conn net.Conn) bool {
		release, ok := begun.LoadAndDelete(conn)
		if ok {
			release.(func() bool)()
		}
		return ok
	}
	return func(conn net.Conn, state http.ConnState) {
		if state != http.StateNew {
			taken(conn)
			return
		}
		begun.Store(conn, context.AfterFunc(a.stopping, func() {
			time.AfterFunc(lastTimeout, func() {
				if taken(conn) {
					conn.Close()
				}
			})
		}))
	}
}

// arrival is a body that is on its way, and the writer of the answer: before an
// answer leaves, net/http waits for what nobody has read, without a bound. Here
// that has one, and the deadline is gone once the body is there, since it would
// end an answer that is held back or a stream.
type arrival struct {
	http.ResponseWriter
	of      *arrivals
	request *http.Request
	control *http.ResponseController
	release func() bool // of the shutdown

	begun bool // somebody has begun to read
	mu    sync.Mutex
	over  bool // no more of it is awaited; guarded by mu
}

// extend gives the body its time from now on.
func (a *arrival) extend() {
	a.mu.Lock()
	defer a.mu.Unlock()
	limit := a.of.limit
	if a.of.stopping.Err() != nil {
		limit = lastTimeout
	}
	if !a.over {
		a.control.SetReadDeadline(world.Wall().Add(limit)) //nolint:errcheck // a writer without deadlines has none to offer
	}
}

// end awaits no more, and says whether this was the first to do so.
func (a *arrival) end() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	first := !a.over
	a.over = true
	if first {
		a.release()
	}
	return first
}

// Read reads the body.
func (a *arrival) Read(p []byte) (int, error) {
	a.begun = true
	n, err := a.request.Body.Read(p)
	if err != nil && a.end() && err == io.EOF {
		a.control.SetReadDeadline(time.Time{}) //nolint:errcheck // as above
	}
	return n, err
}

// Close ends the body as net/http would.
func (a *arrival) Close() error { return a.request.Body.Close() }

// settle drains what the handler has left unread, before the answer leaves, so
// that the client need not read and write at once. A client that stalls, or
// has much more to send, loses its connection after the answer; so does one that
// waits for leave to send it. HTTP/2 ends the stream alone and waits for nothing.
func (a *arrival) settle() {
	a.mu.Lock()
	over := a.over
	a.mu.Unlock()
	if over {
		return
	}
	waits := !a.begun && a.request.Header.Get("Expect") != ""
	if a.request.ProtoMajor == 1 && !waits && a.request.ContentLength <= drainedBytes {
		if !a.begun {
			a.extend()
		}
		io.CopyN(io.Discard, a, drainedBytes) //nolint:errcheck // Read has noted how it ended
	}
	if a.end() {
		a.control.SetReadDeadline(world.Wall()) //nolint:errcheck // as above
	}
}

// SetReadDeadline takes the body out of this hand: a fault ends the connection
// without it.
func (a *arrival) SetReadDeadline(t time.Time) error {
	a.end()
	return a.control.SetReadDeadline(t)
}

// WriteHeader sends the status once nothing is left to be read.
func (a *arrival) WriteHeader(status int) {
	a.settle()
	a.ResponseWriter.WriteHeader(status)
}

// Write is like WriteHeader for those who leave the status out.
func (a *arrival) Write(p []byte) (int, error) {
	a.settle()
	return a.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *arrival) Unwrap() http.ResponseWriter { return a.ResponseWriter }
