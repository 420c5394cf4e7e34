package openapi

import (
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
)

// headers are the headers of answers that a client can make something of. What
// HTTP itself says of a body is not among them.
var headers = map[string]headerJSON{
	"X-VCAP-Request-ID":                 header("Id of the request, behind the one that it came with", "string"),
	"X-USER-GUID":                       header("Guid of the caller", "string"),
	"X-Runtime":                         header("Seconds that the answer took", "string"),
	"X-B3-TraceId":                      header("As it was sent, when X-B3-SpanId was too", "string"),
	"X-B3-SpanId":                       header("As it was sent, when X-B3-TraceId was too", "string"),
	"X-RateLimit-Limit":                 header("Requests in a window, when the scenario limits them", "string"),
	"X-RateLimit-Remaining":             header("Requests that are left in this window", "string"),
	"X-RateLimit-Reset":                 header("When the window ends, in seconds since 1970", "string"),
	"Retry-After":                       header("Seconds after which to come again", "string"),
	"Location":                          header("Where it is", "string"),
	"Link":                              header("Where it is", "string"),
	"Vary":                              header("Says that Accept played a part", "string"),
	"Referrer-Policy":                   header("For browsers", "string"),
	"X-Frame-Options":                   header("For browsers", "string"),
	"X-XSS-Protection":                  header("For browsers", "string"),
	"X-Content-Type-Options":            header("For browsers", "string"),
	"X-Download-Options":                header("For browsers", "string"),
	"X-Permitted-Cross-Domain-Policies": header("For browsers", "string"),
	"Cache-Control":                     header("Of UAA: not to be kept", "string"),
	"Pragma":                            header("Of UAA: not to be kept", "string"),
}

func header(words, kind string) headerJSON {
	return headerJSON{Description: words, Schema: kindOf(kind)}
}

func pathWords(op *contract.Operation, name string) string {
	switch {
	case name == "type":
		return "Type of the process, such as web"
	case name == "index":
		return "Index of the instance, from 0"
	case name == "guid" && op.Nested:
		return "Guid of the app"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

func pathSchema(name string) any {
	if name == "index" {
		return map[string]any{"type": "integer", "minimum": 0}
	}
	return kindOf("string")
}

func pathExample(name, text string) any {
	if n, err := strconv.Atoi(text); err == nil && name == "index" {
		return n
	}
	return text
}

// queryWords say what parameters mean whose names do not.
var queryWords = map[string]string{
	"page":           "Which page, from 1",
	"per_page":       "How many on a page",
	"order_by":       "By what to sort; a minus turns the order",
	"label_selector": "Labels that must be there, such as env=prod,!canary",
	"created_ats":    "Times with commas between them; created_ats[gt], [gte], [lt] and [lte] compare with one",
	"updated_ats":    "Times with commas between them; updated_ats[gt], [gte], [lt] and [lte] compare with one",
	"embed":          "What to send inside each resource",
	"include":        "What to send along",
	"fields":         "Given as fields[RESOURCE]; looked at, and no more",
}

var no = false

func queryParameter(p contract.Parameter) parameterJSON {
	out := parameterJSON{Name: p.Name, In: "query", Description: queryWords[p.Name]}
	text := kindOf("string")
	if p.Values != nil {
		text["enum"] = p.Values
	}
	switch p.Kind {
	case contract.TextParameter:
		out.Schema = text
	case contract.NumberParameter:
		whole := map[string]any{"type": "integer", "minimum": 1}
		if p.Name == "per_page" {
			whole["maximum"] = contract.MaxPerPage
		}
		out.Schema = whole
	case contract.ListParameter:
		out.Style, out.Explode = "form", &no
		out.Schema = map[string]any{"type": "array", "items": text}
		if out.Description == "" {
			out.Description = "Only what has one of these"
		}
	}
	return out
}
