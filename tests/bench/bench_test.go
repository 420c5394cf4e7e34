// Package bench_test measures the hot paths over real loopback HTTP, each
// beside a bare net/http handler that writes a constant of the same size with
// the same headers, in one run. The figures that count are the ratios
// (FACTS.md §8). Run: go test -bench . -benchmem -run - ./tests/bench
package bench_test

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"example.com/capisim/sim"
)

const (
	web      = "/v3/processes/c1000000-0000-4000-8000-000000000001"
	crowd    = "name: crowd\ngenerate: {apps: 50, processes: [web]}\n"
	update   = `{"command":"bundle exec rackup -p $PORT","health_check":{"type":"http","data":{"endpoint":"/health","timeout":60}},"metadata":{"labels":{"env":"prod"}}}`
	rounds   = 8 // connections for each core
	ofBare   = "bare"
	ofServer = "capisim"
)

// run drives one request over parallel keep-alive connections.
func run(b *testing.B, url string, req []byte, want int) {
	address := strings.TrimPrefix(url, "http://")
	b.ReportAllocs()
	b.SetParallelism(rounds)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		c := dial(b, address)
		defer c.conn.Close()
		for pb.Next() {
			status, length, err := c.do(req)
			if err != nil || status != want || length == 0 {
				b.Errorf("status %d, %d bytes, %v; want %d", status, length, err, want)
				return
			}
		}
	})
}

// bare is the limit: net/http with a constant body and the headers of CONTRACT.md §16.
func bare(b *testing.B, status int, body []byte) string {
	length := []string{strconv.Itoa(len(body))}
	headers := map[string][]string{
		"Content-Type": {"application/json; charset=utf-8"}, "X-Frame-Options": {"SAMEORIGIN"}, "X-XSS-Protection": {"1; mode=block"},
		"X-Content-Type-Options": {"nosniff"}, "X-Download-Options": {"noopen"}, "X-Permitted-Cross-Domain-Policies": {"none"},
		"Referrer-Policy": {"strict-origin-when-cross-origin"}, "X-VCAP-Request-ID": {"b6b1a1ba-2f0a-4f6d-8d35-8a2f3d1c9e11"},
		"X-Runtime": {"0.000042"}, "X-USER-GUID": {"b194de4a-4883-44d8-98de-b3eb76507c0b"}, "Content-Length": length,
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for name, values := range headers {
			h[name] = values
		}
		w.WriteHeader(status)
		w.Write(body) //nolint:errcheck // the benchmark sees it
	})}
	go server.Serve(listener) //nolint:errcheck // closed below
	b.Cleanup(func() { server.Close() })
	return "http://" + listener.Addr().String()
}

// compare measures a request against capisim and against the bare handler with
// the same answer.
func compare(b *testing.B, srv *sim.Server, req []byte, status int) {
	c := dial(b, strings.TrimPrefix(srv.URL, "http://"))
	_, answer := c.body(b, req)
	c.conn.Close()
	limit := bare(b, status, answer)
	b.Run(ofBare, func(b *testing.B) { run(b, limit, req, status) })
	b.Run(ofServer, func(b *testing.B) { run(b, srv.URL, req, status) })
}

func BenchmarkGet(b *testing.B) {
	compare(b, sim.Start(b), request("GET", web, ""), http.StatusOK)
}

func BenchmarkGetWithoutJournal(b *testing.B) {
	compare(b, sim.Start(b, sim.Journal(0, 0)), request("GET", web, ""), http.StatusOK)
}

func BenchmarkGetInWorld(b *testing.B) {
	world := sim.Start(b).World(b)
	root, prefix, _ := strings.Cut(world.URL, "/worlds/")
	world.URL = root
	compare(b, world, request("GET", "/worlds/"+prefix+web, ""), http.StatusOK)
}

func BenchmarkUpdate(b *testing.B) {
	compare(b, sim.Start(b), request("PATCH", web, update), http.StatusOK)
}

func BenchmarkList50(b *testing.B) {
	compare(b, sim.Start(b, sim.Document(crowd)), request("GET", "/v3/processes", ""), http.StatusOK)
}

func BenchmarkInjected503(b *testing.B) {
	srv := sim.Start(b)
	srv.Fault(b, sim.Fault{Operation: "updateProcess", Status: http.StatusServiceUnavailable})
	compare(b, srv, request("PATCH", web, update), http.StatusServiceUnavailable)
}

// BenchmarkGetBesideRules has a thousand rules in force that never match.
func BenchmarkGetBesideRules(b *testing.B) {
	srv := sim.Start(b)
	for range 500 {
		srv.Fault(b, sim.Fault{Operation: "updateProcess", Status: http.StatusConflict, Optional: true})
		srv.Fault(b, sim.Fault{Operation: "getProcess", App: "another", Status: http.StatusNotFound, Optional: true})
	}
	compare(b, srv, request("GET", web, ""), http.StatusOK)
}
