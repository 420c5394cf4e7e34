package sim_test

import (
	"fmt"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/capisim/sim"
)

// chance draws worlds, rules and requests.
type chance struct {
	*rand.Rand
	saved bool // of worlds that were saved: a reset leads to different scenarios
}

func (c chance) of(choices ...string) string { return choices[c.Intn(len(choices))] }

// world is a scenario of a few apps; its guids are those of the default one for
// the processes that requests are about.
func (c chance) world() string {
	text := fmt.Sprintf("name: drawn\nextends: default\nseed: %d\ngenerate: {apps: %d, processes: [web, worker]}\n", 1+c.Intn(1000), 1+c.Intn(5))
	text += c.of("clock: {mode: frozen}\n", "clock: {mode: frozen, start: \"2026-05-01T10:00:00Z\"}\n")
	text += c.of("", "lifecycle: {start_delay: 3s}\n", "lifecycle: {crash_loop: {process: web, after: 7s}}\n")
	text += c.of("", "rate_limit: {limit: 12, window: 40s, per: user}\n")
	text += c.of("", "stats_available: false\n", "features: {app_scaling: false}\n")
	text += "faults:\n"
	for range 1 + c.Intn(4) {
		text += "  - " + c.rule() + "\n"
	}
	return text
}

func (c chance) rule() string {
	when := []string{}
	add := func(format string, args ...any) {
		if c.Intn(2) == 0 {
			when = append(when, fmt.Sprintf(format, args...))
		}
	}
	add("skip: %d", c.Intn(3))
	add("times: %d", 1+c.Intn(4))
	add("probability: 0.%d", 1+c.Intn(9))
	add("from: %ds", c.Intn(20))
	add("until: %ds", 20+c.Intn(40))
	does := c.of("respond: {status: 503}", "respond: {status: 500}", "respond: {status: 422}, apply: after",
		"sequence: [{status: 503}, {pass: true}, {status: 500}], repeat: cycle", "sequence: [{status: 500}, {status: 503}, {pass: true}], repeat: last",
		"sequence: [{pass: true}, {status: 503}], repeat: none")
	return fmt.Sprintf("{match: {operations: [%s]}, when: {%s}, undocumented: true, %s}",
		c.of("updateProcess", "scaleProcess", "updateProcess, scaleProcess, terminateProcessInstance", "getProcess", "listProcesses"), strings.Join(when, ", "), does)
}

// act does one thing to each of some worlds and compares what they answer.
func (c chance) act(t *testing.T, step int, worlds ...*sim.Server) {
	t.Helper()
	if c.Intn(6) == 0 {
		by := time.Duration(c.Intn(15)) * time.Second
		for _, w := range worlds {
			w.Advance(t, by)
		}
		return
	}
	if c.Intn(40) == 0 && !c.saved {
		for _, w := range worlds {
			w.Reset(t)
		}
		return
	}
	guid := c.of(demoWeb, "d1000000-0000-4000-8000-000000000002", "c2000000-0000-4000-8000-000000000001", "nix")
	path, body := "/v3/processes/"+guid, ""
	method := c.of("GET", "PATCH", "POST", "DELETE", "LIST", "STATS", "START", "RULE")
	switch method {
	case "RULE":
		method, path = "POST", "/admin/faults"
		body = `{"match":{"operations":["getProcess"]},"when":{"probability":0.5},"respond":{"status":503},"undocumented":true}`
	case "PATCH":
		body = fmt.Sprintf(`{"command":"run %d","metadata":{"labels":{"l%d":"x"}}}`, c.Intn(99), c.Intn(3))
	case "POST":
		path, body = path+"/actions/scale", fmt.Sprintf(`{"instances":%d}`, c.Intn(6))
	case "DELETE":
		path += fmt.Sprint("/instances/", c.Intn(3))
	case "LIST":
		method, path = "GET", c.of("/v3/processes?order_by=-updated_at", "/v3/processes?per_page=3&page=2", "/v3/apps/"+demoWeb+"/processes", "/v3/audit_events")
	case "STATS":
		method, path = "GET", path+c.of("/stats", "/process_instances")
	case "START":
		method, path = "POST", "/v3/apps/"+demoWeb+"/actions/"+c.of("start", "stop", "restart")
	}
	user := c.of("admin", "developer", "developer", "auditor", "outsider")
	first := ""
	for i, w := range worlds {
		answer := ask(t, w, method, path, body, user)
		if i == 0 {
			first = answer
		} else if answer != first {
			t.Fatalf("step %d, %s %s %s:\n%s\nwhere its origin answers\n%s", step, method, path, body, answer, first)
		}
	}
}

