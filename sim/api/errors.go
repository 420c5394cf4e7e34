package api

import (
	"net/http"
	"strconv"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
)

// errorReply is one error in the form that it travels in: mostly the envelope
// (§2), one request, one entry.
func errorReply(e *contract.Error) reply {
	out := reply{status: e.Status, err: e}
	switch e.Form {
	case contract.Unrouted:
		b := document.AppendQuoted([]byte(`{"description":`), e.Detail)
		b = document.AppendQuoted(append(b, `,"error_code":`...), e.Title)
		out.body = append(strconv.AppendInt(append(b, `,"code":`...), int64(e.Code), 10), '}')
	case contract.PolicyServer:
		out.body = append(document.AppendQuoted([]byte(`{"error": `), e.Detail), '}')
		if e.Status == http.StatusUnauthorized {
			out.headers = []header{headerLine("Www-Authenticate", "Bearer")}
		}
		if e.Status == http.StatusNotFound {
			out.body = []byte(e.Detail + "\n")
		}
	case contract.Failsafe:
		out.body = []byte(lastResort)
	case contract.Unacceptable, contract.Lost:
	default:
		out.body = envelope(e)
	}
	return out
}

// errorReply is an error in the form of whoever answers: the cloud controller's
// envelope, UAA's two fields, or the policy server's one.
func (c *call) errorReply(e *contract.Error) reply {
	switch {
	case c.op == nil:
	case c.op.UAA:
		return uaaErrorReply(e)
	case c.op.Policies && e.Form == contract.Handled:
		own := *e
		own.Form = contract.PolicyServer
		return errorReply(&own)
	}
	return errorReply(e)
}

// envelope writes the error body; UnknownError has its keys in another order.
func envelope(e *contract.Error) []byte {
	b := make([]byte, 0, 64+len(e.Detail)+len(e.Title))
	b = append(b, `{"errors":[{`...)
	if e.Name == contract.UnknownError.Name {
		b = document.AppendQuoted(append(b, `"title":`...), e.Title)
		b = document.AppendQuoted(append(b, `,"detail":`...), e.Detail)
	} else {
		b = document.AppendQuoted(append(b, `"detail":`...), e.Detail)
		b = document.AppendQuoted(append(b, `,"title":`...), e.Title)
	}
	b = strconv.AppendInt(append(b, `,"code":`...), int64(e.Code), 10)
	return append(b, "}]}"...)
}

// planned is an injected answer. A plan that only cuts the connection has none.
func (c *call) planned(a *fault.Answer) reply {
	if a == nil {
		return reply{}
	}
	out := reply{status: a.Status, body: a.Body}
	switch {
	case a.Error != nil:
		out = c.errorReply(c.filled(a.Error))
	case c.op.UAA:
		out = uaaReply(a.Status, a.Body)
	}
	out.headers = c.ruleHeaders(a)
	return out
}

// filled completes a default text that names a process: "<guid>-<version>", as
// the runner knows it (§2).
func (c *call) filled(e *contract.Error) *contract.Error {
	if e.Gap != contract.ProcessGap {
		return e
	}
	name := "unknown"
	if p := c.peek().Process; p != nil {
		name = p.GUID + "-" + p.Version
	}
	return e.With(name)
}

// ruleHeaders are the headers that a rule adds. The limiter's reset is a moment
// of the world's clock.
func (c *call) ruleHeaders(a *fault.Answer) []header {
	var headers []header
	for _, h := range a.Headers {
		headers = append(headers, header{h.Name, h.Values})
	}
	if a.ResetAfter != 0 {
		reset := strconv.FormatInt(c.now.Add(a.ResetAfter).Unix(), 10)
		headers = append(headers, headerLine("X-RateLimit-Reset", reset))
	}
	return headers
}
