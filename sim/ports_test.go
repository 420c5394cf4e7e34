package sim_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim"
)

// ownPort makes a world with a port of its own and returns its address.
func ownPort(t *testing.T, admin, body string) string {
	t.Helper()
	status, answer, _ := exchange(t, "POST", admin+"/admin/worlds", body)
	var world struct{ URL string }
	if err := json.Unmarshal([]byte(answer), &world); err != nil || status != http.StatusCreated {
		t.Fatalf("%d %s, want 201", status, answer)
	}
	return world.URL
}

func TestWorldWithAPortOfItsOwn(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	at := ownPort(t, srv.URL, `{"name":"apart","listen":"127.0.0.1:0"}`)
	if strings.HasPrefix(at, srv.URL) {
		t.Fatalf("the world is at %s, want a port of its own", at)
	}
	if _, body := get(t, at+"/v3/processes/"+demoWeb); !strings.Contains(body, `"href":"`+at+`/v3/processes/`) {
		t.Errorf("links are not at the root of %s: %s", at, body)
	}
	if _, body := get(t, srv.URL+"/worlds/apart/v3/processes/"+demoWeb); !strings.Contains(body, `"href":"`+srv.URL+`/worlds/apart/v3/`) {
		t.Errorf("under its path the world's links are %s", body)
	}
	if _, body := get(t, at+"/admin/faults"); !strings.Contains(body, `"href":"`+at+`/admin/faults?`) {
		t.Errorf("links of its admin lists are %s", body)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, body := get(t, at+path); status != http.StatusOK || body != "{\"status\":\"ok\"}\n" {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	exchange(t, "DELETE", srv.URL+"/admin/worlds/apart", "")
	if _, err := http.Get(at + "/v3"); err == nil {
		t.Errorf("%s still answers after its world was deleted", at)
	}
	at = ownPort(t, srv.URL, `{"name":"brief","listen":"127.0.0.1:0","ttl":"1ms"}`)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for { // a probe tells that it has ended, and keeps nothing alive
		probe, err := http.NewRequestWithContext(ctx, "GET", at+"/healthz", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(probe)
		if err != nil {
			break
		}
		answer.Body.Close()
	}
	if ctx.Err() != nil {
		t.Errorf("%s is healthy after the end of its world", at)
	}
}

// TestOwnPortOnAllAddresses: its URL has the host by which the caller knows the
// server, or that of the external URL.
func TestOwnPortOnAllAddresses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, listen, want string
		options            []sim.Option
	}{
		{"IPv4", "0.0.0.0:0", "localhost", nil},
		{"no host", ":0", "localhost", nil},
		{"one address", "127.0.0.1:0", "127.0.0.1", nil},
		{"external URL", "0.0.0.0:0", "capi.test", []sim.Option{sim.ExternalURL("https://capi.test:9999/cf")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			srv := sim.Start(t, test.options...)
			server, err := url.Parse(srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			at, err := url.Parse(ownPort(t, "http://localhost:"+server.Port(), `{"name":"w","listen":"`+test.listen+`"}`))
			if err != nil || at.Hostname() != test.want || at.Scheme != "http" || at.Port() == "0" || at.Port() == server.Port() || at.Path != "" {
				t.Fatalf("the world is at %v, %v", at, err)
			}
			reached := "http://" + net.JoinHostPort("127.0.0.1", at.Port())
			if status, body := get(t, reached+"/v3/processes/"+demoWeb); status != http.StatusOK || !strings.Contains(body, `"href":"`+reached+"/v3/") {
				t.Errorf("%d %s", status, body)
			}
			if _, body := get(t, reached+"/admin"); !strings.Contains(body, `"url":"http://`+test.want+":") && !strings.Contains(body, `"url":"`+reached) {
				t.Errorf("the overview says %s", body)
			}
		})
	}
}

// TestAdminApartLinks: what belongs to the admin port is there alone, and links of its
// lists lead there.
func TestAdminApartLinks(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.AdminApart())
	apart := httptest.NewServer(srv.Simulator.Admin())
	defer apart.Close()
	if err := srv.Simulator.ServedAt(srv.URL); err != nil {
		t.Fatal(err)
	}
	at := ownPort(t, apart.URL, `{"name":"w","listen":"127.0.0.1:0"}`)
	for _, base := range []string{srv.URL, srv.URL + "/worlds/w", at} {
		for _, path := range []string{"/admin", "/admin/faults", "/console/"} {
			if status, body := get(t, base+path); status != http.StatusNotFound {
				t.Errorf("%s%s: %d %s", base, path, status, body)
			}
		}
		if status, body := get(t, base+"/v3/processes/"+demoWeb); status != http.StatusOK || !strings.Contains(body, `"href":"`+base+"/v3/") {
			t.Errorf("%s: %d %s", base, status, body)
		}
	}
	for _, prefix := range []string{"", "/worlds/w"} {
		var list struct {
			Pagination struct{ Next struct{ Href string } }
			Resources  []struct{ ID string }
		}
		_, body := get(t, apart.URL+prefix+"/admin/operations?per_page=1")
		if err := json.Unmarshal([]byte(body), &list); err != nil {
			t.Fatal(err)
		}
		next := list.Pagination.Next.Href
		if !strings.HasPrefix(next, apart.URL+prefix+"/admin/operations?") {
			t.Errorf("the next page is at %s", next)
		}
		if status, second := get(t, next); status != http.StatusOK || second == body {
			t.Errorf("%s: %d %s", next, status, second)
		}
	}
	if status, body := get(t, apart.URL+"/worlds/w/admin"); status != http.StatusOK || !strings.Contains(body, `"url":"`+at+`"`) {
		t.Errorf("%d %s, want the world at %s", status, body, at)
	}
}

// TestServersLogToTheLogger: what net/http has to say of a client goes where all
// else goes, and not into the output of the program.
func TestServersLogToTheLogger(t *testing.T) {
	t.Parallel()
	var log logged
	s, err := sim.New(sim.Logger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Server(s).ErrorLog.Print("a handshake failed")
	if text := log.take(); !strings.Contains(text, `level=DEBUG msg="a handshake failed"`) {
		t.Errorf("logged %q", text)
	}
}

// TestOwnPortSpeaksTLS: a server with TLS gives ports with TLS, HTTP/2 included.
func TestOwnPortSpeaksTLS(t *testing.T) {
	t.Parallel()
	secure := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	defer secure.Close()
	srv := sim.Start(t, sim.TLS(&tls.Config{Certificates: secure.TLS.Certificates}))
	at := ownPort(t, srv.URL, `{"listen":"127.0.0.1:0"}`)
	if !strings.HasPrefix(at, "https://") {
		t.Fatal(at)
	}
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}, ForceAttemptHTTP2: true,
	}}
	defer client.CloseIdleConnections()
	r, err := http.NewRequest("GET", at+"/v3", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var root struct {
		Links struct{ Self struct{ Href string } }
	}
	if err := json.NewDecoder(answer.Body).Decode(&root); err != nil || answer.ProtoMajor != 2 || root.Links.Self.Href != at+"/v3" {
		t.Errorf("HTTP/%d, links to %s, %v", answer.ProtoMajor, root.Links.Self.Href, err)
	}
}
