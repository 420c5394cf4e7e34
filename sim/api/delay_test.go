package api

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/socket"
	"example.com/capisim/sim/state"
	"example.com/capisim/sim/world"
)

// held starts a request that the server holds back and returns once it does: it
// is decided, and in the journal.
func (r *rig) held(t *testing.T, ctx context.Context, line, body string) <-chan error {
	t.Helper()
	return r.heldBy(t, ctx, "slow", line, body)
}

func (r *rig) heldBy(t *testing.T, ctx context.Context, rule, line, body string) <-chan error {
	t.Helper()
	done := make(chan error, 1)
	method, path, _ := strings.Cut(line, " ")
	req, err := http.NewRequestWithContext(ctx, method, r.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "bearer admin")
	req.Header.Set("Content-Type", "application/json")
	before := r.counters(t, rule)
	go func() {
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body) // a drip that ends too soon
			resp.Body.Close()
		}
		done <- err
	}()
	for r.counters(t, rule) == before { // until the rule has decided
		select {
		case err := <-done:
			t.Fatalf("not held: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	r.world.Evidence() // it has entered the journal before the next one comes
	return done
}

// TestDelaysAreCut: a client that leaves, a reset and the end of the server end
// what is held back, for a delay and for a hang, with and without a body that
// nobody has asked for.
func TestDelaysAreCut(t *testing.T) {
	t.Parallel()
	rules := map[string]string{
		"delay of an error":       `{"id":"slow","respond":{"status":503},"delay":{"fixed":"1h"}}`,
		"delay of the answer":     `{"id":"slow","delay":{"fixed":"1h"}}`,
		"delay after the change":  `{"id":"slow","respond":{"status":503},"apply":"after","delay":{"fixed":"1h"}}`,
		"hang":                    `{"id":"slow","connection":{"kind":"hang","for":"1h"}}`,
		"drip":                    `{"id":"slow","connection":{"kind":"drip","bytes_per_second":1}}`,
		"delay before it is lost": `{"id":"slow","connection":"empty","delay":{"fixed":"1h"}}`,
	}
	for name, rule := range rules {
		for _, line := range []string{"GET " + webPath, "PATCH " + webPath} {
			body := map[bool]string{true: `{"command":"x"}`}[strings.HasPrefix(line, "PATCH")]
			t.Run(name+", "+line[:3]+", the client leaves", func(t *testing.T) {
				t.Parallel()
				r := rigOf(t, frozen, Options{})
				r.rules(t, rule)
				ctx, leave := context.WithCancel(t.Context())
				done := r.held(t, ctx, line, body)
				leave()
				if err := <-done; err == nil {
					t.Error("the client got an answer")
				}
				r.Close() // waits for the handler: it must have noticed
			})
			t.Run(name+", "+line[:3]+", the world is reset", func(t *testing.T) {
				t.Parallel()
				r := rigOf(t, frozen, Options{})
				r.rules(t, rule)
				done := r.held(t, t.Context(), line, body)
				if err := r.world.Reset(world.Everything); err != nil {
					t.Fatal(err)
				}
				if err := <-done; err == nil {
					t.Error("the client got an answer")
				}
				if got := r.entries(t); len(got) != 0 {
					t.Errorf("the new journal has %+v", got)
				}
			})
		}
	}
}

// TestHeldAnswersEndWithTheirRule: what a rule holds back ends when it is removed,
// replaced or switched off, and what other rules hold back does not.
func TestHeldAnswersEndWithTheirRule(t *testing.T) {
	t.Parallel()
	now := world.Wall()
	for kind, holds := range map[string]string{
		"a delay":              `"respond":{"status":503},"delay":{"fixed":"1h"}`,
		"a delay alone":        `"delay":{"fixed":"1h"}`,
		"a delay of an error":  `"respond":{"status":503},"apply":"after","delay":{"fixed":"1h"}`, // the PATCH below is refused
		"a hang":               `"connection":{"kind":"hang","for":"1h"}`,
		"a drip":               `"connection":{"kind":"drip","bytes_per_second":1}`,
		"a delay of an outage": `"connection":"reset","delay":{"fixed":"1h"}`,
	} {
		slow := `{"id":"slow","match":{"operations":["updateProcess"]},` + holds + `}`
		other := `{"id":"other","match":{"operations":["getProcess"]},` + holds + `}`
		for name, change := range map[string]struct {
			do   func(*fault.Set) error
			ends bool // of the rule slow
			all  bool // of the rule other, too
		}{
			"it is removed":      {do: func(s *fault.Set) error { s.Delete("slow"); return nil }, ends: true},
			"all are removed":    {do: func(s *fault.Set) error { s.Clear(); return nil }, ends: true, all: true},
			"it is replaced":     {do: func(s *fault.Set) error { return s.Put(now, mustRules(t, slow)...) }, ends: true},
			"it is switched off": {do: func(s *fault.Set) error { return s.Patch(now, "slow", []byte(`{"enabled":false}`)) }, ends: true},
			"it is changed":      {do: func(s *fault.Set) error { return s.Patch(now, "slow", []byte(`{"description":"x"}`)) }},
			"a fork loses it":    {do: func(s *fault.Set) error { s.Fork().Clear(); return nil }},
		} {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				r := rigOf(t, frozen, Options{})
				r.rules(t, slow)
				r.rules(t, other)
				body := `{"command":"x"}`
				if kind == "a delay of an error" {
					body = `{"command":7}`
				}
				done := r.heldBy(t, t.Context(), "slow", "PATCH "+webPath, body)
				others := r.heldBy(t, t.Context(), "other", "GET "+webPath, "")
				set := r.world.Current().Faults
				if err := change.do(set); err != nil {
					t.Fatal(err)
				}
				wait := func(done <-chan error) {
					t.Helper()
					if err := <-done; err == nil {
						t.Error("the client got an answer")
					}
				}
				held := func(id uint64) bool {
					e, ok := r.world.Evidence().Get(id)
					return ok && e.Held
				}
				if change.ends {
					wait(done)
				} else if !held(1) {
					t.Error("what it holds back has ended")
				}
				if change.all {
					wait(others)
				} else if !held(2) {
					t.Error("what another rule holds back has ended")
				}
				set.Clear()
				if !change.ends {
					wait(done)
				}
				if !change.all {
					wait(others)
				}
				r.Close() // waits for the handlers
				if held(1) || held(2) {
					t.Error("the journal still has it as held")
				}
			})
		}
	}
}

