package bench_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"example.com/capisim/sim"
	"example.com/capisim/sim/conn"
)

// BenchmarkHandler is what a request costs without net/http's part: what a change
// of a hot path is seen by, on a busy machine too.
func BenchmarkHandler(b *testing.B) {
	for _, one := range []struct{ name, method, path, body, fault string }{
		{name: "get", method: "GET", path: web},
		{name: "update", method: "PATCH", path: web, body: update},
		{name: "list", method: "GET", path: "/v3/processes"},
		{name: "injected", method: "PATCH", path: web, body: update, fault: "updateProcess"},
	} {
		b.Run(one.name, func(b *testing.B) {
			srv := sim.Start(b, sim.Document("extends: default\n"+crowd))
			if one.fault != "" {
				srv.Fault(b, sim.Fault{Operation: one.fault, Status: http.StatusServiceUnavailable})
			}
			body := strings.NewReader(one.body)
			request := httptest.NewRequest(one.method, srv.URL+one.path, body)
			if one.body == "" {
				request.Body = http.NoBody // as net/http has it
			}
			request.Header.Set("Authorization", "bearer admin")
			request.Header.Set("User-Agent", "bench")
			if one.body != "" {
				request.Header.Set("Content-Type", "application/json")
			}
			server := srv.Simulator.Server(srv.Simulator)
			wire, _ := conn.Listen(nowhere{}).Accept()
			request = request.WithContext(server.ConnContext(b.Context(), wire))
			answer := &sunk{discarded{header: http.Header{}}, wire}
			b.ReportAllocs()
			before := used(b)
			for b.Loop() {
				body.Reset(one.body)
				clear(answer.header)
				server.Handler.ServeHTTP(answer, request)
			}
			b.ReportMetric(float64(used(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// nowhere is a listener, and the connections of it, that take all and send nothing.
type nowhere struct {
	net.Listener
	net.Conn
}

func (nowhere) Accept() (net.Conn, error)        { return nowhere{}, nil }
func (nowhere) Write(p []byte) (int, error)      { return len(p), nil }
func (nowhere) SetWriteDeadline(time.Time) error { return nil }
func (nowhere) Close() error                     { return nil }
func (nowhere) Addr() net.Addr                   { return nil }

// sunk is an answer that reaches its connection, without net/http's part.
type sunk struct {
	discarded
	wire net.Conn
}

var statusLine = []byte("HTTP/1.1 200 OK\r\n")

// SetWriteDeadline is that of net/http's answer.
func (s *sunk) SetWriteDeadline(at time.Time) error { return s.wire.SetWriteDeadline(at) }

func (s *sunk) Write(p []byte) (int, error) {
	s.wire.Write(statusLine) //nolint:errcheck // it never fails
	return s.wire.Write(p)
}

// used is the CPU time that this process has taken, in nanoseconds.
func used(b *testing.B) int64 {
	var spent unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &spent); err != nil {
		b.Fatal(err)
	}
	return spent.Nano()
}
