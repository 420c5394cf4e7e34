package admin

import (
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

func (s *server) view(t testing.TB, guid string) state.View {
	t.Helper()
	return s.worlds.Root().Current().State.Peek(state.Ref{GUID: guid})
}

// What GET gives, PUT takes, and the world is the same again: in both
// notations, with everything that was forced.
func TestStateRoundTrip(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"json", "yaml"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			srv := start(t)
			srv.want(t, 200, "POST", "/admin/clock/advance", `{"by":"1h0.5s"}`)
			srv.want(t, 200, "PUT", "/admin/processes/"+demo+"/instances/1", `{"state":"CRASHED","details":"out of memory"}`)
			srv.want(t, 200, "PATCH", "/admin/processes/"+worker, `{"instances":4,"metadata":{"labels":{"z":"1","a":"2"}}}`)
			srv.want(t, 200, "PUT", "/admin/faults/getProcess/503", `{"when":{"times":2}}`)
			srv.want(t, 200, "PATCH", "/admin/apps/"+demo, `{"deploying":true}`)
			srv.want(t, 200, "PUT", "/admin/quotas", `{"organizations":{"demo-org":{"total_instances":20}}}`)
			first := srv.want(t, 200, "GET", "/admin/state?format="+format, "")
			srv.want(t, 200, "POST", "/admin/load", `{"scenario":"empty"}`)
			srv.want(t, 200, "PUT", "/admin/state", first.body)
			second := srv.want(t, 200, "GET", "/admin/state?format="+format, "")
			if first.body != second.body {
				t.Errorf("%s\nbecame\n%s", first.body, second.body)
			}
			if v := srv.view(t, demo); !v.App.Deploying || v.Process.History.Forced[1].Details != "out of memory" {
				t.Errorf("%+v", v.Process)
			}
			if format == "yaml" && (first.header.Get("Content-Type") != "application/yaml; charset=utf-8" || !strings.HasPrefix(first.body, "name: default\n")) {
				t.Errorf("%s", first.body)
			}
		})
	}
}

func TestBadState(t *testing.T) {
	t.Parallel()
	srv := start(t)
	before := srv.want(t, 200, "GET", "/admin/state", "").body
	got := refusals(t, srv.want(t, 422, "PUT", "/admin/state", `{"name":"x","apps":[{"name":"a","space":"nowhere"}],"spaces":[{"name":"dev"}],"faults":[{"respond":{"status":418}}]}`))
	if len(got) != 2 || !strings.HasPrefix(got[0], "/apps/0/space: ") || !strings.HasPrefix(got[1], "/faults/0/respond/status: ") {
		t.Error(got)
	}
	srv.want(t, 422, "PUT", "/admin/state", "")
	srv.want(t, 422, "PUT", "/admin/state", "# nothing\n")
	if after := srv.want(t, 200, "GET", "/admin/state", "").body; after != before {
		t.Error("a refused document was applied")
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	srv := start(t)
	spoil := func() {
		srv.want(t, 204, "DELETE", "/admin/processes/"+worker, "")
		srv.want(t, 200, "PUT", "/admin/faults/getProcess/503", "")
		srv.want(t, 200, "POST", "/admin/clock/advance", `{"by":"1h"}`)
		played(t, srv.worlds.Root(), nil)
	}
	spoil()
	got := into[client.Overview](t, srv.want(t, 200, "POST", "/admin/reset", `{"only":["state","journal"]}`))
	if got.Counts.Processes != 3 || got.Journal.Entries != 0 || got.Faults.Rules != 1 || !got.Clock.Now.Equal(time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", got)
	}
	spoil()
	got = into[client.Overview](t, srv.want(t, 200, "POST", "/admin/reset", ""))
	if got.Counts.Processes != 3 || got.Journal.Entries != 0 || got.Faults.Rules != 0 || !got.Clock.Now.Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", got)
	}
	if got.Coverage.Covered != 1 {
		t.Error("a reset has cleared the coverage")
	}
	srv.wantRefusal(t, 422, "POST", "/admin/reset", `{"only":["state","world",1]}`,
		`/only/1: "world", expected one of state, faults, journal, clock`, `/only/2: 1, expected one of state, faults, journal, clock`)
	srv.wantRefusal(t, 422, "POST", "/admin/reset", `{"only":[]}`, `/only: an empty list, expected at least one of state, faults, journal, clock`)
	srv.wantRefusal(t, 422, "POST", "/admin/reset", `{"only":"state"}`, `/only: "state", expected an array`)
}