func mustRules(t *testing.T, raw string) []fault.Rule {
	t.Helper()
	rules, problems := fault.ParseRules([]byte(raw))
	if len(problems) > 0 {
		t.Error(problems)
	}
	return rules
}

// TestDelay: an answer that was held back comes as it was decided, and the
// journal tells how long it took.
func TestDelay(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	r.rules(t, `{"id":"slow","delay":{"fixed":"30ms"}}`)
	if got := r.send(t, "GET "+webPath, ""); got.status != 200 {
		t.Errorf("got %d", got.status)
	}
	got := r.entries(t)
	if len(got) != 1 || got[0].Latency < 30*time.Millisecond || got[0].Injected {
		t.Errorf("journal: %+v", got)
	}
}

// TestHeldRequestsAreInTheJournal: what is held back is there from its decision
// on, without an answer, and gets one when it ends, whatever ends it.
func TestHeldRequestsAreInTheJournal(t *testing.T) {
	t.Parallel()
	ends := map[string]func(*rig, context.CancelFunc) error{
		"the client leaves":        func(_ *rig, leave context.CancelFunc) error { leave(); return nil },
		"the state alone is reset": func(r *rig, _ context.CancelFunc) error { return r.world.Reset(world.Scope{State: true}) },
	}
	for kind, test := range map[string]struct {
		rule      string
		cut       socket.Kind // the fault of the connection in the end
		status    int
		unchanged bool
	}{
		"a delay":         {rule: `{"id":"slow","respond":{"status":503},"apply":"after","delay":{"fixed":"1h"}}`, cut: "cut"},
		"a hang":          {rule: `{"id":"slow","connection":{"kind":"hang","for":"1h"}}`, cut: "hang", unchanged: true},
		"a drip":          {rule: `{"id":"slow","connection":{"kind":"drip","bytes_per_second":1}}`, cut: "cut", status: 200},
		"a delayed reset": {rule: `{"id":"slow","connection":"reset","delay":{"fixed":"1h"}}`, cut: "cut", unchanged: true},
	} {
		for name, end := range ends {
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				r := rigOf(t, frozen, Options{})
				r.rules(t, test.rule)
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				done := r.held(t, ctx, "PATCH "+webPath, `{"command":"x"}`)
				held := r.entries(t)
				if len(held) != 1 || !held[0].Held || held[0].Status != 0 || held[0].Rule != "slow" || held[0].Hold < 10*time.Minute || held[0].Applied == test.unchanged {
					t.Fatalf("journal: %+v", held)
				}
				if err := end(r, leave); err != nil {
					t.Fatal(err)
				}
				<-done
				r.Close() // waits for the handler
				got := r.entries(t)
				if len(got) != 1 || got[0].Held || got[0].ID != held[0].ID || got[0].ConnectionFault != test.cut || got[0].Status != test.status {
					t.Errorf("journal: %+v", got)
				}
			})
		}
	}
}

