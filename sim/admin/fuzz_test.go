package admin

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/capisim/sim/world"
)

// Whatever is sent to whichever route, the answer is one of the admin API, and
// a refusal says what is wrong.
func FuzzBodies(f *testing.F) {
	for i, body := range []string{
		`{}`, ``, `[]`, `null`, `{"a":1,"a":2}`, `{"only":["state"]}`, `{"scenario":"default"}`, "scenario: empty", "# comment", "a: &a [*a]", "x: .nan",
		`{"match":{"body":{"/a":{"gt":1}}},"in_order":[{}]}`, `{"path":"/v3","headers":{"A":"b"},"body":"x"}`, `{"metadata":{"labels":{"a":null}}}`,
		`{"by":"1s"}`, `{"mode":"frozen","now":"2026-01-01T00:00:00Z"}`, `{"state":null}`, `[{"respond":{"status":503}}]`, "\xff", `{"name":"w"}`, "%", "- - -", "? !",
		`{"expectations":[{"covers":{"operation":"getProcess","status":404}}]}`, "expectations: [{}]", `{"forced":[{"index":0,"state":"DOWN"}]}`,
	} {
		f.Add(i, body)
		f.Add(i*7, body)
	}
	srv := start(f, func(o *Options) {
		o.Explain, o.Send = explained, sentBy
		o.Document = func(string) ([]byte, error) { return []byte("{}"), nil }
	})
	f.Fuzz(func(t *testing.T, which int, body string) {
		r := routes[uint(which)%uint(len(routes))]
		if r.path == "/admin/events" || strings.Contains(body, "within") {
			return // waits on purpose
		}
		path := strings.NewReplacer("{guid}", demo, "{index}", "0", "{operation}", "getProcess", "{status}", "503", "{id}", "1", "{name}", "w").Replace(r.path)
		w := httptest.NewRecorder()
		srv.handler.ServeHTTP(w, httptest.NewRequest(r.method, "http://localhost"+path, strings.NewReader(body)), srv.worlds.Root())
		srv.worlds.Delete("w")
		if w.Code >= 500 || w.Code == 0 {
			t.Fatalf("%s %s %q: %d %s", r.method, path, body, w.Code, w.Body)
		}
		if w.Code >= 400 && w.Code != 417 {
			if texts := refusals(t, answer{status: w.Code, body: w.Body.String()}); len(texts) == 0 || texts[0] == "" {
				t.Fatalf("%s %s %q: %d without a word", r.method, path, body, w.Code)
			}
		}
		if err := srv.worlds.Root().Reset(world.Everything); err != nil {
			t.Fatal(err)
		}
	})
}

// Any path and query get an answer.
func FuzzPaths(f *testing.F) {
	for _, path := range []string{"/admin", "/admin/faults/%2F", "/admin//requests/1/", "/admin/faults/getProcess/999999999999", "/admin/requests?since=x&page=9", "/admin/processes/a%00b", "/admin/é"} {
		f.Add(path)
	}
	srv := start(f)
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequest("GET", "http://localhost/admin", nil)
		if target, err := r.URL.Parse(path); err == nil && target.Path != "/admin/events" {
			r.URL = target
		}
		if segments := split(r.URL.EscapedPath()); len(segments) > 1 && segments[1] == "events" {
			return // streams on purpose
		}
		w := httptest.NewRecorder()
		srv.handler.ServeHTTP(w, r, srv.worlds.Root())
		if w.Code >= 500 || !json.Valid(w.Body.Bytes()) && w.Header().Get("Content-Type") == jsonType {
			t.Fatalf("%q: %d %s", path, w.Code, w.Body)
		}
	})
}
