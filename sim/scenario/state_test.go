package scenario_test

import (
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

func parsed(t testing.TB, text string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Parse("f.yaml", []byte(text), shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var uuid4 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// The two ways to say that there are no metrics make one state.
func TestLogCache(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]state.Health{
		"log_cache_available: false":                              state.PartDown,
		"log_cache_available: true":                               "",
		"platform: {log_cache: down}":                             state.PartDown,
		"platform: {log_cache: null}":                             "",
		"log_cache_available: false\nplatform: {log_cache: null}": state.PartDown,
	} {
		if got := parsed(t, "name: x\n"+text+"\n").State(time.Time{}).Platform.LogCache; got != want {
			t.Errorf("%s: Log Cache is %q, want %q", text, got, want)
		}
	}
}

// All that can be left out, left out: the real server's defaults (§11, §18),
// and the rest drawn.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 6, 7, 8, 9, 999, time.FixedZone("", 3600))
	loaded := time.Date(2026, 5, 6, 6, 8, 9, 0, time.UTC)
	s := parsed(t, "name: x\napps:\n  - {}\n  - processes: [{type: web}, {type: worker}, {type: cron, health_check: {type: http}}]\n")
	seed := s.State(now)
	if s.Number != 1 || s.Variant != contract.Default || s.Clock.Frozen || s.Auth != scenario.Permissive {
		t.Errorf("%+v", s)
	}
	if !seed.Features.AppScaling || !seed.StatsAvailable || seed.Platform != (state.Platform{}) {
		t.Errorf("%+v", seed)
	}
	if u := seed.Users[0]; u.Name != "admin" || u.Password != "admin" || !slices.Equal(u.Scopes, []string{state.ScopeAdmin}) || u.Origin != "uaa" ||
		!uuid4.MatchString(u.GUID) || seed.Tokens["admin"] != "admin" {
		t.Errorf("%+v", u)
	}
	if len(seed.Organizations) != 1 || len(seed.Spaces) != 1 || seed.Spaces[0].OrganizationGUID != seed.Organizations[0].GUID {
		t.Errorf("%+v", seed.Spaces)
	}
	if len(seed.Processes) != 4 {
		t.Fatalf("%d processes", len(seed.Processes))
	}
	for i, app := range seed.Apps {
		if app.Name == "" || app.State != state.Started || app.Stack != "cflinuxfs4" || len(app.Buildpacks) != 1 || !app.CreatedAt.Equal(loaded) || !uuid4.MatchString(app.GUID) {
			t.Errorf("app %d: %+v", i, app)
		}
	}
	wantInstances, wantCheck := []int{1, 1, 0, 0}, []string{"port", "port", "process", "http"}
	for i, p := range seed.Processes {
		if p.MemoryInMB != 1024 || *p.DiskInMB != 1024 || p.LogRateLimit != 1048576 || p.Instances != wantInstances[i] || p.HealthCheck.Type != wantCheck[i] ||
			p.Readiness.Type != "process" || p.User != nil || p.Command != nil || p.DetectedCommand == "" || !uuid4.MatchString(p.Version) ||
			!uuid4.MatchString(p.GUID) || !uuid4.MatchString(p.RevisionGUID) || p.RegistryCredential != nil || !p.CreatedAt.Equal(loaded) || !p.UpdatedAt.Equal(loaded) {
			t.Errorf("process %d: %+v", i, p)
		}
		if (p.GUID == p.AppGUID) != (p.Type == "web") {
			t.Errorf("process %d of type %s has guid %s under app %s", i, p.Type, p.GUID, p.AppGUID)
		}
	}
	if endpoint := seed.Processes[3].HealthCheck.Endpoint; endpoint == nil || *endpoint != "/" {
		t.Errorf("endpoint of the http check: %v", endpoint)
	}
}

func TestSameSeedSameState(t *testing.T) {
	t.Parallel()
	const text = "name: x\nseed: 3\napps: [{}, {name: b}]\ngenerate: {apps: 20, processes: [web, worker]}\n"
	one, two := parsed(t, text), parsed(t, text)
	if !reflect.DeepEqual(one.State(scenario.Epoch), two.State(scenario.Epoch)) {
		t.Error("two readings of one file differ")
	}
	seed := int64(4)
	other := one.Varied(scenario.Variation{Seed: &seed})
	if other.Number != 4 || other.State(scenario.Epoch).Apps[0].GUID == one.State(scenario.Epoch).Apps[0].GUID {
		t.Error("another seed draws the same")
	}
	if one.Number != 3 {
		t.Error("Varied changed the scenario it was called on")
	}
	if one.Varied(scenario.Variation{Seed: &seed}) != other || one.Varied(scenario.Variation{}) != one || other.Varied(scenario.Variation{Seed: &one.Number}).Number != 3 {
		t.Error("a variation is made twice")
	}
	if vendor := one.Varied(scenario.Variation{Variant: contract.Vendor}); vendor.Variant != contract.Vendor || vendor.State(scenario.Epoch).Variant != contract.Vendor || vendor.Number != 3 {
		t.Errorf("the variant is %s", vendor.Variant)
	}
	zero := parsed(t, "name: x\nseed: 0\napps: [{}]\n")
	if !reflect.DeepEqual(zero.State(scenario.Epoch), parsed(t, "name: x\nseed: 0\napps: [{}]\n").State(scenario.Epoch)) {
		t.Error("seed 0 is random")
	}
}

// What is drawn for a thing does not depend on what stands beside it.
func TestDrawsAreIndependent(t *testing.T) {
	t.Parallel()
	few := parsed(t, "name: x\napps: [{name: b}]\n").State(scenario.Epoch)
	more := parsed(t, "name: x\napps: [{name: a}, {name: b}]\n").State(scenario.Epoch)
	if !reflect.DeepEqual(few.Apps[0], more.Apps[1]) || !reflect.DeepEqual(few.Processes[0], more.Processes[1]) {
		t.Errorf("app b changed from %+v to %+v", few.Apps[0], more.Apps[1])
	}
}

func TestStatesShareNothingThatChanges(t *testing.T) {
	t.Parallel()
	s := parsed(t, "name: x\nextends: crashed\n")
	first := s.State(scenario.Epoch)
	first.Processes[0].GUID, first.Apps[0].Name, first.Tokens["admin"] = "", "", ""
	first.Processes[0].History.Forced[2] = state.Forced{}
	later := scenario.Epoch.Add(time.Minute)
	second := s.State(later)
	if second.Processes[0].GUID == "" || second.Apps[0].Name == "" || second.Tokens["admin"] == "" || !second.Processes[0].History.Forced[2].Since.Equal(later) {
		t.Errorf("%+v", second)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	start := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		name, clock string
		want        scenario.ClockSpec
	}{
		{"left out", "{}", scenario.ClockSpec{}},
		{"real", "{mode: real}", scenario.ClockSpec{}},
		{"frozen", "{mode: frozen}", scenario.ClockSpec{Frozen: true, Start: scenario.Epoch}},
		{"frozen at", `{mode: frozen, start: "2030-01-02T04:04:05+01:00"}`, scenario.ClockSpec{Frozen: true, Start: start}},
		{"a start alone", `{start: "2030-01-02T03:04:05Z"}`, scenario.ClockSpec{Frozen: true, Start: start}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := parsed(t, "name: x\nclock: "+test.clock+"\n").Clock; got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// A process as the API answers it may be pasted into a file.
func TestPastedProcess(t *testing.T) {
	t.Parallel()
	s, err := scenario.Parse("f.json", []byte(`{"name": "x", "apps": [{"guid": "app", "processes": [{
		"guid": "app", "created_at": "2016-03-23T18:48:22Z", "updated_at": "2016-03-23T18:48:42Z", "version": "v", "type": "web",
		"command": "rackup", "user": "vcap", "instances": 5, "memory_in_mb": 256, "disk_in_mb": null, "log_rate_limit_in_bytes_per_second": -1,
		"registry_credential_last_synced_at": "2020-01-01T00:00:00Z",
		"health_check": {"type": "port", "data": {"timeout": null, "invocation_timeout": null, "interval": null}},
		"readiness_health_check": {"type": "http", "data": {"invocation_timeout": 1, "interval": 2, "endpoint": "/r"}},
		"process_instances": [{"index": 0, "state": "RUNNING", "since": 1}],
		"relationships": {"app": {"data": {"guid": "app"}}, "revision": {"data": {"guid": "rev"}}, "registry_credential": {"data": {"guid": "cred"}}},
		"metadata": {"labels": {"b": "1", "a": "2"}, "annotations": {}},
		"links": {"self": {"href": "https://api.example.org/v3/processes/app"}}}]}]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	p := s.State(scenario.Epoch).Processes[0]
	synced := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	if p.DiskInMB != nil || p.RevisionGUID != "rev" || !reflect.DeepEqual(p.RegistryCredential, &state.RegistryCredential{GUID: "cred", LastSyncedAt: &synced}) ||
		p.UpdatedAt.Sub(p.CreatedAt) != 20*time.Second || *p.User != "vcap" || p.LogRateLimit != -1 || *p.Readiness.Endpoint != "/r" || p.HealthCheck.Timeout != nil {
		t.Errorf("%+v", p)
	}
	if want := (contract.Pairs{{Key: "b", Value: "1"}, {Key: "a", Value: "2"}}); !slices.Equal(p.Metadata.Labels, want) {
		t.Errorf("labels %v, want %v in this order", p.Metadata.Labels, want)
	}
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	doc := scenario.Generate(50, 7)
	one := written(t, doc)
	two := written(t, scenario.Generate(50, 7))
	seed := one.State(scenario.Epoch)
	if !reflect.DeepEqual(seed, two.State(scenario.Epoch)) {
		t.Error("the same numbers gave two documents")
	}
	if reflect.DeepEqual(scenario.Generate(50, 8).Apps, doc.Apps) {
		t.Error("another seed gave the same document")
	}
	if len(seed.Apps) != 50 || len(seed.Processes) != 100 {
		t.Errorf("%d apps, %d processes", len(seed.Apps), len(seed.Processes))
	}
	for _, p := range seed.Processes {
		if p.Instances < 1 || p.Instances > 4 || len(p.Metadata.Labels) != 2 || p.GUID == "" || *p.Command == "" {
			t.Errorf("%+v", p)
		}
	}
}

func TestGeneratedAppsAreDealtToTheSpaces(t *testing.T) {
	t.Parallel()
	seed := parsed(t, "name: x\nspaces: [{name: a}, {name: b}]\ngenerate: {apps: 4, processes: [web, cron], instances: {min: 2, max: 2}}\n").State(scenario.Epoch)
	if len(seed.Processes) != 8 || seed.Apps[0].SpaceGUID != seed.Spaces[0].GUID || seed.Apps[3].SpaceGUID != seed.Spaces[1].GUID {
		t.Errorf("%+v", seed.Apps)
	}
	for _, p := range seed.Processes {
		if p.Instances != 2 {
			t.Errorf("%d instances", p.Instances)
		}
	}
}
