package api

import (
	"net/http"
	"strings"
	"testing"
)

// TestCORS is §16: what a browser is told, on preflight and on the answers
// themselves, injected ones too.
func TestCORS(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen+"faults: [{id: f, match: {operations: [getProcess], user: auditor}, respond: {status: 404}}]\n",
		Options{Origins: NewOrigins([]string{"https://*.example.com", "http://localhost:3000"})})
	const expose = "x-cf-warnings,x-app-staging-log,x-vcap-request-id,location,range"
	for _, test := range []struct {
		name, line, origin string
		more               []string
		status             int
		want               map[string]string
	}{
		{"an answer", "GET " + webPath, "https://a.b.example.com", nil, 200, map[string]string{
			"Access-Control-Allow-Origin": "https://a.b.example.com", "Access-Control-Allow-Credentials": "true", "Access-Control-Expose-Headers": expose, "Vary": "Origin"}},
		{"beside Accept", "GET " + webPath, "http://localhost:3000", []string{"Accept: application/json"}, 200, map[string]string{"Vary": "Accept,Origin"}},
		{"an error", "GET /v3/processes/nix", "http://localhost:3000", nil, 404, map[string]string{"Access-Control-Allow-Origin": "http://localhost:3000"}},
		{"an unknown path", "GET /nix", "http://localhost:3000", nil, 404, map[string]string{"Access-Control-Allow-Origin": "http://localhost:3000"}},
		{"no content", "DELETE " + webPath + "/instances/0", "http://localhost:3000", nil, 204, map[string]string{"Access-Control-Allow-Origin": "http://localhost:3000"}},
		{"another origin", "GET " + webPath, "https://example.com", []string{"Accept: application/json"}, 200, map[string]string{"Access-Control-Allow-Origin": "", "Vary": "Accept"}},
		{"more than an origin", "GET " + webPath, "http://localhost:3000.evil.test", nil, 200, map[string]string{"Access-Control-Allow-Origin": "", "Vary": ""}},
		{"no origin", "GET " + webPath, "", nil, 200, map[string]string{"Access-Control-Allow-Origin": "", "Vary": ""}},
		{"preflight", "OPTIONS " + webPath, "https://a.example.com", []string{"Access-Control-Request-Method: post", "Access-Control-Request-Headers: X-A, Authorization,,x-a"}, 200, map[string]string{
			"Access-Control-Allow-Origin": "https://a.example.com", "Access-Control-Allow-Credentials": "true", "Access-Control-Expose-Headers": expose, "Vary": "Origin",
			"Access-Control-Allow-Methods": "GET,PUT,POST,DELETE", "Access-Control-Max-Age": "900", "Access-Control-Allow-Headers": "origin,content-type,authorization,x-a",
			"Content-Type": "text/plain", "X-Vcap-Request-Id": ""}},
		{"preflight of PATCH", "OPTIONS " + webPath, "https://a.example.com", []string{"Access-Control-Request-Method: PATCH"}, 404, map[string]string{"Access-Control-Allow-Methods": "", "Access-Control-Allow-Origin": "https://a.example.com"}},
		{"OPTIONS alone", "OPTIONS " + webPath, "https://a.example.com", nil, 404, map[string]string{"Access-Control-Allow-Methods": ""}},
		{"preflight from elsewhere", "OPTIONS " + webPath, "https://evil.test", []string{"Access-Control-Request-Method: GET"}, 404, map[string]string{"Access-Control-Allow-Origin": ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			headers := append([]string{as("developer")}, test.more...)
			if test.origin != "" {
				headers = append(headers, "Origin: "+test.origin)
			}
			got := r.send(t, test.line, "", headers...)
			if got.status != test.status {
				t.Errorf("%d, expected %d", got.status, test.status)
			}
			for name, want := range test.want {
				if found := strings.Join(got.header.Values(name), " | "); found != want {
					t.Errorf("%s: %q, expected %q", name, found, want)
				}
			}
		})
	}
	if got := r.send(t, "GET "+webPath, "", as("auditor"), "Origin: http://localhost:3000"); got.status != http.StatusNotFound || got.header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("an injected answer: %d %v", got.status, got.header)
	}
	plain := rigOf(t, frozen, Options{})
	if got := plain.send(t, "GET "+webPath, "", as("developer"), "Origin: http://localhost:3000"); got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("an origin is allowed that nobody named")
	}
}

// TestRemote: a rule sees the client behind a trusted proxy, and only then what
// a header says of it.
func TestRemote(t *testing.T) {
	t.Parallel()
	const rules = frozen + "faults: [{id: f, match: {remote: 10.0.0.0/8}, respond: {status: 503}}, {id: here, match: {remote: 127.0.0.1, headers: {X-Here: x}}, respond: {status: 500}}]\n"
	plain, trusting := rigOf(t, rules, Options{}), rigOf(t, rules, Options{TrustProxy: true})
	for _, test := range []struct {
		rig    *rig
		header string
		status int
	}{
		{plain, "X-Forwarded-For: 10.1.2.3", 200},
		{plain, "X-Here: x", 500},
		{trusting, "X-Forwarded-For: 10.1.2.3, 192.0.2.1", 503},
		{trusting, "X-Forwarded-For: 192.0.2.1, 10.1.2.3", 200},
		{trusting, "X-Forwarded-For: nonsense", 200},
		{trusting, "X-Here: x", 500},
	} {
		if got := test.rig.send(t, "GET "+webPath, "", as("developer"), test.header); got.status != test.status {
			t.Errorf("%s: %d, expected %d", test.header, got.status, test.status)
		}
	}
}
