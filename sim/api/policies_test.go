package api

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
)

const policiesPath = "/networking/v1/external/policies"

// allowing is a policy of the form of the newer version.
func allowing(from, to, ports string) string {
	return `{"policies":[{"source":{"id":"` + from + `"},"destination":{"id":"` + to + `","protocol":"tcp","ports":` + ports + `}}]}`
}

// TestPolicies walks a policy from its making to its end, with what each caller
// is told on the way.
func TestPolicies(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	one := allowing(appGUID, legacyGUID, `{"start":8080,"end":8090}`)
	shown := `{"total_policies":1,` + one[1:]
	none := `{"total_policies":0,"policies":[]}`
	for _, step := range []struct {
		line, body, who string
		status          int
		want            string
	}{
		{"GET /networking", "", "", 200, "Network policy server, up for 0s\n"},
		{"GET /networking/v1/external", "", "admin", 404, "404 page not found\n"},
		{"GET /networking/v1/external/policies/", "", "admin", 404, "404 page not found\n"},
		{"GET " + policiesPath, "", "", 401, `{"error": "missing authorization header"}`},
		{"GET " + policiesPath, "", "nobody bearer", 401, `{"error": "failed to verify token with uaa"}`},
		{"GET /networking/v2/external/policies", "", "", 406, `{"error": "api version 'v2' not supported"}`},
		{"GET " + policiesPath, "", "admin", 200, none},
		{"POST " + policiesPath, one, "", 401, `{"error": "missing authorization header"}`},
		{"POST " + policiesPath, one, "outsider", 403, `{"error": "one or more applications cannot be found or accessed"}`},
		{"POST " + policiesPath, one, "auditor", 403, `{"error": "one or more applications cannot be found or accessed"}`},
		{"POST " + policiesPath, one, "developer", 200, "{}"},
		{"POST " + policiesPath, one, "admin", 200, "{}"}, // once more changes nothing
		{"GET " + policiesPath, "", "developer", 200, shown},
		{"GET " + policiesPath, "", "outsider", 200, none},
		{"GET " + policiesPath + "?id=x," + legacyGUID, "", "developer", 200, shown},
		{"GET " + policiesPath + "?id=x", "", "developer", 200, none},
		{"GET " + policiesPath + "?source_id=" + appGUID, "", "developer", 200, shown},
		{"GET " + policiesPath + "?source_id=" + legacyGUID, "", "developer", 200, none},
		{"GET " + policiesPath + "?dest_id=" + legacyGUID, "", "developer", 200, shown},
		{"GET " + policiesPath + "?dest_id=" + legacyGUID + "&source_id=" + legacyGUID, "", "developer", 200, none},
		{"GET /networking/v0/external/policies", "", "developer", 200, none}, // the older version has no ranges
		{"POST /networking/v0/external/policies", `{"policies":[{"source":{"id":"` + appGUID + `"},"destination":{"id":"` + appGUID + `","protocol":"udp","port":53}}]}`, "developer", 200, "{}"},
		{"GET /networking/v0/external/policies", "", "developer", 200, `{"total_policies":1,"policies":[{"source":{"id":"` + appGUID + `"},"destination":{"id":"` + appGUID + `","protocol":"udp","port":53}}]}`},
		{"POST " + policiesPath + "/delete", one, "outsider", 403, `{"error": "one or more applications cannot be found or accessed"}`},
		{"POST " + policiesPath + "/delete", one, "developer", 200, "{}"},
		{"POST " + policiesPath + "/delete", one, "developer", 200, "{}"},
		{"GET " + policiesPath + "?id=" + legacyGUID, "", "developer", 200, none},
	} {
		who := "X-Nothing: here"
		if name, scheme, other := strings.Cut(step.who, " "); other {
			who = "Authorization: " + scheme + "\t" + name + " " + name
		} else if step.who != "" {
			who = as(step.who)
		}
		got := r.send(t, step.line, step.body, who)
		if got.status != step.status || got.body != step.want {
			t.Errorf("%s as %q: %d %s\nwant %d %s", step.line, step.who, got.status, got.body, step.status, step.want)
		}
	}
}

