package sim

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/conn"
)

// TestAnswersThatNobodyReads: who sends request after request and reads none of the
// answers loses the connection, whichever path they are on, with a body or without.
func TestAnswersThatNobodyReads(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 1<<20)
	simulator := Start(t, quick, Beside("/large", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, large) //nolint:errcheck // nobody reads
	}))).Simulator
	for _, line := range []string{"GET " + demoPath, "GET /admin/clock", "GET /healthz", "GET /v3/nowhere", "GET /console/", "GET /console/app.css",
		"GET /worlds/nowhere/console/", "GET /openapi.json", "GET /openapi.json +body", "GET /large", "GET /large +body", "PATCH " + demoPath} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			server := simulator.Server(simulator)
			watch, closed := server.ConnState, make(chan struct{})
			server.ConnState = func(conn net.Conn, state http.ConnState) {
				if watch(conn, state); state == http.StateClosed {
					close(closed)
				}
			}
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			go server.Serve(conn.Listen(listener)) //nolint:errcheck // until it is closed
			defer server.Close()
			conn, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			go func() {
				line, body, _ := strings.Cut(line, " +")
				many := strings.Repeat(fmt.Sprintf("%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: bearer admin\r\nContent-Length: %d\r\n\r\n%s", line, len(body), body), 1000)
				for err := error(nil); err == nil; {
					_, err = io.WriteString(conn, many)
				}
			}()
			select {
			case <-closed:
			case <-time.After(longest):
				t.Error("the server keeps the connection")
			}
		})
	}
}

// frame is one of HTTP/2.
func frame(kind, flags byte, stream uint32, payload string) string {
	head := []byte{0, byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	return string(binary.BigEndian.AppendUint32(head, stream)) + payload
}

// TestStreamsThatNobodyReads: over HTTP/2, too, an answer ends that waits for its
// stream's window, or, whatever deadline it has, for a client that takes nothing from
// its socket.
func TestStreamsThatNobodyReads(t *testing.T) {
	t.Parallel()
	large, ended := strings.Repeat("x", 64<<20), make(chan error, 1)
	simulator := Start(t, quick, Beside("/large", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "socket" {
			http.NewResponseController(w).SetWriteDeadline(time.Time{}) //nolint:errcheck // then the test ends too early
		}
		_, err := io.WriteString(w, large)
		ended <- err
	}))).Simulator
	certified := httptest.NewTLSServer(http.NotFoundHandler())
	defer certified.Close()
	server := simulator.Server(simulator)
	server.TLSConfig = &tls.Config{Certificates: certified.TLS.Certificates}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.ServeTLS(conn.Listen(listener), "", "") //nolint:errcheck // until it is closed
	defer server.Close()
	for name, window := range map[string]string{"window": "\x00\x00\x00\x00", "socket": "\x7f\xff\xff\xff"} {
		client, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		const settings, update, get = "\x00\x04", "\x7f\x00\x00\x00", "\x82\x87\x01\x09localhost\x04\x0d/large?"
		_, err = io.WriteString(client, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"+frame(4, 0, 0, settings+window)+frame(8, 0, 0, update)+frame(1, 5, 1, get+name))
		if err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if err == nil {
				t.Errorf("%s: all of it was sent", name)
			}
		case <-time.After(longest):
			t.Errorf("%s: the answer waits", name)
		}
	}
}
