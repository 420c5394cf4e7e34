package sim_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"example.com/capisim/sim"
)

// logged keeps what is logged, for one who reads it while it is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// take returns what was logged since the last call.
func (l *logged) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}

// scenarioEvents hands out the events of changed scenario files.
func scenarioEvents(t *testing.T, url string) <-chan string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url+"/admin/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(answer.Body)
	events := make(chan string, 100)
	go func() {
		defer answer.Body.Close()
		for lines.Scan() {
			if lines.Text() == "event: scenario" && lines.Scan() {
				events <- strings.TrimPrefix(lines.Text(), "data: ")
			}
		}
	}()
	return events
}

// TestReload: which worlds a changed file touches, what becomes of what clients
// have changed in them, and that log, list and events tell of it.
func TestReload(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{false, true} {
		t.Run(fmt.Sprint("keep ", keep), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write := func(name, text string) {
				t.Helper()
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			const mine = "extends: default\ndescription: Mine.\n"
			write("base.yaml", "name: base\n"+mine)
			write("child.yaml", "name: child\nextends: base\n")
			write("other.yaml", "name: other\n"+mine)
			var log logged
			srv := sim.Start(t, sim.ScenariosDir(dir), sim.Scenario("base"), sim.Logger(slog.New(slog.NewTextHandler(&log, nil))))
			worlds := map[string]string{"default": srv.URL}
			for name, body := range map[string]string{
				"child": `"scenario":"child"`, "varied": `"scenario":"child","seed":7`, "fork": `"from":"default"`, "other": `"scenario":"other"`,
				"sent": `"scenario":{"name":"base","extends":"base"}`,
			} {
				if status, answer, _ := exchange(t, "PUT", srv.URL+"/admin/worlds/"+name, "{"+body+"}"); status != http.StatusCreated {
					t.Fatalf("%d %s", status, answer)
				}
				worlds[name] = srv.URL + "/worlds/" + name
			}
			// Of each kind, one that clients have changed: by the API, and by the admin API.
			exchange(t, "PATCH", worlds["child"]+"/v3/processes/"+demoWeb, `{"command":"by a client"}`)
			exchange(t, "PATCH", worlds["other"]+"/v3/processes/"+demoWeb, `{"command":"by a client"}`)
			exchange(t, "PATCH", worlds["fork"]+"/admin/processes/"+demoWeb, `{"command":"by a client"}`)
			command := func(world string) string {
				var process struct{ Command string }
				_, body := get(t, worlds[world]+"/v3/processes/"+demoWeb)
				if err := json.Unmarshal([]byte(body), &process); err != nil {
					t.Fatal(err)
				}
				return process.Command
			}
			events := scenarioEvents(t, worlds["child"])
			step := func(name string, want map[string]string, told []string, logs ...string) {
				t.Helper()
				if err := srv.Simulator.Reload(keep); err != nil {
					t.Fatal(err)
				}
				for world, command_ := range want {
					if got := command(world); got != command_ {
						t.Errorf("%s: %s runs %q, want %q", name, world, got, command_)
					}
				}
				for _, event := range told {
					if got := <-events; got != event {
						t.Errorf("%s: told %s, want %s", name, got, event)
					}
				}
				text := log.take()
				for _, part := range logs {
					if !strings.Contains(text, part) {
						t.Errorf("%s: the log has no %q: %s", name, part, text)
					}
				}
				if len(logs) == 0 && text != "" {
					t.Errorf("%s: logged %s", name, text)
				}
			}
			app := func(command string) string {
				return "apps: [{name: demo, processes: [{type: web, command: " + command + "}]}]\n"
			}

			step("nothing", map[string]string{"child": "by a client"}, nil)
			write("third.yaml", "name: third\n")
			step("a file that nobody plays", map[string]string{"child": "by a client", "fork": "by a client"}, nil)

			write("base.yaml", "name: base\n"+mine+app("v2"))
			result, said, now := "lost", "what clients had changed is gone", "v2"
			if keep {
				result, said, now = "kept", "the world stays as clients have changed it", "by a client"
			}
			step("the base of some", map[string]string{
				"default": "v2", "varied": "v2", "child": now, "fork": now, "other": "by a client", "sent": "bundle exec rackup",
			}, []string{`{"scenario":"child","result":"` + result + `"}`},
				`level=INFO msg="scenario changed and loaded" world=default scenario=base`, `level=INFO msg="scenario changed and loaded" world=varied`,
				said, "level=WARN", "world=child", "world=fork")
			if _, body := get(t, worlds["varied"]+"/admin"); !strings.Contains(body, `"seed":7`) {
				t.Errorf("the seed of the world's own is gone: %s", body)
			}
			exchange(t, "POST", worlds["child"]+"/admin/reset", "")
			if got := command("child"); got != "v2" {
				t.Errorf("after a reset the child runs %q", got)
			}

			write("base.yaml", "name: base\n"+mine+"apps: 7\n")
			write("child.yaml", "name: child\nextends: base\n"+app("v3"))
			place := filepath.Join(dir, "base.yaml") + ":4:7: apps: 7, expected an array"
			step("a broken base, and a good child", map[string]string{"default": "v2", "child": "v3"},
				[]string{`{"scenario":"base","result":"broken","problem":"` + place + `"}`, `{"scenario":"child","result":"loaded"}`},
				`level=WARN msg="scenario file broken, its last good version stays" scenario=base`, place)
			step("told once", map[string]string{"default": "v2"}, nil)
			if _, body := get(t, srv.URL+"/admin/scenarios"); !strings.Contains(body, `"broken":"`+place+`","kept":true`) {
				t.Errorf("the list does not tell: %s", body)
			}
			if status, body, _ := exchange(t, "POST", worlds["other"]+"/admin/load", `{"scenario":"base"}`); status != http.StatusOK || command("other") != "v2" {
				t.Errorf("the last good version cannot be loaded: %d %s", status, body)
			}

			write("base.yaml", "name: base\n"+mine+app("v4"))
			step("mended", map[string]string{"default": "v4", "child": "v3", "other": "v4"}, []string{`{"scenario":"base","result":"mended"}`},
				`level=INFO msg="scenario file mended"`, "world=other")
			if err := os.Remove(filepath.Join(dir, "child.yaml")); err != nil {
				t.Fatal(err)
			}
			step("a file is gone", map[string]string{"child": "v3"}, nil, `msg="scenario file gone" file=`+filepath.Join(dir, "child.yaml"))
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := srv.Simulator.Reload(keep); err == nil || command("default") != "v4" {
				t.Errorf("the folder is gone: %v", err)
			}
		})
	}
}
