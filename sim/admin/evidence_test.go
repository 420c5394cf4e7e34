package admin

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/world"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	srv := start(t)
	root := srv.worlds.Root()
	played(t, root, nil)
	injected := played(t, root, func(e *journal.Entry) {
		e.Status, e.Injected, e.Rule, e.Applied = 503, true, "flaky", false
		e.Wall = e.Wall.Add(time.Hour)
		e.RequestHeader = http.Header{"Authorization": {"bearer secret"}}
	})
	lost := played(t, root, func(e *journal.Entry) {
		e.Operation, e.Method, e.Path, e.Status, e.User = nil, "PUT", "/v3/process/x", 404, ""
	})
	for _, test := range []struct {
		query string
		want  []uint64
	}{
		{"", []uint64{3, 2, 1}},
		{"?operation=updateProcess", []uint64{2, 1}},
		{"?status=503", []uint64{2}},
		{"?injected=false", []uint64{3, 1}},
		{"?rule=flaky", []uint64{2}},
		{"?user=developer&status=200", []uint64{1}},
		{"?since=2026-03-01T12:30:00Z", []uint64{2}},
		{"?after=1", []uint64{3, 2}},
		{"?q=V3/PROCESS/", []uint64{3}},
		{"?q=secret", nil},
		{"?per_page=1&page=2", []uint64{2}},
	} {
		page := into[client.Requests](t, srv.want(t, 200, "GET", "/admin/requests"+test.query, ""))
		var got []uint64
		for _, view := range page.Resources {
			got = append(got, view.ID)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, expected %v", test.query, got, test.want)
		}
	}
	unmatched := into[client.Requests](t, srv.want(t, 200, "GET", "/admin/requests/unmatched", ""))
	if len(unmatched.Resources) != 1 || unmatched.Resources[0].Nearest.Operation != "updateProcess" || unmatched.Resources[0].ID != lost {
		t.Errorf("%+v", unmatched.Resources)
	}
	one := srv.want(t, 200, "GET", "/admin/requests/"+strconv.FormatUint(injected, 10), "")
	if view := into[journal.View](t, one); view.Rule != "flaky" || strings.Contains(one.body, "secret") {
		t.Error(one.body)
	}
	srv.wantRefusal(t, 404, "GET", "/admin/requests/99", "", "no request 99: the journal does not have it, or no longer has it")
	srv.wantRefusal(t, 404, "GET", "/admin/requests/x", "", `no request "x", expected a number`)
	srv.want(t, 204, "DELETE", "/admin/requests", "")
	if page := into[client.Requests](t, srv.want(t, 200, "GET", "/admin/requests", "")); len(page.Resources) != 0 || page.Pagination.TotalPages != 1 {
		t.Errorf("%+v", page)
	}
}

// What an admin asks is not a request of a client.
func TestAdminRequestsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 201, "POST", "/admin/faults", `{"match":{"operations":["*"]},"respond":{"status":503}}`)
	srv.want(t, 200, "GET", "/admin/operations", "")
	srv.want(t, 404, "GET", "/admin/nowhere", "")
	if size := srv.worlds.Root().Journal.Stats(); size.Total != 0 {
		t.Errorf("%+v", size)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	srv := start(t)
	root := srv.worlds.Root()
	for i := range 3 {
		played(t, root, func(e *journal.Entry) {
			e.RequestBody = journal.Body{Bytes: []byte(`{"command":"c` + strconv.Itoa(i) + `"}`)}
			if i == 2 {
				e.Status, e.Injected, e.Rule = 503, true, "flaky"
			}
		})
	}
	played(t, root, func(e *journal.Entry) {
		e.Operation, e.Path, e.RawQuery = operation(t, "getProcessForApp"), "/v3/apps/"+demo+"/processes/worker", "a=b"
		e.Method, e.RequestBody = "GET", journal.Body{}
	})
	played(t, root, func(e *journal.Entry) { e.Operation, e.Method, e.Path, e.Status = nil, "GET", "/v2/apps", 404 })
	for _, test := range []struct {
		name, body, result string
		found              int
	}{
		{"nothing asked", `{}`, "met", 5},
		{"operation", `{"match":{"operations":["updateProcess"]},"count":{"exactly":3}}`, "met", 3},
		{"any operation, but one", `{"match":{"operations":["*"]},"count":{"exactly":4}}`, "met", 4},
		{"body", `{"match":{"body":{"/command":{"in":["c0","c1"]}}},"count":{"at_least":2,"at_most":2}}`, "met", 2},
		{"header", `{"match":{"headers":{"user-agent":"other"}}}`, "unmet", 0},
		{"user", `{"match":{"user":"developer"},"count":{"exactly":5}}`, "met", 5},
		{"query", `{"match":{"query":{"a":"b"}},"count":{"exactly":1}}`, "met", 1},
		{"process by type, named through its app", `{"match":{"process":{"type":"worker"}},"count":{"exactly":1}}`, "met", 1},
		{"process by guid", `{"match":{"process":{"guid":"` + demo + `"}},"count":{"exactly":3}}`, "met", 3},
		{"app by name", `{"match":{"app":"demo"},"count":{"exactly":4}}`, "met", 4},
		{"status, rule and injected", `{"match":{"status":503,"rule":"flaky","injected":true},"count":{"exactly":1}}`, "met", 1},
		{"method and path", `{"match":{"method":"GET","path":"/v2/apps"}}`, "met", 1},
		{"never", `{"never":true,"match":{"operations":["terminateProcessInstance"]}}`, "met", 0},
		{"never, but it was", `{"never":true,"match":{"status":503}}`, "unmet", 1},
		{"in order", `{"in_order":[{"body":{"/command":"c0"}},{"status":503},{"operations":["getProcessForApp"]}]}`, "met", 3},
		{"in another order", `{"in_order":[{"status":503},{"body":{"/command":"c0"}}]}`, "unmet", 1},
		{"after", `{"match":{"operations":["updateProcess"]},"after":2,"count":{"exactly":1}}`, "met", 1},
		{"too long a wait is not waited", `{"match":{"status":503},"within":"10m"}`, "met", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			status := map[string]int{"met": 200, "unmet": 417}[test.result]
			got := into[journal.Verified](t, srv.want(t, status, "POST", "/admin/requests/verify", test.body))
			if got.Result != test.result || got.Found != test.found {
				t.Errorf("%+v, expected %s with %d", got, test.result, test.found)
			}
		})
	}
}

