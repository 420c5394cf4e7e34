package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/schema"
	"example.com/capisim/sim/world"
)

const (
	appPath    = "/v3/apps/" + appGUID
	legacyGUID = "c2000000-0000-4000-8000-000000000001"
)

// crowded is the default scenario with an organization and a space that the
// developer has no role in, labels, a deployment and sidecars.
const crowded = `name: crowded
extends: default
clock: {mode: frozen}
organizations:
  - {name: other-org, guid: a2000000-0000-4000-8000-000000000002, suspended: true}
spaces:
  - {name: hidden, organization: other-org, guid: b2000000-0000-4000-8000-000000000002, metadata: {labels: {z: "1", a: "2"}}}
apps:
  - name: rolling
    space: hidden
    guid: c3000000-0000-4000-8000-000000000003
    deploying: true
    processes: [{type: web, instances: 1, sidecars: [{name: proxy, memory_in_mb: 32}]}]
quotas: {spaces: {hidden: {total_instances: 5}}, organizations: {other-org: {total_instances: 9}}}
`

// valid checks an answer against the schema of its operation, as tests of the
// whole do, so that the bodies below need not be written out.
func (a answer) valid(t testing.TB, line string) any {
	t.Helper()
	method, path, _ := strings.Cut(line, " ")
	path, _, _ = strings.Cut(path, "?")
	var value any
	if err := json.Unmarshal([]byte(a.body), &value); err != nil {
		t.Fatalf("%s: %v in %s", line, err, a.body)
	}
	name := "errors"
	if a.status < 400 {
		name = ""
		for _, op := range contract.Operations() {
			if segments := strings.Split(op.Path, "/"); op.Method == method && fits(segments, strings.Split(path, "/")) {
				name = op.Response
			}
		}
	}
	if name == "" {
		return value
	}
	whole, err := document.Decode([]byte(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := schema.Validate(name, whole); err != nil || len(found) > 0 {
		t.Errorf("%s: %v %v in %s", line, err, found, a.body)
	}
	return value
}

func fits(pattern, segments []string) bool {
	if len(pattern) != len(segments) {
		return false
	}
	for i := range pattern {
		if pattern[i] != segments[i] && !strings.HasPrefix(pattern[i], "{") {
			return false
		}
	}
	return true
}

// TestSupporting walks the supporting operations: status, schema and a piece of
// each answer.
func TestSupporting(t *testing.T) {
	t.Parallel()
	const spaceOfOthers, orgOfOthers = "b2000000-0000-4000-8000-000000000002", "a2000000-0000-4000-8000-000000000002"
	const rolling = "c3000000-0000-4000-8000-000000000003"
	for _, test := range []struct {
		line, who string
		status    int
		want      string // a piece of the body
	}{
		{"GET /", "", 200, `"cloud_controller_v3":{"href":"BASE/v3","meta":{"version":"3.228.0"}}`},
		{"GET /", "", 200, `"credhub":null,"routing":null`},
		{"GET /v3", "", 200, `{"links":{"self":{"href":"BASE/v3"},"app_usage_events":{"href":"BASE/v3/app_usage_events"}`},
		{"GET /v3/", "", 200, `"users":{"href":"BASE/v3/users"}}}`},
		{"GET /v3/info", "", 200, `"rate_limits":{"enabled":false,"general_limit":2000,"reset_interval_in_minutes":60},"links":{"self":{"href":"BASE/v3/info"},"support":{"href":""}}}`},
		{"GET /v2/info", "", 200, `"authorization_endpoint":"BASE","token_endpoint":"BASE"`},
		{"GET /v2/info", "developer", 200, `"user":"`},
		{"GET /login", "", 200, `"prompts":{"password":["password","Password"],"username":["text","Email"]}`},
		{"GET /login", "nonsense", 200, `"app":{"version":`},
		{"GET /.well-known/openid-configuration", "", 200, `"issuer":"BASE/oauth/token"`},

		{"GET /v3/organizations", "", 401, `CF-NotAuthenticated`},
		{"GET /v3/organizations", "admin", 200, `"total_results":2`},
		{"GET /v3/organizations", "developer", 200, `"total_results":1`},
		{"GET /v3/organizations?names=demo-org&page=1&per_page=1", "developer", 200, `"first":{"href":"BASE/v3/organizations?names=demo-org\u0026page=1\u0026per_page=1"}`},
		{"GET /v3/organizations?foo=1", "developer", 400, `Unknown query parameter(s): 'foo'. Valid parameters are: 'page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids', 'names', 'isolation_segment_guid', 'label_selector'`},
		{"GET /v3/organizations/" + orgGUID + "?foo=1", "developer", 200, `"name":"demo-org","suspended":false`},
		{"GET /v3/organizations/" + orgOfOthers, "admin", 200, `"suspended":true`},
		{"GET /v3/organizations/" + orgOfOthers, "developer", 404, `"detail":"Organization not found"`},

		{"GET /v3/spaces?include=organization", "admin", 200, `"included":{"organizations":[{"guid":"` + orgGUID},
		{"GET /v3/spaces?include=org&names=none", "admin", 200, `"resources":[],"included":{"organizations":[]}}`},
		{"GET /v3/spaces/" + spaceGUID + "?include=organization", "developer", 200, `"included":{"organizations":[{"guid":"` + orgGUID},
		{"GET /v3/spaces/" + spaceGUID, "developer", 200, `"quota":{"data":null}}`},
		{"GET /v3/spaces/" + spaceOfOthers, "admin", 200, `"labels":{"z":"1","a":"2"}`},
		{"GET /v3/spaces/" + spaceOfOthers, "admin", 200, `"quota":{"href":"BASE/v3/space_quotas/`},
		{"GET /v3/spaces/" + spaceOfOthers + "?foo=1", "developer", 404, `"detail":"Space not found"`},
		{"GET /v3/spaces/" + spaceGUID + "?foo=1", "developer", 400, `Unknown query parameter(s): 'foo'. Valid parameters are: 'include'`},

		{"GET /v3/registry_credentials/nix", "developer", 404, `"detail":"Registry credential not found"`},
		{"GET /v3/apps?order_by=-name", "developer", 200, `?order_by=-name\u0026page=1`},
		{"GET /v3/apps?include=space.organization", "admin", 200, `"included":{"spaces":[{"guid":"` + spaceGUID},
		{"GET " + appPath, "auditor", 200, `"state":"STARTED","lifecycle":{"type":"buildpack","data":{"buildpacks":["ruby_buildpack"],"stack":"cflinuxfs4"}}`},
		{"GET " + appPath, "auditor", 200, `"current_droplet":{"data":{"guid":"`},
		{"GET " + appPath + "?include=org", "auditor", 200, `"included":{"organizations":[`},
		{"GET /v3/apps/nix?foo=1", "auditor", 400, `Valid parameters are: 'include'`},
		{"GET " + appPath, "outsider", 404, `"detail":"App not found"`},
		{"GET /v3/apps/a%2Fb", "admin", 404, `"detail":"App not found"`},
		{"GET " + appPath + "/droplets/current", "developer", 200, `"process_types":{"web":"`},
		{"GET " + appPath + "/droplets", "developer", 200, `"state":"STAGED"`},
		{"GET /v3/droplets?app_guids=" + legacyGUID, "developer", 200, `"total_results":1`},
		{"GET /v3/droplets?app_guids=nix", "developer", 200, `"total_results":0`},
		{"GET /v3/droplets", "outsider", 200, `"total_results":0`},
		{"GET /v3/droplets/nix", "developer", 404, `"detail":"Droplet not found"`},
		{"GET " + appPath + "/droplets", "outsider", 404, `"detail":"App not found"`},
		{"GET " + appPath + "/revisions", "developer", 200, `"description":"Initial revision."`},
		{"GET " + appPath + "/revisions?versions=2", "developer", 200, `"total_results":0`},
		{"GET " + appPath + "/revisions/deployed", "developer", 200, `"total_results":1`},
		{"GET /v3/apps/" + legacyGUID + "/revisions", "developer", 200, `"total_results":0`},
		{"GET " + appPath + "/revisions?x=1", "developer", 400, `Unknown query parameter(s): 'x'`},
		{"GET " + appPath + "/revisions", "outsider", 404, `"detail":"App not found"`},
		{"GET /v3/revisions/nix", "developer", 404, `"detail":"Revision not found"`},
		{"GET /v3/audit_events/nix", "developer", 404, `"detail":"Event not found"`},
		{"GET " + appPath + "/droplets/current", "outsider", 404, `"detail":"App not found"`},

		{"GET " + appPath + "/routes", "developer", 200, `"first":{"href":"BASE` + appPath + `/routes?app_guids=` + appGUID + `\u0026page=1`},
		{"GET " + appPath + "/routes", "outsider", 404, `"detail":"App not found"`},
		{"GET /v3/routes?app_guids=a%2Cb", "outsider", 200, `"resources":[]}`},
		{"GET /v3/packages?app_guids=a&order_by=-created_at&page=1&per_page=1", "developer", 200, `"resources":[]}`},
		{"GET " + webPath + "/sidecars", "developer", 200, `"resources":[]}`},
		{"GET " + webPath + "/sidecars", "outsider", 404, `"detail":"Process not found"`},
		{"GET /v3/processes/" + rolling + "/sidecars", "admin", 200, `"name":"proxy","command":"proxy","process_types":["web"],"memory_in_mb":32,"origin":"user"`},
		{"GET /v3/deployments?status_values=ACTIVE", "developer", 200, `"resources":[]}`},
		{"GET /v3/deployments?app_guids=" + rolling, "admin", 200, `"status":{"value":"ACTIVE","reason":"DEPLOYING","details":{"last_successful_healthcheck":"2026-01-01T00:00:00Z"`},
		{"GET /v3/audit_events?order_by=name", "developer", 400, `Order by can only be: 'created_at', 'updated_at'`},
		{"GET /v3/audit_events", "developer", 200, `"resources":[]}`},
	} {
		t.Run(test.line+" "+test.who, func(t *testing.T) {
			t.Parallel()
			r := rigOf(t, crowded, Options{})
			who := "X-Nothing: here" // else the rig sends a token of its own
			if test.who != "" {
				who = as(test.who)
			}
			got := r.send(t, test.line, "", who)
			want := strings.ReplaceAll(test.want, "BASE", "http://api.test")
			if got.status != test.status || !strings.Contains(got.body, want) {
				t.Errorf("got %d %s\nwant %s", got.status, got.body, want)
			}
			got.valid(t, test.line)
		})
	}
}

// TestAppActions: start, stop and restart answer 200 with the app, whatever the
// body, in the contract's order of checks (§3), and leave events.
func TestAppActions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		line, body, who string
		status          int
		want, event     string
	}{
		{"POST " + appPath + "/actions/stop", "", "developer", 200, `"state":"STOPPED"`, "audit.app.stop"},
		{"POST " + appPath + "/actions/start", "", "developer", 200, `"state":"STARTED"`, "audit.app.start"},
		{"POST " + appPath + "/actions/restart", `{"nonsense":1}`, "developer", 200, `"state":"STARTED"`, "audit.app.restart"},
		{"POST /v3/apps/" + legacyGUID + "/actions/start", "{}", "admin", 200, `"state":"STARTED"`, "audit.app.revision.create audit.app.start"},
		{"POST " + appPath + "/actions/stop", "", "", 401, "CF-NotAuthenticated", ""},
		{"POST " + appPath + "/actions/stop", "{", "developer", 400, "CF-MessageParseError", ""},
		{"POST " + appPath + "/actions/stop", "", "auditor", 403, "CF-NotAuthorized", ""},
		{"POST " + appPath + "/actions/stop", "", "outsider", 404, "App not found", ""},
		{"POST " + appPath + "/actions/nix", "", "developer", 404, "Unknown request", ""},
		{"PATCH " + appPath, `{"name":"a/b","metadata":{"labels":{"env":"prod"}}}`, "developer", 200, `"name":"a/b"`, "audit.app.update"},
		{"PATCH " + appPath, `{"name":"legacy"}`, "developer", 422, "App with the name 'legacy' already exists.", ""},
		{"PATCH " + appPath, `{"name":5}`, "outsider", 422, "Name must be a string", ""},
		{"PATCH " + appPath, `{"name":"x"}`, "outsider", 404, "App not found", ""},
		{"PATCH " + appPath, `{"name":"x"}`, "auditor", 403, "CF-NotAuthorized", ""},
		{"PATCH " + webPath, `{"command":"secret","metadata":{"labels":{"a":"b"}}}`, "developer", 200, `"command":"secret"`, "audit.app.process.update"},
		{"POST " + webPath + "/actions/scale", `{"instances":3}`, "developer", 202, `"instances":3`, "audit.app.process.scale"},
		{"POST " + webPath + "/actions/scale", `{"instances":-1}`, "developer", 422, "Instances must be greater than or equal to 0", ""},
		{"DELETE " + webPath + "/instances/1", "", "developer", 204, "", "audit.app.process.terminate_instance"},
		{"DELETE " + webPath + "/instances/9", "", "developer", 404, "Instance not found", ""},
	} {
		t.Run(test.line+" "+test.body+" "+test.who, func(t *testing.T) {
			t.Parallel()
			r := rigOf(t, frozen, Options{})
			headers := []string{"Content-Type: application/json"}
			if test.who != "" {
				headers = append(headers, as(test.who))
			}
			got := r.send(t, test.line, test.body, headers...)
			if got.status != test.status || !strings.Contains(got.body, test.want) {
				t.Errorf("got %d %s", got.status, got.body)
			}
			if got.body != "" {
				got.valid(t, test.line)
			}
			events := r.send(t, "GET /v3/audit_events?target_guids="+appGUID+","+legacyGUID, "", as("developer"))
			events.valid(t, "GET /v3/audit_events")
			if test.event == "" {
				if !strings.Contains(events.body, `"total_results":0`) {
					t.Errorf("a refusal has left %s", events.body)
				}
				return
			}
			types := strings.Fields(test.event)
			if !strings.Contains(events.body, `"total_results":`+strconv.Itoa(len(types))) || strings.Contains(events.body, "secret") {
				t.Errorf("events %s", events.body)
			}
			for _, typ := range types {
				if !strings.Contains(events.body, `"type":"`+typ+`"`) {
					t.Errorf("no %s in %s", typ, events.body)
				}
			}
		})
	}
}