// ask sends a request past any socket; the answer has its address replaced and
// lacks what differs between any two requests.
func ask(t *testing.T, w *sim.Server, method, path, body, token string) string {
	t.Helper()
	base, err := url.Parse(w.URL)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, w.URL+path, strings.NewReader(body))
	r.Header.Set("Authorization", "bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	w.Simulator.ServeHTTP(answer, r)
	header := answer.Header().Clone()
	for _, name := range []string{"Content-Length", "X-VCAP-Request-ID", "X-Vcap-Request-Id", "X-Runtime"} {
		delete(header, name)
	}
	var text strings.Builder
	fmt.Fprintln(&text, answer.Code)
	if err := header.Write(&text); err != nil {
		t.Fatal(err)
	}
	text.WriteString(answer.Body.String())
	return strings.ReplaceAll(text.String(), base.Scheme+"://"+base.Host+base.Path, "http://world")
}

// TestForksAnswerAlike: whatever was done to a world, its fork answers like it
// from then on, and so does a fork of the fork.
func TestForksAnswerAlike(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	for seed := range int64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			c := chance{Rand: rand.New(rand.NewSource(seed))}
			origin := srv.World(t, sim.Document(c.world()))
			for step := range c.Intn(40) {
				c.act(t, step, origin)
			}
			fork := origin.Fork(t)
			for step := range 30 {
				c.act(t, step, origin, fork)
			}
			second := fork.Fork(t)
			for step := range 20 {
				c.act(t, step, origin, fork, second)
			}
		})
	}
}

// TestSavedWorldsGoOn: a world that is made of the document of another one
// answers like it from then on, its rules and limits included.
func TestSavedWorldsGoOn(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	for seed := range int64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			c := chance{Rand: rand.New(rand.NewSource(seed)), saved: true}
			origin, restored := srv.World(t, sim.Document(c.world())), srv.World(t)
			for step := range 10 + c.Intn(40) {
				c.act(t, step, origin)
			}
			put(t, restored, state(t, origin))
			if first, second := state(t, origin), state(t, restored); first != second {
				t.Fatalf("restored as\n%s\nsaved as\n%s", second, first)
			}
			for step := range 40 {
				c.act(t, step, origin, restored)
			}
		})
	}
}

