package admin

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
)

// must ends the test on an error.
func must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func TestClient(t *testing.T) {
	t.Parallel()
	srv := start(t, func(o *Options) { o.Token = "s3cret" })
	ctx := t.Context()
	root := &Client{URL: srv.URL + "/", Token: "s3cret", HTTP: srv.Client()}

	made := must[WorldView](t)(root.CreateWorld(ctx, NewWorld{Name: "w", Scenario: "default", TTL: "1h"}))
	if made.Name != "w" {
		t.Errorf("%+v", made)
	}
	c := &Client{URL: srv.URL, World: "w", Token: "s3cret", HTTP: srv.Client()}
	if worlds := must[[]WorldView](t)(c.Worlds(ctx)); len(worlds) != 2 {
		t.Errorf("%+v", worlds)
	}
	two := 2
	set := must[fault.Status](t)(c.SetFault(ctx, "updateProcess", 409, fault.Rule{When: fault.When{Times: &two}}))
	if set.ID != "updateProcess-409" || *set.Remaining != 2 {
		t.Errorf("%+v", set)
	}
	if list := must[[]fault.Status](t)(c.Faults(ctx)); len(list) != 1 || list[0].ID != set.ID {
		t.Errorf("%+v", list)
	}
	if list := must[[]fault.Status](t)(root.Faults(ctx)); len(list) != 0 {
		t.Errorf("%+v: the rule is in another world", list)
	}
	if err := c.ClearFault(ctx, set.ID); err != nil {
		t.Error(err)
	}
	if err := c.ClearFaults(ctx); err != nil {
		t.Error(err)
	}
	if got := must[Overview](t)(c.Load(ctx, "empty")); got.Scenario.Name != "empty" {
		t.Errorf("%+v", got)
	}
	if got := must[Overview](t)(c.LoadDocument(ctx, []byte("name: mine\nextends: default\n"))); got.Scenario.Name != "mine" || got.World != "w" {
		t.Errorf("%+v", got)
	}
	if got := must[[]byte](t)(c.State(ctx, "yaml")); !bytes.HasPrefix(got, []byte("name: mine\n")) {
		t.Errorf("%s", got)
	}
	clientTime(t, c)
	clientEvidence(t, srv, c)
	if got := must[Overview](t)(c.Reset(ctx, "journal")); got.Journal.Entries != 0 || !got.Clock.Now.Equal(time.Date(2026, 1, 1, 0, 0, 30, 0, time.UTC)) {
		t.Errorf("%+v", got)
	}
	if got := must[Overview](t)(c.Reset(ctx)); !got.Clock.Now.Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", got)
	}
	if err := c.DeleteWorld(ctx, "w"); err != nil {
		t.Error(err)
	}
	if _, err := c.Overview(ctx); err == nil {
		t.Error("the world answers after its end")
	}
	if list := must[[]OperationView](t)(root.Operations(ctx)); len(list) < 13 {
		t.Errorf("%+v", list)
	}
	if list, err := root.Scenarios(ctx); err != nil || len(list) < 10 {
		t.Errorf("%+v %v", list, err)
	}
}

func clientTime(t *testing.T, c *Client) {
	t.Helper()
	ctx := t.Context()
	if got := must[ClockState](t)(c.AdvanceClock(ctx, 30*time.Second)); !got.Now.Equal(time.Date(2026, 1, 1, 0, 0, 30, 0, time.UTC)) {
		t.Errorf("%+v", got)
	}
	if got := must[ClockState](t)(c.ResumeClock(ctx)); got.Mode != "real" {
		t.Errorf("%+v", got)
	}
	if got := must[ClockState](t)(c.FreezeClock(ctx)); got.Mode != "frozen" {
		t.Errorf("%+v", got)
	}
	must[Overview](t)(c.Reset(ctx, "clock"))
	must[ClockState](t)(c.AdvanceClock(ctx, 30*time.Second))
	if got := must[ClockState](t)(c.Clock(ctx)); !got.Now.Equal(time.Date(2026, 1, 1, 0, 0, 30, 0, time.UTC)) {
		t.Errorf("%+v", got)
	}
}

