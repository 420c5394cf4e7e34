package sim_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim"
	"example.com/capisim/sim/bundle"
	"example.com/capisim/sim/client"
)

// replayed takes the bundle of a world and plays it.
func replayed(t *testing.T, url, world string) *bundle.Report {
	t.Helper()
	raw, err := (&client.Client{URL: url, World: world}).Bundle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	report, err := sim.Replay(b)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func same(t *testing.T, report *bundle.Report, requests int) {
	t.Helper()
	var text bytes.Buffer
	if err := report.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if !report.Same() || report.Requests != requests || len(report.Left) > 0 {
		t.Errorf("expected %d requests, all the same:\n%s", requests, text.String())
	}
}

// TestReplayOfOddQueries: what is no text in a query is sent again byte by byte.
func TestReplayOfOddQueries(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.Frozen())
	queries := []string{"hosts=%00", "hosts=a%00b&x=%FF", "hosts=%ff", "hosts=%zz", "hosts=%1F%8b", "a=%", "hosts=;&&=", "hosts=%C3%28+%20"}
	for _, query := range queries {
		sent(t, "GET", srv.URL+"/v3/routes?"+query, "", "Authorization", "bearer admin")
	}
	if all := srv.Requests(t); len(all) != len(queries) || all[0].Status != 500 {
		t.Fatalf("%d requests, %+v", len(all), all)
	}
	same(t, replayed(t, srv.URL, "default"), len(queries))
}

func sent(t *testing.T, method, url, body string, header ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil // a fault
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

// TestReplay: what a world answered it answers again, with changes from outside
// in between, in standing and in running time.
func TestReplay(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]sim.Option{"frozen": {sim.Frozen()}, "running": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := sim.Start(t, options...)
			at := srv.URL + "/v3/processes/" + demoWeb
			scale := func() {
				sent(t, "POST", at+"/actions/scale", `{"instances":3}`, "Authorization", "bearer developer", "Content-Type", "application/json")
			}
			scale()
			srv.Advance(t, time.Minute)
			srv.Fault(t, sim.Fault{Operation: "scaleProcess", Status: 503, After: true, Times: 1})
			scale()
			srv.Fault(t, sim.Fault{Operation: "scaleProcess", Connection: "reset", Times: 1})
			scale()
			scale()
			sent(t, "GET", at+"/stats", "", "Authorization", "bearer admin")
			sent(t, "GET", at+"/stats", "")
			sent(t, "GET", at+"/stats", "", "Authorization", "bearer")
			srv.ClearFaults(t)
			sent(t, "DELETE", at+"/instances/0", "", "Authorization", "bearer unknown")
			sent(t, "GET", srv.URL+"/v3/processes?per_page=2", "", "Authorization", "bearer admin")
			sent(t, "GET", srv.URL+"/v3/nothing", "")
			sent(t, "GET", srv.URL+"/worlds/none/v3", "")
			same(t, replayed(t, srv.URL, ""), 11)
		})
	}
}

// TestReplayAfterClear: what was done before the journal was emptied, and what
// has crashed by then, is told alike.
func TestReplayAfterClear(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.Document("name: crashing\nextends: default\nlifecycle: {crash_loop: {process: worker, after: 7s}}\n"))
	for _, token := range []string{"admin", "developer", "ci"} {
		sent(t, "POST", srv.URL+"/v3/processes/"+demoWeb+"/actions/scale", `{"instances":3}`, "Authorization", "bearer "+token, "Content-Type", "application/json")
		srv.Advance(t, time.Minute)
	}
	sent(t, "GET", srv.URL+"/v3/audit_events", "", "Authorization", "bearer admin")
	srv.Advance(t, time.Minute)
	srv.ClearRequests(t)
	sent(t, "GET", srv.URL+"/v3/audit_events", "", "Authorization", "bearer admin")
	sent(t, "PATCH", srv.URL+"/v3/apps/"+demoWeb, `{"name":"new"}`, "Authorization", "bearer admin", "Content-Type", "application/json")
	srv.Advance(t, time.Minute)
	sent(t, "GET", srv.URL+"/v3/audit_events", "", "Authorization", "bearer developer")
	same(t, replayed(t, srv.URL, ""), 3)
}