func TestVerifyTellsWhatWasDifferent(t *testing.T) {
	t.Parallel()
	srv := start(t)
	played(t, srv.worlds.Root(), nil)
	got := into[journal.Verified](t, srv.want(t, 417, "POST", "/admin/requests/verify",
		`{"match":{"operations":["scaleProcess"],"method":"POST","path":"/x","status":202,"injected":true,"rule":"r","user":"admin","headers":{"User-Agent":"cf"},"body":{"/command":"y"}}}`))
	want := []string{
		"the operation is updateProcess, expected scaleProcess",
		"the method is PATCH, expected POST",
		"the path is /v3/processes/" + demo + ", expected /x",
		"the status is 200, expected 202",
		"injected is false, expected true",
		"the rule is none, expected r",
		`user: the user is "developer", expected "admin"`,
		`headers/User-Agent: the header is "test", expected "cf"`,
		`body/~1command: the value is "x", expected "y"`,
	}
	if len(got.Nearest) != 1 || !slices.Equal(got.Nearest[0].Differences, want) {
		t.Errorf("%s\nexpected\n%s", strings.Join(got.Nearest[0].Differences, "\n"), strings.Join(want, "\n"))
	}
}

// TestClientsThatLeave are not an error of capisim's, be it while it waits for them or
// while they are told a lot.
func TestClientsThatLeave(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]string{
		"verify":    "POST /admin/requests/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 43\r\n\r\n" + `{"match":{"path":"/nowhere"},"within":"9m"}`,
		"the state": "GET /admin/state HTTP/1.1\r\nHost: localhost\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			ended := make(chan struct{})
			srv := start(t, func(o *Options) {
				o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			})
			srv.want(t, 200, "POST", "/admin/load", `{"scenario":"large"}`)
			serve := srv.Config.Handler
			srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(ended)
				serve.ServeHTTP(w, r)
			})
			conn, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, request); err != nil {
				t.Fatal(err)
			}
			if err := conn.Close(); err != nil {
				t.Fatal(err)
			}
			<-ended
			if text := log.String(); strings.Contains(text, "level=ERROR") || name == "verify" && !strings.Contains(text, "status=499") {
				t.Errorf("logged %s", text)
			}
		})
	}
}

func TestVerifyDoesNotKnowWhatWasDropped(t *testing.T) {
	t.Parallel()
	srv := start(t)
	for range 101 {
		played(t, srv.worlds.Root(), nil)
	}
	got := into[journal.Verified](t, srv.want(t, 417, "POST", "/admin/requests/verify", `{"match":{"status":503},"never":true}`))
	if got.Result != "unknown" || got.Dropped != 1 {
		t.Errorf("%+v", got)
	}
}

