package contract

import (
	"net/url"
	"slices"
	"strings"
)

// query looks for the traps of a query string.
func (w *watcher) query(op *Operation, raw string) {
	members, err := parseParams(raw)
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

func (w *watcher) parameter(op *Operation, member Field) {
	pointer, value := "?"+member.Key, member.Value
	if op.Action != ListProcesses && op.Action != GetProcess {
		if member.Key != "app_guid" {
			w.meet("unread-query", pointer)
		}
		return
	}
	switch member.Key {
	case "page", "per_page":
		_, digits := leadingInteger(value.Text)
		switch {
		case value.Kind == Array || value.Kind == Object:
			w.meet("query-crash", pointer)
		case digits != "" && !wholeNumber(value.Text):
			w.meet("lenient-page", pointer)
		}
	case "order_by", "label_selector":
		if value.Kind == Array || value.Kind == Object {
			w.meet("query-crash", pointer)
		}
	case "created_ats", "updated_ats", "embed":
		if value.Kind == Null {
			w.meet("query-crash", pointer)
		}
	case "types":
		if value.Kind == Object {
			w.meet("query-crash", pointer)
		}
	}
	if value.Kind == Array && strings.HasSuffix(member.Key, "s") {
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
func RequestViolations(op *Operation, contentType, query, index string, raw []byte) Violations {
	found := queryViolations(op, query)
	if op.Action == TerminateInstance && (index == "" || skipDigits(index) != len(index)) {
		found = append(found, Violation{Pointer: "{index}", Message: quoteFound(index) + ", expected an integer of at least 0"})
	}
	if op.Request != "" && len(raw) > 0 {
		found = append(found, bodyViolations(op, contentType, raw)...)
	}
	return found
}

func bodyViolations(op *Operation, contentType string, raw []byte) (found Violations) {
	if encodingOf(contentType) != jsonBody {
		found = Violations{{Message: "Content-Type " + quoteFound(contentType) + ", expected application/json"}}
	}
	body, err := ParseBody(contentType, raw)
	if err != nil {
		return append(found, Violation{Message: "not readable, expected " + op.Request + " as JSON"})
	}
	var document any = body.Any()
	if whole, given := body.Get("_json"); given && len(body.Fields) == 1 {
		document = whole.any()
	}
	wrong, err := Validate(op.Request, document)
	if err != nil {
		return append(found, Violation{Message: err.Error()})
	}
	return append(found, wrong...)
}

// queryViolations reports names that the operation does not document.
func queryViolations(op *Operation, raw string) (found Violations) {
	if raw == "" || op.Supporting {
		return nil
	}
	members, err := parseParams(raw)
	if err != nil {
		return Violations{{Pointer: "?", Message: "malformed query, expected name=value pairs in %-encoding"}}
	}
	var known []string
	switch op.Action {
	case ListProcesses:
		known = slices.DeleteFunc(slices.Clone(listKeys), func(key string) bool {
			return key == "app_guid" || op.Nested && slices.Contains([]string{"app_guids", "organization_guids", "space_guids"}, key)
		})
	case GetProcess:
		known = []string{"embed"}
	}
	for _, member := range members {
		if !slices.Contains(known, member.Key) {
			expected := "no parameters at all"
			if len(known) > 0 {
				expected = oneOf(known)
			}
			found = append(found, Violation{Pointer: "?" + member.Key, Message: "unknown query parameter, expected " + expected})
		}
	}
	return found
}

func quoteFound(text string) string {
	if text == "" {
		return "none"
	}
	return quoteAll([]string{abbreviate(text)})[0]
}
