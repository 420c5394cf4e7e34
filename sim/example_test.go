package sim_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/capisim/sim"
)

// demoWeb is the web process of the scenario default.
const demoWeb = "c1000000-0000-4000-8000-000000000001"

// status is that of an answer whose body nobody reads.
func status(answer *http.Response, err error) int {
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// updateCommand is the code under test: it repeats an update that met a
// conflict.
func updateCommand(c *http.Client, command string) (attempts int, err error) {
	for attempts = 1; attempts <= 3; attempts++ {
		req, err := http.NewRequest("PATCH", "/v3/processes/"+demoWeb, strings.NewReader(`{"command":"`+command+`"}`))
		if err != nil {
			return attempts, err
		}
		req.Header.Set("Content-Type", "application/json")
		if status(c.Do(req)) != http.StatusConflict {
			break
		}
	}
	return attempts, nil
}

// A test of a client: twice a conflict, then it goes well.
func TestUpdateSurvivesConflicts(t *testing.T) {
	srv := sim.Start(t)
	srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: 409, Exactly: 2})
	if attempts, err := updateCommand(srv.Client("developer"), "rackup"); err != nil || attempts != 3 {
		t.Fatalf("%d attempts, %v; want 3", attempts, err)
	}
	if command := srv.Process(t, demoWeb).Command; command != "rackup" {
		t.Errorf("command %q, want rackup", command)
	}
}

func Example() {
	sim.Run(func(t sim.TB) { // in a test, t is its *testing.T
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: 409, Exactly: 2})
		attempts, err := updateCommand(srv.Client("developer"), "rackup")
		fmt.Println(attempts, err, srv.Process(t, demoWeb).Command)
	})
	// Output: 3 <nil> rackup
}

func ExampleRun() {
	// As in func TestMain(m *testing.M), which has no test of its own.
	err := sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		fmt.Println(status(srv.Client("developer").Get("/v3/processes"))) // m.Run()
		srv.RequireCoverage(t, 0, "listProcesses:200", "getProcess:404")
	})
	first, _, _ := strings.Cut(err.Error(), "\n")
	fmt.Println(first)
	// Output:
	// 200
	// coverage: getProcess:404 was not met
}

func ExampleTB() {
	var _ sim.TB = (*testing.T)(nil)
	var _ sim.TB = (*testing.B)(nil)
	fmt.Println(sim.Run(func(t sim.TB) { t.Fatalf("so ends a test named %s", t.Name()) }))
	// Output: so ends a test named sim.Run
}

func ExampleNew() {
	simulator, err := sim.New(sim.Scenario("default"), sim.Frozen())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer simulator.Close()
	server := httptest.NewServer(simulator)
	defer server.Close()

	req, _ := http.NewRequest("GET", server.URL+"/v3/processes/"+demoWeb+"/process_instances", nil)
	req.Header.Set("Authorization", "bearer developer")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	resources, _, _ := strings.Cut(string(body), `,"links"`)
	fmt.Println(answer.StatusCode, resources)
	// Output: 200 {"resources":[{"index":0,"state":"RUNNING","since":0},{"index":1,"state":"RUNNING","since":0}]
}