func TestVerifyWaits(t *testing.T) {
	t.Parallel()
	srv := start(t)
	root := srv.worlds.Root()
	answered := make(chan answer, 1)
	go func() {
		answered <- srv.send(t, "POST", "/admin/requests/verify", `{"match":{"status":503},"count":{"at_least":2},"within":"1m"}`)
	}()
	for range 2 {
		played(t, root, func(e *journal.Entry) { e.Status, e.Injected = 503, true })
	}
	if got := <-answered; got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
	// Nobody can know before the end that there will be no more.
	got := into[journal.Verified](t, srv.want(t, 200, "POST", "/admin/requests/verify", `{"match":{"status":503},"count":{"exactly":2},"within":"30ms"}`))
	if got.Result != "met" {
		t.Errorf("%+v", got)
	}
	srv.want(t, 417, "POST", "/admin/requests/verify", `{"match":{"status":500},"within":"10ms"}`)
}

// The end of a world ends the waiting for its requests.
func TestVerifyEndsWithItsWorld(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 201, "POST", "/admin/worlds", `{"name":"w"}`)
	answered := make(chan answer, 1)
	go func() {
		answered <- srv.send(t, "POST", "/worlds/w/admin/requests/verify", `{"within":"10m"}`)
	}()
	w, _ := srv.worlds.World("w")
	if err := w.Reset(world.Everything); err != nil { // that alone ends nothing
		t.Fatal(err)
	}
	srv.want(t, 204, "DELETE", "/admin/worlds/w", "")
	if got := <-answered; got.status != 417 && got.status != 404 { // 404: it came too late to find the world
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestBadVerification(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.wantRefusal(t, 422, "POST", "/admin/requests/verify",
		`{"match":{"status":"x","operations":["nope"],"verb":"GET"},"count":{"exactly":-1,"most":3},"within":"11m","after":-1,"never":"no","in_order":[]}`,
		`/match/status: "x", expected an integer`,
		`/match/verb: unknown key "verb", expected one of "operations", "process", "app", "user", "remote", "headers", "query", "body"`,
		"/match/operations/0: "+contract.UnknownOperation("nope"),
		`/count/most: unknown key "most", expected one of "exactly", "at_least", "at_most"`,
		`/never: "no", expected true or false`,
		`/in_order: an empty list, expected at least one match`,
		`/after: -1, expected the id of a request`,
		`/within: 11m0s, expected at most 10m0s`,
		`/count/exactly: -1, expected 0 or more`)
	srv.wantRefusal(t, 422, "POST", "/admin/requests/verify", `{"match":7,"count":{},"in_order":[7,{"app":{}}]}`,
		`/match: 7, expected an object`,
		`/count: an empty object, expected at least one of exactly, at_least, at_most`,
		`/in_order/0: 7, expected an object`,
		`/in_order/1/app: an empty object, expected a string`,
		`/in_order: stands beside "match", "count" or "never", expected it alone`)
	bad := refusals(t, srv.want(t, 422, "POST", "/admin/requests/verify", `{"match":{"operations":["nope"],"body":{"/x":{"matches":"("}}}}`))
	if len(bad) != 2 || !strings.HasPrefix(bad[0], "/match/operations/0: ") || !strings.HasPrefix(bad[1], "/match/body/~1x/matches: ") {
		t.Error(bad)
	}
}

func TestCoverage(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 201, "POST", "/admin/worlds", `{"name":"gone"}`)
	past, _ := srv.worlds.World("gone")
	played(t, past, func(e *journal.Entry) { e.Operation, e.Status = operation(t, "getProcess"), 404 })
	srv.want(t, 204, "DELETE", "/admin/worlds/gone", "")
	srv.want(t, 201, "POST", "/admin/worlds", `{"name":"w"}`)
	inner, _ := srv.worlds.World("w")
	played(t, srv.worlds.Root(), nil)
	played(t, inner, func(e *journal.Entry) { e.Status, e.Injected, e.Applied = 503, true, false })
	srv.want(t, 200, "PUT", "/worlds/w/admin/faults/getProcess/401", "")
	srv.want(t, 200, "PUT", "/worlds/w/admin/faults/getProcess/403", `{"enabled":false}`)
	srv.want(t, 200, "PUT", "/worlds/w/admin/faults/getProcess/404", `{"optional":true}`)

	if m := into[journal.Matrix](t, srv.want(t, 200, "GET", "/admin/coverage", "")); m.Covered != 1 || len(m.ArmedNeverFired) != 0 {
		t.Errorf("%+v", m)
	}
	m := into[journal.Matrix](t, srv.want(t, 200, "GET", "/admin/coverage?worlds=all", ""))
	if m.Covered != 3 || !slices.Equal(m.ArmedNeverFired, []string{"getProcess-401"}) {
		t.Errorf("%+v", m)
	}
	all := into[journal.ReactionReport](t, srv.want(t, 200, "GET", "/admin/reactions?worlds=all", ""))
	if len(all.Reactions) != 1 || all.Reactions[0].World != "w" {
		t.Errorf("%+v", all)
	}
	if own := into[journal.ReactionReport](t, srv.want(t, 200, "GET", "/admin/reactions", "")); len(own.Reactions) != 0 {
		t.Errorf("%+v", own)
	}
	srv.want(t, 204, "DELETE", "/worlds/w/admin/coverage", "")
	m = into[journal.Matrix](t, srv.want(t, 200, "GET", "/admin/coverage?worlds=all", ""))
	if all := into[journal.ReactionReport](t, srv.want(t, 200, "GET", "/admin/reactions?worlds=all", "")); m.Covered != 2 || len(all.Reactions) != 0 {
		t.Errorf("%+v %+v", m, all)
	}
}

