package main

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"example.com/capisim/sim"
)

// metrics are what GET /metrics tells Prometheus of one simulator and of its
// process.
type metrics struct {
	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	cells    sync.Map // cell -> *counters: labels are looked up once
}

type cell struct {
	operation string
	status    int
	injected  bool
}

type counters struct {
	requests prometheus.Counter
	latency  prometheus.Observer
}

func newMetrics() *metrics {
	return &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "capisim_requests_total",
			Help: "Requests to the simulated API by operation (unmatched: none), status (0: cut without an answer) and whether the answer was injected.",
		}, []string{"operation", "status", "injected"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "capisim_request_duration_seconds",
			Help:    "Wall time from the request to its answer, injected delays included.",
			Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .05, .1, .5, 1, 5, 30},
		}, []string{"operation"}),
	}
}

// count notes one answer.
func (m *metrics) count(x sim.Exchange) {
	key := cell{operation: "unmatched", status: x.Status, injected: x.Injected}
	if x.Operation != nil {
		key.operation = x.Operation.ID
	}
	kept, ok := m.cells.Load(key)
	if !ok {
		kept, _ = m.cells.LoadOrStore(key, &counters{
			requests: m.requests.WithLabelValues(key.operation, strconv.Itoa(key.status), strconv.FormatBool(key.injected)),
			latency:  m.latency.WithLabelValues(key.operation),
		})
	}
	c := kept.(*counters)
	c.requests.Inc()
	c.latency.Observe(x.Latency.Seconds())
}

// beside serves GET /metrics, and everything else by another handler. It tells
// what the worlds hold at the moment of asking.
func (m *metrics) beside(next http.Handler, totals func() sim.Totals) http.Handler {
	gauge := func(name, help string, of func(sim.Totals) int64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(of(totals())) })
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.requests, m.latency,
		gauge("capisim_worlds", "Worlds, the default one included.", func(t sim.Totals) int64 { return int64(t.Worlds) }),
		gauge("capisim_rules", "Fault rules in all worlds.", func(t sim.Totals) int64 { return int64(t.Rules) }),
		gauge("capisim_journal_entries", "Requests kept in the journals of all worlds.", func(t sim.Totals) int64 { return int64(t.JournalEntries) }),
		gauge("capisim_journal_bytes", "Bytes kept in the journals of all worlds.", func(t sim.Totals) int64 { return t.JournalBytes }),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	answer := promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/metrics" {
			answer.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
