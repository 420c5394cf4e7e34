package state

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// start is when everything of the test seed was created.
var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// later is a moment after the start.
func later(by time.Duration) time.Time { return start.Add(by) }

func ptr[T any](value T) *T { return &value }

// testSeed is two organizations, three spaces, three apps and four processes.
// Each call makes a new one, so that a test may bend its own.
//
//	one  dev   front STARTED  front (web, 2 x 256 MB), worker (1 x 256 MB)
//	one  prod  back  STOPPED  back (web, 1 x 256 MB)
//	two  far   away  STARTED  away (web, 1 x 256 MB)
func testSeed() Seed {
	process := func(guid, app, typ string, instances int) Process {
		return Process{
			GUID: guid, AppGUID: app, Type: typ, CreatedAt: start, UpdatedAt: start, Version: "version-of-" + guid,
			Command: ptr("run " + guid), DetectedCommand: "detected " + guid, Instances: instances, MemoryInMB: 256, DiskInMB: ptr(1024), LogRateLimit: 1000, HasPorts: true,
			HealthCheck: HealthCheck{Type: "process"}, Readiness: HealthCheck{Type: "process"},
		}
	}
	app := func(guid, name, space string, state AppState) App {
		return App{GUID: guid, Name: name, SpaceGUID: space, State: state, CreatedAt: start,
			Droplets: []Droplet{{GUID: "droplet-of-" + guid, Buildpacks: []string{"ruby_buildpack"}}}, DropletGUID: "droplet-of-" + guid, RevisionsEnabled: state != Started}
	}
	return Seed{
		Number:        7,
		Organizations: []Organization{{GUID: "one", Name: "first"}, {GUID: "two", Name: "second"}},
		Spaces: []Space{
			{GUID: "dev", Name: "development", OrganizationGUID: "one"},
			{GUID: "prod", Name: "production", OrganizationGUID: "one"},
			{GUID: "far", Name: "faraway", OrganizationGUID: "two"},
		},
		Apps: []App{
			app("front", "shop", "dev", Started), app("back", "ledger", "prod", Stopped), app("away", "shop", "far", Started),
		},
		Processes: []Process{
			process("front", "front", "web", 2), process("worker", "front", "worker", 1),
			process("back", "back", "web", 1), process("away", "away", "web", 1),
		},
		Users:    []User{{Name: "dora", GUID: "user-dora", Password: "secret"}},
		Tokens:   map[string]string{"token-of-dora": "dora", "token-of-nobody": "nobody"},
		Features: Features{AppScaling: true}, StatsAvailable: true,
	}
}

// indexes of the seed's slices, for tests that bend it.
const (
	one, two         = 0, 1
	dev, prod, far   = 0, 1, 2
	front, worker    = 0, 1
	back, away       = 2, 3
	backApp, farAway = 1, 2
)

// storeOf makes a store of the test seed as bent.
func storeOf(bend ...func(*Seed)) *Store {
	seed := testSeed()
	for _, b := range bend {
		b(&seed)
	}
	return New(seed)
}

// root may everything.
var root = NewViewer(&User{Name: "root", GUID: "user-root"}, []string{ScopeAdmin})

// holder is an ordinary user with both scopes and one role.
func holder(role Role, space, organization string) Viewer {
	user := &User{Name: string(role), GUID: "user", Grants: []Grant{{Role: role, SpaceGUID: space, OrganizationGUID: organization}}}
	return NewViewer(user, []string{ScopeRead, ScopeWrite})
}

// bodyOf reads a JSON body as the API does.
func bodyOf(t testing.TB, text string) contract.Body {
	t.Helper()
	body, err := contract.ParseBody("application/json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// errorOf is the error of a change.
func errorOf(_ View, err error) error { return err }

// refusal spells an error out: a catalogue error with all that is sent of it.
func refusal(err error) string {
	var known *contract.Error
	if errors.As(err, &known) {
		return fmt.Sprintf("%d %s %d %q", known.Status, known.Title, known.Code, known.Detail)
	}
	return fmt.Sprint(err)
}

// expect compares an error with the one that the contract wants, words
// included.
func expect(t testing.TB, got, want error) {
	t.Helper()
	if refusal(got) != refusal(want) {
		t.Errorf("got  %s\nwant %s", refusal(got), refusal(want))
	}
}

// stored is the version of a process that the store holds.
func stored(t testing.TB, s *Store, guid string) *Process {
	t.Helper()
	p := s.Peek(Ref{GUID: guid}).Process
	if p == nil {
		t.Fatalf("no process %s", guid)
	}
	return p
}