func ExampleSimulator() {
	simulator, err := sim.New(sim.Scenario("quota"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer simulator.Close()
	fmt.Println(simulator.ScenarioName(), simulator.Processes())
	// Output: quota 3
}

func ExampleSimulator_ServeHTTP() {
	simulator, _ := sim.New()
	defer simulator.Close()
	answer := httptest.NewRecorder()
	simulator.ServeHTTP(answer, httptest.NewRequest("GET", "/v3/processes", nil))
	fmt.Println(answer.Code)
	// Output: 401
}

func ExampleSimulator_Admin() {
	simulator, _ := sim.New(sim.AdminApart())
	defer simulator.Close()
	answer := httptest.NewRecorder()
	simulator.Admin().ServeHTTP(answer, httptest.NewRequest("GET", "http://localhost/admin/clock", nil))
	fmt.Println(answer.Code)
	// Output: 200
}

func ExampleSimulator_Server() {
	simulator, _ := sim.New()
	defer simulator.Close()
	server := simulator.Server(simulator) // its Serve takes any listener
	fmt.Println(server.ReadHeaderTimeout)
	// Output: 10s
}

func ExampleSimulator_ServedAt() {
	simulator, _ := sim.New(sim.AdminApart())
	defer simulator.Close()
	fmt.Println(simulator.ServedAt("http://127.0.0.1:8080"))
	// Output: <nil>
}

func ExampleSimulator_Reload() {
	simulator, _ := sim.New(sim.Scenario("default"))
	defer simulator.Close()
	fmt.Println(simulator.Reload(true))
	// Output: <nil>
}

func ExampleSimulator_ScenarioName() {
	simulator, _ := sim.New(sim.Document("name: mine\nextends: default\n"))
	defer simulator.Close()
	fmt.Println(simulator.ScenarioName())
	// Output: mine
}

func ExampleSimulator_Processes() {
	simulator, _ := sim.New(sim.Document("name: crowd\ngenerate: {apps: 500, processes: [web, worker]}\n"))
	defer simulator.Close()
	fmt.Println(simulator.Processes())
	// Output: 1000
}

func ExampleSimulator_Totals() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.World(t)
		srv.Fault(t, sim.Fault{Status: 503, Optional: true})
		totals := srv.Simulator.Totals()
		fmt.Println(totals.Worlds, "worlds,", totals.Rules, "rule")
	})
	// Output: 2 worlds, 1 rule
}

func ExampleTotals() {
	simulator, _ := sim.New()
	defer simulator.Close()
	fmt.Printf("%+v\n", simulator.Totals())
	// Output: {Worlds:1 Rules:0 JournalEntries:0 JournalBytes:0}
}

func ExampleSimulator_Close() {
	simulator, _ := sim.New()
	fmt.Println(simulator.Close())
	// Output: <nil>
}

func ExampleSimulator_Evidence() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		status(srv.World(t).Client("developer").Get("/v3/processes"))
		found, err := srv.Simulator.Evidence()
		fmt.Println(found.Coverage.Covered, err)
	})
	// Output: 1 <nil>
}

func ExampleEvidence() {
	simulator, _ := sim.New()
	defer simulator.Close()
	found, _ := simulator.Evidence()
	var coverage sim.CoverageReport = found.Coverage
	var reactions sim.ReactionReport = found.Reactions
	var expectations sim.ExpectationReport = found.Expectations
	fmt.Println(coverage.Covered, len(reactions.Reactions), expectations.Met)
	// Output: 0 0 0
}

func ExampleCoverageReport() {
	simulator, _ := sim.New()
	defer simulator.Close()
	found, _ := simulator.Evidence()
	cell, known := found.Coverage.Cell("updateProcess", 409)
	fmt.Println(known, cell.How())
	// Output: true missed
}

func ExampleReactionReport() {
	simulator, _ := sim.New()
	defer simulator.Close()
	found, _ := simulator.Evidence()
	raw, _ := json.Marshal(found.Reactions) // as GET /admin/reactions answers
	fmt.Println(string(raw))
	// Output: {"reactions":[],"summary":[],"forgotten":0}
}

func ExampleExpectationReport() {
	simulator, _ := sim.New(sim.Document("name: mine\nextends: default\nexpectations: [{covers: {operation: getProcess, status: 404}}]\n"))
	defer simulator.Close()
	found, _ := simulator.Evidence()
	fmt.Println(found.Expectations.AllMet(), found.Expectations.NotExercised)
	// Output: false 1
}

