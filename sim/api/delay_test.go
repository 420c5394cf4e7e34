package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/world"
)

// held starts a request that the server holds back and returns once it does:
// the journal has nothing of it, its change is made.
func (r *rig) held(t *testing.T, ctx context.Context, line, body string) <-chan error {
	t.Helper()
	done := make(chan error, 1)
	method, path, _ := strings.Cut(line, " ")
	req, err := http.NewRequestWithContext(ctx, method, r.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "bearer admin")
	req.Header.Set("Content-Type", "application/json")
	before := r.counters(t, "slow")
	go func() {
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		if err == nil {
			resp.Body.Close()
		}
		done <- err
	}()
	for r.counters(t, "slow") == before { // until the rule has decided
		select {
		case err := <-done:
			t.Fatalf("not held: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
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
				if err := <-done; err == nil && name != "drip" {
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
				if err := <-done; err == nil && name != "drip" {
					t.Error("the client got an answer")
				}
				if got := r.entries(t); len(got) != 0 {
					t.Errorf("the new journal has %+v", got)
				}
			})
		}
	}
}

// TestOvertakenByReset: a request that was decided before a reset leaves no
// trace after it, even in a journal that the reset kept.
func TestOvertakenByReset(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	r.rules(t, `{"id":"slow","delay":{"fixed":"1h"}}`)
	done := r.held(t, t.Context(), "GET "+webPath, "")
	if err := r.world.Reset(world.Scope{State: true}); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err == nil {
		t.Error("the client got an answer")
	}
	r.Close() // waits for the handler: it has recorded what it ever will
	if got := r.entries(t); len(got) != 0 {
		t.Errorf("the journal has %d entries", len(got))
	}
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
