package api

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"example.com/capisim/sim/conn"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/socket"
	"example.com/capisim/sim/world"
)

const levelDebug = slog.LevelDebug

// line is what is known of the connection a request came on.
type line struct {
	conn  net.Conn
	plain *conn.Conn // the same, when it takes lines of a header; nil for any other
	id    uint64
	uses  atomic.Int64
}

type lineKey struct{}

var lines atomic.Uint64

// ConnContext is for http.Server: it lets faults act on the real socket and the
// journal tell connections apart. A server without it loses only that: a reset
// is then a plain close.
func ConnContext(ctx context.Context, on net.Conn) context.Context {
	return context.WithValue(ctx, lineKey{}, &line{conn: on, id: lines.Add(1)})
}

// DirectContext is ConnContext for a server between whose connections and the API
// is nobody who sets, changes or looks at headers: they may pass by w.Header().
func DirectContext(ctx context.Context, on net.Conn) context.Context {
	l := &line{conn: on, id: lines.Add(1)}
	l.plain, _ = on.(*conn.Conn)
	return context.WithValue(ctx, lineKey{}, l)
}

// Apart is the request without its connection, for one whose answer does not go
// there.
func Apart(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), lineKey{}, nil))
}

func lineOf(ctx context.Context) (*line, bool) {
	l, ok := ctx.Value(lineKey{}).(*line)
	return l, ok
}

// cut does to the socket what the plan says (DESIGN.md §6), and returns only
// when an answer was written.
func (c *call) cut(w http.ResponseWriter, out *delivery) {
	fate := out.plan.Connection
	switch fate.Kind {
	case socket.Truncate:
		c.complete(out, fate.Kind)
		c.begin(w, out.header)
		c.truncate(w, out.reply, fate)
		return
	case socket.Drip:
		c.drip(w, out, fate)
		return
	case socket.Hang:
		c.wait(fate.Hold(), out.plan)
	}
	c.complete(out, fate.Kind)
	switch fate.Kind {
	case socket.Close:
		c.leave()
	case socket.Reset:
		c.reset()
	case socket.Garbage:
		c.garbage()
	}
	panic(http.ErrAbortHandler)
}

// leave lets the connection end although the client may not have sent its body:
// net/http would wait for what is left of it.
func (c *call) leave() {
	http.NewResponseController(c.ResponseWriter).SetReadDeadline(c.wall) //nolint:errcheck // it is cut anyway
}

// reset makes the client see ECONNRESET: an RST instead of a FIN. On HTTP/2 it
// ends every stream of the connection, as a reset does there too.
func (c *call) reset() {
	if c.line == nil {
		return
	}
	on := c.line.conn
	for {
		around, ok := on.(interface{ NetConn() net.Conn }) // TLS, or the house's own
		if !ok {
			break
		}
		on = around.NetConn()
	}
	if tcp, ok := on.(*net.TCPConn); ok {
		tcp.SetLinger(0) //nolint:errcheck // then it is a plain close
	}
	on.Close()
}

// garbage answers with bytes that are not HTTP. HTTP/2 has framing, not text, so
// there the stream is broken off.
func (c *call) garbage() {
	if c.req.ProtoMajor != 1 {
		return
	}
	on, _, err := http.NewResponseController(c.ResponseWriter).Hijack()
	if err != nil {
		return
	}
	on.Write([]byte("\x00\xff\xfe capisim: these bytes are not HTTP \x01\x02\r\n\r\n")) //nolint:errcheck // it is cut anyway
	on.Close()
}

// truncate promises the whole body and sends a part of it.
func (c *call) truncate(w http.ResponseWriter, r reply, fate *fault.Connection) {
	if len(r.body) == 0 {
		panic(http.ErrAbortHandler) // nothing to stop in the middle of
	}
	c.write(w, r, r.body[:fate.Cut(len(r.body))])
	http.NewResponseController(c.ResponseWriter).Flush() //nolint:errcheck // what is left unsent was to be cut
}

// dripTick is how often a dripped body grows.
const dripTick = 50 * time.Millisecond

// drip sends the body at a rate: each piece when its last byte is due, so that
// what a write costs does not add up. The client, a reset and a shutdown end it.
// The entry is completed before the last piece leaves.
func (c *call) drip(w http.ResponseWriter, out *delivery, fate *fault.Connection) {
	out.header = c.headersOf(&out.reply, c.elapsed())
	c.begin(w, out.header)
	body := out.reply.body
	if c.req.Method == http.MethodHead {
		body = nil
	}
	defer c.complete(out, journal.CutOff) // unless it has been completed
	if len(body) == 0 {
		c.complete(out, socket.Drip)
	}
	w.WriteHeader(out.reply.status)
	control := http.NewResponseController(c.ResponseWriter)
	rate := float64(fate.Rate())
	piece := max(1, int(rate*dripTick.Seconds()))
	began := world.Wall()
	for sent := 0; sent < len(body); {
		end := min(len(body), sent+piece)
		due := began.Add(time.Duration(float64(end) / rate * float64(time.Second)))
		if !c.wait(due.Sub(world.Wall()), out.plan) {
			panic(http.ErrAbortHandler)
		}
		if end == len(body) {
			c.complete(out, socket.Drip)
		}
		control.SetWriteDeadline(world.Wall().Add(writeTimeout)) //nolint:errcheck // not every writer can
		if _, err := w.Write(body[sent:end]); err != nil {
			return
		}
		if control.Flush() != nil {
			return
		}
		sent = end
	}
}
