package fault

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/schema"
)

func (c *checker) respond(pointer string, r Respond) {
	given := make(map[string]string, len(r.Headers))
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		at, canonical := pointer+"/headers/"+document.Escape(name), http.CanonicalHeaderKey(name)
		if other, twice := given[canonical]; twice {
			c.expect(at, document.Quote(name), "each header once: "+document.Quote(other)+" is the same")
		}
		given[canonical] = name
		c.header(at, name, r.Headers[name])
	}
	if r.Status < 200 || r.Status > 599 {
		return // the schema says so
	}
	if !c.status(pointer, r.Status) {
		return // what it may say is not known
	}
	if r.File != "" {
		c.expect(pointer+"/file", document.Quote(r.File), "a body here: only a scenario in a file has files beside it")
	}
	c.errorName(pointer, r)
	c.body(pointer, r)
}

// status says whether every operation of the rule can answer it.
func (c *checker) status(pointer string, status int) bool {
	if c.rule.Undocumented {
		return true
	}
	var cannot []string
	for _, op := range c.operations {
		if _, ok := op.Status(status); !ok {
			cannot = append(cannot, op.ID)
		}
	}
	if len(cannot) == 0 {
		return true
	}
	c.expect(pointer+"/status", strconv.Itoa(status),
		fmt.Sprintf(`a status%s, or "undocumented": true; %s cannot answer %d`, c.allowed(), strings.Join(cannot, ", "), status))
	return false
}

// allowed lists the statuses that all operations of the rule can answer.
func (c *checker) allowed() string {
	var common []string
	for status := 200; status < 600; status++ {
		known := func(op *contract.Operation) bool { _, ok := op.Status(status); return ok }
		if len(c.operations) > 0 && all(c.operations, known) {
			common = append(common, strconv.Itoa(status))
		}
	}
	switch len(c.operations) {
	case 0: // only ids that do not exist, reported elsewhere
		return ""
	case 1:
		return " that " + c.operations[0].ID + " can answer (" + strings.Join(common, ", ") + ")"
	}
	return " that every operation of the rule can answer (" + strings.Join(common, ", ") + ")"
}

func all[T any](list []T, holds func(T) bool) bool {
	return !slices.ContainsFunc(list, func(one T) bool { return !holds(one) })
}

// errorName: the error must be one that goes with the status in the row of
// every operation; an undocumented one must at least exist.
func (c *checker) errorName(pointer string, r Respond) {
	if r.Error == "" {
		if r.Detail != "" && (r.Status < 400 || r.Body != nil) {
			c.expect(pointer+"/detail", document.Quote(r.Detail), "an answer with an error to carry it")
		}
		return
	}
	if r.Body != nil {
		c.expect(pointer+"/error", document.Quote(r.Error), "an error or a body, not both")
		return
	}
	if c.rule.Undocumented {
		if _, ok := contract.ErrorNamed(r.Error); !ok {
			c.expect(pointer+"/error", document.Quote(r.Error), "one of "+titles(contract.Errors()))
		}
		return
	}
	carried := func(op *contract.Operation) bool { _, ok := inRow(op, r.Status, r.Error); return ok }
	if all(c.operations, carried) {
		return
	}
	expected := fmt.Sprintf("no error: %d is a success", r.Status)
	if common := c.errorsOf(r.Status); len(common) > 0 {
		expected = fmt.Sprintf(`one of %s (the errors of %d), or "undocumented": true`, titles(common), r.Status)
	}
	c.expect(pointer+"/error", document.Quote(r.Error), expected)
}

// errorsOf lists the errors that a status has in all operations of the rule.
func (c *checker) errorsOf(status int) []*contract.Error {
	if len(c.operations) == 0 {
		return nil
	}
	var common []*contract.Error
	first, _ := c.operations[0].Status(status)
	for _, one := range first.Errors {
		if all(c.operations, func(op *contract.Operation) bool { _, ok := inRow(op, status, one.Name); return ok }) {
			common = append(common, one)
		}
	}
	return common
}

func titles(errors []*contract.Error) string {
	names := make([]string, len(errors))
	for i, one := range errors {
		names[i] = one.Title
	}
	return strings.Join(names, ", ")
}

// body: an error's body must have the form of the operation's errors, a
// success's what the operation answers. What UAA answers has no schema.
func (c *checker) body(pointer string, r Respond) {
	if len(r.Body) == 0 || c.rule.Undocumented {
		return
	}
	value := decoded(r.Body)[0]
	conforming := map[string]bool{"": true}
	for _, op := range c.operations {
		name := op.Response
		if r.Status >= 400 {
			name = op.ErrorSchema()
		} else if name == "" && !op.UAA {
			c.expect(pointer+"/body", document.Found(value), fmt.Sprintf(`no body: the %d of %s has none, or "undocumented": true`, r.Status, op.ID))
			return
		}
		if !conforming[name] && !c.conforms(pointer+"/body", name, value) {
			return
		}
		conforming[name] = true
	}
}

func (c *checker) conforms(pointer, name string, value document.Value) bool {
	found, err := schema.Validate(name, value)
	if err != nil {
		panic("fault: " + err.Error()) // an embedded schema is broken or absent
	}
	for _, one := range found.Under(pointer) {
		one.Message += ` (schema ` + name + `; "undocumented": true allows any body)`
		c.problems = append(c.problems, one)
	}
	return len(found) == 0
}

// header: framing belongs to the wire, and Retry-After must say something.
func (c *checker) header(pointer, name string, lines Lines) {
	canonical := http.CanonicalHeaderKey(name)
	if canonical == "Content-Length" || canonical == "Transfer-Encoding" {
		c.expect(pointer, document.Quote(name), "no framing header: a connection fault (truncate, drip) breaks an answer off")
	}
	for i, value := range lines {
		at := pointer
		if len(lines) > 1 {
			at += document.Pointer(i)
		}
		if canonical == "Retry-After" && !c.rule.Undocumented && !validRetryAfter(value) {
			c.expect(at, document.Quote(value), `whole seconds or an HTTP date, or "undocumented": true`)
		}
	}
}

func validRetryAfter(value string) bool {
	if _, err := strconv.ParseUint(value, 10, 31); err == nil {
		return true
	}
	_, err := http.ParseTime(value)
	return err == nil
}
