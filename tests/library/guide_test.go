package library_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim"
)

// What docs/guides/go-tests.md shows stands here, word for word.

// NewClient is called in the guide as one's own client would be.
func NewClient(base string, c *http.Client) *platform {
	return &platform{base: base, http: c, pause: func(time.Duration) {}}
}

func TestUpdateSurvivesConflicts(t *testing.T) {
	srv := sim.Start(t)
	srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: 409, Exactly: 2})

	client := NewClient(srv.URL, srv.Client("developer")) // your client
	if err := client.Update("c1000000-0000-4000-8000-000000000001", "rackup"); err != nil {
		t.Fatal(err)
	}

	if command := srv.Process(t, "c1000000-0000-4000-8000-000000000001").Command; command != "rackup" {
		t.Errorf("the command is %q", command)
	}
}

func TestAsksForWhatIsNeeded(t *testing.T) {
	srv := sim.Start(t)
	client := NewClient(srv.URL, srv.Client("developer"))
	if err := client.Scale(demo, 3); err != nil {
		t.Fatal(err)
	}

	srv.WantRequests(t, sim.Match{
		Operation: "scaleProcess", Status: 202,
		Body: map[string]sim.Matcher{"/instances": sim.Equals(3), "/memory_in_mb": sim.Absent()},
	}, sim.Exactly(1))
	srv.WantRequests(t, sim.Match{Operation: "updateProcess"}, sim.Never())
}

func TestScalesOnABadDay(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.Frozen())
	for _, day := range []struct {
		name  string
		fault sim.Fault
	}{
		{"busy", sim.Fault{Operation: "scaleProcess", Status: 503, Exactly: 1}},
		{"cut off", sim.Fault{Operation: "scaleProcess", Connection: "reset", Exactly: 1}},
		{"done, and no answer", sim.Fault{Operation: "scaleProcess", Connection: "empty", After: true, Exactly: 1}},
	} {
		t.Run(day.name, func(t *testing.T) {
			t.Parallel()
			world := srv.World(t)
			world.Fault(t, day.fault)
			if err := NewClient(world.URL, world.Client("developer")).Scale(demo, 3); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWaitsForSlowStarts(t *testing.T) {
	srv := sim.Start(t, sim.Document(`
name: slow-starts
extends: default
clock: {mode: frozen}
lifecycle: {start_delay: 10s}
`))
	client := NewClient(srv.URL, srv.Client("developer"))
	client.pause = func(d time.Duration) { srv.Advance(t, d) } // instead of time.Sleep

	srv.Crash(t, demo, 0, "APP/PROC/WEB: Exited with status 137 (out of memory)")
	if healed, err := client.Heal(demo); err != nil || healed != 1 {
		t.Fatalf("healed %d, %v", healed, err)
	}
	if err := client.WaitUntilRunning(demo, 2); err != nil {
		t.Error(err)
	}
}

func TestRepeatsWithCare(t *testing.T) {
	srv := sim.Start(t)
	srv.Fault(t, sim.Fault{Operation: "scaleProcess", Status: 503, After: true, Exactly: 1})
	if err := NewClient(srv.URL, srv.Client("developer")).Scale(demo, 3); err != nil {
		t.Fatal(err)
	}

	srv.Verify(t, `
expectations:
  - on: {operation: scaleProcess, status: 503}
    client: {retries: {max: 4}, lost_update: false}
`)
	srv.RequireCoverage(t, 0, "scaleProcess:503@after", "getProcess:200")
}

func TestScaleSurvivesEverything(t *testing.T) {
	sim.Sweep(t, func(t sim.TB, srv *sim.Server) error {
		return NewClient(srv.URL, srv.Client("developer")).Scale(demo, 3)
	}, sim.Only("scaleProcess:503", "scaleProcess:422"))
}

func TestExplains(t *testing.T) {
	srv := sim.Start(t)
	srv.Fault(t, sim.Fault{Operation: "updateProcess", User: "auditor", Status: 503, Optional: true})

	req, _ := http.NewRequest("PATCH", "/v3/processes/"+demo, strings.NewReader(`{"command":"x"}`))
	req.Header.Set("Authorization", "bearer "+srv.Token("developer"))
	req.Header.Set("Content-Type", "application/json")
	t.Log(srv.Explain(t, req))
	if told := srv.Explain(t, req); told.Decides != "" || told.Status != http.StatusOK {
		t.Error(told)
	}
}
