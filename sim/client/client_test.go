package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim"
	"example.com/capisim/sim/client"
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

// update sends a request that the journal keeps.
func update(t *testing.T, base string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPatch,
		base+"/v3/processes/c1000000-0000-4000-8000-000000000001", strings.NewReader(`{"command":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "bearer developer")
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close() //nolint:errcheck // the journal has it
}

func TestClient(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.Frozen(), sim.AdminToken("s3cret"))
	ctx := t.Context()
	root := &client.Client{URL: srv.URL + "/", Token: "s3cret"}

	made := must[client.WorldView](t)(root.CreateWorld(ctx, client.NewWorld{Name: "w", Scenario: "default", TTL: "1h"}))
	if made.Name != "w" {
		t.Errorf("%+v", made)
	}
	c := &client.Client{URL: srv.URL, World: "w", Token: "s3cret"}
	if worlds := must[[]client.WorldView](t)(c.Worlds(ctx)); len(worlds) != 2 {
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
	if got := must[client.Overview](t)(c.Load(ctx, "empty")); got.Scenario.Name != "empty" {
		t.Errorf("%+v", got)
	}
	if got := must[client.Overview](t)(c.LoadDocument(ctx, []byte("name: mine\nextends: default\n"))); got.Scenario.Name != "mine" || got.World != "w" {
		t.Errorf("%+v", got)
	}
	if got := must[[]byte](t)(c.State(ctx, "yaml")); !bytes.HasPrefix(got, []byte("name: mine\n")) {
		t.Errorf("%s", got)
	}
	clientTime(t, c)
	clientEvidence(t, srv, c)
	if got := must[client.Overview](t)(c.Reset(ctx, "journal")); got.Journal.Entries != 0 || !got.Clock.Now.Equal(time.Date(2026, 1, 1, 0, 0, 30, 0, time.UTC)) {
		t.Errorf("%+v", got)
	}
	if got := must[client.Overview](t)(c.Reset(ctx)); !got.Clock.Now.Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", got)
	}
	if err := c.DeleteWorld(ctx, "w"); err != nil {
		t.Error(err)
	}
	if _, err := c.Faults(ctx); err == nil {
		t.Error("the world answers after its end")
	}
}

func clientTime(t *testing.T, c *client.Client) {
	t.Helper()
	ctx := t.Context()
	if got := must[client.ClockState](t)(c.AdvanceClock(ctx, 30*time.Second)); !got.Now.Equal(time.Date(2026, 1, 1, 0, 0, 30, 0, time.UTC)) {
		t.Errorf("%+v", got)
	}
	if got := must[client.ClockState](t)(c.ResumeClock(ctx)); got.Mode != "real" {
		t.Errorf("%+v", got)
	}
	if got := must[client.ClockState](t)(c.FreezeClock(ctx)); got.Mode != "frozen" {
		t.Errorf("%+v", got)
	}
	must[client.Overview](t)(c.Reset(ctx, "clock"))
	must[client.ClockState](t)(c.AdvanceClock(ctx, 30*time.Second))
	if got := must[client.ClockState](t)(c.FreezeClock(ctx)); !got.Now.Equal(time.Date(2026, 1, 1, 0, 0, 30, 0, time.UTC)) {
		t.Errorf("%+v", got)
	}
}

func clientEvidence(t *testing.T, srv *sim.Server, c *client.Client) {
	t.Helper()
	ctx := t.Context()
	update(t, srv.URL+"/worlds/w")
	must[fault.Status](t)(c.SetFault(ctx, "updateProcess", 503, fault.Rule{}))
	update(t, srv.URL+"/worlds/w")
	list, dropped, err := c.Requests(ctx, client.RequestFilter{Operation: "updateProcess", Status: 503, Text: "command"}, 10)
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
	var har bytes.Buffer
	if err := c.Export(ctx, "har", &har); err != nil || !strings.Contains(har.String(), `"creator"`) {
		t.Errorf("%v %s", err, har.String())
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
	list := must[[]fault.Status](t)((&client.Client{URL: srv.URL, World: "a b"}).Faults(t.Context()))
	if len(list) != 3 || len(asked) != 3 || asked[0] != "/worlds/a%20b/admin/faults?page=1&per_page=5000" {
		t.Errorf("%v %v", list, asked)
	}
}

func TestClientFollows(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.Frozen())
	c := &client.Client{URL: srv.URL}
	seen := make(chan journal.View)
	enough := errors.New("enough")
	ended := make(chan error, 1)
	go func() {
		ended <- c.Follow(t.Context(), client.RequestFilter{Status: 503}, func(v journal.View) error {
			seen <- v
			return enough
		})
	}()
	srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: 503, Skip: 1})
	for {
		update(t, srv.URL)
		update(t, srv.URL)
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
	srv := sim.Start(t, sim.Frozen())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := &client.Client{URL: srv.URL}
	var gone *client.UnreachableError
	if err := c.Follow(ctx, client.RequestFilter{}, nil); !errors.As(err, &gone) || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestClientErrors(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.Frozen(), sim.AdminToken("s3cret"))
	apart := sim.Start(t, sim.AdminApart())
	answers := func(start func(http.Handler) *httptest.Server, status int, body string) *httptest.Server {
		server := start(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		t.Cleanup(server.Close)
		return server
	}
	foreign := answers(httptest.NewServer, http.StatusTeapot, "")
	html := answers(httptest.NewServer, http.StatusOK, "<html>")
	secure := answers(httptest.NewTLSServer, http.StatusOK, "{}")
	torn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = connection.Write([]byte("220 mail.example.com ESMTP\r\n"))
			_ = connection.Close()
		}
	}))
	defer torn.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()

	good := &client.Client{URL: srv.URL, Token: "s3cret"}
	_, err := good.SetFault(t.Context(), "updateProcess", 409, fault.Rule{Repeat: "x", Apply: "y"})
	var refused *client.AnswerError
	if !errors.As(err, &refused) || refused.Status != 422 || len(refused.Problems) != 2 || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
	if want := `/apply: "y", expected one of "before", "after"; /repeat: "x", expected one of "last", "cycle", "none"`; err.Error() != want {
		t.Errorf("%s, expected %s", err, want)
	}
	_, err = (&client.Client{URL: srv.URL}).Faults(t.Context())
	if !errors.As(err, &refused) || refused.Status != 401 || err.Error() != "no token, expected Authorization: Bearer with the token of --admin-token" {
		t.Error(err)
	}
	for _, c := range []struct{ url, world, want string }{
		{foreign.URL, "", "another program answers there (418 I'm a teapot)"},
		{html.URL, "", "another program answers there: invalid character '<' looking for beginning of value"},
		{torn.URL, "", "another program answers there"},
		{secure.URL, "", "x509: certificate signed by unknown authority"},
		{"http" + strings.TrimPrefix(secure.URL, "https"), "", "the server there speaks TLS, expected an address that begins with https://"},
		{"https" + strings.TrimPrefix(srv.URL, "http"), "", "the server there speaks no TLS, expected an address that begins with http://"},
		{apart.URL, "", "the API alone answers there; the admin API has an address of its own"},
		{closed.URL, "", "nothing listens there; capisim serve starts a server"},
	} {
		_, err = (&client.Client{URL: c.url, World: c.world}).Faults(t.Context())
		var gone *client.UnreachableError
		if !errors.As(err, &gone) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %s", c.url, err, c.want)
		}
	}
	_, err = (&client.Client{URL: srv.URL, World: "nope"}).Faults(t.Context())
	if want := `there is no world "nope" at ` + srv.URL; !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, expected %s", err, want)
	}
	for _, address := range []string{closed.URL, "http://[::1", "nowhere"} {
		_, err = (&client.Client{URL: address}).Faults(t.Context())
		var gone *client.UnreachableError
		if !errors.As(err, &gone) || !strings.HasPrefix(err.Error(), "capisim was not reached at "+address+": ") || strings.Contains(err.Error(), "\n") {
			t.Error(err)
		}
	}
}

// TestStateThatBreaksOff: what has come is written, and the server is named.
func TestStateThatBreaksOff(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "name: half") //nolint:errcheck // the client tells
	}))
	t.Cleanup(server.Close)
	var text bytes.Buffer
	err := (&client.Client{URL: server.URL}).WriteState(t.Context(), "yaml", &text)
	var gone *client.UnreachableError
	if !errors.As(err, &gone) || !strings.Contains(err.Error(), server.URL) || text.String() != "name: half" {
		t.Errorf("%v after %q", err, text.String())
	}
}
