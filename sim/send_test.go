package sim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"example.com/capisim/sim"
)

const web = "/v3/processes/c1000000-0000-4000-8000-000000000001"

// sentView is what POST /admin/requests answers.
type sentView struct {
	ID              uint64
	Held            bool
	Rule            string
	ConnectionFault string `json:"connection_fault"`
	Client          struct{ User string }
	Request         struct{ Headers http.Header }
	Response        struct {
		Status int
		Body   string
	}
}

func sendBy(t *testing.T, srv *sim.Server, body string) (out sentView) {
	t.Helper()
	status, text, _ := exchange(t, "POST", srv.URL+"/admin/requests", body)
	if status != http.StatusCreated {
		t.Fatalf("%d %s", status, text)
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSend: the admin API sends requests as a client would, by the tokens of
// users, and survives what rules do to connections.
func TestSend(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	srv.Rule(t, `{"id":"cut","match":{"operations":["getProcessStats"]},"connection":"reset"}`)
	srv.Rule(t, `{"id":"drip","match":{"operations":["listProcessInstances"]},"connection":{"kind":"drip","bytes_per_second":100000}}`)
	for name, c := range map[string]struct {
		body, user string
		status     int
		fault      string
	}{
		"by a user":        {`{"method":"PATCH","path":"` + web + `","body":{"command":"x"},"user":"developer"}`, "developer", 200, ""},
		"by another":       {`{"method":"PATCH","path":"` + web + `","body":"{\"command\":\"x\"}","headers":{"Content-Type":"application/json"},"user":"auditor"}`, "auditor", 403, ""},
		"by nobody":        {`{"path":"` + web + `"}`, "", 401, ""},
		"masked":           {`{"path":"` + web + `","headers":{"Authorization":"[MASKED]"}}`, "", 401, ""},
		"token over given": {`{"path":"` + web + `","headers":{"authorization":"[MASKED]"},"user":"ci"}`, "ci", 200, ""},
		"a reset":          {`{"path":"` + web + `/stats","user":"admin"}`, "admin", 0, "reset"},
		"a drip":           {`{"path":"` + web + `/process_instances","user":"admin"}`, "admin", 200, "drip"},
		"no operation":     {`{"path":"/admin/requests","user":"admin"}`, "admin", 404, ""},
	} {
		got := sendBy(t, srv, c.body)
		if got.Response.Status != c.status || got.Client.User != c.user || got.ConnectionFault != c.fault || got.Held || got.ID == 0 {
			t.Errorf("%s: %+v", name, got)
		}
		if agent := got.Request.Headers.Get("User-Agent"); agent != "capisim-admin" {
			t.Errorf("%s: sent as %q", name, agent)
		}
	}
	if status, text, _ := exchange(t, "POST", srv.URL+"/admin/requests", `{"path":"/","user":"develper"}`); status != 422 || !strings.Contains(text, `did you mean \"developer\"?`) {
		t.Errorf("%d %s", status, text)
	}
	if status, text := get(t, srv.URL+"/admin/users"); status != 200 || !strings.Contains(text, `{"name":"ci","client":true,`) {
		t.Errorf("%d %s", status, text)
	}
	apart := sim.Start(t, sim.AdminApart())
	status, text, _ := exchange(t, "POST", apart.AdminURL+"/requests", `{"path":"`+web+`","user":"developer"}`)
	if status != http.StatusCreated || !strings.Contains(text, apart.URL+"/v3/apps/") {
		t.Errorf("%d %s, expected links to the API's own port", status, text)
	}
}