// TestSlowBodiesHoldNobodyUp: a request whose body is on its way is not decided,
// and the world goes on without it, whatever its rules ask for.
func TestSlowBodiesHoldNobodyUp(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{
		`{"id":"none","match":{"operations":["getRoot"]},"respond":{"status":503}}`,
		`{"id":"body","match":{"body":{"/command":"x"}},"respond":{"status":503}}`,
		`[{"id":"close","connection":"close"},{"id":"body","match":{"body":{"/command":"x"}},"respond":{"status":503}}]`,
	} {
		r := rigOf(t, frozen, Options{})
		r.rules(t, rule)
		conn := r.dial(t)
		if _, err := conn.Write([]byte("PATCH " + webPath + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")); err != nil {
			t.Fatal(err)
		}
		if err := r.world.Reset(world.Scope{Clock: true}); err != nil {
			t.Fatal(err)
		}
		r.raw(t, written("GET "+webPath, "", as("admin"))) //nolint:errcheck // some rules reset it
		if got := r.world.Evidence().Entries(journal.Filter{}, 1, 10); len(got.Entries) != 1 {
			t.Errorf("%s: %d entries, want the GET alone", rule, len(got.Entries))
		}
		conn.Close()
	}
}

// TestResetWhileABodyComes: a request that a reset has overtaken is about the
// world as it is by then: its change is there, and in the new journal.
func TestResetWhileABodyComes(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	const body = `{"instances":7}`
	request := written("POST "+webPath+"/actions/scale", body, "Authorization: bearer admin", "Content-Type: application/json", "Expect: 100-continue")
	conn := r.dial(t)
	if _, err := conn.Write(request[:len(request)-len(body)]); err != nil {
		t.Fatal(err)
	}
	from := bufio.NewReader(conn)
	if line, err := from.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") { // now it waits for the body
		t.Fatalf("%q, %v", line, err)
	}
	if err := r.world.Reset(world.Everything); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(from); err != nil {
		t.Fatal(err)
	}
	if got := r.world.Current().State.Peek(state.Ref{GUID: webGUID}).Process.Instances; got != 7 {
		t.Errorf("%d instances, want 7", got)
	}
	if got := r.entries(t); len(got) != 1 || !got[0].Applied {
		t.Errorf("the new journal has %+v", got)
	}
}

// TestJournalNeverLagsBehind: whoever has seen the state changed, or a counter
// of a rule, finds the request in the journal; and no request is in the journal
// that they do not know.
func TestJournalNeverLagsBehind(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	r.rules(t, `{"id":"slow","respond":{"status":503},"apply":"after","delay":{"fixed":"1ms"}}`)
	const each = 50
	var clients sync.WaitGroup
	clients.Go(func() {
		for n := range each {
			r.send(t, "POST "+webPath+"/actions/scale", fmt.Sprintf(`{"instances":%d}`, n+3)) // two at first
		}
	})
	for range 3 {
		clients.Go(func() {
			for range each {
				r.send(t, "PATCH "+webPath, `{"command":"x"}`)
			}
		})
	}
	finished := make(chan struct{})
	go func() { clients.Wait(); close(finished) }()
	matched := func() int {
		status, _ := r.world.Current().Faults.Get("slow")
		return status.Matched
	}
	for {
		counted := matched()
		if entries := int(r.world.Evidence().Stats().Total); entries < counted {
			t.Fatalf("%d requests counted by the rule, %d in the journal", counted, entries)
		} else if after := matched(); after < entries {
			t.Fatalf("%d requests in the journal, %d counted by the rule", entries, after)
		}
		scaled := r.process(webGUID).Instances - 2
		scales := r.world.Evidence().Entries(journal.Filter{Operation: "scaleProcess"}, 1, 1).Total
		if scaled > scales {
			t.Fatalf("scaled %d times, %d requests in the journal", scaled, scales)
		}
		select {
		case <-finished:
			return
		default:
		}
	}
}
