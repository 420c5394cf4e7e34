package admin

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/scenario"
)

// Problem is one entry of an admin error (design.md §7).
type Problem struct {
	Code    int    `json:"code"` // the HTTP status
	Title   string `json:"title"`
	Detail  string `json:"detail"`  // what was found and what was expected
	Pointer string `json:"pointer"` // JSON pointer into the body, "" when it is not about one place of it
}

// problemsJSON is the body of an admin error: all problems at once.
type problemsJSON struct {
	Errors []Problem `json:"errors"`
}

// refusal is an error that becomes an admin error.
type refusal struct {
	status   int
	problems []Problem
	allow    string // for 405
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

var titles = map[int]string{
	http.StatusUnauthorized:          "Unauthorized",
	http.StatusForbidden:             "CrossSite",
	http.StatusNotFound:              "NotFound",
	http.StatusMethodNotAllowed:      "MethodNotAllowed",
	http.StatusRequestEntityTooLarge: "TooLarge",
	http.StatusUnprocessableEntity:   "Invalid",
	http.StatusInternalServerError:   "Internal",
	http.StatusNotImplemented:        "NotAvailable",
}

// failure is a refusal with one problem that is about no place of the body.
func failure(status int, detail string) *refusal {
	return &refusal{status: status, problems: []Problem{{Code: status, Title: titles[status], Detail: detail}}}
}

func notFound(format string, args ...any) *refusal {
	return failure(http.StatusNotFound, fmt.Sprintf(format, args...))
}

// invalid is a 422 about one place of the body.
func invalid(pointer, format string, args ...any) error {
	return contract.Violations{{Pointer: pointer, Message: fmt.Sprintf(format, args...)}}
}

// refusalOf turns what a handler returned into what is sent. It is nil for an
// error of capisim's own.
func refusalOf(err error) *refusal {
	var (
		ready      *refusal
		violations contract.Violations
		problems   scenario.Problems
		catalogued *contract.Error
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &violations):
		return unprocessable(violations)
	case errors.As(err, &problems):
		return unprocessable(problems.Violations())
	case errors.Is(err, fault.ErrUnknown), errors.Is(err, scenario.ErrUnknown):
		return notFound("%s", err)
	case errors.As(err, &catalogued):
		return failure(catalogued.Status, catalogued.Detail)
	}
	return nil
}

func unprocessable(violations contract.Violations) *refusal {
	r := &refusal{status: http.StatusUnprocessableEntity}
	for _, v := range violations {
		r.problems = append(r.problems, Problem{Code: r.status, Title: titles[r.status], Detail: v.Message, Pointer: v.Pointer})
	}
	return r
}
