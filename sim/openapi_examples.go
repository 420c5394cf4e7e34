package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/openapi"
	"example.com/capisim/sim/world"
)

// examplesOf is the scenario that examples come from: the default one, and
// something of whatever can only be listed.
func examplesOf(variant contract.Variant) string {
	var b strings.Builder
	fmt.Fprintf(&b, "name: examples\nextends: default\nvariant: %s\nclock: {mode: frozen}\nrate_limit: {limit: 1000000, window: 1h, per: user}\n", variant)
	fmt.Fprintf(&b, "apps: [{name: demo, droplets: [{guid: %[1]s}], droplet: %[1]s, processes: [{type: worker, registry_credential: {guid: %s}}]}]\nresources:\n",
		exampleDroplet, exampleCredential)
	for _, c := range contract.Collections() {
		if c.Name != "routes" { // the default scenario has one, which leads somewhere
			fmt.Fprintf(&b, "  %s: [{name: example}]\n", c.Name)
		}
	}
	return b.String()
}

// What the default scenario has, and two things more.
const (
	exampleApp        = "c1000000-0000-4000-8000-000000000001"
	exampleDroplet    = "d3000000-0000-4000-8000-000000000001"
	exampleCredential = "e1000000-0000-4000-8000-000000000001"
)

// examples asks a simulator for the examples of a document.
type examples struct {
	simulator *Simulator
	went      openapi.Exchange // the last that was no refusal
	tooLarge  string           // a body
}

// newExamples are those of an edition: of a world in which something has happened.
func newExamples(variant contract.Variant) (*examples, error) {
	s, err := New(Document(examplesOf(variant)), ExternalURL(placeholder), MaxWorlds(1), Journal(0, 0), hurry)
	if err != nil {
		return nil, err
	}
	e := &examples{simulator: s, tooLarge: strings.Repeat(" ", contract.MaxBody+1)}
	// An audit event, and what an app has after it was changed.
	_, err = e.send(s.root(), http.MethodPatch, "/v3/processes/"+exampleApp, "application/json", `{"command":"bundle exec rackup"}`)
	return e, err
}

// ask sends a valid request in a world that is thrown away, so that no example
// depends on another, or after it the same with an error, which changes nothing.
func (e *examples) ask(op *contract.Operation, injected *contract.Error) (openapi.Exchange, error) {
	if injected != nil {
		return e.refused(op, injected)
	}
	of, err := e.simulator.worlds.Create(world.Spec{From: e.simulator.root()})
	if err != nil {
		return openapi.Exchange{}, err
	}
	defer e.simulator.worlds.Delete(of.Name)
	parameters, err := e.parameters(of, op)
	if err != nil {
		return openapi.Exchange{}, err
	}
	media, body := bodyOf(op)
	e.went, err = e.send(of, op.Method, pathOf(op, parameters), media, body)
	e.went.Parameters = parameters
	return e.went, err
}