func TestReportFormats(t *testing.T) {
	t.Parallel()
	srv := start(t)
	for _, path := range []string{"/admin/coverage", "/admin/reactions", "/admin/expectations"} {
		for format, media := range map[string]string{
			"text": "text/plain; charset=utf-8", "markdown": "text/markdown; charset=utf-8", "json": jsonType,
			"junit": "application/xml; charset=utf-8", "html": "text/html; charset=utf-8",
		} {
			got := srv.want(t, 200, "GET", path+"?format="+format, "")
			if got.header.Get("Content-Type") != media || got.body == "" {
				t.Errorf("%s %s: %s %q", path, format, got.header.Get("Content-Type"), got.body)
			}
		}
	}
}

func TestExpectations(t *testing.T) {
	t.Parallel()
	srv := start(t)
	played(t, srv.worlds.Root(), nil)
	if j := into[journal.Judgement](t, srv.want(t, 200, "GET", "/admin/expectations", "")); len(j.Expectations) != 0 {
		t.Errorf("%+v", j)
	}
	for _, body := range []string{
		`{"expectations":[{"covers":{"operation":"updateProcess","status":200}},{"covers":{"operation":"updateProcess","status":409}}]}`,
		"expectations:\n  - covers: {operation: updateProcess, status: 200}\n  - covers: {operation: updateProcess, status: 409}\n",
		"%YAML 1.2\n# mine\n---\nexpectations:\n  - covers: {operation: updateProcess, status: 200}\n  - covers: {operation: updateProcess, status: 409}\n",
		"name: gate\nextends: default\nexpectations:\n  - covers: {operation: updateProcess, status: 200}\n  - covers: {operation: updateProcess, status: 409}\n",
	} {
		j := into[journal.Judgement](t, srv.want(t, 200, "POST", "/admin/expectations", body))
		if j.Met != 1 || j.NotExercised != 1 || j.Expectations[1].Text != "covers updateProcess:409" {
			t.Errorf("%s: %+v", body, j)
		}
	}
	if j := into[journal.Judgement](t, srv.want(t, 200, "GET", "/admin/expectations", "")); len(j.Expectations) != 0 {
		t.Errorf("%+v: a posted document was kept", j)
	}
	srv.want(t, 200, "POST", "/admin/load", `{"name":"gate","extends":"default","expectations":[{"covers":{"operation":"updateProcess","status":200}}]}`)
	if j := into[journal.Judgement](t, srv.want(t, 200, "GET", "/admin/expectations", "")); j.Met != 1 {
		t.Errorf("%+v", j)
	}
	for _, none := range []string{"", `{"expectations":[]}`, "name: x\n", "# nothing\n---\nseed: 1\n"} {
		srv.wantRefusal(t, 422, "POST", "/admin/expectations", none, "/expectations: none, expected at least one expectation")
	}
	bad := refusals(t, srv.want(t, 422, "POST", "/admin/expectations", `{"expectations":[{"covers":{"operation":"updateProcess","status":418}}]}`))
	if len(bad) != 1 || !strings.HasPrefix(bad[0], "/expectations/0/covers/status: ") {
		t.Error(bad)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	srv := start(t)
	for i := range 3 {
		played(t, srv.worlds.Root(), func(e *journal.Entry) { e.RawQuery = "n=" + strconv.Itoa(i) })
	}
	har := into[struct {
		Log struct {
			Creator struct{ Version string }
			Entries []struct{ Request struct{ URL string } }
		}
	}](t, srv.want(t, 200, "GET", "/admin/export", ""))
	if len(har.Log.Entries) != 3 || har.Log.Creator.Version != "test" ||
		har.Log.Entries[0].Request.URL != srv.URL+"/v3/processes/"+demo+"?n=0" {
		t.Errorf("%+v", har)
	}
	pact := into[struct {
		Consumer, Provider struct{ Name string }
		Interactions       []any
	}](t, srv.want(t, 200, "GET", "/admin/export?format=pact&consumer=shop&provider=cf", ""))
	if pact.Consumer.Name != "shop" || pact.Provider.Name != "cf" || len(pact.Interactions) != 3 {
		t.Errorf("%+v", pact)
	}
	srv.wantRefusal(t, 422, "GET", "/admin/export?format=zip", "", `query parameter format: "zip", expected one of har, pact`)
}
