package api

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/journal"
)

// entries are the journal's, oldest first.
func (r *rig) entries(t testing.TB) []journal.Entry {
	t.Helper()
	found := r.world.Evidence()
	var all []journal.Entry
	for id := uint64(1); id <= found.Stats().Total; id++ {
		if e, ok := found.Get(id); ok {
			all = append(all, e)
		}
	}
	return all
}

// counters are matched and injected of a rule.
func (r *rig) counters(t testing.TB, id string) string {
	t.Helper()
	status, ok := r.world.Current().Faults.Get(id)
	if !ok {
		t.Fatalf("no rule %s", id)
	}
	return fmt.Sprintf("%d matched, %d injected", status.Matched, status.Injected)
}

// scale is a request that changes something; its answer is a few hundred bytes.
var scale = written("POST "+webPath+"/actions/scale", `{"instances":5}`, as("developer"), "Content-Type: application/json")

// TestConnectionFaults: what a client sees on its socket, byte by byte
// (DESIGN.md §6).
func TestConnectionFaults(t *testing.T) {
	t.Parallel()
	whole := func(t *testing.T, raw []byte) { t.Helper(); parse(t, "POST", raw) }
	nothing := func(t *testing.T, raw []byte) {
		t.Helper()
		if len(raw) > 0 {
			t.Errorf("got %q", raw)
		}
	}
	cut := func(length int) func(*testing.T, []byte) {
		return func(t *testing.T, raw []byte) {
			t.Helper()
			head, body, _ := strings.Cut(string(raw), "\r\n\r\n")
			if len(body) != length || !strings.HasPrefix(head, "HTTP/1.1 202 ") || !strings.Contains(head, "Content-Length: ") {
				t.Errorf("%d bytes of body in %q", len(body), raw)
			}
		}
	}
	tests := []struct {
		name, connection, more string
		end                    error
		check                  func(*testing.T, []byte)
		changed                bool
		status                 int // in the journal
	}{
		{"reset", `"reset"`, ``, syscall.ECONNRESET, nothing, false, 0},
		{"reset after the change", `"reset"`, `,"apply":"after"`, syscall.ECONNRESET, nothing, true, 0},
		{"close", `"close"`, ``, nil, nothing, false, 0},
		{"empty", `"empty"`, ``, nil, nothing, false, 0},
		{"empty after the change", `"empty"`, `,"apply":"after"`, nil, nothing, true, 0},
		{"truncate", `{"kind":"truncate","after_bytes":10}`, ``, nil, cut(10), true, 202},
		{"truncate, more than there is", `{"kind":"truncate","after_bytes":1000000}`, ``, nil, func(t *testing.T, raw []byte) {
			t.Helper()
			head, body, _ := strings.Cut(string(raw), "\r\n\r\n")
			if !strings.Contains(head, fmt.Sprintf("Content-Length: %d\r\n", len(body)+1)) {
				t.Errorf("got %q", raw)
			}
		}, true, 202},
		{"garbage", `"garbage"`, ``, nil, func(t *testing.T, raw []byte) {
			t.Helper()
			if len(raw) == 0 || strings.HasPrefix(string(raw), "HTTP/") {
				t.Errorf("got %q", raw)
			}
		}, false, 0},
		{"drip", `{"kind":"drip","bytes_per_second":1000000}`, ``, nil, whole, true, 202},
		{"drip of an injected answer", `{"kind":"drip","bytes_per_second":1000000}`, `,"respond":{"status":503}`, nil, whole, false, 503},
		{"hang", `{"kind":"hang","for":"1ms"}`, ``, nil, nothing, false, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := rigOf(t, frozen, Options{})
			r.rules(t, `{"id":"cut","when":{"times":1},"connection":`+test.connection+test.more+`}`)
			raw, err := r.raw(t, scale)
			if !errors.Is(err, test.end) || (err == nil) != (test.end == nil) {
				t.Errorf("ended with %v, want %v", err, test.end)
			}
			test.check(t, raw)
			if changed := r.process(webGUID).Instances == 5; changed != test.changed {
				t.Errorf("changed: %v", changed)
			}
			if got := r.counters(t, "cut"); got != "1 matched, 1 injected" {
				t.Error(got)
			}
			got := r.entries(t)
			if len(got) != 1 || got[0].Status != test.status || !got[0].Injected || got[0].Rule != "cut" || got[0].Applied != test.changed ||
				!strings.Contains(test.connection, string(got[0].ConnectionFault)) {
				t.Errorf("journal: %+v", got)
			}
			raw, err = r.raw(t, scale) // the rule is spent, the server unharmed
			if err != nil {
				t.Fatal(err)
			}
			if again := parse(t, "POST", raw); again.status != 202 {
				t.Errorf("then: %d %s", again.status, again.body)
			}
		})
	}
}