// pathOf is the path of an operation with its parameters.
func pathOf(op *contract.Operation, parameters map[string]string) string {
	path := op.Path
	for name, value := range parameters {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	return path
}

// refused sends the last request again, and an error is what it is answered with.
func (e *examples) refused(op *contract.Operation, injected *contract.Error) (openapi.Exchange, error) {
	of, path := e.simulator.root(), pathOf(op, e.went.Parameters)
	media, body := bodyOf(op)
	switch injected {
	case contract.NotAcceptable:
		media, body = "nonsense", "{}"
	case contract.Malformed:
		path += "?%"
	case contract.RequestTooLarge:
		body = e.tooLarge
	default:
		rule := fault.Rule{Match: fault.Match{Operations: []string{op.ID}}, Respond: &fault.Respond{Status: injected.Status, Error: injected.Name}}
		if injected.Gap == contract.NoGap {
			rule.Respond.Detail = injected.Detail
		}
		if err := of.Current().Faults.Put(of.Clock.Now(), rule); err != nil {
			return openapi.Exchange{}, fmt.Errorf("%s: %w", injected, err)
		}
		defer of.Current().Faults.Clear()
	}
	return e.send(of, op.Method, path, media, body)
}

// send asks a world as an admin does; links in the answer
// are those of the placeholder.
func (e *examples) send(of *world.World, method, path, media, body string) (openapi.Exchange, error) {
	r, err := http.NewRequestWithContext(context.Background(), method, "http://localhost"+of.Prefix+path, strings.NewReader(body))
	if err != nil {
		return openapi.Exchange{}, err
	}
	r.Header.Set("Authorization", "bearer admin")
	if strings.HasPrefix(path, "/oauth") {
		r.SetBasicAuth("ci", "ci")
	}
	if body != "" {
		r.Header.Set("Content-Type", media)
	}
	got := &recorder{}
	e.simulator.ServeHTTP(got, r)
	return openapi.Exchange{
		Media: media, Sent: body, Status: got.status, Header: got.header,
		Body: bytes.ReplaceAll(got.body.Bytes(), []byte(placeholder+of.Prefix), []byte(placeholder)),
	}, nil
}

// parameters finds what the names in a path can stand for: for a guid what the
// list before it begins with.
func (e *examples) parameters(of *world.World, op *contract.Operation) (map[string]string, error) {
	found := map[string]string{}
	switch before, _, has := strings.Cut(op.Path, "/{guid}"); {
	case !has:
	case op.Nested || before == "/v3/processes":
		found["guid"] = exampleApp
	case before == "/v3/registry_credentials":
		found["guid"] = exampleCredential
	case before == "/v3/deployments":
		guid, err := e.deploy(of)
		if err != nil {
			return nil, err
		}
		found["guid"] = guid
	default:
		list := strings.Replace(before, "/v2/", "/v3/", 1)
		if before == "/v3/revisions" { // there is no list of all
			list = "/v3/apps/" + exampleApp + "/revisions"
		}
		guid, err := e.first(of, list, "guid")
		if err != nil {
			return nil, err
		}
		found["guid"] = guid
	}
	if strings.Contains(op.Path, "{name}") {
		list, _, _ := strings.Cut(op.Path, "/{name}")
		name, err := e.first(of, strings.ReplaceAll(list, "{guid}", found["guid"]), "name")
		if err != nil {
			return nil, err
		}
		found["name"] = name
	}
	for name, value := range map[string]string{"type": "web", "index": "0", "version": "v1"} {
		if strings.Contains(op.Path, "{"+name+"}") {
			found[name] = value
		}
	}
	return found, nil
}

// first is the guid of what a list begins with, or its name when it has none.
func (e *examples) first(of *world.World, list, key string) (string, error) {
	got, err := e.send(of, http.MethodGet, list, "", "")
	if err != nil {
		return "", err
	}
	var page struct{ Resources, Features []map[string]any } // the features of a space come under a name of their own
	if err := json.Unmarshal(got.Body, &page); err != nil || len(page.Resources)+len(page.Features) == 0 {
		return "", fmt.Errorf("%s lists nothing: %s", list, got.Body)
	}
	for _, one := range []string{key, "name"} {
		if text, ok := append(page.Resources, page.Features...)[0][one].(string); ok {
			return text, nil
		}
	}
	return "", fmt.Errorf("%s lists what has no %s", list, key)
}

// deploy begins a canary deployment and waits until it pauses, so that it can be
// continued as well as changed and ended.
func (e *examples) deploy(of *world.World) (string, error) {
	op, _ := contract.OperationByID("createDeployment")
	media, body := bodyOf(op)
	got, err := e.send(of, op.Method, op.Path, media, body)
	if err != nil {
		return "", err
	}
	var made struct{ GUID string }
	if json.Unmarshal(got.Body, &made) != nil || made.GUID == "" {
		return "", errors.New("no deployment: " + string(got.Body))
	}
	of.Clock.Advance(time.Minute)
	return made.GUID, nil
}

// bodyOf is a body that an operation takes.
func bodyOf(op *contract.Operation) (media, body string) {
	switch {
	case op.Action == contract.ApplyManifest:
		return "application/x-yaml", "applications: [{name: demo}]"
	case op.Request == "":
		return "", ""
	}
	example := openapi.ExampleOf(op.Request)
	if !op.UAA {
		return "application/json", example.String()
	}
	form := url.Values{}
	for _, field := range example.Members {
		form.Set(field.Key, field.Value.Text)
	}
	return "application/x-www-form-urlencoded", form.Encode()
}

// adminPast is what has happened before an admin route is asked: there is a
// world, a rule, and a request of each kind in the journal.
var adminPast = [][3]string{
	{http.MethodPut, "/admin/worlds/blue", "{}"},
	{http.MethodPut, "/admin/faults/flaky", `{"match":{"operations":["scaleProcess"]},"when":{"times":1},"respond":{"status":503}}`},
	{http.MethodPost, "/v3/processes/" + exampleApp + "/actions/scale", `{"instances":3}`},
	{http.MethodGet, "/v3/processes/" + exampleApp, ""},
	{http.MethodGet, "/v3/process", ""},
}

// adminExamples sends the examples of admin routes, each to a simulator of its own
// with these options: all play one scenario, which is read once.
type adminExamples []Option

func newAdminExamples() (adminExamples, error) {
	s, err := New(Document(examplesOf(contract.Default)))
	if err != nil {
		return nil, err
	}
	return adminExamples{playing(s.root().Home()), ExternalURL(placeholder), Journal(10, 1<<20), hurry}, s.Close()
}

func (a adminExamples) ask(r openapi.Route) (openapi.Exchange, error) {
	if r.Path == "/admin/openapi.json" { // it has no room for itself
		return openapi.Exchange{Status: http.StatusOK}, nil
	}
	s, err := New(a...)
	if err != nil {
		return openapi.Exchange{}, err
	}
	defer s.Close() //nolint:errcheck // it never fails
	e := &examples{simulator: s}
	makesWorld := strings.HasPrefix(r.Path, "/admin/worlds") && r.Example != ""
	for _, before := range adminPast {
		if method, path, body := before[0], before[1], before[2]; path != "/admin/worlds/blue" || !makesWorld {
			if _, err := e.send(s.root(), method, path, "application/json", body); err != nil {
				return openapi.Exchange{}, err
			}
		}
	}
	parameters, path := map[string]string{}, r.Path
	for name, value := range map[string]string{
		"guid": exampleApp, "index": "0", "operation": "updateProcess", "status": "409", "page": "commands",
		"name": map[bool]string{true: "fault-rule", false: "blue"}[strings.HasPrefix(path, "/admin/schemas")],
		"id":   map[bool]string{true: "1", false: "flaky"}[strings.HasPrefix(path, "/admin/requests")],
	} {
		if before := path; strings.Contains(before, "{"+name+"}") {
			parameters[name], path = value, strings.ReplaceAll(before, "{"+name+"}", value)
		}
	}
	method := r.Method
	if path == "/admin/events" {
		method = http.MethodHead // it has no end
	}
	out, err := e.send(s.root(), method, path, "application/json", r.Example)
	out.Parameters = parameters
	return out, err
}
