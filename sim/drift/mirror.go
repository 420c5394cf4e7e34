package drift

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

// mirrorBase is where the mirror believes to be; the name can never be a real
// host's.
const mirrorBase = "http://capisim.invalid"

// mirrorToken is the caller's in the mirror.
const mirrorToken = "drift"

// mirror is a simulator in this process that holds what was found on the
// target.
type mirror struct {
	engine *sim.Simulator
	forced map[string]string // instance -> the state it is held in
}

func newMirror(s *subject) (*mirror, error) {
	text, err := json.Marshal(s.document())
	if err != nil {
		return nil, fmt.Errorf("describe the target: %w", err)
	}
	engine, err := sim.New(sim.Document(string(text)), sim.Journal(0, 0))
	if err != nil {
		return nil, fmt.Errorf("the process of the target cannot be simulated: %w", err)
	}
	return &mirror{engine: engine, forced: map[string]string{}}, nil
}

func (m *mirror) close() {
	m.engine.Close() //nolint:errcheck // it never fails
}

// do asks the mirror.
func (m *mirror) do(ctx context.Context, r request) (*answer, error) {
	req, err := r.build(ctx, mirrorBase, mirrorToken)
	if err != nil {
		return nil, err
	}
	var w recorder
	m.engine.ServeHTTP(&w, req)
	return w.answer(), nil
}

// recorder keeps an answer instead of sending it.
type recorder struct {
	header http.Header
	status int
	body   []byte
}

// Header are the lines that go with the answer.
func (w *recorder) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}

// WriteHeader notes the status; the first one counts.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

// Write keeps a part of the body.
func (w *recorder) Write(part []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.body = append(w.body, part...)
	return len(part), nil
}

// answer is what was kept, with the names of headers as a client reads them.
func (w *recorder) answer() *answer {
	header := make(http.Header, len(w.header))
	for name, values := range w.header {
		name = http.CanonicalHeaderKey(name)
		header[name] = append(header[name], values...)
	}
	return &answer{status: w.status, header: header, body: w.body}
}

// maxForced bounds how many instances are held in a state.
const maxForced = 2000

// align holds the instances of the mirror in the states that an answer of the
// target shows: when an instance starts or crashes is up to the platform, but
// what is said of it is not. A state that the contract does not know changes
// nothing, and so becomes a difference.
func (m *mirror) align(theirs *answer, s *subject) {
	if s.process == nil || theirs.status != http.StatusOK || !strings.Contains(string(theirs.body), `"index"`) {
		return
	}
	body := theirs.json()
	m.hold(s.guid(), body.get("process_instances").list())
	resources := body.get("resources").list()
	m.hold(s.guid(), resources)
	for _, one := range resources {
		m.hold(one.get("guid").string(), one.get("process_instances").list())
	}
}

func (m *mirror) hold(guid string, instances []*node) {
	for _, one := range instances {
		index, ok := one.get("index").whole(0, maxForced)
		into, details := one.get("state").string(), one.get("details").string()
		at := guid + "/instances/" + strconv.FormatInt(index, 10)
		if !ok || into == "" || m.forced[at] == into+" "+details {
			continue
		}
		body, err := json.Marshal(map[string]string{"state": into, "details": details})
		if err != nil { // two texts always have a form
			panic(err)
		}
		var w recorder
		req, err := request{method: http.MethodPut, path: "/admin/processes/" + at, body: string(body)}.
			build(context.Background(), mirrorBase, mirrorToken)
		if err != nil {
			continue
		}
		m.engine.ServeHTTP(&w, req)
		if w.status == http.StatusOK {
			m.forced[at] = into + " " + details
		}
	}
}

// document describes the target as a scenario.
func (s *subject) document() *scenario.Document {
	available := !s.statsDown
	caller := scenario.User{Name: mirrorToken, Scopes: []string{state.ScopeAdmin}}
	doc := &scenario.Document{
		Name: "drift", Variant: s.variant,
		Auth:           &scenario.Auth{Mode: scenario.Strict, Tokens: map[string]string{mirrorToken: mirrorToken}},
		StatsAvailable: &available,
		Apps:           []scenario.App{},
	}
	if s.permissive {
		doc.Auth.Mode = scenario.Permissive
	}
	if s.bareStats {
		doc.Platform.LogCache = state.PartDown
	}
	s.place(doc)
	if s.hidden() {
		// Whoever may change a process without seeing its command.
		caller.Scopes = []string{state.ScopeRead, state.ScopeWrite}
		for _, space := range doc.Spaces {
			caller.Roles = append(caller.Roles, scenario.Role{Space: space.Name, Role: state.SpaceSupporter})
		}
	}
	doc.Auth.Users = []scenario.User{caller}
	return doc
}

// place puts the processes into their apps and spaces, in the target's order of
// creation.
func (s *subject) place(doc *scenario.Document) {
	if s.process == nil {
		return
	}
	found := []*node{s.process}
	switch {
	case s.companion != nil && s.first:
		found = []*node{s.companion, s.process}
	case s.companion != nil:
		found = []*node{s.process, s.companion}
	}
	for _, one := range found {
		space := spaceOf(one)
		if one == s.process {
			space = s.space
		}
		app := appOf(doc, one, space)
		if app.GUID == s.appGUID() {
			app.State = state.Started
			if s.stopped {
				app.State = state.Stopped
			}
			if s.appName != "" && len(s.appName) <= maxName {
				app.Name = s.appName
			}
		}
		app.Processes = append(app.Processes, mirrored(one))
	}
}