// TestCloseBeforeTheBody: the connection ends although the client has not sent
// what it promised.
func TestCloseBeforeTheBody(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	r.rules(t, `{"connection":"close"}`)
	raw, err := r.raw(t, []byte("PATCH "+webPath+" HTTP/1.1\r\nHost: x\r\nAuthorization: bearer admin\r\nContent-Length: 10\r\n\r\n"))
	if err != nil || len(raw) > 0 {
		t.Errorf("got %q, %v", raw, err)
	}
}

// TestEmptyReadsTheBody: the connection does not end before the client has sent
// what it promised.
func TestEmptyReadsTheBody(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	r.rules(t, `{"connection":"empty"}`)
	conn := r.dial(t)
	fmt.Fprintf(conn, "PATCH %s HTTP/1.1\r\nHost: x\r\nAuthorization: bearer admin\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", webPath)
	reader := bufio.NewReader(conn)
	// The server asks for the body: it reads it.
	if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("got %q, %v", line, err)
	}
	fmt.Fprint(conn, "{}")
	if rest, err := io.ReadAll(reader); err != nil || string(rest) != "\r\n" {
		t.Errorf("got %q, %v", rest, err)
	}
	if got := r.entries(t); len(got) != 1 || string(got[0].RequestBody.Bytes) != "{}" {
		t.Errorf("journal: %+v", got)
	}
}

// TestSecureFaults: over TLS and HTTP/2 the nearest equal (DESIGN.md §6,
// FACTS.md §3).
func TestSecureFaults(t *testing.T) {
	t.Parallel()
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		for _, test := range []struct {
			connection string
			met        func(*http.Response, error) bool
		}{
			{`"reset"`, func(_ *http.Response, err error) bool {
				// On HTTP/2 the client writes beside its reading (settings), and the
				// kernel tells an RST once: when the write gets it, the read ends.
				return errors.Is(err, syscall.ECONNRESET) || proto == "HTTP/2.0" && strings.Contains(fmt.Sprint(err), io.ErrUnexpectedEOF.Error())
			}},
			{`"empty"`, func(_ *http.Response, err error) bool { return err != nil }},
			{`"close"`, func(_ *http.Response, err error) bool { return err != nil }},
			{`"garbage"`, func(_ *http.Response, err error) bool { return err != nil }},
			{`{"kind":"hang","for":"1ms"}`, func(_ *http.Response, err error) bool { return err != nil }},
			{`{"kind":"truncate","after_bytes":9}`, func(resp *http.Response, err error) bool {
				if err != nil {
					return false
				}
				body, err := io.ReadAll(resp.Body)
				return len(body) == 9 && errors.Is(err, io.ErrUnexpectedEOF)
			}},
			{`{"kind":"drip","bytes_per_second":1000000}`, func(resp *http.Response, err error) bool {
				if err != nil {
					return false
				}
				body, err := io.ReadAll(resp.Body)
				return err == nil && int64(len(body)) == resp.ContentLength && len(body) > 0
			}},
		} {
			t.Run(proto+" "+test.connection, func(t *testing.T) {
				t.Parallel()
				r := rigFor(t, frozen, Options{})
				r.EnableHTTP2 = proto == "HTTP/2.0"
				r.Config.ErrorLog = nil
				r.StartTLS()
				t.Cleanup(r.Close)
				r.rules(t, `{"match":{"operations":["getProcess"]},"connection":`+test.connection+`}`)
				ask := func(path string) (*http.Response, error) {
					// A POST or PATCH would do as well; GETs on a reused connection
					// are repeated by the client, so that this one is the first.
					req, err := http.NewRequest(http.MethodGet, r.URL+path, nil)
					if err != nil {
						t.Fatal(err)
					}
					req.Header.Set("Authorization", "bearer admin")
					return r.Client().Do(req)
				}
				resp, err := ask(webPath)
				if !test.met(resp, err) {
					t.Errorf("got %v, %v", resp, err)
				}
				if resp != nil {
					resp.Body.Close()
				}
				resp, err = ask("/v3/processes")
				if err != nil || resp.Proto != proto || resp.StatusCode != 200 {
					t.Fatalf("then: %v, %v", resp, err)
				}
				resp.Body.Close()
			})
		}
	}
}

