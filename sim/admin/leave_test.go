package admin

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// journalled is a log that several goroutines write.
type journalled struct {
	sync.Mutex
	bytes.Buffer
}

func (j *journalled) Write(p []byte) (int, error) {
	j.Lock()
	defer j.Unlock()
	return j.Buffer.Write(p)
}

// TestClientThatDoesNotWait: who closes the connection, or half of it, while a large
// document is read ends the reading; nothing was changed, and the log says so.
func TestClientThatDoesNotWait(t *testing.T) {
	t.Parallel()
	apps := strings.Repeat(`{"metadata":{"labels":{"a":"1","b":"2","c":"3"}},"processes":[{"type":"web"},{"type":"worker"}]},`, 20_000) + "{}"
	document := `{"name":"large","apps":[` + apps + `],"expectations":[{"covers":{"operation":"getProcess","status":200}}]}`
	for name, c := range map[string]struct{ method, path, body string }{
		"load":         {"POST", "/admin/load", document},
		"load inside":  {"POST", "/admin/load", `{"scenario":` + document + `}`},
		"state":        {"PUT", "/admin/state", document},
		"world":        {"POST", "/admin/worlds", `{"name":"new","scenario":` + document + `}`},
		"named world":  {"PUT", "/admin/worlds/new", `{"scenario":` + document + `}`},
		"expectations": {"POST", "/admin/expectations", document},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log journalled
			srv := start(t, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
			before := srv.want(t, 200, "GET", "/admin/state", "").body
			conn, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", c.method, c.path, len(c.body))
			if _, err := io.WriteString(conn, c.body); err != nil {
				t.Fatal(err)
			}
			if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(answer.Body)
			if err != nil || answer.StatusCode != 499 || !strings.Contains(string(text), "the client left, or closed its half of the connection, before this was done; nothing was changed") {
				t.Errorf("%v, %d %s", err, answer.StatusCode, text)
			}
			if after := srv.want(t, 200, "GET", "/admin/state", "").body; after != before {
				t.Error("the state is another one")
			}
			srv.want(t, 404, "GET", "/admin/worlds/new", "")
			log.Lock()
			defer log.Unlock()
			if got := log.String(); strings.Count(got, "the client left; nothing was changed") != 1 || strings.Contains(got, "ERROR") {
				t.Errorf("the log: %s", got)
			}
		})
	}
}