func TestLoad(t *testing.T) {
	t.Parallel()
	srv := start(t)
	for _, test := range []struct{ name, body, want string }{
		{"by name", `{"scenario":"outage"}`, "outage"},
		{"by name in YAML", "scenario: empty\n", "empty"},
		{"document", `{"scenario":{"name":"mine","apps":[{"name":"a"}]}}`, "mine"},
		{"document in YAML", "scenario:\n  name: mine2\n  apps:\n    - name: a\n      processes:\n        - {type: web, instances: 2}\n", "mine2"},
		{"document in YAML, after a comment", "\ufeff# mine\n---\nscenario: # here\n    name: mine3\n    seed: 3\n", "mine3"},
		{"name in quotes", "scenario: 'conflict' # why\n# more\n", "conflict"},
		{"bare document", `{"name":"bare","extends":"default"}`, "bare"},
		{"bare document in YAML", "# mine\nname: file\nextends: conflict\n", "file"},
	} {
		got := into[client.Overview](t, srv.want(t, 200, "POST", "/admin/load", test.body))
		if got.Scenario.Name != test.want {
			t.Errorf("%s: %+v", test.name, got.Scenario)
		}
	}
	srv.wantRefusal(t, 422, "POST", "/admin/load", "", "/scenario: left out, expected the name of a scenario or a document")
	srv.wantRefusal(t, 422, "POST", "/admin/load", `{"scenario":null}`, "/scenario: null, expected the name of a scenario or a document")
	srv.wantRefusal(t, 422, "POST", "/admin/load", `{"scenario":"empty","seed":1}`, `/seed: unknown key "seed", expected "scenario"`)
	unknown := refusals(t, srv.want(t, 422, "POST", "/admin/load", `{"scenario":"../etc/passwd"}`))
	if !strings.HasPrefix(unknown[0], `/scenario: scenario "../etc/passwd": no such scenario; there are default, `) {
		t.Error(unknown)
	}
	inner := refusals(t, srv.want(t, 422, "POST", "/admin/load", `{"scenario":{"name":"x","seed":"y"}}`))
	if len(inner) != 1 || !strings.HasPrefix(inner[0], `/scenario/seed: "y", expected`) {
		t.Error(inner)
	}
	srv.wantRefusal(t, 422, "POST", "/admin/load", "scenario: empty\nseed: 1\n", "/seed: unknown key \"seed\", expected \"scenario\"")
	below := refusals(t, srv.want(t, 422, "POST", "/admin/load", "scenario:\n  name: x\n  seed: y\n"))
	if len(below) != 1 || !strings.HasPrefix(below[0], `/scenario/seed: "y", expected`) {
		t.Error(below)
	}
	unknown = refusals(t, srv.want(t, 422, "POST", "/admin/load", "scenario: nope"))
	if !strings.HasPrefix(unknown[0], `/scenario: scenario "nope": no such scenario; there are default, `) {
		t.Error(unknown)
	}
	for _, broken := range []string{aliasBomb, "# only a comment", "a: [", "- x", "just text", "a: *b", "%"} {
		srv.want(t, 422, "POST", "/admin/load", broken)
	}
	if got := into[client.Overview](t, srv.want(t, 200, "GET", "/admin", "")); got.Scenario.Name != "file" {
		t.Errorf("%+v, expected the last good one to be kept", got.Scenario)
	}
}

func TestApps(t *testing.T) {
	t.Parallel()
	srv := start(t)
	before := srv.view(t, demo).Process
	got := srv.want(t, 200, "PATCH", "/admin/apps/"+demo, `{"state":"STOPPED","deploying":true}`)
	if want := `{"guid":"` + demo + `","name":"demo","state":"STOPPED","deploying":true}`; got.body != want {
		t.Error(got.body)
	}
	if p := srv.view(t, demo).Process; p.Version != before.Version {
		t.Error("stopping gave a new version")
	}
	srv.want(t, 200, "PATCH", "/admin/apps/"+demo, `{"state":"STARTED"}`)
	v := srv.view(t, demo)
	if v.Process.Version == before.Version || !v.App.Deploying || v.App.State != state.Started {
		t.Errorf("%+v %+v, expected a new version and the deployment to go on", v.Process, v.App)
	}
	if got := srv.want(t, 200, "GET", "/admin/apps/"+demo, ""); !strings.Contains(got.body, `"STARTED"`) {
		t.Error(got.body)
	}
	srv.wantRefusal(t, 404, "GET", "/admin/apps/nope", "", `no app "nope"`)
	srv.wantRefusal(t, 404, "PATCH", "/admin/apps/nope", "{}", `no app "nope"`)
	srv.wantRefusal(t, 422, "PATCH", "/admin/apps/"+demo, `{"state":"RUNNING","deploying":1,"name":"x"}`,
		`/state: "RUNNING", expected one of "STARTED", "STOPPED"`, `/deploying: 1, expected true or false`, `/name: unknown key "name", expected one of "state", "deploying"`)
}

