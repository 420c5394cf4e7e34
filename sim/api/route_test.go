package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
)

// TestPaths: what the real server's router does to a path (FACTS.md §1,
// CONTRACT.md §14.3).
func TestPaths(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	found, unknown, outside, noProcess := 200, contract.NotFound, contract.UnknownPath, contract.ProcessNotFound
	tests := []struct {
		line string
		want any // a status or an error
	}{
		{"GET " + webPath, found},
		{"GET " + webPath + "/", found},
		{"GET " + webPath + "//", found},
		{"GET /v3//processes", found},
		{"GET /v3/processes///" + webGUID, found},
		{"GET //v3/processes", found},
		{"GET ///v3//processes/" + webGUID, found},
		{"GET //v3/nix", unknown},
		{"GET //v2/info", found},
		{"GET //token_keys", found},
		{"GET ///", found},
		{"GET //nix", outside},
		{"GET /v3/processes/%E9", contract.InvalidRequest},
		{"GET /v3/apps/" + appGUID + "/processes/%ff", contract.InvalidRequest},
		{"GET /v3/nix/%E9", unknown},
		{"GET /V3/processes", outside},
		{"GET " + webPath + ".json", found},
		{"GET " + webPath + ".json/", found},
		{"GET /v3/processes.json", found},
		{"GET " + webPath + "/stats.json", found},
		{"GET " + webPath + ".a.b", unknown},
		{"GET /v3/processes/.json", unknown},
		{"GET /v3/processes/x.", unknown},
		{"GET /v3/proc.json/x", unknown},
		{"GET " + webPath + ".json/stats", unknown},
		{"GET /v3/processes/a%2Fb", noProcess},
		{"GET /v3/processes/" + webGUID + "%2Fstats", noProcess},
		{"GET /v3/processes/%63" + webGUID[1:], found},
		{"GET /v3/processes/nix", noProcess},
		{"GET /v3/processes/nix.json", noProcess},
		{"GET /v3/apps/" + appGUID + "/processes/web", found},
		{"GET /v3/apps/" + appGUID + "/processes/web.json", found},
		{"GET /v3/apps/nix/processes/web", contract.AppNotFound},
		{"GET /v3/apps/" + appGUID + "/processes/web/process_instances", unknown},
		{"PUT " + webPath, unknown},
		{"POST " + webPath, unknown},
		{"DELETE " + webPath, unknown},
		{"PATCH /v3/processes", unknown},
		{"GET /v3/processes/x/y/z", unknown},
		{"GET /nix", outside},
		{"GET /v3nix", outside},
		{"GET /v3.json", outside},
		{"DELETE " + webPath + "/instances/-1", contract.InstanceNotFound},
		{"DELETE " + webPath + "/instances/2", contract.InstanceNotFound},
		{"DELETE " + webPath + "/instances/99999999999999999999", contract.InstanceNotFound},
		{"DELETE " + webPath + "/instances/1x", 204},
		{"DELETE " + webPath + "/instances/abc", 204},
		{"DELETE " + webPath + "/instances/1.5", 204},
		{"OPTIONS /v3/processes", unknown},
	}
	for _, test := range tests {
		got := r.send(t, test.line, "")
		if want, ok := test.want.(*contract.Error); ok {
			if got.status != want.Status || got.body != string(errorReply(want).body) {
				t.Errorf("%s: got %d %s", test.line, got.status, got.body)
			}
		} else if got.status != test.want.(int) {
			t.Errorf("%s: got %d %s", test.line, got.status, got.body)
		}
	}
}

// TestUnknownNeedsNoToken: an unknown route is 404 before any 401 (§2).
func TestUnknownNeedsNoToken(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	for _, line := range []string{"GET /v3/nix", "GET //v3/nix", "PUT " + webPath, "GET /v3/processes/a.b.c"} {
		r.send(t, line, "", "X-Nothing: here").is(t, contract.NotFound)
	}
	r.send(t, "GET /nix", "", "X-Nothing: here").is(t, contract.UnknownPath)
	r.send(t, "GET /v3/processes", "", "X-Nothing: here").is(t, contract.NotAuthenticated)
}

// TestHead answers like GET without the body, its length told.
func TestHead(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	for _, path := range []string{webPath, "/v3/processes", webPath + "/stats", "/v3/processes/nix", webPath + "/actions/scale", "/nix"} {
		get, head := r.send(t, "GET "+path, ""), r.send(t, "HEAD "+path, "")
		if head.status != get.status || head.body != "" || head.header.Get("Content-Length") != get.header.Get("Content-Length") ||
			head.header.Get("Content-Type") != get.header.Get("Content-Type") {
			t.Errorf("%s: GET %d %v, HEAD %d %v", path, get.status, get.header, head.status, head.header)
		}
	}
}

// TestPattern keeps the names of gin's parameters neutral.
func TestPattern(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/":             "/",
		"/v3/processes": "/v3/processes",
		"/v3/apps/{guid}/processes/{type}/instances/{index}": "/v3/apps/:a/processes/:b/instances/:c",
	} {
		if got := pattern(path); got != want {
			t.Errorf("%s becomes %s", path, got)
		}
	}
}

// FuzzPath: no path of a stranger makes the server panic or answer anything but
// the API's own forms, and normalising twice is normalising once.
func FuzzPath(f *testing.F) {
	for _, path := range []string{"/", "//", "/v3", "/v3/", "/v3//processes/..", "/v3/processes/a%2Fb", "/v3/processes/%zz", "/v3/apps/x/processes/w.e.b",
		"/v3/processes/\x00", "/v3/processes/%00.json", "/v3.json", "/v3./x", webPath + "/instances/%2D1", "/oauth/token/", "*"} {
		f.Add(path)
	}
	r := rigFor(f, frozen, Options{})
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.ParseRequestURI(path)
		if err != nil || u.Host != "" || u.Opaque != "" {
			return // net/http refuses it
		}
		req := &http.Request{Method: http.MethodGet, URL: u, Host: "api.test", Header: http.Header{"Authorization": {"bearer admin"}}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
		before := *u
		w := httptest.NewRecorder()
		r.api.ServeHTTP(w, req, r.world)
		if *req.URL != before {
			t.Errorf("the caller's request was changed to %v", req.URL)
		}
		if w.Code != 200 && w.Code != 400 && w.Code != 404 {
			t.Errorf("%q: %d %s", path, w.Code, w.Body)
		}
		if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, "application/json") && got != plainText {
			t.Errorf("%q: %s", path, got)
		}
		again, known := normalize(req)
		if !known || again == "" {
			return
		}
		if strings.Contains(again, "//") {
			t.Errorf("%q becomes %q", path, again)
		}
	})
}
