package scenario_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

// lived is a world to which much has happened: every field of state that can
// be exported differs from what would be drawn.
func lived() state.Seed {
	at := func(minutes int) time.Time {
		return time.Date(2025, 12, 31, 23, minutes, 7, 123456789, time.UTC)
	}
	five, big, disk := 5, int64(4096), 2048
	command, user, endpoint := "./serve 'x: y' # not a comment", "TestUser", "/health"
	synced, half := at(3), 0.5
	return state.Seed{
		Number:  -3,
		Variant: contract.Vendor,
		Organizations: []state.Organization{
			{GUID: "org-1", Name: "one", CreatedAt: at(0), UpdatedAt: at(1), Suspended: true, Quota: &state.Quota{TotalMemoryInMB: &big},
				Metadata: contract.Metadata{Labels: contract.Pairs{{Key: "z", Value: "1"}, {Key: "a", Value: ""}}}},
			{GUID: "org-2", Name: "two: \"2\"", CreatedAt: at(0), UpdatedAt: at(1), Deleting: true},
		},
		Spaces: []state.Space{
			{GUID: "space-1", Name: "dev", OrganizationGUID: "org-1", CreatedAt: at(0), UpdatedAt: at(1), IsolationSegment: "iso"},
			{GUID: "space-2", Name: "dev", OrganizationGUID: "org-2", CreatedAt: at(0), UpdatedAt: at(1), Suspended: true, Deleting: true,
				Quota: &state.Quota{InstanceMemoryInMB: &big, TotalInstances: &big, LogRateLimit: &big}},
		},
		Apps: []state.App{
			{GUID: "app-1", Name: "a", SpaceGUID: "space-1", State: state.Started, Deploying: true, RevisionsEnabled: true, CreatedAt: at(2), UpdatedAt: at(3), Buildpacks: []string{}, Stack: "s",
				Droplets:    []state.Droplet{{GUID: "d-1", CreatedAt: at(2), Stack: "s", Buildpacks: []string{}}, {GUID: "d-2", Stack: "t", Buildpacks: []string{"y"}}},
				DropletGUID: "d-1", Revisions: []state.Revision{
					{GUID: "rev", Version: 2, DropletGUID: "d-2", Description: "first", CreatedAt: at(3), Commands: []state.Command{{Type: "web", Command: &command}, {Type: "a"}}},
					{GUID: "rev-2", Version: 3, DropletGUID: "d-1", Description: "next"}}},
			{GUID: "app-2", Name: "a", SpaceGUID: "space-2", State: state.Stopped, CreatedAt: at(2), UpdatedAt: at(3), Buildpacks: []string{"x"}, Stack: "s",
				Metadata: contract.Metadata{Annotations: contract.Pairs{{Key: "k", Value: "line\nline\u2028é"}}}},
		},
		// The order of creation is not that of the apps.
		Processes: []state.Process{
			{GUID: "app-1", AppGUID: "app-1", Type: "web", CreatedAt: at(4), UpdatedAt: at(5), Version: "v1", Command: &command, DetectedCommand: "",
				User: &user, Instances: 3, MemoryInMB: 64, DiskInMB: nil, LogRateLimit: -1,
				HealthCheck: state.HealthCheck{Type: "http", Timeout: &five, InvocationTimeout: &five, Interval: &five, Endpoint: &endpoint},
				Readiness:   state.HealthCheck{Type: "port", Timeout: &five, Endpoint: &endpoint}, RevisionGUID: "rev",
				RegistryCredential: &state.RegistryCredential{GUID: "cred", LastSyncedAt: &synced},
				Sidecars:           []state.Sidecar{{Name: "s", MemoryInMB: 10}},
				Metadata:           contract.Metadata{Labels: contract.Pairs{{Key: "example.com/env", Value: "prod"}}},
				History: state.History{Epoch: 4, Limits: &state.Limits{MemoryInMB: 32, DiskInMB: 5, LogRateLimit: 9},
					Batches:  []state.Batch{{First: 0, At: at(6), Epoch: 1}, {First: 2, At: at(7), Epoch: 3}},
					Restarts: map[int]state.Batch{1: {First: 1, At: at(8), Epoch: 4}},
					Forced: map[int]state.Forced{
						0: {State: state.Crashed, Details: "oom", Since: at(9)},
						1: {Facts: &state.Facts{Routable: contract.Optional[bool]{Set: true, Null: true}, Ports: []state.Port{}, Usage: contract.Optional[state.UsageFacts]{Set: true, Null: true}}},
						2: {State: state.Down, Since: at(9), Facts: &state.Facts{
							Ports: []state.Port{{Internal: 8080}, {External: 61000, Internal: 9090, ExternalTLS: new(61001), InternalTLS: new(61443)}},
							Usage: contract.Optional[state.UsageFacts]{Set: true, Value: state.UsageFacts{CPU: &half, CPUEntitlement: contract.Optional[float64]{Set: true, Null: true}, Memory: &big}},
							Host:  &user, IP: &command, MemoryQuota: contract.Optional[int64]{Set: true, Null: true}, DiskQuota: contract.Optional[int64]{Set: true, Value: 0},
							LogRateLimit: contract.Optional[int64]{Set: true, Value: -1}, IsolationSegment: contract.Optional[string]{Set: true, Null: true}}},
					}, Stopped: at(10)}},
			{GUID: "app-2", AppGUID: "app-2", Type: "web", HasPorts: true, CreatedAt: at(4), UpdatedAt: at(5), Version: "v2", DetectedCommand: "run", Instances: 0, MemoryInMB: 1024,
				DiskInMB: &disk, LogRateLimit: 5, HealthCheck: state.HealthCheck{Type: "none"}, Readiness: state.HealthCheck{Type: "process"},
				RegistryCredential: &state.RegistryCredential{LastSyncedAt: &synced}},
			{GUID: "web-2", AppGUID: "app-1", Type: "web", CreatedAt: at(4), UpdatedAt: at(5), Version: "v3", DetectedCommand: "run", Instances: 1, MemoryInMB: 1024,
				DiskInMB: &disk, LogRateLimit: 5, HealthCheck: state.HealthCheck{Type: "port"}, Readiness: state.HealthCheck{Type: "process"},
				RegistryCredential: &state.RegistryCredential{GUID: "cred"}},
		},
		Deployments: []state.Deployment{
			{GUID: "dep-1", AppGUID: "app-1", CreatedAt: at(5), UpdatedAt: at(6), ChangedAt: at(7), HealthyAt: at(8), State: state.Canceled, Reason: "SUPERSEDED", Error: "e",
				DeploymentOptions: contract.DeploymentOptions{Strategy: "canary", MaxInFlight: 3, WebInstances: &five, MemoryInMB: &five, DiskInMB: &disk, LogRateLimit: &big, Steps: []int{20, 50}},
				Step:              2,
				DropletGUID:       "d-1", PreviousDroplet: "d-2", Revision: state.DeployedRevision{GUID: "rev", Version: 2}, ProcessGUID: "gone", Original: 4, Held: true, Next: at(9),
				Metadata: contract.Metadata{Labels: contract.Pairs{{Key: "k", Value: "v"}}}},
			{GUID: "dep-2", AppGUID: "app-1", State: state.Paused, Reason: "PAUSED",
				DeploymentOptions: contract.DeploymentOptions{Strategy: "canary", MaxInFlight: 1}, Step: 1, ProcessGUID: "web-2"},
		},
		Users: []state.User{
			{Name: "u", GUID: "user-1", Password: "", Origin: "ldap", Scopes: []string{}, Grants: []state.Grant{
				{Role: state.SpaceSupporter, SpaceGUID: "space-2"}, {Role: state.OrgAuditor, OrganizationGUID: "org-2"}}},
			{Name: "c", GUID: "user-2", Password: "secret", Scopes: []string{state.ScopeAdmin}, Client: true},
		},
		Tokens: map[string]string{"t": "u"},
		Lifecycle: state.Lifecycle{StartDelay: 90 * time.Second, ReadyDelay: time.Second, StopDelay: time.Minute, RestartDelay: 3 * time.Second,
			ReadinessLoop: []state.ReadinessLoop{{Process: "web", Ready: document.Duration(time.Minute), Unready: document.Duration(time.Second)}}, CrashLoop: []state.CrashLoop{{Process: "web", After: document.Duration(time.Hour)}, {Process: "web", After: document.Duration(time.Minute)}}},
		Features: state.Features{AppScaling: false, AppScalingMessage: "not today"},
		Platform: state.Platform{Database: "down", UAA: "issuer_down", Diego: "erring", LogCache: "down"},
		Audit: state.Audit{
			Events: []state.Event{
				{Type: "audit.app.update", At: at(1), Actor: state.Party{GUID: "user-1", Type: "user", Name: "u"}, App: &state.App{GUID: "app-1", Name: "before"},
					Data: []document.Field{{Key: "request", Value: document.Value{Kind: document.Object, Members: []document.Field{{Key: "z", Value: document.Int(1)}, {Key: "a"}}}}}},
				{Type: "app.crash", At: at(2), App: &state.App{GUID: "app-2", Name: "a"}},
			},
			Count: 7, Settled: map[string]time.Time{"web-2": at(9)},
		},
	}
}

