// Package bench_test measures the hot paths over real loopback HTTP, each
// beside a bare net/http handler that writes a constant of the same size with
// the same headers, in one run. The figures that count are the ratios
// (FACTS.md §8). Run: go test -bench . -benchmem -run - ./tests/bench
package bench_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

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

// BenchmarkGetWithFullJournal has a journal that forgets a request for each that
// comes. The collector's share of the CPU is told beside that of the others.
func BenchmarkGetWithFullJournal(b *testing.B) {
	for name, entries := range map[string]int{"empty": 0, "full": 10_000} {
		b.Run(name, func(b *testing.B) {
			srv := sim.Start(b, sim.Journal(entries, 64<<20))
			for range entries {
				ask(b, srv, "GET", web, nil)
			}
			before := collected()
			run(b, srv.URL, request("GET", web, ""), http.StatusOK)
			after := collected()
			b.ReportMetric(100*(after[0]-before[0])/(after[1]-before[1]), "collector-%")
		})
	}
}

// collected is the CPU time that the collector has taken, and that of all, in
// seconds.
func collected() (seconds [2]float64) {
	runtime.GC() // brings the figures up to date
	samples := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}, {Name: "/cpu/classes/user:cpu-seconds"}}
	metrics.Read(samples)
	return [2]float64{samples[0].Value.Float64(), samples[0].Value.Float64() + samples[1].Value.Float64()}
}

// alone runs the tests of a sweep, and prints nothing.
type alone struct{ *testing.B }

func (a alone) Run(_ string, test func(alone)) bool {
	test(a)
	return true
}

func (a alone) Errorf(string, ...any) {}

// BenchmarkSweep sweeps a client that reads one process and reports what it was
// told.
func BenchmarkSweep(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sim.Sweep(alone{b}, func(t sim.TB, srv *sim.Server) error {
			answer, err := srv.Client("developer").Get(web)
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				return errors.New(answer.Status)
			}
			_, err = io.Copy(io.Discard, answer.Body)
			return err
		}, sim.Only("getProcess"), sim.Limit(time.Second))
	}
}
