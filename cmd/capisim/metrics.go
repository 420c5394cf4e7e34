package main

import (
	"cmp"
	"fmt"
	"net/http"
	"sync"

	prometheus "github.com/VictoriaMetrics/metrics"

	"example.com/capisim/sim"
)

// metrics are what GET /metrics tells Prometheus of one simulator and of its
// process:
//
//   - capisim_requests_total: requests to the simulated API by operation
//     (unmatched: none), status (0: cut without an answer) and whether the answer
//     was injected;
//   - capisim_request_duration_seconds: from the request to its answer, injected
//     delays included;
//   - capisim_worlds (the default one included), capisim_rules,
//     capisim_journal_entries and capisim_journal_bytes: in all worlds, at the
//     moment of asking;
//   - go_* and process_*: what such programs tell of themselves.
type metrics struct {
	set   *prometheus.Set
	cells sync.Map // cell -> *counters: names are looked up once
	// totals is set before the first server starts.
	totals func() sim.Totals
}

type cell struct {
	operation string
	status    int
	injected  bool
}

type counters struct {
	requests *prometheus.Counter
	latency  *prometheus.PrometheusHistogram
}

func init() { prometheus.ExposeMetadata(true) }

func newMetrics() *metrics { return &metrics{set: prometheus.NewSet()} }

var latencyBounds = []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .05, .1, .5, 1, 5, 30}

// count notes one answer.
func (m *metrics) count(x sim.Exchange) {
	key := cell{operation: cmp.Or(x.Operation, "unmatched"), status: x.Status, injected: x.Injected}
	kept, ok := m.cells.Load(key)
	if !ok {
		kept, _ = m.cells.LoadOrStore(key, &counters{
			requests: m.set.GetOrCreateCounter(fmt.Sprintf(`capisim_requests_total{injected="%t",operation=%q,status="%d"}`, key.injected, key.operation, key.status)),
			latency:  m.set.GetOrCreatePrometheusHistogramExt(fmt.Sprintf(`capisim_request_duration_seconds{operation=%q}`, key.operation), latencyBounds),
		})
	}
	c := kept.(*counters)
	c.requests.Inc()
	c.latency.Update(x.Latency.Seconds())
}

// ServeHTTP answers GET /metrics.
func (m *metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m.set.WritePrometheus(w)
	now := m.totals()
	prometheus.WriteGaugeUint64(w, "capisim_worlds", uint64(now.Worlds))
	prometheus.WriteGaugeUint64(w, "capisim_rules", uint64(now.Rules))
	prometheus.WriteGaugeUint64(w, "capisim_journal_entries", uint64(now.JournalEntries))
	prometheus.WriteGaugeUint64(w, "capisim_journal_bytes", uint64(now.JournalBytes))
	prometheus.WriteProcessMetrics(w)
	prometheus.WriteFDMetrics(w)
}
