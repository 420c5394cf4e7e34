package bench_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"example.com/capisim/sim"
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
			request.Header.Set("Authorization", "bearer admin")
			request.Header.Set("User-Agent", "bench")
			if one.body != "" {
				request.Header.Set("Content-Type", "application/json")
			}
			answer := &discarded{header: http.Header{}}
			b.ReportAllocs()
			before := used(b)
			for b.Loop() {
				body.Reset(one.body)
				clear(answer.header)
				srv.Simulator.ServeHTTP(answer, request)
			}
			b.ReportMetric(float64(used(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// used is the CPU time that this process has taken, in nanoseconds.
func used(b *testing.B) int64 {
	var spent unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &spent); err != nil {
		b.Fatal(err)
	}
	return spent.Nano()
}