// TestDripRate: a dripped body comes at its rate, within 20 % (DESIGN.md §6). A
// busy machine can only slow it down, so the best of a few attempts counts.
func TestDripRate(t *testing.T) {
	t.Parallel()
	const rate = 4000
	r := rigOf(t, frozen, Options{})
	r.rules(t, `{"match":{"operations":["getProcess"]},"connection":{"kind":"drip","bytes_per_second":4000}}`)
	var got []time.Duration
	for range 5 {
		began := time.Now()
		answer := r.send(t, "GET "+webPath, "", as("admin"))
		took := time.Since(began)
		want := time.Duration(len(answer.body)) * time.Second / rate
		if took < want*8/10 {
			t.Fatalf("%d bytes in %s, want about %s", len(answer.body), took, want)
		}
		if took <= want*12/10 {
			return
		}
		got = append(got, took)
	}
	t.Errorf("at %d bytes a second the answers took %s, more than 20 %% too long each time", rate, got)
}

// bounded is a writer that counts what is written without a deadline of its own.
type bounded struct {
	*httptest.ResponseRecorder
	until     time.Time
	unbounded int
}

func (w *bounded) SetWriteDeadline(t time.Time) error { w.until = t; return nil }

func (w *bounded) Write(p []byte) (int, error) {
	if w.until.IsZero() {
		w.unbounded++
	}
	w.until = time.Time{}
	return w.ResponseRecorder.Write(p)
}

// TestDripIsBounded: no piece waits for a client that does not read.
func TestDripIsBounded(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	r.rules(t, `{"match":{"operations":["getProcess"]},"connection":{"kind":"drip","bytes_per_second":10000}}`)
	w, request := &bounded{ResponseRecorder: httptest.NewRecorder()}, httptest.NewRequest("GET", webPath, nil)
	request.Header.Set("Authorization", "bearer admin")
	r.api.ServeHTTP(w, request, r.world)
	if w.unbounded > 0 || w.Body.Len() == 0 {
		t.Errorf("%d writes without a bound, %d bytes", w.unbounded, w.Body.Len())
	}
}

