package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
)

// refusal is an error that becomes an admin error.
type refusal struct {
	status   int
	problems []client.Problem
	allow    string // for 405
	// retryAfter is how many seconds to wait, "" for nothing said.
	retryAfter string
}

// Error joins the details, one a line.
func (r *refusal) Error() string {
	lines := make([]string, len(r.problems))
	for i, p := range r.problems {
		lines[i] = p.Detail
		if p.Pointer != "" {
			lines[i] = p.Pointer + ": " + p.Detail
		}
	}
	return strings.Join(lines, "\n")
}

// statusLeft answers a client that left before its request was carried out. The
// number is that of nginx for such a request.
const statusLeft = 499

var titles = map[int]string{
	http.StatusUnauthorized:          "Unauthorized",
	http.StatusForbidden:             "CrossSite",
	http.StatusNotFound:              "NotFound",
	http.StatusMethodNotAllowed:      "MethodNotAllowed",
	http.StatusRequestTimeout:        "Timeout",
	http.StatusConflict:              "Conflict",
	http.StatusRequestEntityTooLarge: "TooLarge",
	http.StatusUnprocessableEntity:   "Invalid",
	http.StatusInternalServerError:   "Internal",
	http.StatusServiceUnavailable:    "Unavailable",
	http.StatusNotImplemented:        "NotAvailable",
	statusLeft:                       "ClientLeft",
}

// failure is a refusal with one problem that is about no place of the body.
func failure(status int, detail string) *refusal {
	return &refusal{status: status, problems: []client.Problem{{Code: status, Title: titles[status], Detail: detail}}}
}

func notFound(format string, args ...any) *refusal {
	return failure(http.StatusNotFound, fmt.Sprintf(format, args...))
}

// invalid is a 422 about one place of the body.
func invalid(pointer, format string, args ...any) error {
	return document.Violations{{Pointer: pointer, Message: fmt.Sprintf(format, args...)}}
}

// refusalOf turns what a handler returned into what is sent. It is nil for an
// error of capisim's own.
func refusalOf(err error) *refusal {
	var (
		ready      *refusal
		violations document.Violations
		problems   document.Problems
		catalogued *contract.Error
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &violations):
		return unprocessable(violations)
	case errors.As(err, &problems):
		return unprocessable(problems.Violations())
	case errors.Is(err, document.ErrLeft), errors.Is(err, context.Canceled):
		return failure(statusLeft, "the client left, or closed its half of the connection, before this was done; nothing was changed")
	case errors.Is(err, scenario.ErrUnknown):
		return notFound("%s", err)
	case errors.As(err, &catalogued):
		return failure(catalogued.Status, catalogued.Detail)
	}
	return nil
}

func unprocessable(violations document.Violations) *refusal {
	r := &refusal{status: http.StatusUnprocessableEntity}
	for _, v := range violations {
		r.problems = append(r.problems, client.Problem{Code: r.status, Title: titles[r.status], Detail: v.Message, Pointer: document.Shown(v.Pointer)})
	}
	return r
}