// TestReplayOfChanges: whatever a test does to a world by the library, its bundle
// does again.
func TestReplayOfChanges(t *testing.T) {
	t.Parallel()
	const app = demoWeb // as the platform has it, a web process has its app's guid
	for name, change := range map[string]func(t sim.TB, srv *sim.Server, use func()){
		"freeze": func(t sim.TB, srv *sim.Server, _ func()) { srv.Freeze(t) },
		"resume": func(t sim.TB, srv *sim.Server, use func()) {
			srv.Freeze(t)
			srv.Advance(t, time.Hour)
			use()
			srv.Resume(t)
		},
		"advance": func(t sim.TB, srv *sim.Server, _ func()) { srv.Advance(t, time.Hour) },
		"crash":   func(t sim.TB, srv *sim.Server, _ func()) { srv.Crash(t, demoWeb, 1, "out of memory") },
		"forced instance": func(t sim.TB, srv *sim.Server, _ func()) {
			srv.ForceInstance(t, demoWeb, 0, sim.Instance{State: sim.Starting})
		},
		"released": func(t sim.TB, srv *sim.Server, use func()) {
			srv.Crash(t, demoWeb, 1, "x")
			use()
			srv.ReleaseInstance(t, demoWeb, 1)
		},
		"restarted": func(t sim.TB, srv *sim.Server, use func()) {
			srv.Crash(t, demoWeb, 1, "x")
			use()
			srv.RestartInstance(t, demoWeb, 1)
		},
		"deploying": func(t sim.TB, srv *sim.Server, _ func()) { srv.SetDeploying(t, app, true) },
		"deployed": func(t sim.TB, srv *sim.Server, use func()) {
			srv.SetDeploying(t, app, true)
			use()
			srv.SetDeploying(t, app, false)
		},
		"any admin route": func(t sim.TB, srv *sim.Server, _ func()) {
			srv.Admin(t, "PATCH", "/admin/features", `{"app_scaling":false}`)
		},
		"fault": func(t sim.TB, srv *sim.Server, _ func()) {
			srv.Fault(t, sim.Fault{Operation: "scaleProcess", Status: 503, Times: 1})
		},
		"rule": func(t sim.TB, srv *sim.Server, _ func()) {
			srv.Rule(t, "{match: {user: developer}, respond: {status: 500}}")
		},
		"removed rule": func(t sim.TB, srv *sim.Server, use func()) {
			id := srv.Fault(t, sim.Fault{Status: 500})
			use()
			srv.ClearFault(t, id)
		},
		"removed rules": func(t sim.TB, srv *sim.Server, use func()) {
			srv.Fault(t, sim.Fault{Status: 500})
			use()
			srv.ClearFaults(t)
		},
		"state": func(t sim.TB, srv *sim.Server, _ func()) {
			srv.SetState(t, "name: other\nextends: default\napps: [{name: demo, state: STOPPED}]\n")
		},
		"reset of a part":  func(t sim.TB, srv *sim.Server, _ func()) { srv.Reset(t, "state", "faults") },
		"expired tokens":   func(t sim.TB, srv *sim.Server, _ func()) { srv.ExpireTokens(t) },
		"ended logins":     func(t sim.TB, srv *sim.Server, _ func()) { srv.ExpireLogins(t) },
		"loaded name":      func(t sim.TB, srv *sim.Server, _ func()) { srv.Load(t, "outage") },
		"loaded document":  func(t sim.TB, srv *sim.Server, _ func()) { srv.LoadDocument(t, "name: other\nextends: deploying\n") },
		"nothing but time": func(sim.TB, *sim.Server, func()) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := sim.Start(t)
			srv := root.World(t, sim.Document("name: deployer\nextends: default\nauth: {users: [{name: login, scopes: [cloud_controller.admin]}]}\n"))
			c := srv.Client("login")
			use := func() {
				t.Helper()
				for _, path := range []string{"/stats", "/process_instances"} {
					answer, err := c.Get("/v3/processes/" + demoWeb + path)
					if err != nil {
						t.Fatal(err)
					}
					answer.Body.Close()
				}
				answer, err := srv.Client("developer").Post("/v3/processes/"+demoWeb+"/actions/scale", "application/json", strings.NewReader(`{"instances":3}`))
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
			}
			use()
			change(t, srv, use)
			use()
			sent := len(srv.Requests(t)) // a load begins anew
			same(t, replayed(t, root.URL, srv.URL[strings.LastIndex(srv.URL, "/")+1:]), sent)
		})
	}
}
