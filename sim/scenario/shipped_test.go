package scenario_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/capisim/scenarios"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

func shipped(t testing.TB) *scenario.Library {
	t.Helper()
	lib, err := scenario.NewLibrary(scenarios.FS, "")
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func load(t testing.TB, name string) *scenario.Scenario {
	t.Helper()
	s, err := shipped(t).Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The library does not check embedded files when it loads them (they are
// trusted); that they deserve it is proven here.
func TestShippedScenariosAreValid(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(scenarios.FS, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			data, err := fs.ReadFile(scenarios.FS, file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := scenario.Parse(file, data, shipped(t))
			if err != nil {
				t.Fatal(err)
			}
			if file != s.Name+".yaml" {
				t.Errorf("%s is called %q", file, s.Name)
			}
			if !strings.Contains(s.Description, "Lets a client test ") {
				t.Errorf("%s does not say what it lets a client test: %q", file, s.Description)
			}
		})
	}
}

func TestShippedNames(t *testing.T) {
	t.Parallel()
	want := []string{"default", "conflict", "crashed", "deploying", "empty", "flapping", "forbidden", "large",
		"maintenance-window", "outage", "outage-database", "outage-uaa", "quota", "rate-limited", "slow", "validation", "vendor"}
	if got := shipped(t).Names(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// DESIGN.md §4, to the letter.
func TestDefaultScenario(t *testing.T) {
	t.Parallel()
	s := load(t, "default")
	seed := s.State(scenario.Epoch)

	type row struct {
		guid, app, typ, command, check string
		instances, memory, disk        int
	}
	const demo, legacy = "c1000000-0000-4000-8000-000000000001", "c2000000-0000-4000-8000-000000000001"
	want := []row{
		{demo, demo, "web", "bundle exec rackup", "port", 2, 256, 1024},
		{"d1000000-0000-4000-8000-000000000002", demo, "worker", "bundle exec rake work", "process", 1, 256, 1024},
		{legacy, legacy, "web", "./run", "port", 1, 256, 1024},
	}
	var got []row
	for _, p := range seed.Processes {
		got = append(got, row{p.GUID, p.AppGUID, p.Type, *p.Command, p.HealthCheck.Type, p.Instances, p.MemoryInMB, *p.DiskInMB})
		if !p.CreatedAt.Equal(scenario.Epoch) || !p.UpdatedAt.Equal(scenario.Epoch) {
			t.Errorf("%s was made at %v and changed at %v, want the load time", p.Type, p.CreatedAt, p.UpdatedAt)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("processes\n got %v\nwant %v", got, want)
	}
	if org := seed.Organizations[0]; org.Name != "demo-org" || org.GUID != "a1000000-0000-4000-8000-000000000001" {
		t.Errorf("organization %+v", org)
	}
	space := seed.Spaces[0]
	if space.Name != "dev" || space.GUID != "b1000000-0000-4000-8000-000000000001" || space.OrganizationGUID != seed.Organizations[0].GUID {
		t.Errorf("space %+v", space)
	}
	for i, wantState := range []state.AppState{state.Started, state.Stopped} {
		if seed.Apps[i].State != wantState {
			t.Errorf("app %s is %s", seed.Apps[i].Name, seed.Apps[i].State)
		}
	}
	if s.Clock.Frozen || s.Auth != scenario.Permissive || s.Variant != contract.Default || s.RateLimit != nil || len(s.Faults) > 0 {
		t.Errorf("not plain: %+v", s)
	}
}

func TestDefaultUsers(t *testing.T) {
	t.Parallel()
	seed := load(t, "default").State(scenario.Epoch)
	both := []string{state.ScopeRead, state.ScopeWrite}
	want := []struct {
		name   string
		scopes []string
		role   state.Role
	}{
		{"admin", []string{state.ScopeAdmin}, ""},
		{"developer", both, state.SpaceDeveloper},
		{"auditor", both, state.SpaceAuditor},
		{"outsider", both, ""},
	}
	for i, w := range want {
		u := seed.Users[i]
		if u.Name != w.name || u.Password != w.name || !slices.Equal(u.Scopes, w.scopes) {
			t.Errorf("user %d: %+v, want %+v", i, u, w)
		}
		if seed.Tokens[w.name] != w.name {
			t.Errorf("token %q is %q's", w.name, seed.Tokens[w.name])
		}
		var role state.Role
		if len(u.Grants) > 0 {
			role = u.Grants[0].Role
			if u.Grants[0].SpaceGUID != seed.Spaces[0].GUID {
				t.Errorf("%s has a role in %q", u.Name, u.Grants[0].SpaceGUID)
			}
		}
		if role != w.role {
			t.Errorf("%s is %q, want %q", u.Name, role, w.role)
		}
	}
}

func TestShippedScenariosDoWhatTheySay(t *testing.T) {
	t.Parallel()
	now := scenario.Epoch
	tests := []struct {
		name  string
		holds func(s *scenario.Scenario, seed state.Seed) bool
	}{
		{"conflict", func(s *scenario.Scenario, _ state.Seed) bool {
			return len(s.Faults) == 2 && s.Faults[0].Respond.Status == 409 && s.Faults[1].Respond.Status == 409
		}},
		{"validation", func(s *scenario.Scenario, _ state.Seed) bool {
			return len(s.Faults) == 3 && s.Faults[2].Respond.Status == 422
		}},
		{"outage", func(s *scenario.Scenario, _ state.Seed) bool {
			return s.Faults[0].Respond.Status == 503 && s.Faults[0].Respond.Headers["Retry-After"][0] == "5" && s.Faults[0].Match.Operations == nil
		}},
		{"flapping", func(s *scenario.Scenario, _ state.Seed) bool {
			return s.Number == 7 && *s.Faults[0].When.Probability == 0.3
		}},
		{"slow", func(s *scenario.Scenario, _ state.Seed) bool { return s.Faults[0].Delay.Lognormal != nil }},
		{"rate-limited", func(s *scenario.Scenario, _ state.Seed) bool {
			return *s.RateLimit == scenario.RateLimit{Limit: 10, Window: time.Minute, Per: scenario.PerUser}
		}},
		{"crashed", func(_ *scenario.Scenario, seed state.Seed) bool {
			web := seed.Processes[0]
			return web.Instances == 3 && web.History.Forced[2] == state.Forced{State: state.Down, Details: "insufficient resources: memory", Since: now} &&
				seed.Lifecycle.CrashLoop[0] == state.CrashLoop{Process: "web", After: document.Duration(5 * time.Second)}
		}},
		{"deploying", func(_ *scenario.Scenario, seed state.Seed) bool {
			return seed.Apps[0].Deploying && !seed.Apps[1].Deploying && seed.Processes[0].Instances == 2 && len(seed.Processes) == 4 &&
				seed.Deployments[0].ProcessGUID == seed.Processes[2].GUID && seed.Deployments[0].Held
		}},
		{"quota", func(_ *scenario.Scenario, seed state.Seed) bool {
			return *seed.Organizations[0].Quota.TotalMemoryInMB == 1024
		}},
		{"forbidden", func(s *scenario.Scenario, seed state.Seed) bool {
			return s.Auth == scenario.Strict && len(seed.Users) == 8 && seed.Users[1].Grants[0].Role == state.SpaceAuditor && len(seed.Tokens) == 7
		}},
		{"maintenance-window", func(s *scenario.Scenario, _ state.Seed) bool {
			return time.Duration(s.Faults[2].When.From) == 30*time.Second && time.Duration(*s.Faults[2].When.Until) == 90*time.Second
		}},
		{"outage-database", func(_ *scenario.Scenario, seed state.Seed) bool { return seed.Platform.Database == state.PartDown }},
		{"outage-uaa", func(_ *scenario.Scenario, seed state.Seed) bool { return seed.Platform.UAA == state.KeysDown }},
		{"vendor", func(s *scenario.Scenario, seed state.Seed) bool {
			web := seed.Processes[0]
			return s.Variant == contract.Vendor && web.RegistryCredential.GUID != "" && web.RegistryCredential.LastSyncedAt.Equal(now) &&
				*web.Readiness.Timeout == 30 && web.RevisionGUID != "" && *web.Command == "bundle exec rackup"
		}},
		{"empty", func(_ *scenario.Scenario, seed state.Seed) bool {
			return len(seed.Spaces) == 1 && len(seed.Apps) == 0 && len(seed.Processes) == 0 && len(seed.Users) == 4
		}},
		{"large", func(_ *scenario.Scenario, seed state.Seed) bool {
			return len(seed.Processes) == 10_000 && len(seed.Apps) == 5_000
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := load(t, test.name)
			if !test.holds(s, s.State(now)) {
				t.Errorf("%+v", s)
			}
		})
	}
}

func BenchmarkLoadDefault(b *testing.B) {
	for b.Loop() {
		load(b, "default").State(scenario.Epoch)
	}
}

func BenchmarkStateOfLarge(b *testing.B) {
	s := load(b, "large")
	s.State(scenario.Epoch)
	b.ReportAllocs()
	for b.Loop() {
		s.State(scenario.Epoch)
	}
}

func BenchmarkFirstStateOfLarge(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		load(b, "large").State(scenario.Epoch)
	}
}
