package openapi

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// Exchange is a request and what the simulator answered.
type Exchange struct {
	Parameters map[string]string // of the path, by name
	Media      string            // of the request's body
	Sent       string
	Status     int
	Header     http.Header
	Body       []byte
}

// Ask sends a request of an operation to a simulator: a valid one, which it
// answers by itself, or one that it answers with an error.
type Ask func(*contract.Operation, *contract.Error) (Exchange, error)

const apiIntroduction = "The process operations of the Cloud Foundry v3 API and what clients need on their way to them, as capisim plays them. " +
	"Made from capisim's own table of operations, its schemas and its catalogue of errors; every example is an answer of the simulator. " +
	"Statuses that the published document of the real API has are called documented; a fault rule can inject each status, and the header `Prefer: code=409` asks for one."

// API is the document of the simulated API in one of its editions.
func API(base string, variant contract.Variant, ask Ask) ([]byte, error) {
	d := apiDocument{bundle: newBundle(variant), ask: ask, names: map[string]string{}, taken: map[string]int{}}
	d.Components.Responses, d.Components.Headers = map[string]responseJSON{}, map[string]headerJSON{}
	d.OpenAPI = openAPI
	d.Info = infoJSON{Title: "Cloud Foundry v3 processes", Description: apiIntroduction, Version: contract.APIVersion, License: apache}
	d.Servers = []serverJSON{{URL: base}}
	d.Tags = []tagJSON{{processes, "The thirteen operations that capisim exists for."}, {supporting, "What clients ask for beside them."}, {uaa, "Tokens."}, {policies, "Who may talk to whom in the container network."}}
	d.Paths = map[string]map[string]operationJSON{}
	d.Components.SecuritySchemes = map[string]any{"uaa": map[string]any{
		"type": "oauth2", "description": "A bearer token of UAA, or one that the scenario gives a user.",
		"flows": map[string]any{
			"password":          map[string]any{"tokenUrl": base + "/oauth/token", "scopes": scopes},
			"clientCredentials": map[string]any{"tokenUrl": base + "/oauth/token", "scopes": scopes},
		},
	}}
	for _, op := range contract.Operations() {
		if op.Unknown != "" && op.Unknown == variant {
			continue
		}
		if err := d.operation(op); err != nil {
			return nil, fmt.Errorf("%s: %w", op.ID, err)
		}
	}
	d.Components.Schemas = d.done
	return json.Marshal(d.documentJSON)
}

const (
	processes  = "processes"
	supporting = "supporting"
	uaa        = "uaa"
	policies   = "policy server"
	readScope  = "cloud_controller.read"
	writeScope = "cloud_controller.write"
)

var scopes = map[string]string{readScope: "read", writeScope: "change"}

type apiDocument struct {
	documentJSON
	*bundle
	ask   Ask
	names map[string]string // of responses, by what is in them
	taken map[string]int    // how many responses have begun with a name
}

func (d *apiDocument) operation(op *contract.Operation) error {
	went, err := d.answered(op, nil)
	if err != nil {
		return err
	}
	// A manifest is refused, whatever is in it: it has no success to show.
	if went.Status != op.Success() && op.Action != contract.ApplyManifest {
		return fmt.Errorf("the example was answered %d %s, expected %d", went.Status, went.Body, op.Success())
	}
	out := operationJSON{
		OperationID: op.ID, Summary: summary(op.ID), Tags: []string{tagOf(op)}, Parameters: d.parameters(op, went.Parameters),
		Responses: map[string]responseJSON{}, Security: securityOf(op),
	}
	if len(went.Sent) > 0 {
		media := mediaJSON{Schema: d.file(op.Request)}
		if json.Valid([]byte(went.Sent)) {
			media.Examples = map[string]exampleJSON{"valid": {Value: json.RawMessage(went.Sent)}}
		}
		out.RequestBody = &bodyJSON{Content: map[string]mediaJSON{went.Media: media}}
	}
	for _, status := range statuses(op) {
		answers := []Exchange{went}
		switch {
		case status.Code == op.Success() && went.Status != status.Code:
			continue
		case status.Code != op.Success():
			if answers, err = d.refusals(op, status); err != nil {
				return err
			}
		}
		out.Responses[strconv.Itoa(status.Code)] = d.response(op, status, answers)
	}
	if d.Paths[op.Path] == nil {
		d.Paths[op.Path] = map[string]operationJSON{}
	}
	d.Paths[op.Path][strings.ToLower(op.Method)] = out
	return nil
}

// answered asks, and refuses an answer with a header that has no words here.
func (d *apiDocument) answered(op *contract.Operation, e *contract.Error) (Exchange, error) {
	got, err := d.ask(op, e)
	for name := range got.Header {
		if _, told := headers[name]; err == nil && !told && !slices.Contains(ofBody, name) {
			err = fmt.Errorf("header %s is not described", name)
		}
	}
	return got, err
}

// statuses are the row's, and what the layers around the operation answer.
func statuses(op *contract.Operation) []contract.Status {
	all := slices.Clone(op.Statuses)
	for _, e := range op.Around() {
		at := slices.IndexFunc(all, func(s contract.Status) bool { return s.Code == e.Status })
		if at < 0 {
			at, all = len(all), append(all, contract.Status{Code: e.Status, Kind: contract.Known})
		}
		all[at].Errors = append(slices.Clip(all[at].Errors), e)
	}
	return all
}

