// Package library_test is a stranger's: the tests of a client of the API, written
// with the library alone. They need no HTTP by hand and no other package.
package library_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim"
)

// demo is the guid of the app demo of the shipped scenarios, and of its web
// process.
const demo = "c1000000-0000-4000-8000-000000000001"

// shared is the server of all tests: each has a world of its own.
var shared *sim.Server

func TestMain(m *testing.M) {
	code := 1
	err := sim.Run(func(t sim.TB) {
		shared = sim.Start(t)
		code = m.Run()
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// tool is the client under test on a world, as one of its users.
func tool(srv *sim.Server, user string) *platform {
	return &platform{base: srv.URL, http: srv.Client(user), pause: func(time.Duration) {}}
}

func TestWaitsAsLongAsItIsTold(t *testing.T) {
	t.Parallel()
	srv := shared.World(t)
	srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: 503, AnswerHeader: http.Header{"Retry-After": {"1"}}, Exactly: 1})
	p := tool(srv, "developer")
	p.pause = time.Sleep
	if err := p.Update(demo, "rackup"); err != nil {
		t.Fatal(err)
	}
	srv.Verify(t, `
expectations:
  - on: {operation: updateProcess, status: 503}
    client: {retries: {min: 1, max: 1}, retry_after: honoured, recovers_within: 60s}
`)
}

func TestTriesAgainAfterAConflict(t *testing.T) {
	t.Parallel()
	srv := shared.World(t)
	srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: 409, Exactly: 1})
	if err := tool(srv, "developer").Update(demo, "rackup"); err != nil {
		t.Fatal(err)
	}
	srv.WantInOrder(t, sim.Match{Operation: "updateProcess", Status: 409}, sim.Match{Operation: "updateProcess", Status: 200})
	var sent struct{ Command string }
	for _, request := range srv.Requests(t) {
		if request.JSON(t, &sent); sent.Command != "rackup" {
			t.Errorf("sent %s, want the same command each time", request.Body)
		}
	}
	if command := srv.Process(t, demo).Command; command != "rackup" {
		t.Errorf("the command is %q", command)
	}
}

func TestShowsWhatTheAPIHasToSay(t *testing.T) {
	t.Parallel()
	srv := shared.World(t, sim.Scenario("quota"))
	err := tool(srv, "developer").Scale(demo, 7)
	if err == nil || !strings.Contains(err.Error(), "memory quota_exceeded") {
		t.Errorf("%v, want the API's own words", err)
	}
	srv.WantRequests(t, sim.Match{Operation: "scaleProcess", Status: 422, Body: map[string]sim.Matcher{"/instances": sim.Equals(7)}}, sim.Exactly(1))
	if n := len(srv.Process(t, demo).Instances); n != 2 {
		t.Errorf("%d instances after a refusal", n)
	}
}

func TestHealsACrashedInstance(t *testing.T) {
	t.Parallel()
	srv := shared.World(t, sim.Frozen())
	srv.Crash(t, demo, 1, "APP/PROC/WEB: Exited with status 137 (out of memory)")
	p := tool(srv, "developer")
	if healed, err := p.Heal(demo); err != nil || healed != 1 {
		t.Fatalf("healed %d, %v; want 1", healed, err)
	}
	p.pause = func(d time.Duration) { srv.Advance(t, d) }
	if err := p.WaitUntilRunning(demo, 2); err != nil {
		t.Error(err)
	}
	srv.WantRequests(t, sim.Match{Method: "DELETE", Path: "/v3/processes/" + demo + "/instances/1"}, sim.Exactly(1))
	srv.WantRequests(t, sim.Match{Method: "DELETE", Path: "/v3/processes/" + demo + "/instances/0"}, sim.Never())
}

func TestWaitsForInstances(t *testing.T) {
	t.Parallel()
	srv := shared.World(t, sim.Document("name: slow\nextends: default\nclock: {mode: frozen}\nlifecycle: {start_delay: 10s}\n"))
	p := tool(srv, "developer")
	began := srv.Now()
	p.pause = func(d time.Duration) { srv.Advance(t, d) }
	if err := p.Scale(demo, 4); err != nil {
		t.Fatal(err)
	}
	if err := p.WaitUntilRunning(demo, 4); err != nil {
		t.Fatal(err)
	}
	if waited := srv.Now().Sub(began); waited != 10*time.Second {
		t.Errorf("waited %s, want the 10 s that an instance takes to start", waited)
	}
}

func TestDeploys(t *testing.T) {
	t.Parallel()
	srv := shared.World(t, sim.Frozen())
	p := tool(srv, "developer")
	p.pause = func(d time.Duration) { srv.Advance(t, d) }
	if err := p.Deploy(demo); err != nil {
		t.Error(err)
	}
}

func TestDoesNotScaleWhileAnAppIsDeployed(t *testing.T) {
	t.Parallel()
	srv := shared.World(t)
	srv.SetDeploying(t, demo, true)
	p := tool(srv, "developer")
	if err := p.Scale(demo, 3); err == nil || !strings.Contains(err.Error(), "deploy") {
		t.Errorf("%v, want that the app is being deployed", err)
	}
	srv.SetDeploying(t, demo, false)
	if err := p.Scale(demo, 3); err != nil {
		t.Error(err)
	}
}