// TestPoliciesRefused: what is wrong with a policy, in the real server's words.
func TestPoliciesRefused(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	for body, want := range map[string]string{
		"":                                       "mapper: unmarshal json: unexpected end of JSON input",
		"{}":                                     "mapper: validate policies: missing policies",
		`{"policies":[{}]}`:                      "mapper: validate policies: missing source id",
		allowing("a", "", `{"start":1,"end":1}`): "mapper: validate policies: missing destination id",
		allowing("a", "b", `{"start":2,"end":1}`):                                    "mapper: validate policies: invalid port range 2-1, start must be less than or equal to end",
		allowing("a", "b", `{"start":-1,"end":1}`):                                   "mapper: validate policies: invalid start port -1, must be in range 1-65535",
		allowing("a", "b", `{"end":1}`):                                              "mapper: validate policies: missing start port",
		allowing("a", "b", `{"start":1,"end":99999}`):                                "mapper: validate policies: invalid end port 99999, must be in range 1-65535",
		strings.Replace(allowing("a", "b", `{"start":1,"end":1}`), "tcp", "icmp", 1): "mapper: validate policies: invalid destination protocol, specify either udp or tcp",
	} {
		got := r.send(t, "POST "+policiesPath, body, as("admin"))
		if got.status != 400 || got.body != `{"error": "`+want+`"}` {
			t.Errorf("%s: %d %s, want %s", body, got.status, got.body, want)
		}
	}
	if got := r.send(t, "GET "+policiesPath, "", as("admin")); !strings.HasPrefix(got.body, `{"total_policies":0`) {
		t.Errorf("half applied: %s", got.body)
	}
}

// TestPoliciesOfOtherTypes: the names of types in the refusals are those of the
// policy server, in either version, and ports are no concern of the older one.
func TestPoliciesOfOtherTypes(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	for _, test := range []struct{ version, body, want string }{
		{"v1", `[]`, "unmarshal json: json: cannot unmarshal array into Go value of type api.PoliciesPayload"},
		{"v1", `{"policies":{}}`, "unmarshal json: json: cannot unmarshal object into Go struct field PoliciesPayload.policies of type []api.Policy"},
		{"v1", `{"policies":[{"source":5}]}`, "unmarshal json: json: cannot unmarshal number into Go struct field Policy.policies.source of type api.Source"},
		{"v1", allowing("a", "b", `{"start":"x"}`), "unmarshal json: json: cannot unmarshal string into Go struct field Ports.policies.destination.ports.start of type int"},
		{"v0", `[]`, "unmarshal json: json: cannot unmarshal array into Go value of type api_v0.Policies"},
		{"v0", `{"policies":[{"source":5}]}`, "unmarshal json: json: cannot unmarshal number into Go struct field Policy.policies.source of type api_v0.Source"},
		{"v0", `{"policies":[{"destination":5}]}`, "unmarshal json: json: cannot unmarshal number into Go struct field Policy.policies.destination of type api_v0.Destination"},
		{"v0", allowing("a", "b", `"x"`), "validate policies: missing port"},
		{"v0", `{"policies":[{"source":{"id":"a"},"destination":{"id":"b","protocol":"tcp","port":-1}}]}`, "validate policies: invalid port -1, must be in range 1-65535"},
	} {
		got := r.send(t, "POST /networking/"+test.version+"/external/policies", test.body, as("admin"))
		if want := `{"error": "mapper: ` + test.want + `"}`; got.status != 400 || got.body != want {
			t.Errorf("%s %s: %d %s\nwant %s", test.version, test.body, got.status, got.body, want)
		}
	}
}

// TestPoliciesTooLarge: a body that is too large is told as such, in the policy
// server's form.
func TestPoliciesTooLarge(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	for _, path := range []string{policiesPath, policiesPath + "/delete"} {
		body := io.MultiReader(strings.NewReader(strings.Repeat(" ", contract.MaxBody+1))) // of a length that is not told
		req, err := http.NewRequest(http.MethodPost, r.URL+path, body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "bearer admin")
		resp, err := r.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if want := `{"error": "The request body is larger than 1048576 bytes"}`; err != nil || resp.StatusCode != 413 || string(got) != want {
			t.Errorf("%s: %d %s, %v, want %s", path, resp.StatusCode, got, err, want)
		}
	}
}