// TestAuditData: an event repeats the request, without the command; one that
// is too long is left out.
func TestAuditData(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	long := fmt.Sprintf(`{"metadata":{"annotations":{"a":"%s","b":"%s","c":"%s","d":"%s"}}}`, strings.Repeat("a", 4500), strings.Repeat("b", 4500), strings.Repeat("c", 4500), strings.Repeat("d", 4500))
	for _, step := range [][2]string{
		{"PATCH " + webPath, `{"command":"secret","health_check":{"type":"process"}}`},
		{"POST " + webPath + "/actions/scale", `{"instances":3}`},
		{"DELETE " + webPath + "/instances/0", ""},
		{"POST " + appPath + "/actions/stop", ""},
		{"PATCH " + webPath, long},
	} {
		if got := r.send(t, step[0], step[1], as("developer"), "Content-Type: application/json"); got.status >= 300 {
			t.Fatalf("%s: %d %s", step[0], got.status, got.body)
		}
	}
	events := r.send(t, "GET /v3/audit_events", "", as("developer"))
	of := `"process_guid":"` + webGUID + `","process_type":"web"`
	for _, data := range []string{
		`"data":{` + of + `,"request":{"command":"[PRIVATE DATA HIDDEN]","health_check":{"type":"process"}}}`,
		`"data":{` + of + `,"request":{"instances":3}}`,
		`"data":{` + of + `,"process_index":0}`,
		`"data":{}`,
		`"data":{` + of + `,"request":{}}`,
	} {
		if !strings.Contains(events.body, data) {
			t.Errorf("no %s in %s", data, events.body)
		}
	}
}

