package api

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestBase: where links lead (DESIGN.md §3): the request's own address, or what
// a trusted proxy says, or what was configured.
func TestBase(t *testing.T) {
	t.Parallel()
	plain, trusting := New(Options{}), New(Options{TrustProxy: true})
	fixed := New(Options{ExternalURL: "https://api.example.com", TrustProxy: true})
	tests := []struct {
		name    string
		api     *API
		tls     bool
		headers map[string]string
		prefix  string
		want    string
	}{
		{"own host", plain, false, nil, "", "http://api.test:8080"},
		{"own scheme", plain, true, nil, "", "https://api.test:8080"},
		{"a world", plain, false, nil, "/worlds/blue", "http://api.test:8080/worlds/blue"},
		{"nobody is trusted", plain, false, map[string]string{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.test"}, "", "http://api.test:8080"},
		{"a trusted proxy", trusting, false, map[string]string{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "api.example.com"}, "/worlds/blue", "https://api.example.com/worlds/blue"},
		{"a chain of proxies", trusting, false, map[string]string{"X-Forwarded-Proto": " https , http", "X-Forwarded-Host": "first.test, second.test"}, "", "https://first.test"},
		{"scheme alone", trusting, false, map[string]string{"X-Forwarded-Proto": "https"}, "", "https://api.test:8080"},
		{"plain again behind TLS", trusting, true, map[string]string{"X-Forwarded-Proto": "http"}, "", "http://api.test:8080"},
		{"no scheme of the web", trusting, false, map[string]string{"X-Forwarded-Proto": "javascript"}, "", "http://api.test:8080"},
		{"a prefix", trusting, false, map[string]string{"X-Forwarded-Host": "public.test", "X-Forwarded-Prefix": "/mocks/cf/"}, "/worlds/blue", "http://public.test/mocks/cf/worlds/blue"},
		{"a chain of prefixes", trusting, false, map[string]string{"X-Forwarded-Prefix": "/a, /b"}, "", "http://api.test:8080/a"},
		{"a prefix from nobody", plain, false, map[string]string{"X-Forwarded-Prefix": "/mocks"}, "", "http://api.test:8080"},
		{"a prefix that is a host", trusting, false, map[string]string{"X-Forwarded-Prefix": "//evil.test"}, "", "http://api.test:8080"},
		{"a prefix that is not a path", trusting, false, map[string]string{"X-Forwarded-Prefix": "mocks"}, "", "http://api.test:8080"},
		{"a prefix with a query", trusting, false, map[string]string{"X-Forwarded-Prefix": "/a?b"}, "", "http://api.test:8080"},
		{"nothing forwarded", trusting, false, nil, "", "http://api.test:8080"},
		{"configured", fixed, false, map[string]string{"X-Forwarded-Host": "other.test"}, "/worlds/blue", "https://api.example.com/worlds/blue"},
	}
	for _, test := range tests {
		req := httptest.NewRequest(http.MethodGet, "http://api.test:8080/v3", nil)
		if test.tls {
			req.TLS = &tls.ConnectionState{}
		}
		for name, value := range test.headers {
			req.Header.Set(name, value)
		}
		if got := test.api.Base(req, test.prefix); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestOwnPort: on a port of its own a world is at the root, whatever address the
// server has elsewhere.
func TestOwnPort(t *testing.T) {
	t.Parallel()
	r := rigFor(t, frozen, Options{})
	req := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9999/v3", nil)
	req = req.WithContext(OwnPort(req.Context(), r.world))
	for name, api := range map[string]*API{"own address": New(Options{}), "configured": New(Options{ExternalURL: "https://api.example.com"})} {
		if got := api.Base(req, "/worlds/blue"); got != "http://127.0.0.1:9999" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestLinksFollowTheCaller: two callers by two names get links of their own,
// in each place that has links.
func TestLinksFollowTheCaller(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{TrustProxy: true})
	for _, host := range []string{"one.test", "second.test:8443", "one.test"} {
		for _, path := range []string{webPath, "/v3/processes", webPath + "/process_instances", "/"} {
			got := r.send(t, "GET "+path, "", as("admin"), "X-Forwarded-Host: "+host)
			links, own := strings.Count(got.body, `"href":"`), strings.Count(got.body, `"href":"http://`+host)
			if links == 0 || own != links {
				t.Errorf("%s as %s: %d of %d links in %s", path, host, own, links, got.body)
			}
		}
	}
}
