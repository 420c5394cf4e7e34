package contract

import (
	"net/url"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
	"example.com/capisim/sim/schema"
)

// query looks for the traps of a query string.
func (w *watcher) query(op *Operation, raw string) {
	members, err := rails.ParseParams(raw)
	if err != nil || op.Supporting {
		return
	}
	for _, name := range repeatedNames(raw) {
		w.meet("repeated-parameter", "?"+name)
	}
	if !op.Nested && textOf(members, "app_guid") != "" {
		w.meet("app-guid", "?app_guid")
	}
	for _, member := range members {
		w.parameter(op, member)
	}
}

func (w *watcher) parameter(op *Operation, member document.Field) {
	pointer, value := "?"+member.Key, member.Value
	if op.Action != ListProcesses && op.Action != GetProcess {
		if member.Key != "app_guid" {
			w.meet("unread-query", pointer)
		}
		return
	}
	switch member.Key {
	case "page", "per_page":
		_, digits := rails.LeadingInteger(value.Text)
		switch {
		case value.Kind == document.Array || value.Kind == document.Object:
			w.meet("query-crash", pointer)
		case digits != "" && !rails.WholeNumber(value.Text):
			w.meet("lenient-page", pointer)
		}
	case "order_by", "label_selector":
		if value.Kind == document.Array || value.Kind == document.Object {
			w.meet("query-crash", pointer)
		}
	case "created_ats", "updated_ats", "embed":
		if value.Kind == document.Null {
			w.meet("query-crash", pointer)
		}
	case "types":
		if value.Kind == document.Object {
			w.meet("query-crash", pointer)
		}
	}
	switch {
	case op.Nested && value.Kind == document.Null && (member.Key == "space_guids" || member.Key == "organization_guids"):
		w.meet("query-crash", pointer)
	case op.Action == ListProcesses && strings.Contains(value.Text, "\x00"):
		w.meet("nul", pointer)
	}
	if value.Kind == document.Array && strings.HasSuffix(member.Key, "s") {
		w.meet("array-parameter", pointer)
	}
}

// repeatedNames lists the plain names that come more than once, in order of
// their second appearance.
func repeatedNames(raw string) (repeated []string) {
	seen := map[string]int{}
	for part := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(strings.TrimLeft(name, " "))
		if err != nil || name == "" || strings.HasSuffix(name, "]") {
			continue
		}
		if seen[name]++; seen[name] == 2 {
			repeated = append(repeated, name)
		}
	}
	return repeated
}

// RequestViolations compares a request with the published document of the API:
// body against its schema, names of the query, the index of an instance. It is
// for readers of the evidence; the answer was decided by CheckUpdate and its
// like. Pointers are those of Warning.
func RequestViolations(op *Operation, contentType, query, index string, raw []byte) document.Violations {
	found := queryViolations(op, query)
	if op.Action == TerminateInstance && (index == "" || rails.SkipDigits(index) != len(index)) {
		found = append(found, document.Violation{Pointer: "{index}", Message: quoteFound(index) + ", expected an integer of at least 0"})
	}
	if op.Request != "" && len(raw) > 0 {
		found = append(found, bodyViolations(op, contentType, raw)...)
	}
	return found
}

func bodyViolations(op *Operation, contentType string, raw []byte) (found document.Violations) {
	if !op.Elsewhere() && encodingOf(contentType) != jsonBody {
		found = document.Violations{{Message: "Content-Type " + quoteFound(contentType) + ", expected application/json"}}
	}
	body, err := op.ParseBody(contentType, raw)
	if err != nil {
		return append(found, document.Violation{Message: "not readable, expected " + op.Request + op.encoding()})
	}
	value := body.Value()
	if whole, given := body.Get("_json"); given && len(body.Fields) == 1 {
		value = whole
	}
	wrong, err := schema.Validate(op.Request, value)
	if err != nil {
		return append(found, document.Violation{Message: err.Error()})
	}
	return append(found, wrong...)
}

// encoding says how a body of the operation is written.
func (o *Operation) encoding() string {
	if o.UAA {
		return " as a form"
	}
	return " as JSON"
}

// queryViolations reports names that the operation does not document.
func queryViolations(op *Operation, raw string) (found document.Violations) {
	if raw == "" || op.Supporting {
		return nil
	}
	members, err := rails.ParseParams(raw)
	if err != nil {
		return document.Violations{{Pointer: "?", Message: "malformed query, expected name=value pairs in %-encoding"}}
	}
	var known []string
	for _, parameter := range op.Query() {
		known = append(known, parameter.Name)
	}
	for _, member := range members {
		if !slices.Contains(known, member.Key) {
			expected := "no parameters at all"
			if len(known) > 0 {
				expected = document.OneOf(known)
			}
			found = append(found, document.Violation{Pointer: "?" + member.Key, Message: "unknown query parameter, expected " + expected})
		}
	}
	return found
}

func quoteFound(text string) string {
	if text == "" {
		return "none"
	}
	return document.QuoteAll([]string{document.Abbreviate(text)})[0]
}