// written reads a document that was made in Go, as a client would send it.
func written(t *testing.T, doc *scenario.Document) *scenario.Scenario {
	t.Helper()
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	read, err := scenario.FromBody(nil, raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// What is exported loads again to the same state, whatever the clock shows
// then (DESIGN.md §7, PUT /admin/state).
func TestExportRoundTrip(t *testing.T) {
	t.Parallel()
	later := scenario.Epoch.Add(time.Hour)
	seeds := map[string]state.Seed{"lived": lived(), "nothing": {Tokens: map[string]string{}, Variant: contract.Default, StatsAvailable: true}}
	for _, name := range shipped(t).Names() {
		if name != "large" {
			seeds[name] = load(t, name).State(scenario.Epoch)
		}
	}
	for name, seed := range seeds {
		store := state.New(seed)
		for _, format := range []string{"yaml", "json"} {
			t.Run(name+"/"+format, func(t *testing.T) {
				t.Parallel()
				doc := scenario.FromState(store, &scenario.Scenario{Name: "exported", Progress: &scenario.Progress{}})
				text, err := scenario.Dump(doc, format)
				if err != nil {
					t.Fatal(err)
				}
				again, err := scenario.Parse("exported."+format, text, nil)
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				got, want := again.State(later), store.Export()
				if a, b := done(&got), done(&want); a != b {
					t.Errorf("done was\n%s\nwant\n%s", a, b)
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("state differs\n got %s\nwant %s", shown(t, got), shown(t, want))
				}
			})
		}
	}
}

// done takes the audit events out of a seed, as far as they are shown.
func done(seed *state.Seed) (text string) {
	for _, e := range seed.Audit.Events {
		text += fmt.Sprintln(e.Type, e.At, e.Actor, e.App.GUID, e.App.Name, document.Value{Kind: document.Object, Members: e.Data})
	}
	seed.Audit.Events = nil
	return text
}

// TestWrite: what is written app by app is what is dumped at once.
func TestWrite(t *testing.T) {
	t.Parallel()
	s := load(t, "outage")
	for name, seed := range map[string]state.Seed{
		"lived": lived(), "nothing": {}, "no processes": {Apps: []state.App{{GUID: "a"}}}, "shipped": s.State(scenario.Epoch),
	} {
		store := state.New(seed)
		for _, format := range []string{"json", "yaml", scenario.Compact} {
			want, err := scenario.Dump(scenario.FromState(store, s), format)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := scenario.Write(&got, format, store, s, nil); err != nil || got.String() != string(want) {
				t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got.String(), want)
			}
		}
	}
	empty, _ := document.Decode([]byte(`{"apps":[{}],"x":[{},"` + strings.Repeat("long ", 30) + `"]}`))
	none := &scenario.Scenario{Name: "no apps", Document: &scenario.Document{Resources: map[string][]document.Value{"tasks": {empty, {Kind: document.Object}}}}}
	for _, format := range []string{"json", "yaml", scenario.Compact} {
		want, err := scenario.Dump(scenario.FromState(state.New(state.Seed{}), none), format)
		var got bytes.Buffer
		if wrong := scenario.Write(&got, format, state.New(state.Seed{}), none, nil); err != nil || wrong != nil || got.String() != string(want) {
			t.Errorf("%v, %v: %s\nwant %s", err, wrong, got.String(), want)
		}
	}
	var changed bytes.Buffer
	rename := func(part document.Value) {
		if _, whole := part.Get("name"); whole {
			part.Members = document.Put(part.Members, "name", document.Text("{}"))
			return
		}
		app := &part.Members[0].Value.Members[0].Value
		*app = app.With("name", document.Text("other"))
	}
	if err := scenario.Write(&changed, scenario.Compact, state.New(state.Seed{Apps: []state.App{{GUID: "a"}, {GUID: "b"}}}), s, rename); err != nil ||
		!strings.HasPrefix(changed.String(), `{"name":"{}"`) || strings.Count(changed.String(), `"name":"other"`) != 2 {
		t.Errorf("%v: %s", err, changed.String())
	}
	if err := scenario.Write(broken{}, "json", state.New(lived()), s, nil); err == nil {
		t.Error("a broken pipe goes unnoticed")
	}
}

// broken is a writer that takes nothing.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func shown(t *testing.T, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What is not state comes from the world's scenario.
func TestExportOfTheRest(t *testing.T) {
	t.Parallel()
	s := &scenario.Scenario{
		Name: "w", Description: "d",
		Clock:     scenario.ClockSpec{Frozen: true, Start: scenario.Epoch.Add(1500 * time.Millisecond)},
		Auth:      scenario.Strict,
		RateLimit: &scenario.RateLimit{Limit: 3, Window: time.Second, Per: scenario.PerWorld},
		Faults:    []fault.Rule{{ID: "f", Respond: &fault.Respond{Status: 503}}},
	}
	again := written(t, scenario.FromState(state.New(state.Seed{Number: 5}), s))
	if again.Name != "w" || again.Description != "d" || again.Number != 5 || again.Variant != contract.Default || again.Clock != s.Clock ||
		again.Auth != s.Auth || *again.RateLimit != *s.RateLimit || !reflect.DeepEqual(again.Faults, s.Faults) {
		t.Errorf("got %+v, want %+v", again, s)
	}
}

func TestDumpRoundTrip(t *testing.T) {
	t.Parallel()
	docs := map[string]*scenario.Document{"generated": scenario.Generate(30, 5)}
	for _, name := range shipped(t).Names() {
		docs[name] = load(t, name).Document
	}
	for name, doc := range docs {
		for _, format := range []string{"yaml", "json"} {
			t.Run(name+"/"+format, func(t *testing.T) {
				t.Parallel()
				text, err := scenario.Dump(doc, format)
				if err != nil {
					t.Fatal(err)
				}
				s, err := scenario.Parse("f."+format, text, nil)
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				again, err := scenario.Dump(s.Document, format)
				if err != nil {
					t.Fatal(err)
				}
				whole := written(t, doc)
				want, err := scenario.Dump(whole.Document, format)
				if err != nil {
					t.Fatal(err)
				}
				if string(again) != string(want) {
					t.Errorf("got\n%s\nwant\n%s", again, want)
				}
			})
		}
	}
}

func TestDumpYAMLReadsWell(t *testing.T) {
	t.Parallel()
	text, err := scenario.Dump(load(t, "vendor").Document, "yaml")
	if err != nil {
		t.Fatal(err)
	}
	const want = `apps:
  - name: demo
    space: dev
    guid: c1000000-0000-4000-8000-000000000001
    state: STARTED
    buildpacks: [ruby_buildpack]
    processes:
      - type: web
        guid: c1000000-0000-4000-8000-000000000001
        command: bundle exec rackup
        instances: 2
        memory_in_mb: 256
        disk_in_mb: 1024
        health_check:
          type: http
          data: {timeout: 60, invocation_timeout: 5, interval: 10, endpoint: /health}
`
	if !strings.Contains(string(text), want) {
		t.Errorf("got\n%s\nwant in it\n%s", text, want)
	}
}

func TestDumpFormat(t *testing.T) {
	t.Parallel()
	if _, err := scenario.Dump(&scenario.Document{}, "toml"); err == nil || err.Error() != `format "toml", expected yaml or json` {
		t.Errorf("got %v", err)
	}
}