func ExampleOpenAPI() {
	raw, err := sim.OpenAPI("vendor", "https://api.example.com")
	if err != nil {
		fmt.Println(err)
		return
	}
	var document struct{ OpenAPI string }
	fmt.Println(json.Unmarshal(raw, &document), document.OpenAPI)
	// Output: <nil> 3.1.0
}

func ExampleAdminOpenAPI() {
	raw, err := sim.AdminOpenAPI("https://capisim.example.com")
	if err != nil {
		fmt.Println(err)
		return
	}
	var document struct{ OpenAPI string }
	fmt.Println(json.Unmarshal(raw, &document), document.OpenAPI)
	// Output: <nil> 3.1.0
}

func ExampleStart() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Scenario("quota"), sim.Frozen())
		fmt.Println(status(srv.Client("developer").Get("/v3/processes")))
	})
	// Output: 200
}

func ExampleServer() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		fmt.Println(strings.HasPrefix(srv.URL, "http://127.0.0.1:"), srv.AdminURL == srv.URL+"/admin")
		blue := srv.World(t)
		fmt.Println(strings.TrimPrefix(blue.URL, srv.URL))
	})
	// Output:
	// true true
	// /worlds/world-1
}

func ExampleServer_Close() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Close() // before the end of the test, which does it otherwise
		fmt.Println(status(srv.Client("developer").Get("/v3/processes")))
	})
	// Output: 0
}

func ExampleServer_World() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		one, other := srv.World(t), srv.World(t, sim.Scenario("empty"), sim.Frozen())
		one.Fault(t, sim.Fault{Operation: "listProcesses", Status: 503})
		fmt.Println(status(one.Client("developer").Get("/v3/processes")), status(other.Client("admin").Get("/v3/processes")))
		fmt.Println(sim.Run(func(t sim.TB) { srv.World(t, sim.MaxWorlds(3)) }))
	})
	// Output:
	// 503 200
	// make a world: MaxWorlds: an option of the server, expected those of a world: Scenario, Document, Seed, Variant, Clock, Frozen, Auth
}

func ExampleServer_Fork() {
	sim.Run(func(t sim.TB) {
		warm := sim.Start(t)
		warm.Crash(t, demoWeb, 0, "out of memory")
		one := warm.Fork(t)
		one.ReleaseInstance(t, demoWeb, 0)
		fmt.Println(one.Process(t, demoWeb).Instances[0].State, warm.Fork(t).Process(t, demoWeb).Instances[0].State)
	})
	// Output: RUNNING CRASHED
}

func ExampleServer_Token() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		fmt.Println(srv.Token("developer"))
	})
	// Output: developer
}

func ExampleServer_Client() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		for _, user := range []string{"developer", "outsider"} {
			fmt.Println(user, status(srv.Client(user).Get("/v3/processes/"+demoWeb)))
		}
	})
	// Output:
	// developer 200
	// outsider 404
}

func ExampleServer_Admin() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		fmt.Print(srv.Admin(t, "PATCH", "/admin/features", `{"app_scaling":false}`))
	})
	// Output: {"app_scaling":false,"app_scaling_message":""}
}

func ExampleOption() {
	options := []sim.Option{sim.Scenario("quota"), sim.Seed(7), sim.Frozen()}
	simulator, err := sim.New(options...)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer simulator.Close()
	_, err = sim.New(sim.Clock("slow"))
	fmt.Println(err)
	// Output: clock: "slow", expected real or frozen
}

func ExampleScenario() {
	_, err := sim.New(sim.Scenario("nowhere.yaml"))
	fmt.Println(err)
	// Output: nowhere.yaml: cannot be read: no such file or directory
}

func ExampleDocument() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Document("name: mine\nextends: default\napps: [{name: demo, state: STOPPED}]\n"))
		fmt.Println(srv.Process(t, demoWeb).Instances[0].State)
	})
	// Output: DOWN
}