func TestFeatures(t *testing.T) {
	t.Parallel()
	srv := start(t)
	if got := srv.want(t, 200, "PATCH", "/admin/features", `{"app_scaling":false,"app_scaling_message":"not today"}`); got.body != `{"app_scaling":false,"app_scaling_message":"not today"}` {
		t.Error(got.body)
	}
	if got := srv.want(t, 200, "PATCH", "/admin/features", `{"app_scaling":true}`); got.body != `{"app_scaling":true,"app_scaling_message":"not today"}` {
		t.Error(got.body)
	}
	if f := srv.worlds.Root().Current().State.Features(); !f.AppScaling {
		t.Errorf("%+v", f)
	}
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	srv := start(t)
	if got := srv.want(t, 200, "GET", "/admin/quotas", ""); got.body != `{"organizations":{},"spaces":{}}` {
		t.Error(got.body)
	}
	got := srv.want(t, 200, "PUT", "/admin/quotas", `{"organizations":{"`+demoOrg+`":{"total_memory_in_mb":512}},"spaces":{"dev":{"total_instances":3}}}`)
	const both = `{"organizations":{"demo-org":{"total_memory_in_mb":512}},"spaces":{"dev":{"total_instances":3}}}`
	if got.body != both {
		t.Error(got.body)
	}
	if v := srv.view(t, demo); *v.Organization.Quota.TotalMemoryInMB != 512 || *v.Space.Quota.TotalInstances != 3 {
		t.Errorf("%+v", v)
	}
	bad := refusals(t, srv.want(t, 422, "PUT", "/admin/quotas", `{"organizations":{"nope":{}},"spaces":{"dev":{"total_instances":"x"}},"users":{}}`))
	joined := strings.Join(bad, "\n")
	for _, part := range []string{"/organizations/nope: ", "/spaces/dev/total_instances: ", "/users: "} {
		if !strings.Contains(joined, part) {
			t.Errorf("%s\nlacks %s", joined, part)
		}
	}
	if after := srv.want(t, 200, "GET", "/admin/quotas", ""); after.body != both {
		t.Error("a refused body was applied: " + after.body)
	}
	if got := srv.want(t, 200, "PUT", "/admin/quotas", ""); got.body != `{"organizations":{},"spaces":{}}` {
		t.Error(got.body)
	}
}

// The exported form of every shipped scenario is one that can be put back.
func TestEveryScenarioCanBePutBack(t *testing.T) {
	t.Parallel()
	srv := start(t)
	for _, info := range library(t).List() {
		if info.Name == "large" {
			continue // TestALargeStateFits: ten thousand processes take seconds under the race detector
		}
		srv.want(t, 200, "POST", "/admin/load", `{"scenario":"`+info.Name+`"}`)
		first := srv.want(t, 200, "GET", "/admin/state", "").body
		srv.want(t, 200, "PUT", "/admin/state", first)
		if second := srv.want(t, 200, "GET", "/admin/state", "").body; first != second {
			t.Errorf("%s: %d bytes became %d others", info.Name, len(first), len(second))
		}
		if doc := into[scenario.Document](t, answer{body: first}); doc.Name != info.Name {
			t.Error(doc.Name)
		}
	}
}

// The largest shipped scenario is within what a body may take.
func TestALargeStateFits(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 200, "POST", "/admin/load", `{"scenario":"large"}`)
	got := srv.want(t, 200, "GET", "/admin/state", "")
	if processes := srv.worlds.Root().Current().State.Counts().Processes; processes < 10000 || len(got.body) > maxDocument {
		t.Errorf("%d processes, %d bytes", processes, len(got.body))
	}
}

// aliasBomb is a few bytes that stand for ten million values.
var aliasBomb = func() string {
	text, below := "a: &a [x,x,x,x,x,x,x,x,x,x]\n", "a"
	for _, name := range strings.Split("bcdefg", "") {
		text += name + ": &" + name + " [" + strings.TrimSuffix(strings.Repeat("*"+below+",", 10), ",") + "]\n"
		below = name
	}
	return text
}()
