package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/capisim/scenarios"
	"example.com/capisim/sim/client"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/socket"
	"example.com/capisim/sim/world"
)

// What the default scenario holds (DESIGN.md §4).
const (
	demoOrg = "a1000000-0000-4000-8000-000000000001"
	demo    = "c1000000-0000-4000-8000-000000000001" // app, and its web process
	worker  = "d1000000-0000-4000-8000-000000000002"
	legacy  = "c2000000-0000-4000-8000-000000000001"
)

// server is an admin API on a port of its own, with what stands behind it.
type server struct {
	*httptest.Server
	handler *Handler
	worlds  *world.Registry
}

func library(t testing.TB) *scenario.Library {
	t.Helper()
	lib, err := scenario.NewLibrary(scenarios.FS, "")
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// start serves the default scenario with a frozen clock.
func start(t testing.TB, change ...func(*Options)) *server {
	t.Helper()
	lib := library(t)
	s, err := lib.Load("default")
	if err != nil {
		t.Fatal(err)
	}
	worlds, err := world.NewRegistry(s, world.Options{
		Bounds:    world.Bounds{Rules: 100, JournalEntries: 100, JournalBytes: 1 << 20},
		MaxWorlds: 3, Choices: world.Choices{Clock: "frozen"},
	})
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Worlds: worlds, Library: lib, Version: "test"}
	for _, f := range change {
		f(&options)
	}
	srv := &server{handler: New(options), worlds: worlds}
	srv.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		of, rest, found := worlds.Resolve(r.URL.Path)
		if !found {
			http.NotFound(w, r)
			return
		}
		r.URL.Path, r.URL.RawPath = rest, strings.TrimPrefix(r.URL.RawPath, of.Prefix)
		srv.handler.ServeHTTP(w, r, of)
	}))
	t.Cleanup(srv.Close)
	t.Cleanup(worlds.Close)
	return srv
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (s *server) send(t testing.TB, method, path, body string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := s.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, strings.TrimSuffix(string(raw), "\n")}
}

// want sends and demands a status.
func (s *server) want(t testing.TB, status int, method, path, body string, headers ...string) answer {
	t.Helper()
	got := s.send(t, method, path, body, headers...)
	if got.status != status {
		t.Fatalf("%s %s %s: %d %s, expected %d", method, path, body, got.status, got.body, status)
	}
	return got
}

// into decodes an answer.
func into[T any](t testing.TB, a answer) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(a.body), &value); err != nil {
		t.Fatalf("%s: %s", err, a.body)
	}
	return value
}

