package drift

import (
	"net/http"
	"strings"
	"testing"
)

// TestShape: an answer that no question brings about is compared with what
// capisim says in its place, headers included (§16).
func TestShape(t *testing.T) {
	t.Parallel()
	s := &subject{process: tree(t, found), variant: "open-source", space: "s-1", appName: "shop"}
	m, err := newMirror(s)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	real := func(status int, prefer string) *answer {
		asked := get("/v3/processes")
		asked.prefer = prefer
		got, err := m.do(t.Context(), asked)
		if err != nil || got.status != status {
			t.Fatalf("%v, %v", got, err)
		}
		return got
	}
	for _, c := range []struct {
		name string
		got  *answer
		bend func(http.Header)
		want string
	}{
		{"429", real(429, "code=429"), func(h http.Header) { h.Set("Retry-After", "17") }, ""},
		{"429 of another type", real(429, "code=429"), func(h http.Header) { h.Set("Content-Type", jsonMedia) }, "header Content-Type"},
		{"429 of the framework", real(429, "code=429"), func(h http.Header) { h.Set("X-Runtime", "0.000001") }, "header X-Runtime"},
		{"502", real(502, "code=502"), func(http.Header) {}, ""},
		{"502 with a type", real(502, "code=502"), func(h http.Header) { h.Set("Content-Type", jsonMedia) }, "header Content-Type"},
		{"502 of a router", &answer{status: 502, header: http.Header{}, body: []byte("<html>")}, func(http.Header) {}, ""},
	} {
		r := &run{mirror: m, report: &Report{}, compare: comparer{ownBase: mirrorBase}}
		c.bend(c.got.header)
		if err := r.shape(t.Context(), "16", get("/v3/processes"), c.got); err != nil {
			t.Fatal(err)
		}
		var places []string
		for _, d := range r.report.Differences {
			places = append(places, d.Pointer)
		}
		if got := strings.Join(places, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestOperationOf finds the row of a request for the count of what was seen.
func TestOperationOf(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"GET /v3/processes?page=1": "listProcesses", "GET //v3//processes/x/": "getProcess", "PATCH /v3/apps/a/processes/web": "updateProcessForApp",
		"DELETE /v3/processes/x/instances/0": "terminateProcessInstance", "PUT /v3/processes": "", "GET /v3/apps": "",
	} {
		method, path, _ := strings.Cut(line, " ")
		got := ""
		if op := operationOf(method, path); op != nil {
			got = op.ID
		}
		if got != want {
			t.Errorf("%s is %q, want %q", line, got, want)
		}
	}
}
