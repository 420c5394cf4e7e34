package openapi

import (
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
)

// headers are those that answers have beside ofBody.
var headers = map[string]headerJSON{
	"X-VCAP-Request-ID":                 header("Id of the request, behind the one that it came with"),
	"X-USER-GUID":                       header("Guid of the caller"),
	"X-Runtime":                         header("Seconds that the answer took"),
	"X-RateLimit-Limit":                 header("Requests in a window, when the scenario limits them"),
	"X-RateLimit-Remaining":             header("Requests that are left in this window"),
	"X-RateLimit-Reset":                 header("When the window ends, in seconds since 1970"),
	"Retry-After":                       header("Seconds after which to come again"),
	"Www-Authenticate":                  header("How to authenticate"),
	"Referrer-Policy":                   header("For browsers"),
	"X-Frame-Options":                   header("For browsers"),
	"X-XSS-Protection":                  header("For browsers"),
	"X-Content-Type-Options":            header("For browsers"),
	"X-Download-Options":                header("For browsers"),
	"X-Permitted-Cross-Domain-Policies": header("For browsers"),
	"Cache-Control":                     header("Of UAA: not to be kept"),
	"Pragma":                            header("Of UAA: not to be kept"),
}

func header(words string) headerJSON {
	return headerJSON{Description: words, Schema: kindOf("string")}
}

// ofBody are the headers that HTTP itself has for a body; a document says them
// in its own way.
var ofBody = []string{"Content-Type", "Content-Length", "Content-Disposition", "Date"}

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
