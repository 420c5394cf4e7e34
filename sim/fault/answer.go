package fault

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
)

// Answer is an injected answer, made for the operation that it answers.
type Answer struct {
	Status int
	// Error is what the envelope says; nil for a success, a redirection and a
	// custom body. Its detail may keep contract.ProcessGap, which only the caller can fill.
	Error *contract.Error
	// Headers to add or to put in the place of the answer's own, sorted by
	// name. Shared between answers: read only.
	Headers []Header
	// Body is sent as it stands instead of an envelope. Nil with a nil Error
	// is the real answer's body (a success) or an empty one (a redirection).
	// Shared between answers: read only.
	Body []byte
	// ResetAfter, when it is not 0, asks for X-RateLimit-Reset: the moment of
	// the answer plus this, in unix seconds (CONTRACT.md §16).
	ResetAfter time.Duration
}

// Header is one header of an injected answer; without values the answer goes
// without it.
type Header struct {
	Name   string
	Values Lines
}

// Real says that the request is to be carried out and its real answer sent
// with this status and these headers: the injection of a success.
func (a *Answer) Real() bool { return a.Error == nil && a.Body == nil && a.Status < 300 }

// What an injected 429 says of the limit when its rule does not
// (CONTRACT.md §16, §18).
const (
	rateLimit           = "20000"
	rateLimitRetryAfter = "60"
)

// answer makes the injected answer of a step for an operation.
func (r Respond) answer(op *contract.Operation, headers []Header) *Answer {
	a := &Answer{Status: r.Status, Headers: headers, Body: r.bytes()}
	if a.Body == nil && (r.Status >= 400 || r.Error != "") {
		a.Error = r.envelope(op)
	}
	if r.Status == http.StatusTooManyRequests {
		a.limitRate()
	}
	return a
}

// bytes are the custom body: the bare text of a JSON string, so that a proxy's
// page can be told, and anything else as JSON.
func (r Respond) bytes() []byte {
	if len(r.Body) == 0 {
		return nil
	}
	if r.Body[0] != '"' {
		return r.Body
	}
	var text string
	if err := json.Unmarshal(r.Body, &text); err != nil {
		panic("fault: body: " + err.Error()) // Parse read it before
	}
	return []byte(text)
}

// envelope finds the catalogue error: the named one or the default, with the
// words that the operation gives it and the status of the rule.
func (r Respond) envelope(op *contract.Operation) *contract.Error {
	found := errorFor(op, r.Status, r.Error)
	if r.Detail != "" {
		found = found.Text(r.Detail)
	}
	if found.Status != r.Status {
		filled := *found
		filled.Status = r.Status
		found = &filled
	}
	return found
}

// errorFor looks in the operation's row first: its errors carry the details
// that this operation gives them. What is beyond the row was allowed by
// Undocumented and takes the words of the first row that has the error.
func errorFor(op *contract.Operation, status int, name string) *contract.Error {
	if found, ok := inRow(op, status, name); ok && complete(found) {
		return found
	}
	for _, other := range contract.Operations() {
		for _, s := range other.Statuses {
			if found, ok := inRow(other, s.Code, name); ok && complete(found) && (name != "" || s.Code == status) {
				return found
			}
		}
	}
	if found, ok := contract.ErrorNamed(name); ok {
		return found
	}
	for _, found := range contract.Errors() {
		if found.Status == status {
			return found
		}
	}
	return contract.UnknownError
}

// inRow finds an error of a status in an operation's row; no name means the
// default.
func inRow(op *contract.Operation, status int, name string) (*contract.Error, bool) {
	if name == "" {
		return op.DefaultError(status)
	}
	s, _ := op.Status(status)
	for _, one := range s.Errors {
		if one.Name == name || one.Title == name {
			return one, true
		}
	}
	return nil, false
}

// complete says that the answer can fill what the detail lacks.
func complete(e *contract.Error) bool {
	return e.Gap == contract.NoGap || e.Gap == contract.ProcessGap
}

// sorted lists the headers of a rule in an order of their own.
func sorted(headers map[string]Lines) []Header {
	list := make([]Header, 0, len(headers))
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		list = append(list, Header{Name: name, Values: headers[name]})
	}
	return list
}

// limitRate gives a 429 the headers of the real limiter, as far as the rule
// gives none itself.
func (a *Answer) limitRate() {
	a.Headers = slices.Clone(a.Headers)
	a.unlessGiven("X-RateLimit-Limit", rateLimit)
	a.unlessGiven("X-RateLimit-Remaining", "0")
	retry := a.unlessGiven("Retry-After", rateLimitRetryAfter)
	if _, given := a.header("X-RateLimit-Reset"); given {
		return
	}
	if seconds, err := strconv.Atoi(retry); err == nil {
		a.ResetAfter = time.Duration(seconds) * time.Second
	} else if moment, err := http.ParseTime(retry); err == nil {
		a.unlessGiven("X-RateLimit-Reset", strconv.FormatInt(moment.Unix(), 10))
	}
}

func (a *Answer) header(name string) (value string, given bool) {
	for _, header := range a.Headers {
		if strings.EqualFold(header.Name, name) {
			return strings.Join(header.Values, ", "), true
		}
	}
	return "", false
}

func (a *Answer) unlessGiven(name, value string) string {
	if own, given := a.header(name); given {
		return own
	}
	a.Headers = append(a.Headers, Header{Name: name, Values: Lines{value}})
	return value
}
