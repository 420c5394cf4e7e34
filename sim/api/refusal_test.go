package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
)

// explained is what is said of a request that the test describes.
func (r *rig) explained(line, body string, headers ...string) *fault.Trial {
	method, path, _ := strings.Cut(line, " ")
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Set(name, value)
	}
	return r.api.Explain(r.world, req)
}

// TestRefused: each check that refuses a request is named, with what its answer
// does not say (CONTRACT.md §3).
func TestRefused(t *testing.T) {
	t.Parallel()
	const scale = "POST " + webPath + "/actions/scale"
	for _, test := range []struct {
		name, scenario, line, body, token string
		status                            int
		check                             contract.Check
		reason                            string
	}{
		{"none", "", "GET " + webPath, "", "developer", 200, "", ""},
		{"no token", "", "GET " + webPath, "", "", 401, contract.TokenCheck, "the header Authorization is left out, expected bearer and a token"},
		{"unknown token", "auth: {mode: strict}", "GET " + webPath, "", "nobody", 401, contract.TokenCheck, "the token is not one of the scenario's, and auth is strict"},
		{"masked token", "", "GET " + webPath, "", "[MASKED]", 401, contract.TokenCheck, "the token was copied from evidence, where it is masked"},
		{"scope", "auth: {users: [{name: reader, scopes: [cloud_controller.read]}], tokens: {reader: reader}}", "PATCH " + webPath, `{}`, "reader", 403, contract.ScopeCheck, "PATCH needs the scope cloud_controller.admin or cloud_controller.write; the token of user reader has cloud_controller.read"},
		{"role", "", "PATCH " + webPath, `{}`, "auditor", 403, contract.RoleCheck, "space_developer or space_supporter in space dev is needed; user auditor has space_auditor there"},
		{"role of an app", "", "PATCH /v3/apps/" + appGUID, `{}`, "auditor", 403, contract.RoleCheck, "space_developer in space dev is needed; user auditor has space_auditor there"},
		{"secret", "", "GET /v3/apps/" + appGUID + "/env", "", "auditor", 403, contract.RoleCheck, "space_developer in space dev is needed; user auditor has space_auditor there"},
		{"hidden", "", "GET " + webPath, "", "outsider", 404, contract.LookupCheck, "it is there, and hidden: space_developer or space_manager or space_auditor or space_supporter in space dev is needed; user outsider has no role there; organization_manager of its organization would do too"},
		{"no process", "", "GET /v3/processes/nosuch", "", "developer", 404, contract.LookupCheck, `there is no process with the guid "nosuch"`},
		{"no app", "", "GET /v3/apps/nosuch/processes/web", "", "developer", 404, contract.LookupCheck, `there is no app with the guid "nosuch"`},
		{"no type", "", "GET /v3/apps/" + appGUID + "/processes/clock", "", "developer", 404, contract.LookupCheck, `app demo has no process of the type "clock"`},
		{"no instance", "", "DELETE " + webPath + "/instances/9", "", "developer", 404, contract.LookupCheck, `the index is "9", expected less than 2, the instances of the process`},
		{"suspended", "organizations: [{name: demo-org, suspended: true}]", "PATCH " + webPath, `{}`, "developer", 403, contract.StateCheck, "space dev of organization demo-org: The organization is suspended; administrators may all the same"},
		{"feature", "features: {app_scaling: false}", scale, `{"instances":3}`, "developer", 403, contract.StateCheck, "the feature flag app_scaling is off; administrators may all the same"},
		{"message", "", "PATCH " + webPath, `{"command":7}`, "developer", 422, contract.MessageCheck, "Command must be a string"},
		{"broken body", "", "PATCH " + webPath, `{`, "developer", 400, contract.BodyCheck, contract.MessageParseError.Detail},
		{"long query", "", "GET /v3/processes?guids=" + strings.Repeat("x", maxQuery), "", "developer", 400, contract.QueryCheck, "the query has 10246 bytes, expected at most 10240"},
		{"platform", "platform: {database: down}", "GET " + webPath, "", "developer", 500, contract.PlatformCheck, "a part of the platform is broken: database down"},
		{"runner", "platform: {diego: down}", scale, `{"instances":3}`, "developer", 503, contract.PlatformCheck, ""},
		{"quota", "quotas: {organizations: {demo-org: {total_memory_in_mb: 1024}}}", scale, `{"instances":90}`, "developer", 422, contract.ModelCheck, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := rigOf(t, frozen+test.scenario+"\n", Options{Prefer: true})
			var headers []string
			if test.token != "" {
				headers = append(headers, as(test.token))
			}
			got := r.explained(test.line, test.body, headers...)
			if got.Status != test.status {
				t.Errorf("%d %s", got.Status, got.Body)
			}
			switch {
			case test.check == "" && got.Refused == nil:
			case got.Refused == nil || got.Refused.Check != test.check || got.Refused.Reason == "":
				t.Errorf("%+v, expected %s", got.Refused, test.check)
			case test.reason != "" && got.Refused.Reason != test.reason:
				t.Errorf("got  %s\nwant %s", got.Refused.Reason, test.reason)
			}
		})
	}
}

func TestPreference(t *testing.T) {
	t.Parallel()
	prefers, ignores := rigOf(t, frozen, Options{Prefer: true}), rigOf(t, frozen, Options{})
	for _, test := range []struct {
		of     *rig
		header string
		want   fault.Preference
	}{
		{prefers, "code=404", fault.Preference{Applied: "code=404"}},
		{prefers, "code=777", fault.Preference{Ignored: "code 777 is not known for getProcess, expected one of 200, 401, 403, 404, 400, 429, 500, 502, 503"}},
		{prefers, "respond-async", fault.Preference{Ignored: "nothing in it is about answers"}},
		{ignores, "code=404", fault.Preference{Ignored: "the server was started with --no-prefer"}},
	} {
		if got := test.of.explained("GET "+webPath, "", as("developer"), "Prefer: "+test.header); got.Prefer == nil || *got.Prefer != test.want {
			t.Errorf("%s: %+v", test.header, got.Prefer)
		}
	}
	if got := prefers.explained("GET "+webPath, "", as("developer")); got.Prefer != nil {
		t.Errorf("%+v", got.Prefer)
	}
}

// What is noted of a request when it is decided is found in its entry.
func TestCourseIsJournaled(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	r.rules(t, `[{"id":"older","respond":{"status":503}},{"id":"rare","when":{"skip":1},"respond":{"status":401}},{"id":"done","apply":"after","match":{"operations":["updateProcess"]},"respond":{"status":500}}]`)
	r.send(t, "GET "+webPath, "")
	r.send(t, "PATCH "+webPath, `{"command":7}`)
	for id, want := range map[uint64]string{1: "match 1 of the first 1, which pass", 2: "the rule answers after a success, and the real answer was an error"} {
		e, found := r.world.Journal.Get(id)
		if !found {
			t.Fatal(id)
		}
		again, _ := r.world.Journal.Again(id)
		var reasons []string
		for _, one := range r.world.Current().Faults.Recall(r.api.Explain(r.world, again).Subject, e.Rule, fault.Course(e.Course), "") {
			reasons = append(reasons, one.Reason)
		}
		if !strings.Contains(strings.Join(reasons, "\n"), want) || http.StatusOK == e.Status {
			t.Errorf("request %d: %q", id, reasons)
		}
	}
}
