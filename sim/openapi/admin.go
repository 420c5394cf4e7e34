package openapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Route is a route of the admin API.
type Route struct {
	Method, Path string
	Summary      string
	Tag          string
	Query        []Query
	Takes        Shape  // nil for nothing
	Example      string // of what it takes
	Answers      Shape  // its success as JSON, nil when it is not
	Media        []string
	Statuses     []int // of a success, the usual one first
	Open         bool  // asked without a token
}

// Query is a query parameter of a route.
type Query struct {
	Name, Words string
	Values      []string // it takes; nil for any
	Whole       bool     // a whole number
}

const adminIntroduction = "Steers a running capisim: fault rules, state, worlds, the clock, evidence. " +
	"The document is about one world: the paths are below its address. Made from the table that requests are routed by; every example is an answer of the server."

// Admin is the document of the admin API at an address. Refusals have the shape
// of problems; ask sends the example of a route.
func Admin(base, version string, routes []Route, problems Shape, ask func(Route) (Exchange, error)) ([]byte, error) {
	d := adminDocument{bundle: newBundle("")}
	d.OpenAPI = openAPI
	d.Info = infoJSON{Title: "capisim admin API", Description: adminIntroduction, Version: version, License: apache}
	d.Servers = []serverJSON{{URL: base}}
	d.Paths = map[string]map[string]operationJSON{}
	d.Components.SecuritySchemes = map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer", "description": "The token of --admin-token; without that flag none is asked for."}}
	refused := map[string]mediaJSON{jsonMedia: {Schema: problems(d.bundle)}}
	d.Components.Responses = map[string]responseJSON{
		"Refused": {Description: "Refused: all that is wrong, at once; nothing was changed", Content: refused},
		"Failed":  {Description: "capisim failed", Content: refused},
	}
	for _, r := range routes {
		got, err := ask(r)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", r.Method, r.Path, err)
		}
		if got.Status != r.Statuses[0] {
			return nil, fmt.Errorf("%s %s: answered %d %s, expected %d", r.Method, r.Path, got.Status, got.Body, r.Statuses[0])
		}
		if d.Paths[r.Path] == nil {
			d.Paths[r.Path] = map[string]operationJSON{}
		}
		d.Paths[r.Path][strings.ToLower(r.Method)] = d.describe(r, got)
	}
	d.Components.Schemas = d.done
	return json.Marshal(d.documentJSON)
}

type adminDocument struct {
	documentJSON
	*bundle
}

func (d *adminDocument) describe(r Route, got Exchange) operationJSON {
	out := operationJSON{
		OperationID: routeID(r), Summary: r.Summary, Tags: []string{r.Tag},
		Responses: map[string]responseJSON{"4XX": {ref: component("responses", "Refused")}, "5XX": {ref: component("responses", "Failed")}},
		Security:  []map[string][]string{{"token": {}}, {}},
	}
	if r.Open {
		out.Security = []map[string][]string{}
	}
	for segment := range strings.SplitSeq(r.Path, "/") {
		if name := strings.Trim(segment, "{}"); name != segment {
			out.Parameters = append(out.Parameters, parameterJSON{Name: name, In: "path", Required: true, Schema: kindOf("string"), Example: got.Parameters[name]})
		}
	}
	for _, q := range r.Query {
		schema := kindOf("string")
		if q.Whole {
			schema = map[string]any{"type": "integer", "minimum": 0}
		}
		if q.Values != nil {
			schema["enum"] = q.Values
		}
		out.Parameters = append(out.Parameters, parameterJSON{Name: q.Name, In: "query", Description: q.Words, Schema: schema})
	}
	if r.Takes != nil {
		out.RequestBody = &bodyJSON{Content: map[string]mediaJSON{jsonMedia: {
			Schema: r.Takes(d.bundle), Examples: map[string]exampleJSON{"valid": {Value: json.RawMessage(r.Example)}},
		}}}
	}
	for _, status := range r.Statuses {
		out.Responses[strconv.Itoa(status)] = d.answer(r, status, got)
	}
	return out
}

// longest is the size of an answer, in bytes, beyond which it says more than an
// example should.
const longest = 32 << 10

func (d *adminDocument) answer(r Route, status int, got Exchange) responseJSON {
	out := responseJSON{Description: http.StatusText(status)}
	if status == http.StatusNoContent {
		return out
	}
	out.Content = map[string]mediaJSON{}
	for _, kind := range r.Media {
		media := mediaJSON{Schema: kindOf("string")}
		switch {
		case kind == jsonMedia && r.Answers != nil:
			media.Schema = r.Answers(d.bundle)
		case strings.HasSuffix(kind, "json"):
			media.Schema = map[string]any{}
		case strings.HasPrefix(kind, "application/g"):
			media.Schema = nil // bytes
		}
		if status == got.Status && mediaType(got.Header.Get("Content-Type")) == kind && len(got.Body) < longest && utf8.Valid(got.Body) {
			media.Examples = map[string]exampleJSON{"success": {Value: valueOf(got.Body, false)}}
		}
		out.Content[kind] = media
	}
	return out
}

const jsonMedia = "application/json"

// routeID makes one word of method and path: "putFaultsOperationStatus".
func routeID(r Route) string {
	id := strings.ToLower(r.Method)
	for part := range strings.FieldsFuncSeq(strings.TrimPrefix(r.Path, "/admin"), func(c rune) bool { return strings.ContainsRune("/{}._", c) }) {
		id += strings.ToUpper(part[:1]) + part[1:]
	}
	if id == strings.ToLower(r.Method) {
		id += "Overview"
	}
	return id
}
