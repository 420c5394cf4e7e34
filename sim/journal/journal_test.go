package journal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

func operation(tb testing.TB, id string) *contract.Operation {
	tb.Helper()
	o, ok := contract.OperationByID(id)
	if !ok {
		tb.Fatalf("no operation %s", id)
	}
	return o
}

func typicalEntry(tb testing.TB) Entry {
	body := make([]byte, 1800)
	return Entry{
		Operation: operation(tb, "getProcess"), Method: "GET", Path: "/v3/processes/c1000000-0000-4000-8000-000000000001",
		Proto: "HTTP/1.1", World: "default", User: "admin", Status: 200, Wall: time.Unix(1700000000, 0), Latency: time.Millisecond,
		RequestHeader: http.Header{"User-Agent": {"go"}, "Authorization": {"bearer admin"}, "Accept": {"application/json"},
			"Content-Type": {"application/json"}, "X-B3-Traceid": {"a"}, "X-B3-Spanid": {"b"}, "Accept-Encoding": {"gzip"}},
		ResponseHeader: http.Header{"Content-Type": {"application/json"}, "X-Vcap-Request-Id": {"x"}, "X-Runtime": {"0.1"}},
		ResponseBody:   Body{Bytes: body},
	}
}

func BenchmarkAppend(b *testing.B) {
	j := New(10000, 64<<20)
	e := typicalEntry(b)
	for range 20000 { // the ring is full and no segment is missing
		j.Append(e)
	}
	b.ReportAllocs()
	for b.Loop() {
		j.Append(e)
	}
}

// An outage under load: each answer is a fault, and there is one client.
func BenchmarkAppendOutage(b *testing.B) {
	j := New(10000, 64<<20)
	e := typicalEntry(b)
	e.Status, e.Injected = 503, true
	b.ReportAllocs()
	for b.Loop() {
		e.Wall = e.Wall.Add(2 * time.Millisecond)
		j.Append(e)
	}
}

// Every other answer is a fault, so that reactions are judged all the time.
func BenchmarkAppendFlapping(b *testing.B) {
	j := New(10000, 64<<20)
	e := typicalEntry(b)
	b.ReportAllocs()
	for b.Loop() {
		e.Wall = e.Wall.Add(2 * time.Millisecond)
		e.Injected = !e.Injected
		e.Status = 200
		if e.Injected {
			e.Status = 503
		}
		j.Append(e)
	}
}

func BenchmarkNearestOperation(b *testing.B) {
	hostile := Entry{Method: "GET", Path: strings.Repeat("/"+strings.Repeat("processe", 15), 30)}
	for b.Loop() {
		NearestOperation(&hostile)
	}
}

// react judges a history handed in, oldest first, as it stands at this wall time.
func react(history []Entry, now time.Time) ReactionReport {
	r := NewReactions()
	r.history = func(newest uint64, visit func(*Entry) bool) {
		for i := len(history) - 1; i >= 0; i-- {
			if history[i].ID <= newest && !visit(&history[i]) {
				return
			}
		}
	}
	for i := range history {
		r.Observe(&history[i])
	}
	return r.Report(now)
}