// refusals are the problems of an answer, as "pointer: detail".
func refusals(t testing.TB, a answer) []string {
	t.Helper()
	var body client.Problems
	decoder := json.NewDecoder(bytes.NewReader([]byte(a.body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil {
		t.Fatalf("%s: %s", err, a.body)
	}
	var list []string
	for _, p := range body.Errors {
		if p.Code != a.status || p.Title != titles[a.status] {
			t.Errorf("code %d, title %q, expected %d, %q", p.Code, p.Title, a.status, titles[a.status])
		}
		text := p.Detail
		if p.Pointer != "" {
			text = p.Pointer + ": " + text
		}
		list = append(list, text)
	}
	return list
}

// wantRefusal demands these problems and no others.
func (s *server) wantRefusal(t testing.TB, status int, method, path, body string, want ...string) {
	t.Helper()
	got := s.want(t, status, method, path, body)
	if texts := refusals(t, got); strings.Join(texts, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s %s %s:\n%s\nexpected\n%s", method, path, body, strings.Join(texts, "\n"), strings.Join(want, "\n"))
	}
}

func operation(t testing.TB, id string) *contract.Operation {
	t.Helper()
	op, ok := contract.OperationByID(id)
	if !ok {
		t.Fatalf("no operation %s", id)
	}
	return op
}

// played notes a request in a world's journal, as the simulated API would.
func played(t testing.TB, w *world.World, change func(*journal.Entry)) uint64 {
	t.Helper()
	e := journal.Entry{
		Operation: operation(t, "updateProcess"), World: w.Name, User: "developer",
		Method: "PATCH", Path: "/v3/processes/" + demo, Status: 200, Applied: true,
		Time: w.Clock.Now(), Wall: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		RequestHeader: http.Header{"User-Agent": {"test"}, "Content-Type": {"application/json"}},
		RequestBody:   journal.Body{Bytes: []byte(`{"command":"x"}`)},
	}
	if change != nil {
		change(&e)
	}
	return w.Journal.Append(e)
}

// A route without a function, or two of one method and path, cannot be served.
func TestTheTableIsWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range routes {
		key := r.method + " " + r.path
		if r.handle == nil || r.summary == "" || seen[key] {
			t.Errorf("%s: no handler, no summary, or twice", key)
		}
		seen[key] = true
		found, _, err := match(r.method, r.path)
		if err != nil || found != r {
			t.Errorf("%s leads to %v, %v", key, found, err)
		}
	}
}

func TestPathsAndMethods(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 200, "GET", "/admin/", "")
	srv.want(t, 200, "GET", "//admin//clock/", "")
	srv.want(t, 200, "HEAD", "/admin/clock", "")

	srv.wantRefusal(t, 404, "GET", "/admin/fault", "",
		"no such admin path: /admin/fault; the nearest are /admin/faults, /admin/reset, /admin/state")
	srv.wantRefusal(t, 404, "GET", "/admin/requests/verfy/"+strings.Repeat("x", 5000), "",
		"no such admin path: /admin/requests/verfy/"+strings.Repeat("x", 178)+"...; the nearest are /admin/requests/verify, /admin/faults/{operation}/{status}, /admin/requests/{id}")

	got := srv.want(t, 405, "DELETE", "/admin/clock", "")
	if allow := got.header.Get("Allow"); allow != "GET, PUT, HEAD" {
		t.Errorf("Allow: %s", allow)
	}
	if texts := refusals(t, got); texts[0] != "DELETE /admin/clock, expected GET or PUT" {
		t.Error(texts)
	}
	got = srv.want(t, 405, "PUT", "/admin/faults/explain", "")
	if allow := got.header.Get("Allow"); allow != "POST" {
		t.Errorf("Allow: %s, expected explain not to be a rule's id", allow)
	}
}

func TestPagination(t *testing.T) {
	t.Parallel()
	srv := start(t)
	for range 5 {
		srv.want(t, 201, "POST", "/admin/faults", `{"respond":{"status":503}}`)
	}
	page := into[client.List[struct{ ID string }]](t, srv.want(t, 200, "GET", "/admin/faults?page=2&per_page=2", ""))
	if len(page.Resources) != 2 || page.Resources[0].ID != "rule-3" || page.Resources[1].ID != "rule-2" {
		t.Errorf("%+v", page.Resources)
	}
	raw, err := json.Marshal(page.Pagination)
	if err != nil {
		t.Fatal(err)
	}
	at := srv.URL + "/admin/faults?page="
	want := `{"total_results":5,"total_pages":3,"first":{"href":"` + at + `1&per_page=2"},"last":{"href":"` + at + `3&per_page=2"},"next":{"href":"` +
		at + `3&per_page=2"},"previous":{"href":"` + at + `1&per_page=2"}}`
	if got := strings.ReplaceAll(string(raw), `\u0026`, "&"); got != want {
		t.Errorf("%s\nexpected\n%s", got, want)
	}
	beyond := into[client.List[struct{ ID string }]](t, srv.want(t, 200, "GET", "/admin/faults?page=2147483647&per_page=5000", ""))
	if len(beyond.Resources) != 0 || beyond.Pagination.Next != nil || beyond.Pagination.Previous.Href != at+"1&per_page=5000" {
		t.Errorf("%+v", beyond)
	}
	srv.want(t, 201, "POST", "/admin/worlds", `{"name":"w"}`)
	inner := into[client.List[struct{}]](t, srv.want(t, 200, "GET", "/worlds/w/admin/requests?status=404", ""))
	if want := srv.URL + "/worlds/w/admin/requests?page=1&per_page=50&status=404"; inner.Pagination.First.Href != want {
		t.Errorf("%s, expected %s", inner.Pagination.First.Href, want)
	}
}

func TestOverview(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 200, "PUT", "/admin/faults/updateProcess/409", "")
	played(t, srv.worlds.Root(), nil)
	got := into[client.Overview](t, srv.want(t, 200, "GET", "/admin", ""))
	if got.Version != "test" || got.World != "default" || got.URL != srv.URL || got.Scenario.Name != "default" || got.Worlds != 1 {
		t.Errorf("%+v", got)
	}
	if got.Counts.Processes != 3 || got.Counts.Apps != 2 || got.Clock.Mode != "frozen" || !got.Clock.Now.Equal(world.DefaultStart) {
		t.Errorf("%+v", got)
	}
	if got.Faults.Rules != 1 || got.Faults.InForce[0] != "updateProcess-409" || got.Journal.Entries != 1 || got.Coverage.Covered != 1 {
		t.Errorf("%+v", got)
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	srv := start(t)
	list := into[OperationList](t, srv.want(t, 200, "GET", "/admin/operations", ""))
	if len(list.Connections) != len(socket.Faults()) || list.Connections[0].Words == "" {
		t.Errorf("faults of a connection: %+v", list.Connections)
	}
	if len(list.Resources) != len(contract.Operations()) {
		t.Fatalf("%d operations", len(list.Resources))
	}
	cells := 0
	for i, row := range list.Resources {
		op := contract.Operations()[i]
		if row.ID != op.ID || row.Success != op.Success() || len(row.Statuses) != len(op.Statuses) {
			t.Errorf("%+v, expected %s", row, op.ID)
		}
		for _, status := range row.Statuses {
			if status.Cell {
				cells++
			}
			if status.Status >= 400 && len(status.Errors) == 0 {
				t.Errorf("%s %d has no error", row.ID, status.Status)
			}
		}
	}
	if want := journal.NewCoverage().Snapshot().Total; cells != want {
		t.Errorf("%d cells, expected the %d of the coverage matrix", cells, want)
	}
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	srv := start(t)
	list := into[client.List[scenario.Info]](t, srv.want(t, 200, "GET", "/admin/scenarios", ""))
	if list.Resources[0].Name != "default" || list.Resources[0].Description == "" || len(list.Resources) < 10 {
		t.Errorf("%+v", list.Resources)
	}
}

// A mistake of capisim's own is a 500 in the form of every error, and the cause
// stays in the log.
func TestPanics(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	srv := start(t, func(o *Options) {
		o.Explain = func(*world.World, *http.Request) *fault.Trial { panic("a bug") }
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "http://localhost/admin/faults/explain", strings.NewReader(`{"path":"/"}`))
	srv.handler.ServeHTTP(w, r, srv.worlds.Root())
	if texts := refusals(t, answer{status: w.Code, body: w.Body.String()}); w.Code != 500 || texts[0] != "capisim failed, the cause is in its log" {
		t.Errorf("%d %v", w.Code, texts)
	}
	if !strings.Contains(log.String(), "a bug") {
		t.Error(log.String())
	}
}

func TestHeadOfEvents(t *testing.T) {
	t.Parallel()
	srv := start(t)
	if got := srv.want(t, 200, "HEAD", "/admin/events", ""); got.header.Get("Content-Type") != "text/event-stream" {
		t.Error(got.header)
	}
}

// broken takes nothing.
type broken struct{ http.ResponseWriter }

func (broken) Write([]byte) (int, error) { return 0, errors.New("the client has gone") }

// TestClientThatLeaves: who goes while an answer is sent is cut, and is nothing
// that went wrong inside.
func TestClientThatLeaves(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	srv := start(t, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler || log.Len() > 0 {
			t.Errorf("%v: %s", cause, &log)
		}
	}()
	srv.handler.ServeHTTP(broken{httptest.NewRecorder()}, httptest.NewRequest("GET", "http://localhost/admin/state", nil), srv.worlds.Root())
}