// TestUAAFaults: a fault on an operation of UAA speaks as UAA does.
func TestUAAFaults(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		400: `{"error":"invalid_request","error_description":"Missing grant type"}`,
		401: `{"error":"unauthorized","error_description":"Bad credentials"}`,
		429: `{"error":"rate_limit_exceeded","error_description":"Too many requests"}`,
		503: `{"error":"temporarily_unavailable","error_description":"The UAA service is currently unavailable"}`,
	} {
		r := rigOf(t, frozen, Options{})
		r.rules(t, fmt.Sprintf(`[{"id":"f","match":{"operations":["createToken"]},"respond":{"status":%d}}]`, status))
		got, _ := r.login(t, "grant_type=password&username=developer&password=developer")
		if got.status != status || got.body != want || got.header.Get("Content-Type") != "application/json;charset=UTF-8" {
			t.Errorf("%d: %d %s %v", status, got.status, got.body, got.header)
		}
	}
}

// TestTokenKeys: what is published verifies a token, by the PEM and by the
// numbers.
func TestTokenKeys(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	_, token := r.login(t, "grant_type=password&username=developer&password=developer", "Authorization: Basic Y2Y6")
	var published struct {
		Keys []struct {
			ID        string `json:"kid"`
			Algorithm string `json:"alg"`
			Value     string `json:"value"`
			Modulus   string `json:"n"`
			Exponent  string `json:"e"`
		}
	}
	keys := r.send(t, "GET /token_keys", "")
	if err := json.Unmarshal([]byte(keys.body), &published); err != nil || len(published.Keys) != 1 {
		t.Fatalf("%v in %s", err, keys.body)
	}
	key := published.Keys[0]
	parsed, err := jwt.ParseWithClaims(token.AccessToken, &claims{}, func(*jwt.Token) (any, error) { return jwt.ParseRSAPublicKeyFromPEM([]byte(key.Value)) })
	if err != nil || parsed.Header["kid"] != key.ID || key.Algorithm != "RS256" || key.Exponent != "AQAB" || len(key.Modulus) < 300 {
		t.Errorf("%v, %+v", err, key)
	}
	expiry := parsed.Claims.(*claims).ExpiresAt.Time
	if left := expiry.Sub(world.Wall()); left < 9*time.Minute || left > 10*time.Minute+time.Second {
		t.Errorf("on a clock that stands in the past the token is good for %v", left)
	}
}