const maxName = 255

// appOf finds the app of a process in the document, or adds it and its space.
func appOf(doc *scenario.Document, process *node, spaceGUID string) *scenario.App {
	guid := process.get("relationships", "app", "data", "guid").string()
	for i := range doc.Apps {
		if doc.Apps[i].GUID == guid {
			return &doc.Apps[i]
		}
	}
	space := scenario.Space{Name: "space-" + strconv.Itoa(len(doc.Spaces)+1)}
	if spaceGUID != "" {
		space.GUID, space.Name = spaceGUID, spaceGUID
	}
	known := false
	for _, other := range doc.Spaces {
		known = known || other.Name == space.Name
	}
	if !known {
		doc.Spaces = append(doc.Spaces, space)
	}
	doc.Apps = append(doc.Apps, scenario.App{Name: guid, GUID: guid, Space: space.Name})
	return &doc.Apps[len(doc.Apps)-1]
}

// The bounds of whole numbers in a process.
const (
	maxInt    = 1<<31 - 1
	maxBigint = 1<<63 - 1
)

// mirrored is a process as a scenario writes it. A value that does not fit its
// place is left out, and shows as a difference then.
func mirrored(n *node) scenario.Process {
	p := scenario.Process{
		GUID: n.get("guid").string(), Type: n.get("type").string(),
		CreatedAt: stamp(n.get("created_at")), UpdatedAt: stamp(n.get("updated_at")),
		Command: text(n.get("command"), 4096), User: text(n.get("user"), 255),
		Instances: whole(n.get("instances"), 0), MemoryInMB: whole(n.get("memory_in_mb"), 1),
		HealthCheck: check(n.get("health_check")), ReadinessHealthCheck: check(n.get("readiness_health_check")),
		Metadata: contract.Metadata{Labels: pairs(n.get("metadata", "labels")), Annotations: pairs(n.get("metadata", "annotations"))},
	}
	if p.Command != nil && redaction(*p.Command) == *p.Command {
		p.Command = &unseen // where the target shows it, so must the mirror
	}
	if version := n.get("version").string(); identifier().MatchString(version) {
		p.Version = version
	}
	if disk := n.get("disk_in_mb"); disk != nil {
		value, ok := disk.whole(1, maxInt)
		p.DiskInMB = contract.Optional[int]{Set: ok || disk.Kind == document.Null, Null: disk.Kind == document.Null, Value: int(value)}
	}
	if rate, ok := n.get("log_rate_limit_in_bytes_per_second").whole(-1, maxBigint); ok {
		p.LogRateLimit = &rate
	}
	if guid := n.get("relationships", "revision", "data", "guid").string(); identifier().MatchString(guid) {
		p.Revision = contract.Optional[scenario.Reference]{Set: true, Value: scenario.Reference{GUID: guid}}
	} else {
		p.Revision = contract.Optional[scenario.Reference]{Set: true, Null: true}
	}
	if guid := n.get("relationships", "registry_credential", "data", "guid").string(); identifier().MatchString(guid) {
		p.RegistryCredential = &state.RegistryCredential{GUID: guid}
		if at := stamp(n.get("registry_credential_last_synced_at")); !at.IsZero() {
			p.RegistryCredential.LastSyncedAt = &at
		}
	}
	return p
}

// unseen stands for a command that the token may not see.
var unseen = "unseen"

func check(n *node) *scenario.HealthCheck {
	data := n.get("data")
	c := &scenario.HealthCheck{Data: &scenario.HealthCheckData{
		Timeout:           whole(data.get("timeout"), 1),
		InvocationTimeout: whole(data.get("invocation_timeout"), 1),
		Interval:          whole(data.get("interval"), 1),
	}}
	if endpoint := data.get("endpoint"); contract.URIPath(endpoint.string()) {
		c.Data.Endpoint = &endpoint.Text
	}
	switch kind := n.get("type").string(); kind {
	case "port", "process", "http":
		c.Type = kind
	}
	return c
}

// stamp is a time, the zero one where there is none.
func stamp(n *node) time.Time {
	at, err := time.Parse(time.RFC3339, n.string())
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

func text(n *node, most int) *string {
	if n == nil || n.Kind != document.String || len([]rune(n.Text)) > most {
		return nil
	}
	return &n.Text
}

func whole(n *node, least int64) *int {
	value, ok := n.whole(least, maxInt)
	if !ok {
		return nil
	}
	small := int(value)
	return &small
}

func pairs(n *node) contract.Pairs {
	if n == nil || n.Kind != document.Object {
		return nil
	}
	var list contract.Pairs
	last := n.finder()
	for i, key := range n.keys() {
		if value := n.at(i); value.Kind == document.String && last(key) == value && key != "" && len(key) <= 317 && len(value.Text) <= 5000 {
			list = append(list, contract.Pair{Key: key, Value: value.Text})
		}
	}
	return list
}
