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

// exchange sends a request as the scenario's admin and returns the answer.
func exchange(t *testing.T, method, url, body string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "bearer admin")
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(raw), answer.Header
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	status, body, _ := exchange(t, "GET", url, "")
	return status, body
}

// recorder stands in for a test, to see what the library does to it.
type recorder struct {
	cleanups []func()
	fatal    []string
}

func (r *recorder) Helper()          {}
func (r *recorder) Name() string     { return "recorded" }
func (r *recorder) Failed() bool     { return len(r.fatal) > 0 }
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Logf(string, ...any) {
}
func (r *recorder) Fatalf(format string, args ...any) {
	r.fatal = append(r.fatal, fmt.Sprintf(format, args...))
}
func (r *recorder) end() {
	for i := len(r.cleanups) - 1; i >= 0; i-- {
		r.cleanups[i]()
	}
}

func TestFaultThatNeverFiresFailsTheTest(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	for name, test := range map[string]struct {
		fault sim.Fault
		meet  bool
		want  string
	}{
		"never met": {sim.Fault{Operation: "updateProcess", Status: 409}, false, "never fired"},
		"optional":  {sim.Fault{Operation: "updateProcess", Status: 409, Optional: true}, false, ""},
		"met":       {sim.Fault{Operation: "getProcess", Status: 404}, true, ""},
		"refused":   {sim.Fault{Operation: "getProcess", Status: 409}, false, "/respond/status"},
	} {
		t.Run(name, func(t *testing.T) {
			world := srv.World(t)
			r := &recorder{}
			world.Fault(r, test.fault)
			if test.meet {
				get(t, world.URL+"/v3/processes/"+demoWeb)
			}
			r.end()
			told := strings.Join(r.fatal, "\n")
			if test.want == "" && told != "" || !strings.Contains(told, test.want) {
				t.Errorf("the test was told %q, want %q", told, test.want)
			}
			if status, _ := get(t, world.URL+"/v3/processes/"+demoWeb); status != http.StatusOK {
				t.Errorf("status %d after the end of the fault's test, want 200", status)
			}
		})
	}
}

func TestWorldsAreApart(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.Frozen())
	one, other := srv.World(t), srv.World(t, sim.Scenario("empty"))
	if _, body := get(t, other.URL+"/v3/processes"); !strings.Contains(body, `"total_results":0`) {
		t.Errorf("the empty world lists %s", body)
	}
	exchange(t, "PATCH", one.URL+"/v3/processes/"+demoWeb, `{"command":"changed"}`)
	one.Advance(t, time.Hour)
	if _, body := get(t, srv.URL+"/v3/processes/"+demoWeb); strings.Contains(body, "changed") {
		t.Errorf("a change in one world shows in another: %s", body)
	}
	if _, body := get(t, srv.URL+"/v3/processes/"+demoWeb+"/stats"); !strings.Contains(body, `"uptime":0`) {
		t.Errorf("the clock of one world moved that of another: %s", body)
	}
	if _, body := get(t, one.URL+"/v3/processes/"+demoWeb+"/stats"); !strings.Contains(body, `"uptime":3600`) {
		t.Errorf("the clock of the world did not move: %s", body)
	}
	if _, body := get(t, one.URL+"/v3/processes/"+demoWeb); !strings.Contains(body, `"href":"`+one.URL+`/v3/`) {
		t.Errorf("links leave the world: %s", body)
	}
	if n := len(srv.Requests(t)); n != 2 {
		t.Errorf("the default world's journal has %d requests, want 2", n)
	}
	one.Reset(t)
	if _, body := get(t, one.URL+"/v3/processes/"+demoWeb); strings.Contains(body, "changed") {
		t.Errorf("a reset left a change: %s", body)
	}
	one.Load(t, "outage")
	if status, _ := get(t, one.URL+"/v3/processes"); status != http.StatusServiceUnavailable {
		t.Errorf("status %d in an outage, want 503", status)
	}
}

func TestUnknownWorld(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	status, body := get(t, srv.URL+"/worlds/nowhere/v3/processes")
	if status != http.StatusNotFound || !strings.Contains(body, `"title":"CF-NotFound","code":10000`) || !strings.Contains(body, "PUT /admin/worlds/NAME") {
		t.Errorf("%d %s, want a 404 in the envelope with a hint", status, body)
	}
}