// refusals are the answers with each error of a status.
func (d *apiDocument) refusals(op *contract.Operation, status contract.Status) (answers []Exchange, err error) {
	for _, e := range status.Errors {
		refused, err := d.answered(op, e)
		if err != nil {
			return nil, err
		}
		if refused.Status != status.Code {
			return nil, fmt.Errorf("%s was answered %d %s", e, refused.Status, refused.Body)
		}
		answers = append(answers, refused)
	}
	return answers, nil
}

// response describes one status. Refusals are shared between operations.
func (d *apiDocument) response(op *contract.Operation, status contract.Status, answers []Exchange) responseJSON {
	out := responseJSON{Description: describe(op, status)}
	for i, answer := range answers {
		for name := range answer.Header {
			if words, told := headers[name]; told {
				if out.Headers == nil {
					out.Headers = map[string]headerJSON{}
				}
				d.Components.Headers[name] = words
				out.Headers[name] = headerJSON{ref: component("headers", name)}
			}
		}
		if len(answer.Body) == 0 {
			continue
		}
		kind := mediaType(answer.Header.Get("Content-Type"))
		if out.Content == nil {
			out.Content = map[string]mediaJSON{}
		}
		media, there := out.Content[kind]
		if !there {
			media = mediaJSON{Examples: map[string]exampleJSON{}, Schema: d.answerSchema(op, kind)}
			if len(status.Errors) > 0 && json.Valid(answer.Body) && !op.Policies { // which calls all it says text
				media.Schema = d.file(op.ErrorSchema())
			}
		}
		name := "success"
		if len(status.Errors) > 0 {
			name = exampleName(media.Examples, status.Errors[i])
		}
		if utf8.Valid(answer.Body) {
			media.Examples[name] = exampleJSON{Value: valueOf(answer.Body, op.Policies)}
		}
		out.Content[kind] = media
	}
	if len(status.Errors) == 0 {
		return out
	}
	return d.shared(status.Code, out)
}

// answerSchema is that of a success: what is not JSON has none, but for text.
func (d *apiDocument) answerSchema(op *contract.Operation, kind string) any {
	switch {
	case strings.HasSuffix(kind, "json"):
		return d.file(op.Response)
	case strings.HasPrefix(kind, "text/"):
		return kindOf("string")
	}
	return nil
}

// shared makes a response a component, which all that have the same one refer
// to.
func (d *apiDocument) shared(code int, r responseJSON) responseJSON {
	raw, err := json.Marshal(r)
	if err != nil {
		panic("openapi: " + err.Error()) // its examples are JSON
	}
	name, there := d.names[string(raw)]
	if !there {
		name = strings.ReplaceAll(http.StatusText(code), " ", "")
		if d.taken[name]++; d.taken[name] > 1 {
			name += strconv.Itoa(d.taken[name])
		}
		d.names[string(raw)] = name
		d.Components.Responses[name] = r
	}
	return responseJSON{ref: component("responses", name)}
}

// exampleName is an error's title, numbered when another of it is there.
func exampleName(taken map[string]exampleJSON, e *contract.Error) string {
	name := e.Title
	for i := 2; ; i++ {
		if _, there := taken[name]; !there {
			return name
		}
		name = e.Title + "-" + strconv.Itoa(i)
	}
}

// describe says what a status is, and how it came to stand in the table.
func describe(op *contract.Operation, s contract.Status) string {
	text := http.StatusText(s.Code)
	if len(s.Errors) == 0 || op.Supporting {
		return text
	}
	switch s.Kind {
	case contract.Documented:
		return text + ", as documented"
	case contract.DocumentedOnly:
		return text + ", as documented; the real server never answers so"
	}
	return text + ", not in the published document"
}

// mediaType is a media type without its parameters; an answer with none may be
// of any.
func mediaType(header string) string {
	if media, _, err := mime.ParseMediaType(header); err == nil {
		return media
	}
	return "*/*"
}

// valueOf is a body as an example: JSON as it stands, unless it is called a text,
// else its text.
func valueOf(body []byte, text bool) json.RawMessage {
	if json.Valid(body) && !text {
		return body
	}
	return json.RawMessage(document.Quoted(string(body)))
}

func tagOf(op *contract.Operation) string {
	switch {
	case op.UAA:
		return uaa
	case op.Policies:
		return policies
	case op.Supporting:
		return supporting
	}
	return processes
}

func securityOf(op *contract.Operation) []map[string][]string {
	if op.Policies {
		return []map[string][]string{{"uaa": {}}}
	}
	switch op.Access {
	case contract.Read:
		return []map[string][]string{{"uaa": {readScope}}}
	case contract.Write:
		return []map[string][]string{{"uaa": {writeScope}}}
	}
	return []map[string][]string{}
}

// wordStart is where a word of an id ends and another begins: getOpen|ID|Configuration.
var wordStart = document.Pattern(`([a-z])([A-Z])|([A-Z])([A-Z][a-z])`)

// summary is an id in words: "Update process for app".
func summary(id string) string {
	words := strings.ToLower(wordStart().ReplaceAllString(id, "$1$3 $2$4"))
	return strings.ToUpper(words[:1]) + words[1:]
}

// parameters are those of path and query.
func (d *apiDocument) parameters(op *contract.Operation, inPath map[string]string) (list []parameterJSON) {
	for segment := range strings.SplitSeq(op.Path, "/") {
		if name := strings.Trim(segment, "{}"); name != segment {
			list = append(list, parameterJSON{Name: name, In: "path", Required: true, Description: pathWords(op, name), Schema: pathSchema(name), Example: pathExample(name, inPath[name])})
		}
	}
	for _, p := range op.Query() {
		list = append(list, queryParameter(p))
	}
	return slices.Clip(list)
}
