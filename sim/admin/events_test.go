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

// Nothing stays behind of readers that have gone, and more than a world may have
// are refused.
func TestReadersAreCounted(t *testing.T) {
	t.Parallel()
	srv := start(t)
	h, root := srv.handler, srv.worlds.Root()
	var f *feed
	for range maxReaders {
		f, _ = h.hub.join(root)
	}
	got := srv.want(t, 503, "GET", "/admin/events", "")
	if texts := refusals(t, got); texts[0] != "256 streams of events read this world, expected one of them to end first" || got.header.Get("Retry-After") != "1" {
		t.Error(texts, got.header)
	}
	srv.want(t, 200, "HEAD", "/admin/events", "")
	h.hub.leave(f)
	srv.listen(t, "/admin/events").until(t, "clock ")
	other, err := srv.worlds.Create(world.Spec{Name: "other", Scenario: root.Current().Scenario})
	if err != nil {
		t.Fatal(err)
	}
	f, _ = h.hub.join(other)
	h.hub.leave(f)
	<-f.done
	h.hub.publish(other, stateEvent)
	h.hub.mu.Lock()
	defer h.hub.mu.Unlock()
	if _, there := h.hub.feeds[other]; there {
		t.Error("a feed without readers")
	}
}

// A reader that comes when the world has ended, and others have not noticed yet, is
// told that there is nothing more, whatever has happened until then.
func TestReadersAfterTheEnd(t *testing.T) {
	t.Parallel()
	srv := start(t)
	short, err := srv.worlds.Create(world.Spec{Name: "short", Scenario: srv.worlds.Root().Current().Scenario})
	if err != nil {
		t.Fatal(err)
	}
	hub := &srv.handler.hub
	f, _ := hub.join(short)
	defer hub.leave(f)
	srv.worlds.Delete("short")
	<-f.done
	played(t, short, nil)
	again, at := hub.join(short)
	defer hub.leave(again)
	if text, going := again.next(t.Context(), &at); again != f || going || len(text) > 0 {
		t.Errorf("the same feed: %t, going on: %t, with %.100q", again == f, going, text)
	}
}

// A reader that is behind is told how much it missed and where things stand; one
// that does not read costs nothing, and nothing is kept for it.
func TestReadersThatAreBehind(t *testing.T) {
	t.Parallel()
	srv := start(t)
	root := srv.worlds.Root()
	f, slow := srv.handler.hub.join(root)
	defer srv.handler.hub.leave(f)
	body := strings.Repeat("x", 10_000)
	large := func(e *journal.Entry) { e.ResponseBody = journal.Body{Bytes: []byte(body)} }
	for range 5 {
		played(t, root, large)
	}
	for seen := 0; seen < 5; { // a slow machine has them in several parts
		text, going := f.next(t.Context(), &slow)
		if seen += strings.Count(string(text), "event: request"); !going || seen > 5 || strings.Contains(string(text), "skipped") {
			t.Fatalf("%.300s", text)
		}
	}
	const rounds = 20
	for range rounds { // nobody waits: it looks when it is made to
		for range 20 {
			played(t, root, large)
		}
		f.now()
	}
	f.mu.Lock()
	kept := 0
	for _, b := range f.batches {
		kept += len(b.text)
	}
	f.mu.Unlock()
	if kept > feedBytes || kept < feedBytes/2 {
		t.Errorf("%d bytes are kept", kept)
	}
	text, _ := f.next(t.Context(), &slow)
	if !strings.HasPrefix(string(text), "event: request\ndata: {\"skipped\":400}\n\nevent: fault\n") || !strings.Contains(string(text), "event: state\n") {
		t.Errorf("%.300s", text)
	}
	played(t, root, nil)
	if text, going := f.next(t.Context(), &slow); !going || strings.Count(string(text), "event: request") != 1 {
		t.Errorf("%.300s", text)
	}
}
