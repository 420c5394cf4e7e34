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
			srv.ClearFaults()
			sent(t, "DELETE", at+"/instances/0", "", "Authorization", "bearer unknown")
			sent(t, "GET", srv.URL+"/v3/processes?per_page=2", "", "Authorization", "bearer admin")
			sent(t, "GET", srv.URL+"/v3/nothing", "")
			sent(t, "GET", srv.URL+"/worlds/none/v3", "")
			same(t, replayed(t, srv.URL, ""), 11)
		})
	}
}