func TestProbes(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	srv.Fault(t, sim.Fault{Status: http.StatusServiceUnavailable})
	get(t, srv.URL+"/v3/processes")
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, body := get(t, srv.URL+path); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

// TestStrays: what admins' tools and browsers ask for in the wrong place is
// refused and is not the client's.
func TestStrays(t *testing.T) {
	t.Parallel()
	one, apart := sim.Start(t), sim.Start(t, sim.AdminApart())
	for _, url := range []string{
		one.URL + "/worlds/nope/admin", one.URL + "/worlds/nope/admin/faults",
		one.URL + "/favicon.ico", one.URL + "/apple-touch-icon-precomposed.png", apart.URL + "/admin/faults", apart.URL + "/console/",
	} {
		if status, body := get(t, url); status != http.StatusNotFound || !strings.Contains(body, "CF-NotFound") {
			t.Errorf("%s: %d %s", url, status, body)
		}
	}
	if _, body := get(t, one.URL+"/worlds/nope/admin"); !strings.Contains(body, "no such world") {
		t.Errorf("the world is not told: %s", body)
	}
	if status, page := get(t, one.URL+"/worlds/nope/console/"); status != http.StatusNotFound || !strings.Contains(page, "<!doctype html>") {
		t.Errorf("the console of no world: %d %s", status, page)
	}
	if status, script := get(t, one.URL+"/worlds/nope/console/js/app.js"); status != http.StatusOK || !strings.Contains(script, "import") {
		t.Errorf("a script of that page: %d %s", status, script)
	}
	for _, srv := range []*sim.Server{one, apart} {
		if list := srv.Requests(t); len(list) > 0 {
			t.Errorf("the journal has %s", list[0].Path)
		}
	}
	get(t, one.URL+"/worlds/nope/v3/processes")
	if list := one.Requests(t); len(list) != 1 {
		t.Errorf("%d requests, want the client's one", len(list))
	}
}

func TestAdminApart(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.AdminApart())
	if status, body := get(t, srv.URL+"/admin"); status != http.StatusNotFound || !strings.Contains(body, "CF-NotFound") {
		t.Errorf("%d %s on the API's port, want the contract's 404", status, body)
	}
}

func TestAdminApartNamesTheAPIsAddress(t *testing.T) {
	t.Parallel()
	s, err := sim.New(sim.AdminApart())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	server := httptest.NewServer(s.Admin())
	defer server.Close()
	if err := s.ServedAt("http://0.0.0.0:7777"); err != nil {
		t.Fatal(err)
	}
	_, body, _ := exchange(t, "POST", server.URL+"/admin/worlds", `{"name":"far"}`)
	if !strings.Contains(body, `"url":"http://127.0.0.1:7777/worlds/far"`) {
		t.Errorf("the world is said to be at %s", body)
	}
	if err := s.ServedAt("somewhere"); err == nil {
		t.Error("an address without a port was taken")
	}
}

func TestOptionsThatAreWrong(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	broken := filepath.Join(folder, "broken.yaml")
	if err := os.WriteFile(broken, []byte("name: broken\nspeed: 3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		option sim.Option
		want   string
	}{
		"no such scenario":   {sim.Scenario("nowhere"), "default, conflict"},
		"no such file":       {sim.Scenario("nowhere.yaml"), "no such file"},
		"a broken file":      {sim.Scenario(broken), broken + ":2:1: "},
		"no scenario":        {sim.Scenario(""), "no name"},
		"a broken document":  {sim.Document("name: [\n"), "1:"},
		"no such folder":     {sim.ScenariosDir(filepath.Join(folder, "nowhere")), "nowhere"},
		"a clock":            {sim.Clock("slow"), "expected real or frozen"},
		"a host with a port": {sim.AllowedHosts("a.example", "b.example:80"), `"b.example:80", expected a host name without scheme and port`},
		"an external URL":    {sim.ExternalURL("ftp://x"), "expected http://HOST"},
		"a negative journal": {sim.Journal(-1, 0), "0 or more"},
		"negative worlds":    {sim.MaxWorlds(-1), "0 or more"},
		"no rules":           {sim.MaxRules(0), "1 or more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := sim.New(test.option); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestExternalURL(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.ExternalURL("https://api.example.local/cf/"))
	if _, body := get(t, srv.URL+"/v3/processes/"+demoWeb); !strings.Contains(body, `"href":"https://api.example.local/cf/v3/processes/`) {
		t.Errorf("links are %s", body)
	}
}
