package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestMetrics(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--admin-listen", "127.0.0.1:0")
	session(t, s.console, []step{{args: "fault set listProcesses 503", out: "listProcesses-503"}})
	client := ownClient(t, nil)
	get(t, client, s.url+"/v3/processes")
	get(t, client, s.url+"/v3/nowhere")
	made, err := client.Post(s.console+"/admin/worlds", "application/json", strings.NewReader(`{"listen":"127.0.0.1:0"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer made.Body.Close()
	var world struct{ URL string }
	if err := json.NewDecoder(made.Body).Decode(&world); err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{s.url, s.console, world.URL} {
		answer := get(t, client, base+"/metrics")
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", base, answer.Status, err)
		}
		for _, line := range []string{
			`capisim_requests_total{injected="true",operation="listProcesses",status="503"} 1`,
			`capisim_requests_total{injected="false",operation="unmatched",status="404"} 1`,
			`capisim_request_duration_seconds_count{operation="listProcesses"} 1`,
			"capisim_worlds 2", "capisim_rules 1", "capisim_journal_entries 2", "# TYPE capisim_journal_bytes gauge",
			"# TYPE go_goroutines gauge", "# TYPE process_open_fds gauge",
		} {
			if !strings.Contains(string(body), line+"\n") {
				t.Errorf("%s/metrics lacks %s in\n%s", base, line, body)
			}
		}
	}
}