// state is a world as a document.
func state(t *testing.T, w *sim.Server) string {
	t.Helper()
	answer := httptest.NewRecorder()
	w.Simulator.ServeHTTP(answer, httptest.NewRequest("GET", w.URL+"/admin/state", nil))
	if answer.Code != 200 {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	return answer.Body.String()
}

func put(t *testing.T, w *sim.Server, document string) {
	t.Helper()
	answer := httptest.NewRecorder()
	w.Simulator.ServeHTTP(answer, httptest.NewRequest("PUT", w.URL+"/admin/state", strings.NewReader(document)))
	if answer.Code != 200 {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
}

// TestForksAreApart: worlds that were one change all at once, and each ends as
// it does alone.
func TestForksAreApart(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.Frozen())
	origin := srv.World(t)
	worlds := []*sim.Server{origin, origin.Fork(t), origin.Fork(t), origin.Fork(t)}
	var wait sync.WaitGroup
	for i, w := range worlds {
		for range 2 {
			wait.Go(func() {
				for range 30 {
					ask(t, w, "PATCH", "/v3/processes/"+demoWeb, fmt.Sprintf(`{"metadata":{"labels":{"of-%d":"x"}}}`, i), "admin")
					ask(t, w, "POST", "/v3/processes/"+demoWeb+"/actions/scale", fmt.Sprintf(`{"instances":%d}`, i+1), "admin")
					w.Fork(t)
				}
			})
		}
	}
	wait.Wait()
	for i, w := range worlds {
		answer := ask(t, w, "GET", "/v3/processes/"+demoWeb, "", "admin")
		if !strings.Contains(answer, fmt.Sprintf(`"instances":%d,`, i+1)) || !strings.Contains(answer, fmt.Sprintf(`"labels":{"of-%d":"x"}`, i)) {
			t.Errorf("world %d ends as\n%s", i, answer)
		}
	}
}

// TestForkKeepsSessions: a login outlives the fork, on both sides.
func TestForkKeepsSessions(t *testing.T) {
	t.Parallel()
	origin := sim.Start(t).World(t)
	login := func(w *sim.Server, form url.Values) (int, string) {
		r, err := http.NewRequest("POST", w.URL+"/oauth/token", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth("cf", "")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		w.Simulator.ServeHTTP(answer, r)
		_, rest, _ := strings.Cut(answer.Body.String(), `"refresh_token":"`)
		refresh, _, _ := strings.Cut(rest, `"`)
		return answer.Code, refresh
	}
	status, refresh := login(origin, url.Values{"grant_type": {"password"}, "username": {"developer"}, "password": {"developer"}})
	if status != 200 {
		t.Fatal(status)
	}
	fork := origin.Fork(t)
	renewed := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}
	for _, w := range []*sim.Server{origin, fork} {
		if status, _ := login(w, renewed); status != 200 {
			t.Errorf("%s: %d", w.URL, status)
		}
	}
	origin.Reset(t)
	for _, w := range []*sim.Server{origin, fork} {
		if status, _ := login(w, renewed); status != 200 {
			t.Errorf("%s, after a reset: %d", w.URL, status)
		}
	}
}

// TestWorldOptions: those of a world are honoured, those of the server refused.
func TestWorldOptions(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	w := srv.World(t, sim.Frozen(), sim.Auth("strict"), sim.Seed(7), sim.Variant("vendor"))
	if answer := ask(t, w, "GET", "/v3/processes/"+demoWeb, "", "stranger"); !strings.HasPrefix(answer, "401") {
		t.Errorf("a strict world answers a stranger\n%s", answer)
	}
	if answer := ask(t, w, "GET", "/v3/processes/"+demoWeb, "", "admin"); !strings.Contains(answer, `"created_at":"2026-01-01T00:00:00Z"`) || !strings.Contains(answer, `"method":"GET"`) {
		t.Errorf("a frozen world of the vendor answers\n%s", answer)
	}
	if answer := ask(t, srv, "GET", "/v3/processes/"+demoWeb, "", "stranger"); !strings.HasPrefix(answer, "200") {
		t.Errorf("the server is strict as well:\n%s", answer)
	}
	for _, option := range []sim.Option{sim.TrustProxy(), sim.MaxRules(3), sim.AdminToken("x"), sim.ScenariosDir(".")} {
		r := &recorder{}
		func() {
			defer func() { recover() }() //nolint:errcheck // a recorder goes on where a test ends
			srv.World(r, option)
		}()
		if len(r.fatal) == 0 || !strings.Contains(r.fatal[0], "an option of the server") {
			t.Errorf("said %q", r.fatal)
		}
		r.end()
	}
	if _, err := sim.New(sim.Variant("new")); err == nil || !strings.Contains(err.Error(), "vendor") {
		t.Errorf("an unknown variant: %v", err)
	}
}
