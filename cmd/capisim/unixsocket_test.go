package main

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shortDir is a folder whose path leaves room for that of a socket.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "capi") //nolint:usetesting // the path of t.TempDir may be too long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // the test is over
	return dir
}

func TestServeOnASocket(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	socket := filepath.Join(dir, "s")
	stale, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	stale.(*net.UnixListener).SetUnlinkOnClose(false)
	stale.Close() //nolint:errcheck // the file stays
	s := serve(t, nil, "--listen", "unix:"+socket)
	if s.url != "unix:"+socket || s.console != "" {
		t.Errorf("ready at %s, console at %q", s.url, s.console)
	}
	if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v, expected a socket of its owner alone", info, err)
	}
	client := &http.Client{Transport: throughSocket(&http.Transport{DisableKeepAlives: true}, socket)}
	body, err := io.ReadAll(get(t, client, "http://localhost/v3/processes").Body)
	if err != nil || !strings.Contains(string(body), `"http://localhost/v3/processes?page=1`) {
		t.Errorf("%s, %v, expected links to localhost", body, err)
	}
	session(t, s.url, []step{
		{args: "world create w", out: `\nw +http://localhost/worlds/w `},
		{args: "fault set getProcess 404 --url " + s.url + "/worlds/w", out: "getProcess-404"},
		{args: "fault list --world w", out: "getProcess-404"},
		{args: "fault list", out: `REMAINING\n$`},
		{args: "requests", out: "listProcesses"},
		{args: "env --world w", out: "(?m)^export CAPISIM_URL='" + s.url + "/worlds/w'$"},
		{args: "healthcheck --listen unix:" + socket},
		{args: "serve --listen unix:" + socket, code: exitMisused, err: `^capisim: --listen: the socket \S+ is taken; choose another\n$`},
	})
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	if _, err := os.Lstat(socket); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, expected the socket to be gone", err)
	}
	session(t, s.url, []step{
		{args: "clock", code: exitUnreached, err: `^capisim was not reached at unix:\S+: nothing listens there; capisim serve starts a server\n$`},
		{args: "healthcheck --listen unix:" + socket, code: exitUnreached, err: "."},
	})
}

// TestAdminOnASocket: the two may be in different places, and each says where
// the API is.
func TestAdminOnASocket(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	admin, api := filepath.Join(dir, "admin"), filepath.Join(dir, "api")
	ported := serve(t, nil, "--admin-listen", "unix:"+admin)
	session(t, "unix:"+admin, []step{
		{args: "env", out: `(?m)^export CAPISIM_URL='http://localhost:\d+'$`},
		{args: "world list", out: `\ndefault +http://localhost:\d+ `},
	})
	if ported.console != "" || !strings.HasPrefix(ported.url, "http://") {
		t.Errorf("ready at %s, console at %q", ported.url, ported.console)
	}
	hidden := serve(t, nil, "--listen", "unix:"+api, "--admin-listen", "127.0.0.1:0")
	session(t, hidden.console, []step{{args: "world list", out: `\ndefault +http://localhost `}})
}

func TestSocketsThatCannotBe(t *testing.T) {
	t.Parallel()
	dir := shortDir(t)
	write(t, filepath.Join(dir, "file"), "kept")
	for address, want := range map[string]string{
		"unix:":                                 "unix: without a path, expected unix:PATH",
		"unix:" + filepath.Join(dir, "file"):    "is there already and is not a socket",
		"unix:" + filepath.Join(dir, "no", "s"): "no such file or directory",
		"unix:" + filepath.Join(dir, strings.Repeat("x", 200)): "too long for a socket",
	} {
		if got := invoke(t, nil, "serve", "--listen", address); got.code != exitMisused || !strings.Contains(got.err, want) {
			t.Errorf("%s: %+v, expected %s", address, got, want)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "file")); err != nil || string(text) != "kept" {
		t.Errorf("%s, %v", text, err)
	}
	if got := invoke(t, nil, "serve", "--listen", "unix:"+filepath.Join(dir, "s"), "--tls-self-signed"); got.code != exitMisused || !strings.Contains(got.err, "expected a port: a socket has none") {
		t.Errorf("%+v", got)
	}
}
