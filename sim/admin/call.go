package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/world"
)

// What a body may take, in bytes (DESIGN.md §11). Scenario documents of ten
// thousand apps are larger than anything else.
const (
	maxBody     = 1 << 20
	maxDocument = document.MaxBytes
)

// call is one admin request.
type call struct {
	*Handler
	world   *world.World
	snap    *world.Snapshot
	now     time.Time // the world's clock, read once
	writer  http.ResponseWriter
	request *http.Request
	route   *route
	params  map[string]string
	raw     []byte         // the body of what is noted, when it was read
	stop    *document.Stop // of who waits for the answer
	query   query
}

// reply is an answer that has not been sent.
type reply struct {
	status int
	body   any                   // sent as JSON; nil means no body
	raw    []byte                // sent as it stands, instead of body
	media  string                // content type of raw and stream
	stream func(io.Writer) error // writes what is too much to be held at once
	sent   bool                  // the handler wrote the answer itself
}

func ok(body any) reply { return reply{status: http.StatusOK, body: body} }

func created(body any) reply { return reply{status: http.StatusCreated, body: body} }

func deleted() reply { return reply{status: http.StatusNoContent} }

// A client that does not read may hold an answer for answerTimeout, unless net/http
// keeps it until its end, where it is bounded.
const (
	answerTimeout = 60 * time.Second
	smallAnswer   = 2 << 10
)

// receiver tells a client that has gone from an answer that cannot be made.
type receiver struct {
	io.Writer
	gone error
}

func (r *receiver) Write(p []byte) (int, error) {
	n, err := r.Writer.Write(p)
	r.gone = err
	return n, err
}

const jsonType = "application/json; charset=utf-8"

// present is the only place that writes an answer, except for a stream of
// events.
func (c *call) present(out reply, err error) {
	if err != nil {
		out = c.refused(err)
	}
	if out.sent {
		return
	}
	header := c.writer.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	raw, media := out.raw, out.media
	if raw == nil && out.body != nil {
		if raw, err = json.Marshal(out.body); err != nil {
			c.fails("admin answer", err)
			out.status, raw = http.StatusInternalServerError, []byte(`{"errors":[]}`)
		}
		raw, media = append(raw, '\n'), jsonType
	}
	if media != "" {
		header.Set("Content-Type", media)
	}
	if out.stream != nil || len(raw) > smallAnswer {
		control := http.NewResponseController(c.writer)
		_ = control.SetWriteDeadline(world.Wall().Add(answerTimeout)) // not every writer can
		defer func() {
			_ = control.Flush()
			_ = control.SetWriteDeadline(time.Time{})
		}()
	}
	c.writer.WriteHeader(out.status)
	if out.stream == nil {
		// A client that is gone hears nothing, and nobody needs to know.
		_, _ = c.writer.Write(raw)
	} else {
		c.stream(out)
	}
	c.log.Debug("admin", "world", c.world.Name, "method", c.request.Method, "path", c.request.URL.Path, "status", out.status)
}

// stream writes an answer piece by piece. Half of one must not look whole.
func (c *call) stream(out reply) {
	to := &receiver{Writer: c.writer}
	err := out.stream(to)
	if err == nil {
		return
	}
	if to.gone == nil {
		c.fails("admin answer", err)
	}
	panic(http.ErrAbortHandler)
}

// refused turns an error into its answer; what capisim itself got wrong is a
// 500, with the cause in the log.
func (c *call) refused(err error) reply {
	r := refusalOf(err)
	if r == nil {
		c.fails("admin", err)
		r = failure(http.StatusInternalServerError, "capisim failed, the cause is in its log")
	}
	if errors.Is(err, document.ErrLeft) {
		c.log.Info("the client left; nothing was changed", "world", c.world.Name, "method", c.request.Method, "path", c.request.URL.Path)
	}
	if r.status == http.StatusUnauthorized {
		c.writer.Header().Set("WWW-Authenticate", `Bearer realm="capisim"`)
	}
	if r.allow != "" {
		c.writer.Header().Set("Allow", r.allow)
	}
	if r.retryAfter != "" {
		c.writer.Header().Set("Retry-After", r.retryAfter)
	}
	return reply{status: r.status, body: client.Problems{Errors: r.problems}}
}

// fails logs why a request got no answer, or half of one. That the client has left
// is nothing that anybody has to look after.
func (c *call) fails(what string, err error) {
	level := slog.LevelError
	if c.request.Context().Err() != nil {
		level = slog.LevelDebug
	}
	c.log.Log(context.Background(), level, what, "world", c.world.Name, "method", c.request.Method, "path", c.request.URL.Path, "cause", err)
}

// body reads the request's body, at most limit bytes; the server bounds its time.
// One that is empty is {}, whatever its Content-Type.
func (c *call) body(limit int64) ([]byte, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(c.writer, c.request.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, failure(http.StatusRequestEntityTooLarge, "the body is larger than "+document.Mebibytes(limit))
	case err != nil:
		return nil, failure(http.StatusRequestTimeout, fmt.Sprintf("the body did not arrive in full, %d bytes of it did: %s", len(raw), err))
	case len(bytes.TrimSpace(raw)) == 0:
		return []byte("{}"), nil
	}
	if c.route.noted {
		c.raw = raw
	}
	return raw, nil
}

// object reads the request's body as a JSON object.
func (c *call) object(limit int64) *object {
	raw, err := c.body(limit)
	if err != nil {
		return &object{broken: err, problems: &document.Violations{}}
	}
	doc, err := document.ReadJSONUntil(c.stop, "", raw)
	if err != nil {
		return &object{broken: err, problems: &document.Violations{}}
	}
	return objectOf(doc.Root)
}

// address is where the simulated API of a world is for the caller: a port of the
// world's own on every address of the machine has the host by which the caller
// knows the server.
func (c *call) address(w *world.World) string {
	port, has := c.portOf(w)
	if !has {
		return c.base(c.request, w.Prefix)
	}
	if ip := net.ParseIP(port.Hostname()); ip != nil && ip.IsUnspecified() {
		if server, err := url.Parse(c.base(c.request, "")); err == nil {
			port.Host = net.JoinHostPort(server.Hostname(), port.Port())
		}
	}
	return port.String()
}

// portOf is the address of a world's own port, if it has one.
func (c *call) portOf(w *world.World) (at url.URL, has bool) {
	c.addresses.Lock()
	defer c.addresses.Unlock()
	if port := c.ports[w]; port != nil {
		return *port, true
	}
	return at, false
}