// TestApplyAfter: the change is made, then the fault answered; a real error is
// sent instead, and the rule not spent (DESIGN.md §6).
func TestApplyAfter(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	r.rules(t, `{"id":"late","when":{"times":1},"respond":{"status":503},"apply":"after"}`)
	line, body := "POST "+webPath+"/actions/scale", `{"instances":5}`
	r.send(t, line, `{"instances":-1}`).is(t, contract.UnprocessableEntity.Text("Instances must be greater than or equal to 0"))
	r.send(t, line, `{`).is(t, contract.MessageParseError)
	r.send(t, line, body, as("auditor")).is(t, contract.NotAuthorized)
	r.send(t, line, body, "X-Nothing: here").is(t, contract.NotAuthenticated)
	if r.process(webGUID).Instances != 2 {
		t.Fatal("a refused request changed something")
	}
	got := r.send(t, line, body)
	if got.status != 503 || !strings.Contains(got.body, "CF-RunnerUnavailable") || !strings.Contains(got.body, webGUID) {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if r.process(webGUID).Instances != 5 {
		t.Error("the change is not made")
	}
	if got := r.send(t, line, `{"instances":6}`); got.status != 202 {
		t.Errorf("the rule fires again: %d", got.status)
	}
	all := r.entries(t)
	if len(all) != 6 {
		t.Fatalf("%d entries", len(all))
	}
	for i, e := range all {
		injected, real := i == 4, map[bool]int{true: 202}[i == 4]
		if e.Injected != injected || e.Real != real || e.Applied != (i >= 4) {
			t.Errorf("entry %d: injected %v, real %d, applied %v", i, e.Injected, e.Real, e.Applied)
		}
	}
}

// TestBefore decides ahead of every check, though after the caller is
// identified: a rule for one user leaves others alone.
func TestBefore(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	r.rules(t, `{"id":"early","match":{"user":"developer","operations":["updateProcess"]},"respond":{"status":409}}`)
	got := r.send(t, "PATCH "+webPath, `{`, as("developer"), "Content-Type: application/json")
	got.is(t, contract.Conflict)
	if e := r.entries(t); len(e) != 1 || string(e[0].RequestBody.Bytes) != "{" {
		t.Errorf("the journal has no body: %+v", e)
	}
	r.send(t, "PATCH "+webPath, `{`, as("admin"), "Content-Type: application/json").is(t, contract.MessageParseError)
	r.send(t, "PATCH "+webPath, `{`, "X-Nothing: here").is(t, contract.NotAuthenticated)
}

// TestPrefer injects without a rule, and can be switched off (DESIGN.md §6).
func TestPrefer(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{Prefer: true})
	got := r.send(t, "PATCH "+webPath, "{}", as("admin"), "Prefer: code=409")
	got.is(t, contract.Conflict)
	if got.header.Get("Preference-Applied") != "code=409" {
		t.Errorf("headers %v", got.header)
	}
	got = r.send(t, "GET "+webPath, "", as("admin"), "Prefer: code=418")
	if got.status != 200 || got.header.Get("Preference-Applied") != "" {
		t.Errorf("an unknown code: %d %v", got.status, got.header)
	}
	if e := r.entries(t); len(e) != 2 || !e[0].Injected || len(e[1].Warnings) != 1 {
		t.Errorf("journal: %+v", e)
	}
	deaf := rigOf(t, frozen, Options{})
	if got := deaf.send(t, "GET "+webPath, "", as("admin"), "Prefer: code=404"); got.status != 200 {
		t.Errorf("switched off: %d", got.status)
	}
}

// TestWithoutLine: a server that does not tell connections apart still breaks
// them off.
func TestWithoutLine(t *testing.T) {
	t.Parallel()
	r := rigFor(t, frozen, Options{})
	r.Config.ConnContext = nil
	r.Start()
	t.Cleanup(r.Close)
	r.rules(t, `{"connection":"reset"}`)
	raw, err := r.raw(t, written("GET "+webPath, "", as("admin")))
	if len(raw) > 0 || err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %q, %v", raw, err)
	}
}

// TestObserved: those who watch see each answer as it was sent.
func TestObserved(t *testing.T) {
	t.Parallel()
	var seen []string
	watch := func(x Exchange) {
		seen = append(seen, fmt.Sprintf("%s %d %v %v %v", x.Operation.ID, x.Status, x.Injected, x.Custom, len(x.Body) > 0))
	}
	r := rigOf(t, frozen, Options{Observe: watch})
	r.rules(t, `[{"match":{"operations":["listProcesses"]},"respond":{"status":503,"body":{"a":1}},"undocumented":true},{"match":{"operations":["getProcessStats"]},"connection":"empty"}]`)
	r.send(t, "GET "+webPath, "")
	r.send(t, "GET /v3/processes", "")
	if _, err := r.raw(t, written("GET "+webPath+"/stats", "", as("admin"))); err != nil {
		t.Fatal(err)
	}
	r.Close()
	want := "getProcess 200 false false true; listProcesses 503 true true true; getProcessStats 0 true false false"
	if got := strings.Join(seen, "; "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestDetailStaysAsWritten: only the catalogue's own text has a gap, a detail
// of a rule is a text like any other.
func TestDetailStaysAsWritten(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	line, body := "POST "+webPath+"/actions/scale", `{"instances":5}`
	for _, detail := range []string{"100%s", "%d%%", "Process Guid: <process guid>-<version>"} {
		r.rules(t, `{"id":"own","respond":{"status":503,"detail":"`+detail+`"}}`)
		r.send(t, line, body).is(t, contract.RunnerUnavailable.Text(detail))
	}
}