func ExampleScenariosDir() {
	dir, err := os.MkdirTemp("", "scenarios")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	text := "name: checkout\nextends: default\n"
	if err := os.WriteFile(filepath.Join(dir, "checkout.yaml"), []byte(text), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	simulator, err := sim.New(sim.ScenariosDir(dir), sim.Scenario("checkout"))
	fmt.Println(simulator.ScenarioName(), err)
	// Output: checkout <nil>
}

func ExampleSeed() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Document("name: drawn\ngenerate: {apps: 1}\n"), sim.Frozen())
		one, same, other := srv.World(t, sim.Seed(7)), srv.World(t, sim.Seed(7)), srv.World(t, sim.Seed(8))
		drawn := func(w *sim.Server) string {
			return strings.ReplaceAll(w.Admin(t, "GET", "/admin/processes", ""), w.URL, "")
		}
		fmt.Println(drawn(one) == drawn(same), drawn(one) == drawn(other))
	})
	// Output: true false
}

func ExampleVariant() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Variant("vendor"))
		fmt.Println(strings.Contains(srv.Admin(t, "GET", "/admin", ""), `"variant":"vendor"`))
	})
	// Output: true
}

func ExampleFrozen() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Frozen())
		fmt.Println(srv.Now())
	})
	// Output: 2026-01-01 00:00:00 +0000 UTC
}

func ExampleClock() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Clock("frozen"))
		running := srv.World(t, sim.Clock("real"))
		fmt.Println(srv.Now().Year(), running.Now().IsZero())
	})
	// Output: 2026 false
}

func ExampleExternalURL() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.ExternalURL("https://api.example.com"))
		answer, err := srv.Client("developer").Get("/v3/processes?per_page=1")
		if err != nil {
			t.Fatalf("%v", err)
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		fmt.Println(strings.Contains(string(body), "https://api.example.com/v3/processes?page=2"))
	})
	// Output: true
}

func ExampleTrustProxy() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.TrustProxy())
		req, _ := http.NewRequest("GET", "/v3/processes/"+demoWeb, nil)
		req.Header.Set("X-Forwarded-Proto", "https")
		req.Header.Set("X-Forwarded-Host", "api.example.com")
		answer, err := srv.Client("developer").Do(req)
		if err != nil {
			t.Fatalf("%v", err)
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		fmt.Println(strings.Contains(string(body), `"https://api.example.com/v3/`))
	})
	// Output: true
}

func ExampleCORSOrigins() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.CORSOrigins("https://*.example.com"))
		req, _ := http.NewRequest("GET", "/v3/processes/"+demoWeb, nil)
		req.Header.Set("Origin", "https://console.example.com")
		answer, err := srv.Client("developer").Do(req)
		if err != nil {
			t.Fatalf("%v", err)
		}
		defer answer.Body.Close()
		fmt.Println(answer.Header.Get("Access-Control-Allow-Origin"))
	})
	// Output: https://console.example.com
}

func ExampleAuth() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		for _, mode := range []string{"permissive", "strict"} {
			world := srv.World(t, sim.Auth(mode))
			req, _ := http.NewRequest("GET", "/v3/processes", nil)
			req.Header.Set("Authorization", "bearer of-nobody-known")
			fmt.Println(mode, status(world.Client("admin").Do(req)))
		}
	})
	// Output:
	// permissive 200
	// strict 401
}

func ExampleNoPrefer() {
	sim.Run(func(t sim.TB) {
		for _, srv := range []*sim.Server{sim.Start(t), sim.Start(t, sim.NoPrefer())} {
			req, _ := http.NewRequest("GET", "/v3/processes", nil)
			req.Header.Set("Prefer", "code=401")
			fmt.Println(status(srv.Client("developer").Do(req)))
		}
	})
	// Output:
	// 401
	// 200
}

func ExampleAdminToken() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.AdminToken("s3cret"))
		fmt.Println(status(http.Get(srv.AdminURL)))
		srv.Freeze(t) // the methods have it
	})
	// Output: 401
}