// TestRefreshTokenIsNoAccessToken: it is good for UAA alone.
func TestRefreshTokenIsNoAccessToken(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	_, token := r.login(t, "grant_type=password&username=developer&password=developer", "Authorization: Basic Y2Y6")
	r.send(t, "GET "+webPath, "", as(token.RefreshToken)).is(t, contract.InvalidAuthToken)
	if got := r.send(t, "GET "+webPath, "", as(token.AccessToken)); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestRegistryCredential: the vendor's link leads to an answer, for those who
// see the process, and the open-source server has neither.
func TestRegistryCredential(t *testing.T) {
	t.Parallel()
	const credential = "e1000000-0000-4000-8000-000000000001"
	text := func(variant string) string {
		return "name: vendor\nextends: default\nclock: {mode: frozen}\nvariant: " + variant + "\napps: [{name: demo, processes: [{type: web, " +
			"registry_credential: {guid: " + credential + ", last_synced_at: '2026-01-01T00:00:00Z'}}]}]\n"
	}
	r := rigOf(t, text("vendor"), Options{})
	const path = "/v3/registry_credentials/" + credential
	if process := r.send(t, "GET "+webPath, ""); !strings.Contains(process.body, path+`"`) {
		t.Fatalf("no link in %s", process.body)
	}
	if got := r.send(t, "GET "+path, ""); got.status != 200 || !strings.Contains(got.body, `"updated_at":"2026-01-01T00:00:00Z"`) || !strings.Contains(got.body, path) {
		t.Errorf("got %d %s", got.status, got.body)
	}
	rigOf(t, text("open-source"), Options{}).send(t, "GET "+path, "").is(t, contract.NotFound)
}
