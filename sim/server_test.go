package sim_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim"
)

// failed is what a function ends its test with, "" for nothing.
func failed(f func(t sim.TB)) string {
	if err := sim.Run(f); err != nil {
		return err.Error()
	}
	return ""
}

func scale(c *http.Client, instances int) int {
	body := strings.NewReader(fmt.Sprintf(`{"instances":%d}`, instances))
	return status(c.Post("/v3/processes/"+demoWeb+"/actions/scale", "application/json", body))
}

// TestRefusals: what is wrong ends the test with words that say what, and changes
// nothing.
func TestRefusals(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	if err := os.WriteFile(broken, []byte("name: broken\nspeed: 3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	srv := sim.Start(t, sim.Frozen(), sim.AdminToken("s3cret"))
	before := srv.State(t)
	body := func(m sim.Matcher) map[string]sim.Matcher { return map[string]sim.Matcher{"/instances": m} }
	for want, do := range map[string]func(t sim.TB){
		`did you mean "scaleProcess"?`:              func(t sim.TB) { srv.Fault(t, sim.Fault{Operation: "scaleProces", Status: 503}) },
		`/when/probability: 2, expected`:            func(t sim.TB) { srv.Fault(t, sim.Fault{Status: 503, Probability: 2}) },
		`/when/times: -1, expected`:                 func(t sim.TB) { srv.Fault(t, sim.Fault{Status: 503, Times: -1}) },
		`/when/times: -2, expected`:                 func(t sim.TB) { srv.Fault(t, sim.Fault{Status: 503, Exactly: -2}) },
		`Times is 1 beside Exactly 2`:               func(t sim.TB) { srv.Fault(t, sim.Fault{Status: 503, Times: 1, Exactly: 2}) },
		`Optional stands beside Exactly`:            func(t sim.TB) { srv.Fault(t, sim.Fault{Status: 503, Optional: true, Exactly: 2}) },
		`Answer and AnswerHeader without a Status`:  func(t sim.TB) { srv.Fault(t, sim.Fault{Connection: "reset", Detail: "x"}) },
		`/connection: "bang", did you mean "hang"?`: func(t sim.TB) { srv.Fault(t, sim.Fault{Connection: "bang"}) },
		`body /instances: json: unsupported type`:   func(t sim.TB) { srv.Fault(t, sim.Fault{Body: body(sim.Equals(make(chan int))), Status: 503}) },
		`two matchers of the kind gt`:               func(t sim.TB) { srv.Fault(t, sim.Fault{Body: body(sim.Gt(1).And(sim.Gt(2))), Status: 503}) },
		`two matchers of the kind equals`: func(t sim.TB) {
			srv.WantRequests(t, sim.Match{Body: body(sim.Equals(1).And(sim.Equals(2)))}, sim.Never())
		},
		`rule.yaml:1:10: not YAML`:                     func(t sim.TB) { srv.Rule(t, "{match: [}") },
		`an array of 1 item, expected a rule`:          func(t sim.TB) { srv.Rule(t, `[{"respond":{"status":503}}]`) },
		`/speed: unknown key`:                          func(t sim.TB) { srv.Rule(t, "speed: 3") },
		`clear fault: no fault rule "x"`:               func(t sim.TB) { srv.ClearFault(t, "x") },
		`no count, expected Exactly`:                   func(t sim.TB) { srv.WantRequests(t, sim.Match{}, sim.Count{}) },
		`at_least 3 is above at_most 2`:                func(t sim.TB) { srv.WantRequests(t, sim.Match{}, sim.Between(3, 2)) },
		`/within: 1h0m0s, expected at most`:            func(t sim.TB) { srv.WantRequests(t, sim.Match{}, sim.Never().Within(time.Hour)) },
		`/in_order: an empty list`:                     func(t sim.TB) { srv.WantInOrder(t) },
		`nothing, expected a percentage or cells`:      func(t sim.TB) { srv.RequireCoverage(t, 0) },
		`101 percent, expected 0 to 100`:               func(t sim.TB) { srv.RequireCoverage(t, 101) },
		`599 is not a documented status of getProcess`: func(t sim.TB) { srv.RequireCoverage(t, 0, "getProcess:599") },
		`the scenario has no expectations`:             func(t sim.TB) { srv.Verify(t, "") },
		`/expectations: none`:                          func(t sim.TB) { srv.Verify(t, "name: x") },
		`no process "x"`:                               func(t sim.TB) { srv.Process(t, "x") },
		`no instance 7, process`:                       func(t sim.TB) { srv.Crash(t, demoWeb, 7, "") },
		`/state: "CRASHING"`:                           func(t sim.TB) { srv.ForceInstance(t, demoWeb, 0, sim.Instance{State: "CRASHING"}) },
		`set deploying of app x: no app "x"`:           func(t sim.TB) { srv.SetDeploying(t, "x", true) },
		`load scenario nowhere: `:                      func(t sim.TB) { srv.Load(t, "nowhere") },
		`scenario: no name`:                            func(t sim.TB) { srv.Load(t, "") },
		broken + `:2:1: speed`:                         func(t sim.TB) { srv.Load(t, broken) },
		`cannot be read`:                               func(t sim.TB) { srv.LoadFile(t, broken+"x") },
		`load scenario: 2:1: speed`:                    func(t sim.TB) { srv.LoadDocument(t, "name: x\nspeed: 1\n") },
		`set the state: /apps`:                         func(t sim.TB) { srv.SetState(t, "name: x\napps: 3\n") },
		`/only/0: "all", expected one of`:              func(t sim.TB) { srv.Reset(t, "all") },
		`advance the clock by -1s: `:                   func(t sim.TB) { srv.Advance(t, -time.Second) },
		`expected a path of the admin API`:             func(t sim.TB) { srv.Admin(t, "GET", "/v3/processes", "") },
		`GET /admin/nothing: no such admin path`:       func(t sim.TB) { srv.Admin(t, "GET", "/admin/nothing", "") },
		`a stream without an end`:                      func(t sim.TB) { srv.Admin(t, "GET", "/admin/events", "") },
		`document: empty`:                              func(t sim.TB) { srv.World(t, sim.Document("")) },
		`Journal: an option of the server`:             func(t sim.TB) { srv.World(t, sim.Journal(1, 1)) },
		`write the bundle: `:                           func(t sim.TB) { srv.WriteBundle(t, filepath.Join(broken, "x")) },
	} {
		if got := failed(do); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if after := srv.State(t); after != before {
		t.Errorf("a refusal has changed the world to\n%s", after)
	}
}

// TestShortFaults: each field of a fault reaches its place in the rule.
func TestShortFaults(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	for want, fault := range map[string]sim.Fault{
		`{"id":"rule-1","when":{"skip":1,"times":2,"probability":0.5,"from":"10s","until":"1m10s"},"respond":{"status":503},"optional":true}`: {
			Status: 503, Skip: 1, Times: 2, Probability: 0.5, From: 10 * time.Second, For: time.Minute},
		`{"id":"rule-1","match":{"operations":["updateProcess"],"process":{"guid":"p"},"app":"demo","user":"developer","headers":{"A":{"contains":"x"}},"query":{"b":{"exists":false}},"body":{"/command":{"in":[1,"2"]}}},"respond":{"status":404},"optional":true}`: {
			Operation: "updateProcess", Process: "p", App: "demo", User: "developer", Status: 404,
			Header: map[string]sim.Matcher{"A": sim.Contains("x")}, Query: map[string]sim.Matcher{"b": sim.Absent()}, Body: map[string]sim.Matcher{"/command": sim.OneOf(1, "2")}},
		`{"id":"rule-1","respond":{"status":502,"headers":{"Retry-After":"3","X-Runtime":null},"body":"\u003chtml\u003e"},"delay":{"fixed":"1s"},"apply":"after","undocumented":true,"optional":true}`: {
			Status: 502, Answer: "<html>", AnswerHeader: http.Header{"Retry-After": {"3"}, "X-Runtime": nil}, Delay: time.Second, After: true, Undocumented: true},
		`{"id":"rule-1","connection":"reset","optional":true}`: {Connection: "reset"},
	} {
		fault.Optional = true
		world := srv.World(t)
		world.Fault(t, fault)
		if got := world.Rules(t)[0].Rule; got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
		world.ClearFaults(t)
		world.Rule(t, want)
		if got := world.Rules(t)[0].Rule; got != want {
			t.Errorf("%s by Rule\nwant\n%s", got, want)
		}
	}
}

// TestWhenFaultsAreJudged: a fault is judged once, by whatever ends it, and what
// it has counted outlives a load.
func TestWhenFaultsAreJudged(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	once := sim.Fault{ID: "once", Operation: "scaleProcess", Status: 503, Exactly: 1}
	for name, test := range map[string]struct {
		do   func(t sim.TB, world *sim.Server)
		want string
	}{
		"met, then loaded": {func(t sim.TB, world *sim.Server) {
			world.Fault(t, once)
			scale(world.Client("developer"), 3)
			world.Load(t, "empty")
		}, ""},
		"loaded before it was met": {func(t sim.TB, world *sim.Server) {
			world.Fault(t, once)
			world.Load(t, "quota")
			scale(world.Client("developer"), 3)
		}, "fault once never fired"},
		"cleared": {func(t sim.TB, world *sim.Server) {
			world.Fault(t, once)
			world.ClearFaults(t)
			t.Logf("gone on")
		}, "fault once never fired"},
		"met, then cleared and set again": {func(t sim.TB, world *sim.Server) {
			for range 2 {
				world.ClearFault(t, world.Fault(t, once))
			}
		}, "fault once never fired"},
		"replaced before it was met": {func(t sim.TB, world *sim.Server) {
			world.Fault(t, once)
			world.Fault(t, once)
		}, "fault once never fired"},
		"replaced": {func(t sim.TB, world *sim.Server) {
			for range 2 {
				world.Fault(t, once)
				scale(world.Client("developer"), 3)
			}
		}, ""},
		"matched and passed": {func(t sim.TB, world *sim.Server) {
			world.Fault(t, sim.Fault{Operation: "scaleProcess", Status: 503, Skip: 1})
			scale(world.Client("developer"), 3)
		}, "fault rule-1 never fired, though 1 request matched"},
		"the test has failed already": {func(t sim.TB, world *sim.Server) {
			world.Fault(t, once)
			t.Fatalf("for another reason")
		}, "for another reason"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world := srv.World(t)
			got := failed(func(t sim.TB) { test.do(t, world) })
			if test.want == "" && got != "" || !strings.HasPrefix(got, test.want) || strings.Contains(got, "gone on") {
				t.Errorf("%q, want %q", got, test.want)
			}
			if left := world.Rules(t); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestAdminApartOfAServer: with a port of its own the admin API is where the
// server says, in a world too, and the methods work as before.
func TestAdminApartOfAServer(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.AdminApart(), sim.AdminToken("s3cret"))
	world := srv.World(t)
	for _, one := range []*sim.Server{srv, world} {
		req, err := http.NewRequest("GET", one.AdminURL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer s3cret")
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if raw, _ := io.ReadAll(answer.Body); answer.StatusCode != 200 || !strings.Contains(string(raw), `"url":"`+one.URL+`"`) {
			t.Errorf("%s: %d %s, want the address %s", one.AdminURL, answer.StatusCode, raw, one.URL)
		}
		one.Freeze(t)
	}
	sim.Sweep(t, scaler, sim.In(sim.AdminApart(), sim.AdminToken("s3cret")), sim.Only("scaleProcess:503"), sim.Modes("once"))
}

// TestClientKeepsItsToken: the token of a user goes to the user's world and to
// nobody else.
func TestClientKeepsItsToken(t *testing.T) {
	t.Parallel()
	given := make(chan string, 1)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { given <- r.Header.Get("Authorization") }))
	defer other.Close()
	world := sim.Start(t).World(t)
	c := world.Client("developer")
	if got := status(c.Get(other.URL)); got != 200 || <-given != "" {
		t.Error("another server was given the token")
	}
	for _, path := range []string{"/v3/processes?per_page=1", world.URL + "/v3/processes?per_page=1", "/v3/processes/%61"} {
		status(c.Get(path))
	}
	list := world.Requests(t)
	if len(list) != 3 || list[0].User != "developer" || list[1].User != "developer" || list[0].Query != "per_page=1" || list[2].Operation != "getProcess" {
		t.Errorf("%v", list)
	}
	req, _ := http.NewRequest("GET", "/v3/processes", nil)
	req.Header.Set("Authorization", "bearer auditor")
	status(c.Do(req))
	if user := world.Requests(t)[3].User; user != "auditor" {
		t.Errorf("%s, want the request's own token", user)
	}
	if told := failed(func(t sim.TB) { sim.Start(t).Client("nobody") }); !strings.Contains(told, `no user "nobody"`) {
		t.Error(told)
	}
}

// TestExplainInAWorld: the address may be the world's in full, and what was asked
// about can still be sent.
func TestExplainInAWorld(t *testing.T) {
	t.Parallel()
	world := sim.Start(t).World(t)
	req, err := http.NewRequest("PATCH", world.URL+"/v3/processes/"+demoWeb, strings.NewReader(`{"command":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "bearer developer")
	if told := world.Explain(t, req); told.Operation != "updateProcess" || told.Status != 200 || !strings.Contains(told.Answer, `"command":"x"`) {
		t.Errorf("%s\n%s", told, told.Answer)
	}
	if command := world.Process(t, demoWeb).Command; command == "x" {
		t.Error("the request was carried out")
	}
	if status(http.DefaultClient.Do(req)) != 200 || world.Process(t, demoWeb).Command != "x" {
		t.Error("the request cannot be sent any more")
	}
	if n := len(world.Requests(t)); n != 1 {
		t.Errorf("%d requests, want the one that was sent", n)
	}
}

// TestRun: cleanups run, the last first, whatever one of them or the function
// ends with.
func TestRun(t *testing.T) {
	t.Parallel()
	var order []string
	got := failed(func(t sim.TB) {
		for _, name := range []string{"first", "second", "third"} {
			t.Cleanup(func() {
				order = append(order, name)
				if name == "second" {
					t.Fatalf("the second failed")
				}
			})
		}
		t.Fatalf("over")
	})
	if got != "over\nthe second failed" || strings.Join(order, " ") != "third second first" {
		t.Errorf("%q %v", got, order)
	}
	if got := failed(func(t sim.TB) { t.Logf("said") }); got != "" {
		t.Errorf("%q without a failure", got)
	}
}

// TestWorldsOfAServer: a world plays what its server does, unless it is told
// otherwise; evidence of the server is that of all worlds.
func TestWorldsOfAServer(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.Scenario("quota"))
	if got := scale(srv.World(t).Client("developer"), 7); got != 422 {
		t.Errorf("%d, want the refusal of the scenario quota", got)
	}
	if got := scale(srv.World(t, sim.Scenario("default")).Client("developer"), 7); got != 202 {
		t.Errorf("%d, want the scenario default", got)
	}
	other := srv.World(t)
	srv.RequireCoverage(t, 0, "scaleProcess:422", "scaleProcess:202")
	if met := other.Coverage(t).Covered; met != 0 {
		t.Errorf("%d cells of a world that met nothing", met)
	}
	if told := failed(func(t sim.TB) { other.RequireCoverage(t, 0, "scaleProcess:422") }); !strings.HasPrefix(told, "coverage: scaleProcess:422 was not met\n  operation") {
		t.Error(told)
	}
}

// TestRequestsInWords: what a failure shows of requests that are held, cut or
// forgotten.
func TestRequestsInWords(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	srv.Fault(t, sim.Fault{Operation: "getProcess", Connection: "hang"})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		status(srv.Client("developer").Get("/v3/processes/" + demoWeb))
	}()
	srv.WantRequests(t, sim.Match{Operation: "getProcess"}, sim.AtLeast(1).Within(time.Minute))
	if held := srv.Requests(t)[0]; !held.Held || !strings.HasSuffix(held.String(), "no answer yet, injected by rule-1") {
		t.Error(held)
	}
	srv.Reset(t, "faults")
	<-ended

	srv.Reset(t)
	status(srv.Client("developer").Post("/v3/processes/"+demoWeb+"/actions/scale", "application/json", strings.NewReader(`{"a":"`+strings.Repeat("x", 20000)+`"}`)))
	status(srv.Client("developer").Post("/v3/processes/"+demoWeb+"/actions/scale", "application/json", strings.NewReader(`{"instances":`)))
	for i, want := range []string{"its first 16384 of 20008 bytes were kept", "unexpected end of JSON input"} {
		var into any
		if told := failed(func(t sim.TB) { srv.Requests(t)[i].JSON(t, &into) }); !strings.Contains(told, want) {
			t.Errorf("%q, want %q", told, want)
		}
	}

	short := sim.Start(t, sim.Journal(1, 1<<20))
	for range 3 {
		status(short.Client("developer").Get("/v3/processes"))
	}
	told := failed(func(t sim.TB) { short.WantRequests(t, sim.Match{Operation: "listProcesses"}, sim.Exactly(1)) })
	if !strings.Contains(told, "forgotten: 2 requests, which could decide") {
		t.Error(told)
	}
	for range 12 {
		status(srv.Client("developer").Get("/v3/processes"))
	}
	if told := failed(func(t sim.TB) { srv.WantRequests(t, sim.Match{Status: 404}, sim.AtLeast(1)) }); !strings.Contains(told, "seen: 14 requests, the last 10:\n    #6 ") {
		t.Error(told)
	}
}