func ExampleAllowedHosts() {
	simulator, _ := sim.New(sim.AllowedHosts(".example.com"))
	defer simulator.Close()
	for _, host := range []string{"capisim.example.com", "capisim.example.org"} {
		answer := httptest.NewRecorder()
		simulator.ServeHTTP(answer, httptest.NewRequest("GET", "http://"+host+"/admin/clock", nil))
		fmt.Println(host, answer.Code)
	}
	// Output:
	// capisim.example.com 200
	// capisim.example.org 403
}

func ExampleAdminApart() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.AdminApart())
		fmt.Println(status(http.Get(srv.URL+"/admin")), status(http.Get(srv.AdminURL)))
	})
	// Output: 404 200
}

func ExampleTLS() {
	secure := httptest.NewUnstartedServer(nil) // for its certificate
	secure.StartTLS()
	defer secure.Close()
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.TLS(&tls.Config{Certificates: secure.TLS.Certificates}))
		made, err := http.Post(srv.AdminURL+"/worlds", "application/json", strings.NewReader(`{"listen":"127.0.0.1:0"}`))
		if err != nil {
			t.Fatalf("%v", err)
		}
		defer made.Body.Close()
		var world struct{ URL string }
		json.NewDecoder(made.Body).Decode(&world)
		fmt.Println(world.URL[:8])
	})
	// Output: https://
}

func ExampleAround() {
	logged := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			fmt.Println(r.Method, r.URL.Path, w.Header().Get("Content-Type"))
		})
	}
	sim.Run(func(t sim.TB) {
		status(http.Get(sim.Start(t, sim.Around(logged)).URL + "/v3"))
	})
	// Output: GET /v3 application/json; charset=utf-8
}

func ExampleBeside() {
	version := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) })
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Beside("/version", version))
		fmt.Println(status(http.Get(srv.URL+"/version")), status(http.Get(srv.URL+"/v3")))
	})
	// Output: 418 200
}

func ExampleJournal() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Journal(2, 1<<20))
		for range 3 {
			status(srv.Client("developer").Get("/v3/processes"))
		}
		fmt.Println(len(srv.Requests(t)))
	})
	// Output: 2
}

func ExampleMaxWorlds() {
	fmt.Println(sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.MaxWorlds(1))
		srv.World(t)
		srv.World(t)
	}))
	// Output: make a world: 1 worlds exist, at most 1 are allowed (--max-worlds)
}

func ExampleMaxRules() {
	fmt.Println(sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.MaxRules(1))
		srv.Fault(t, sim.Fault{Status: 503, Optional: true})
		srv.Fault(t, sim.Fault{Status: 500, Optional: true})
	}))
	// Output: set fault: 2 rules, expected at most 1 in a world
}

func ExampleLogger() {
	sim.Run(func(t sim.TB) {
		var out bytes.Buffer
		srv := sim.Start(t, sim.Logger(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		status(srv.Client("developer").Get("/v3/processes"))
		srv.Close()
		fmt.Println(strings.Contains(out.String(), "operation=listProcesses"))
	})
	// Output: true
}

func ExampleVersion() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Version("1.2.3"))
		fmt.Println(srv.Admin(t, "GET", "/admin", "")[:18])
	})
	// Output: {"version":"1.2.3"
}

func ExampleObserve() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Observe(func(x sim.Exchange) { fmt.Println(x.Operation, x.Status) }))
		status(srv.Client("developer").Get("/v3/processes"))
	})
	// Output: listProcesses 200
}

func ExampleExchange() {
	sim.Run(func(t sim.TB) {
		see := func(x sim.Exchange) {
			if x.Injected {
				fmt.Println(x.Operation, json.Valid(x.Body))
			}
		}
		srv := sim.Start(t, sim.Observe(see))
		srv.Fault(t, sim.Fault{Operation: "getProcess", Status: 404})
		status(srv.Client("developer").Get("/v3/processes/" + demoWeb))
	})
	// Output: getProcess true
}
