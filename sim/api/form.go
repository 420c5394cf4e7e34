package api

import (
	"net/http"
	"strings"

	"example.com/capisim/sim/contract"
)

// form is what the layer that an answer comes from writes beside it (§16). The
// layers lie around each other: request id, user, trace, limits, framework; an
// answer has the headers of those that it passes on its way out.
type form struct {
	id, user, trace, runtime, vary bool
	lines                          string // that all its answers have
	media                          string // "" for no Content-Type
}

const (
	jsonType   = "application/json; charset=utf-8"
	v2Type     = "application/json;charset=utf-8"
	uaaType    = "application/json;charset=UTF-8"
	plainText  = "text/plain; charset=utf-8"
	emptyPage  = "text/html; charset=UTF-8"
	nosniff    = "X-Content-Type-Options: nosniff\r\n"
	lastResort = "500 Internal Server Error\n" +
		"If you are the administrator of this website, then please read this web application's log file and/or the web server's log file to find out what went wrong."
)

var (
	handled   = &form{id: true, user: true, trace: true, runtime: true, lines: contract.FrameworkLines, vary: true, media: jsonType}
	outsideV3 = &form{id: true, user: true, trace: true, lines: nosniff, media: v2Type}
	ofUAA     = &form{id: true, media: uaaType}
	ofPolicy  = &form{id: true, lines: nosniff, media: plainText} // Go guesses the type

	forms = [...]*form{
		contract.Handled:      handled,
		contract.Limited:      {id: true, user: true, trace: true, media: plainText},
		contract.Intercepted:  {id: true, trace: true, media: "application/json"},
		contract.Keyless:      {id: true},
		contract.Unrouted:     {id: true, user: true, trace: true, lines: nosniff + "X-Cascade: pass\r\n", media: v2Type},
		contract.Failsafe:     {id: true, user: true, trace: true, runtime: true, media: plainText},
		contract.Unacceptable: {id: true, user: true, trace: true, runtime: true, media: emptyPage},
		contract.PolicyServer: ofPolicy,
		contract.Lost:         {},
	}
)

// formOf says which layer an answer comes from.
func (c *call) formOf(out *reply) *form {
	switch {
	case c.op != nil && c.op.UAA:
		return ofUAA
	case c.op != nil && c.op.Policies:
		return ofPolicy
	case out.err != nil && out.err.Form != contract.Handled:
		return forms[out.err.Form]
	case c.op != nil && !strings.HasPrefix(c.op.Path, "/v3"):
		return outsideV3
	}
	return handled
}

// varies says that the framework chose the answer's type by Accept, and tells
// (ActionDispatch::Http::MimeNegotiation#should_apply_vary_header?).
func (c *call) varies() bool { return c.negotiation().Varies() && !c.namesFormat() }

func (c *call) negotiation() contract.Negotiation {
	h := c.req.Header
	return contract.Negotiation{Accept: first(h["Accept"]), ContentType: first(h["Content-Type"]), RequestedWith: first(h["X-Requested-With"])}
}

// namesFormat says that path or query ask for a format, which takes the place
// of Accept.
func (c *call) namesFormat() bool {
	if c.op != nil && strings.Contains(c.path[strings.LastIndexByte(c.path, '/')+1:], ".") {
		return true
	}
	return strings.Contains(c.req.URL.RawQuery, "format") && (*subject)(c).Query().Get("format") != ""
}

// traceOf is the pair of headers that come back when both were sent
// (middleware/zipkin.rb).
func traceOf(h http.Header) []header {
	id, span := h["X-B3-Traceid"], h["X-B3-Spanid"]
	if len(id) == 0 || len(span) == 0 {
		return nil
	}
	return []header{headerLine("X-B3-TraceId", id[0]), headerLine("X-B3-SpanId", span[0])}
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
