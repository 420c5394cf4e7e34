package admin

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/world"
)

// reader reads a stream of events.
type reader struct{ lines *bufio.Scanner }

func (s *server) listen(t *testing.T, path string) *reader {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, "GET", s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatal(got)
	}
	return &reader{bufio.NewScanner(response.Body)}
}

// next returns the next event, as "name data"; "" at the end.
func (r *reader) next() string {
	name := ""
	for r.lines.Scan() {
		key, value, _ := strings.Cut(r.lines.Text(), ": ")
		switch key {
		case "event":
			name = value
		case "data":
			return name + " " + value
		}
	}
	return ""
}

// until returns the first event that has the prefix.
func (r *reader) until(t *testing.T, prefix string) string {
	t.Helper()
	for {
		event := r.next()
		if strings.HasPrefix(event, prefix) {
			return event
		}
		if event == "" {
			t.Fatalf("the stream ended before %q: %v", prefix, r.lines.Err())
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	srv := start(t)
	root := srv.worlds.Root()
	played(t, root, nil)
	r := srv.listen(t, "/admin/events")
	for _, want := range []string{
		`fault {"rules":[],"total":0}`,
		`state {"generation":1,"scenario":"default","counts":{"organizations":1,"spaces":1,"apps":2,"processes":3}}`,
		`clock {"mode":"frozen","now":"2026-01-01T00:00:00Z"}`,
	} {
		if got := r.next(); got != want {
			t.Errorf("%s, expected %s", got, want)
		}
	}
	srv.want(t, 200, "PUT", "/admin/faults/updateProcess/409", "")
	r.until(t, `fault {"rules":[],"total":1}`)

	played(t, root, func(e *journal.Entry) { e.Rule, e.Status, e.Injected = "updateProcess-409", 409, true })
	r.until(t, `request {"id":2,`)
	r.until(t, `fault {"rules":[{"id":"updateProcess-409"`)
	r.until(t, `state {"generation":1`) // the entry says that state was changed

	srv.want(t, 200, "POST", "/admin/clock/advance", `{"by":"1m"}`)
	r.until(t, `clock {"mode":"frozen","now":"2026-01-01T00:01:00Z"}`)
	if _, err := root.Clock.Advance(time.Minute); err != nil { // past this API
		t.Fatal(err)
	}
	r.until(t, `clock {"mode":"frozen","now":"2026-01-01T00:02:00Z"}`)
	if err := root.Reset(world.Scope{State: true}); err != nil {
		t.Fatal(err)
	}
	r.until(t, `state {"generation":2`)
	srv.want(t, 204, "DELETE", "/admin/requests", "")
	r.until(t, `request {"cleared":true}`)
}

// A flood is reported in part, and never holds up those who cause it.
func TestEventsOfAFlood(t *testing.T) {
	t.Parallel()
	srv := start(t)
	r := srv.listen(t, "/admin/events")
	r.until(t, "clock ")
	root := srv.worlds.Root()
	for range 1000 { // the journal keeps 100
		played(t, root, nil)
	}
	shown := 0
	for {
		event := r.until(t, "request ")
		if shown++; strings.HasPrefix(event, `request {"id":1000,`) {
			break
		}
	}
	if shown > 900 {
		t.Errorf("%d requests shown, expected most of the flood to be left out", shown)
	}
}

func TestEventsEndWithTheirWorld(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 201, "POST", "/admin/worlds", `{"name":"w"}`)
	r := srv.listen(t, "/worlds/w/admin/events")
	r.until(t, "clock ")
	srv.want(t, 204, "DELETE", "/admin/worlds/w", "")
	for event := r.next(); event != ""; event = r.next() {
		if strings.HasPrefix(event, "request ") {
			t.Error(event)
		}
	}
	if err := r.lines.Err(); err != nil {
		t.Error(err)
	}
}

// Nothing stays behind of a reader that has gone.
func TestListenersAreForgotten(t *testing.T) {
	t.Parallel()
	h := &hub{}
	w := &world.World{}
	first, second := h.subscribe(w), h.subscribe(w)
	h.publish(w, faultEvent)
	h.publish(w, clockEvent)
	if got := first.take(); got != faultEvent|clockEvent {
		t.Error(got)
	}
	if len(first.wake) != 1 || len(second.wake) != 1 {
		t.Error("expected one wake-up each")
	}
	h.unsubscribe(w, first)
	h.unsubscribe(w, second)
	h.publish(w, stateEvent)
	if len(h.listeners) != 0 || first.take() != 0 {
		t.Errorf("%+v", h.listeners)
	}
}
