package bench_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/capisim/sim"
)

// The sizes between which costs must not grow, in apps of a web and a worker
// process each.
var sizes = []int{500, 5_000, 50_000}

// crowdOf starts a server with so many apps.
func crowdOf(b *testing.B, apps int) *sim.Server {
	return sim.Start(b, sim.Document(fmt.Sprintf("name: crowd\ngenerate: {apps: %d, processes: [web, worker]}\n", apps)))
}

// discarded takes an answer and keeps its status.
type discarded struct {
	header http.Header
	status int
}

func (d *discarded) Header() http.Header { return d.header }

func (d *discarded) WriteHeader(status int) { d.status = status }

func (d *discarded) Write(p []byte) (int, error) { return len(p), nil }

func ask(b *testing.B, srv *sim.Server, method, path string, body io.Reader) {
	request := httptest.NewRequest(method, srv.URL+path, body)
	request.Header.Set("Authorization", "bearer admin")
	answer := &discarded{header: http.Header{}}
	srv.Simulator.ServeHTTP(answer, request)
	if answer.status >= 300 {
		b.Fatalf("%s %s: %d", method, path, answer.status)
	}
}

// BenchmarkStart makes a server of a scenario.
func BenchmarkStart(b *testing.B) {
	for _, apps := range sizes {
		b.Run(fmt.Sprint(2*apps), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				crowdOf(b, apps)
			}
		})
	}
}

// BenchmarkExport writes the whole state.
func BenchmarkExport(b *testing.B) {
	for _, format := range []string{"json", "yaml"} {
		for _, apps := range sizes {
			b.Run(fmt.Sprint(format, "/", 2*apps), func(b *testing.B) {
				srv := crowdOf(b, apps)
				b.ReportAllocs()
				for b.Loop() {
					ask(b, srv, "GET", "/admin/state?format="+format, nil)
				}
			})
		}
	}
}

// BenchmarkImport puts a world into the state that another one was in.
func BenchmarkImport(b *testing.B) {
	for _, apps := range []int{500, 5_000} {
		b.Run(fmt.Sprint(2*apps), func(b *testing.B) {
			srv := crowdOf(b, apps)
			answer := httptest.NewRecorder()
			srv.Simulator.ServeHTTP(answer, httptest.NewRequest("GET", srv.URL+"/admin/state", nil))
			document := answer.Body.Bytes()
			b.SetBytes(int64(len(document)))
			b.ReportAllocs()
			for b.Loop() {
				ask(b, srv, "PUT", "/admin/state", bytes.NewReader(document))
			}
		})
	}
}