func TestRenewsAnExpiredToken(t *testing.T) {
	t.Parallel()
	srv := shared.World(t)
	p := &platform{base: srv.URL, http: http.DefaultClient, pause: func(time.Duration) {}}
	if err := p.Login("developer", "developer"); err != nil {
		t.Fatal(err)
	}
	srv.ExpireTokens(t)
	if _, err := p.process(demo); err != nil {
		t.Fatal(err)
	}
	srv.WantInOrder(t, sim.Match{Operation: "getProcess", Status: 401}, sim.Match{Operation: "createToken"}, sim.Match{Operation: "getProcess", Status: 200})
	srv.ExpireLogins(t)
	if _, err := p.process(demo); err == nil || !strings.Contains(err.Error(), "login") {
		t.Errorf("%v, want that a login is needed", err)
	}
}

func TestListsAllPages(t *testing.T) {
	t.Parallel()
	srv := shared.World(t, sim.Document("name: crowd\nextends: default\ngenerate: {apps: 117, processes: [web]}\n"))
	srv.Fault(t, sim.Fault{Operation: "listProcesses", Query: map[string]sim.Matcher{"page": sim.Equals(2)}, Status: 503, Exactly: 1})
	all, err := tool(srv, "admin").Processes()
	if err != nil || len(all) != 120 {
		t.Errorf("%d processes, %v; want 120", len(all), err)
	}
	srv.WantRequests(t, sim.Match{Operation: "listProcesses", Injected: true}, sim.Exactly(1))
	srv.WantRequests(t, sim.Match{Operation: "listProcesses", Status: 200}, sim.Exactly(3))
}

// Each way out of the same outage begins at the same world, which took a while to
// get to.
func TestWaysOutOfAnOutage(t *testing.T) {
	t.Parallel()
	warm := shared.World(t, sim.Frozen())
	if err := tool(warm, "developer").Scale(demo, 5); err != nil {
		t.Fatal(err)
	}
	warm.Crash(t, demo, 3, "out of memory")
	for _, way := range []struct {
		name  string
		take  func(p *platform) error
		count int
	}{
		{"heal", func(p *platform) error { _, err := p.Heal(demo); return err }, 5},
		{"scale down", func(p *platform) error { return p.Scale(demo, 3) }, 3},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			srv := warm.Fork(t)
			p := tool(srv, "developer")
			p.pause = func(d time.Duration) { srv.Advance(t, d) }
			if err := way.take(p); err != nil {
				t.Fatal(err)
			}
			if err := p.WaitUntilRunning(demo, way.count); err != nil {
				t.Error(err)
			}
			if state := warm.Process(t, demo).Instances[3].State; state != sim.Crashed {
				t.Errorf("the world it came from has the instance %s", state)
			}
		})
	}
}

func TestIsTestedAgainstWhatMatters(t *testing.T) {
	t.Parallel()
	srv := shared.World(t)
	p := tool(srv, "developer")
	for _, fault := range []sim.Fault{
		{Operation: "scaleProcess", Status: 503, After: true, Exactly: 1},
		{Operation: "scaleProcess", Connection: "reset", Exactly: 1},
		{Operation: "getProcess", Status: 503, Exactly: 1},
	} {
		srv.Fault(t, fault)
	}
	for _, n := range []int{3, 4} {
		if err := p.Scale(demo, n); err != nil {
			t.Fatal(err)
		}
	}
	srv.RequireCoverage(t, 0, "scaleProcess:202", "scaleProcess:503@after", "scaleProcess:reset", "getProcess:200")
}

func TestDoesNotScaleTwice(t *testing.T) {
	t.Parallel()
	srv := shared.World(t)
	srv.Fault(t, sim.Fault{Operation: "scaleProcess", Connection: "reset", After: true, Exactly: 1})
	if err := tool(srv, "developer").Scale(demo, 3); err != nil {
		t.Fatal(err)
	}
	for _, reaction := range srv.Reactions(t) {
		if reaction.Attempts != 1 || reaction.DoneTwice || reaction.LostUpdate {
			t.Errorf("%s\nwant one attempt, after which it looks", reaction)
		}
	}
	srv.WantRequests(t, sim.Match{Operation: "scaleProcess"}, sim.Exactly(1))
}

func TestGivesUp(t *testing.T) {
	t.Parallel()
	srv := shared.World(t)
	srv.Rule(t, "{match: {operations: [getProcess]}, sequence: [{status: 503}, {status: 500}], repeat: cycle}")
	if _, err := tool(srv, "developer").process(demo); err == nil {
		t.Error("no error while the API is down")
	}
	srv.WantRequests(t, sim.Match{Operation: "getProcess"}, sim.Between(2, attempts))
}

func TestScaleSurvivesTheAPI(t *testing.T) {
	t.Parallel()
	sim.Sweep(t, func(t sim.TB, srv *sim.Server) error {
		return tool(srv, "developer").Scale(demo, 3)
	}, sim.Modes("once", "after", "lost"), sim.Skip("*:hang"))
}