func clientEvidence(t *testing.T, srv *server, c *Client) {
	t.Helper()
	ctx := t.Context()
	w, _ := srv.worlds.World("w")
	played(t, w, nil)
	played(t, w, func(e *journal.Entry) { e.Status, e.Injected, e.Applied = 503, true, false })
	list, dropped, err := c.Requests(ctx, RequestFilter{Operation: "updateProcess", Status: 503, Text: "command"}, 10)
	if err != nil || dropped != 0 || len(list) != 1 || list[0].Response.Status != 503 || !list[0].Violations.Known {
		t.Errorf("%+v %d %v", list, dropped, err)
	}
	if m := must[journal.Matrix](t)(c.Coverage(ctx, true)); m.Covered != 2 {
		t.Errorf("%+v", m)
	}
	if r := must[journal.ReactionReport](t)(c.Reactions(ctx, false)); len(r.Reactions) != 1 {
		t.Errorf("%+v", r)
	}
	if j := must[journal.Judgement](t)(c.Verify(ctx, []byte("expectations:\n  - covers: {operation: updateProcess, status: 503}\n"), false)); !j.AllMet() || j.Met != 1 {
		t.Errorf("%+v", j)
	}
	if j := must[journal.Judgement](t)(c.Expectations(ctx, false)); len(j.Expectations) != 0 {
		t.Errorf("%+v", j)
	}
	var har bytes.Buffer
	if err := c.Export(ctx, "har", &har); err != nil || !strings.Contains(har.String(), `"creator"`) {
		t.Errorf("%v %s", err, har.String())
	}
	if err := c.ClearCoverage(ctx); err != nil {
		t.Error(err)
	}
	if m := must[journal.Matrix](t)(c.Coverage(ctx, false)); m.Covered != 0 {
		t.Errorf("%+v", m)
	}
}

// Each page is asked for, until there is no next one.
func TestClientReadsAllPages(t *testing.T) {
	t.Parallel()
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
		next := `{"href":"x"}`
		if r.URL.Query().Get("page") == "3" {
			next = "null"
		}
		_, _ = w.Write([]byte(`{"pagination":{"next":` + next + `},"resources":[{"id":"a"}]}`))
	}))
	defer srv.Close()
	list := must[[]fault.Status](t)((&Client{URL: srv.URL, World: "a b"}).Faults(t.Context()))
	if len(list) != 3 || len(asked) != 3 || asked[0] != "/worlds/a%20b/admin/faults?page=1&per_page=5000" {
		t.Errorf("%v %v", list, asked)
	}
}

func TestClientFollows(t *testing.T) {
	t.Parallel()
	srv := start(t)
	c := &Client{URL: srv.URL, HTTP: srv.Client()}
	seen := make(chan journal.View)
	enough := errors.New("enough")
	ended := make(chan error, 1)
	go func() {
		ended <- c.Follow(t.Context(), RequestFilter{Status: 503}, func(v journal.View) error {
			seen <- v
			return enough
		})
	}()
	root := srv.worlds.Root()
	for {
		played(t, root, nil)
		played(t, root, func(e *journal.Entry) { e.Status, e.Injected = 503, true })
		select {
		case v := <-seen:
			if v.Response.Status != 503 {
				t.Errorf("%+v", v)
			}
			if err := <-ended; !errors.Is(err, enough) {
				t.Error(err)
			}
			return
		case err := <-ended:
			t.Fatal(err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestClientFollowsUntilTheEnd(t *testing.T) {
	t.Parallel()
	srv := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := &Client{URL: srv.URL, HTTP: srv.Client()}
	var gone *UnreachableError
	if err := c.Follow(ctx, RequestFilter{}, nil); !errors.As(err, &gone) || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestClientErrors(t *testing.T) {
	t.Parallel()
	srv := start(t, func(o *Options) { o.Token = "s3cret" })
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/admin" {
			_, _ = w.Write([]byte("<html>"))
			return
		}
		w.WriteHeader(http.StatusTeapot)
	}))
	defer foreign.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()

	good := &Client{URL: srv.URL, Token: "s3cret", HTTP: srv.Client()}
	_, err := good.SetFault(t.Context(), "updateProcess", 409, fault.Rule{Repeat: "x", Apply: "y"})
	var refused *AnswerError
	if !errors.As(err, &refused) || refused.Status != 422 || len(refused.Problems) != 2 || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
	if want := `/repeat: "x", expected last, cycle or none; /apply: "y", expected before or after`; err.Error() != want {
		t.Errorf("%s, expected %s", err, want)
	}
	_, err = (&Client{URL: srv.URL, HTTP: srv.Client()}).Overview(t.Context())
	if !errors.As(err, &refused) || refused.Status != 401 || err.Error() != "no token, expected Authorization: Bearer with the token of --admin-token" {
		t.Error(err)
	}
	_, err = (&Client{URL: foreign.URL}).Clock(t.Context())
	if !errors.As(err, &refused) || err.Error() != "capisim answered 418 I'm a teapot" {
		t.Error(err)
	}
	_, err = (&Client{URL: foreign.URL}).Overview(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), foreign.URL+" is no admin API of capisim: ") {
		t.Error(err)
	}
	for _, address := range []string{closed.URL, "http://[::1", "nowhere"} {
		_, err = (&Client{URL: address}).Overview(t.Context())
		var gone *UnreachableError
		if !errors.As(err, &gone) || !strings.HasPrefix(err.Error(), "capisim was not reached at "+address+": ") || strings.Contains(err.Error(), "\n") {
			t.Error(err)
		}
	}
}
