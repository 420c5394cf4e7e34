package journal

import (
	"bytes"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

func appendPlain(j *Journal, n int) {
	for range n {
		j.Append(Entry{Method: "GET", Path: "/x"})
	}
}

func kept(j *Journal) []uint64 {
	var ids []uint64
	for _, e := range j.Entries(Filter{}, 1, 1000).Entries {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestRingKeepsTheNewest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                string
		entries, appended   int
		newest, oldest      uint64
		wantKept, wantDrops int
	}{
		{"empty", 3, 0, 0, 0, 0, 0},
		{"not full", 3, 2, 2, 1, 2, 0},
		{"just full", 3, 3, 3, 1, 3, 0},
		{"over", 3, 5, 5, 3, 3, 2},
		{"one place", 1, 4, 4, 4, 1, 3},
		{"over several chunks", 200, 5170, 5170, 4971, 200, 4970},
		{"as often as it grows", 64, 128, 128, 65, 64, 64},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			j := New(test.entries, 1<<30)
			appendPlain(j, test.appended)
			ids := kept(j)
			if len(ids) != test.wantKept || int(j.Stats().Dropped) != test.wantDrops {
				t.Fatalf("kept %d, dropped %d; want %d and %d", len(ids), j.Stats().Dropped, test.wantKept, test.wantDrops)
			}
			if len(ids) > 0 && (ids[0] != test.newest || ids[len(ids)-1] != test.oldest) {
				t.Errorf("newest %d, oldest %d; want %d and %d", ids[0], ids[len(ids)-1], test.newest, test.oldest)
			}
			for i := 1; i < len(ids); i++ {
				if ids[i] != ids[i-1]-1 {
					t.Fatalf("ids %v, want each one below the last", ids)
				}
			}
		})
	}
}

func TestRingIsBoundedByBytes(t *testing.T) {
	t.Parallel()
	const limit = 100_000
	j := New(10_000, limit)
	for range 500 {
		j.Append(Entry{Method: "GET", Path: "/x", ResponseBody: Body{Bytes: make([]byte, 3000)}})
		if got := j.Stats().Bytes; got > limit {
			t.Fatalf("%d bytes, want at most %d", got, limit)
		}
	}
	s := j.Stats()
	if s.Entries < 25 || s.Entries > 33 || s.Dropped != 500-uint64(s.Entries) || s.Total != 500 {
		t.Errorf("%+v, want about 28 entries and the rest dropped", s)
	}
	j.Clear()
	if s := j.Stats(); s != (Stats{Total: 500}) {
		t.Errorf("after Clear %+v, want only the total", s)
	}
	appendPlain(j, 1)
	if ids := kept(j); len(ids) != 1 || ids[0] != 501 {
		t.Errorf("after Clear ids %v, want 501", ids)
	}
}

func TestAnEntryOverTheBoundIsDropped(t *testing.T) {
	t.Parallel()
	j := New(10, 2000)
	appendPlain(j, 1)
	j.Append(Entry{Method: "GET", Path: "/big", RequestBody: Body{Bytes: make([]byte, 5000)}})
	appendPlain(j, 1)
	if got := fmt.Sprint(kept(j)); got != "[3 1]" || j.Stats().Dropped != 1 {
		t.Errorf("kept %s, dropped %d; want [3 1] and 1", got, j.Stats().Dropped)
	}
	for id, want := range map[uint64]bool{0: false, 1: true, 2: false, 3: true, 4: false} {
		if e, ok := j.Get(id); ok != want || ok && e.ID != id {
			t.Errorf("Get(%d) = %d, %t; want %t", id, e.ID, ok, want)
		}
	}
}

func TestJournalOff(t *testing.T) {
	t.Parallel()
	j := New(0, 0)
	e := typicalEntry(t)
	if id := j.Append(e); id != 1 || j.Stats().Entries != 0 || j.Stats().Dropped != 1 {
		t.Errorf("id %d, %+v; want 1 and nothing kept", id, j.Stats())
	}
	if m := j.Coverage().Snapshot(); m.Covered != 1 {
		t.Errorf("%d cells covered, want 1", m.Covered)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		body        Body
		want        int
		size, bytes int64
		cut         bool
	}{
		{"none", Body{}, 0, 0, 0, false},
		{"whole", Body{Bytes: []byte("small")}, 5, 5, 5, false},
		{"a large one is cut", Body{Bytes: bytes.Repeat([]byte("x"), 90<<10)}, MaxBody, 90 << 10, MaxBody + 10, true},
		{"the size that the caller knows", Body{Bytes: []byte("small"), Size: 100}, 5, 100, 10, true},
		{"nobody has read it", Body{Unread: true}, 0, 0, 0, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := stored(t, Entry{RequestBody: test.body}).RequestBody
			if len(b.Bytes) != test.want || b.Size != test.size || b.Cut() != test.cut || b.Unread != test.body.Unread {
				t.Errorf("%d of %d bytes, cut %t; want %d of %d, %t", len(b.Bytes), b.Size, b.Cut(), test.want, test.size, test.cut)
			}
		})
	}
}

// stored is an entry as a reader gets it.
func stored(tb testing.TB, e Entry) Entry {
	tb.Helper()
	j := New(1, 1<<20)
	got, ok := j.Get(j.Append(e))
	if !ok {
		tb.Fatal("the entry was not kept")
	}
	return got
}

// What is appended comes back, but for what the bounds cut and masks hide.
func TestEntriesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	want := Entry{
		ID: 1, Time: origin.UTC(), Wall: time.Unix(1700000000, 5).UTC(), Latency: 3 * time.Millisecond, Operation: operation(t, "scaleProcess"),
		Variant: contract.OpenSource, World: "blue", User: "admin", Method: "POST", Path: "/v3/x", RawQuery: "a=b", Proto: "HTTP/1.1",
		Host: "h:1", Remote: "127.0.0.1:9", Secure: true, Meanwhile: true, Connection: 1 << 60, ConnectionUse: 7,
		RequestHeader: http.Header{"A": {"1", "2"}, "B": {""}}, RequestBody: Body{Bytes: []byte("{}"), Size: 2},
		ResponseHeader: http.Header{"C": {"3"}}, ResponseBody: Body{Bytes: []byte("[]"), Size: 9},
		Status: 503, Error: "CF-X", Detail: "words", Rule: "r", Draw: 12, Injected: true, Applied: true, Real: 202, ConnectionFault: "drip",
		Warnings: []string{"one", "two"},
	}
	got := stored(t, want)
	got.begun = 0
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := stored(t, Entry{}); !got.Time.IsZero() || !got.Wall.IsZero() || len(got.RequestHeader) > 0 {
		t.Errorf("an empty entry came back as %+v", got)
	}
}

func TestHeadersAndPathsAreBounded(t *testing.T) {
	t.Parallel()
	h := http.Header{"A-Small": {"kept"}, "B-Large": {strings.Repeat("b", 900_000)}, "Z-Small": {"kept too"}}
	for i := range 2000 {
		h[fmt.Sprintf("M-%04d", i)] = []string{"many"}
	}
	j := New(10, 1<<20)
	j.Append(Entry{Method: "GET", Path: "/" + strings.Repeat("p", 900_000), RawQuery: strings.Repeat("q", 900_000), RequestHeader: h})
	if got := j.Stats().Bytes; got > MaxHeader+2*MaxText+100 {
		t.Errorf("%d bytes for one entry", got)
	}
	e, _ := j.Get(1)
	if len(e.Path) != MaxText || len(e.RawQuery) != MaxText || e.RequestHeader.Get("A-Small") != "kept" || e.RequestHeader.Get("B-Large") != CutMark {
		t.Errorf("path %d, query %d, small %q, large %.20q", len(e.Path), len(e.RawQuery), e.RequestHeader.Get("A-Small"), e.RequestHeader.Get("B-Large"))
	}
	if h.Get("B-Large") == CutMark {
		t.Error("the caller's header was changed")
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	j := New(100, 1<<20)
	yes, no := true, false
	update, get := operation(t, "updateProcess"), operation(t, "getProcess")
	header := http.Header{"Authorization": {"bearer s3cret"}, "User-Agent": {"Team/1"}}
	j.Append(Entry{Wall: origin, Operation: update, Method: "PATCH", Path: "/v3/processes/p", Status: 409, Injected: true, Rule: "r", User: "developer", RequestHeader: header})
	j.Append(Entry{Wall: origin.Add(time.Second), Operation: get, Method: "GET", Path: "/v3/processes/p", Status: 200, User: "admin"})
	j.Append(Entry{Wall: origin.Add(2 * time.Second), Method: "GET", Path: "/v3/nothing", RawQuery: "token=s3cret&Fruit=apple", Status: 404})
	j.Append(Entry{Wall: origin.Add(3 * time.Second), Operation: update, Method: "PATCH", Path: "/v3/processes/p", Status: 200,
		RequestBody: Body{Bytes: []byte(`{"command":"Rackup"}`)}, ResponseBody: Body{Bytes: []byte(`{"guid":"p"}`)}})
	tests := []struct {
		name   string
		filter Filter
		want   string
	}{
		{"all", Filter{}, "[4 3 2 1]"},
		{"operation", Filter{Operation: "updateProcess"}, "[4 1]"},
		{"status", Filter{Status: 200}, "[4 2]"},
		{"injected", Filter{Injected: &yes}, "[1]"},
		{"not injected", Filter{Injected: &no}, "[4 3 2]"},
		{"rule", Filter{Rule: "r"}, "[1]"},
		{"user", Filter{User: "admin"}, "[2]"},
		{"since", Filter{Since: origin.Add(2 * time.Second)}, "[4 3]"},
		{"after", Filter{After: 3}, "[4]"},
		{"unmatched", Filter{Unmatched: true}, "[3]"},
		{"text in a header", Filter{Text: "team/1"}, "[1]"},
		{"text in a query", Filter{Text: "fruit"}, "[3]"},
		{"text in a request body", Filter{Text: "RACKUP"}, "[4]"},
		{"text in an answer", Filter{Text: `"guid"`}, "[4]"},
		{"text in a path", Filter{Text: "get /v3/n"}, "[3]"},
		{"a secret is not found", Filter{Text: "s3cret"}, "[]"},
		{"a function", Filter{Match: func(e *Entry) bool { return e.User != "" }}, "[2 1]"},
		{"two at once", Filter{Operation: "updateProcess", Status: 409}, "[1]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			page := j.Entries(test.filter, 1, 10)
			ids := []uint64{}
			for _, e := range page.Entries {
				ids = append(ids, e.ID)
			}
			if got := fmt.Sprint(ids); got != test.want || page.Total != len(ids) {
				t.Errorf("entries %s of %d, want %s", got, page.Total, test.want)
			}
		})
	}
}

func TestPaging(t *testing.T) {
	t.Parallel()
	j := New(100, 1<<20)
	appendPlain(j, 70)
	tests := []struct {
		page, perPage int
		first         uint64
		want          int
	}{
		{1, 20, 70, 20}, {2, 20, 50, 20}, {4, 20, 10, 10}, {5, 20, 0, 0}, {0, 20, 70, 20}, {1, 0, 0, 0}, {1 << 62, 1 << 62, 0, 0}, {1, -1, 0, 0},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.page, "x", test.perPage), func(t *testing.T) {
			t.Parallel()
			page := j.Entries(Filter{}, test.page, test.perPage)
			if len(page.Entries) != test.want || page.Total != 70 || test.want > 0 && page.Entries[0].ID != test.first {
				t.Errorf("%d entries of %d, want %d of 70 from %d", len(page.Entries), page.Total, test.want, test.first)
			}
		})
	}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	j := New(10, 1<<20)
	for _, change := range []func(){func() { appendPlain(j, 1) }, j.Clear} {
		changed := j.Changed()
		select {
		case <-changed:
			t.Fatal("closed before anything changed")
		default:
		}
		change()
		select {
		case <-changed:
		default:
			t.Fatal("not closed by a change")
		}
	}
}

// Readers and writers at once: the race detector looks for shared memory, the
// test for torn entries.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	j := New(100, 1<<20)
	get := operation(t, "getProcess")
	var wg sync.WaitGroup
	for writer := range 4 {
		wg.Go(func() {
			name := fmt.Sprint("writer", writer)
			for i := range 500 {
				j.Append(Entry{Operation: get, Wall: origin, Method: "GET", Path: "/" + name, User: name, Status: 200 + i%2*303, Injected: i%2 == 1,
					RequestHeader: http.Header{"User-Agent": {name}}})
			}
		})
	}
	for range 2 {
		wg.Go(func() {
			for range 50 {
				for _, e := range j.Entries(Filter{Text: "writer"}, 1, 100).Entries {
					if e.Path != "/"+e.User || e.UserAgent() != e.User {
						t.Errorf("torn entry %+v", e)
					}
				}
				j.Verify(Verification{})
				j.Reactions().Report(origin)
				j.Coverage().Snapshot()
			}
		})
	}
	wg.Wait()
	cell, _ := snapshot(j).Cell("getProcess", 200)
	if cell.Real != 1000 || j.Stats().Total != 2000 {
		t.Errorf("%+v and %+v, want 1000 real and 2000 in total", cell, j.Stats())
	}
}

func snapshot(j *Journal) *Matrix { m := j.Coverage().Snapshot(); return &m }

// 100,000 requests, large bodies among them, leave the journal within its bounds.
func TestMemoryStaysBounded(t *testing.T) {
	t.Parallel()
	j := New(10_000, 8<<20)
	large := bytes.Repeat([]byte("x"), 90<<10)
	e := typicalEntry(t)
	e.ResponseBody = Body{Bytes: large}
	for range 2000 {
		j.Append(e)
	}
	e.ResponseBody = Body{Bytes: large[:100:100]}
	for range 98_000 {
		j.Append(e)
	}
	s := j.Stats()
	if s.Bytes > 8<<20 || s.Entries > 10_000 || s.Total != 100_000 || s.Total-s.Dropped != uint64(s.Entries) {
		t.Errorf("%+v, want at most 8 MiB and 10,000 entries", s)
	}
}

// Not parallel: allocations of other tests would be counted.
func TestAppendAllocatesNothing(t *testing.T) {
	j := New(100, 1<<20)
	e := typicalEntry(t)
	if allocs := testing.AllocsPerRun(1000, func() { j.Append(e) }); allocs > 0 {
		t.Errorf("Append allocates %.0f times, want none", allocs)
	}
}

// A held entry is seen at once, counts for nothing, and gets its answer in its
// place.
func TestHeldEntriesAreCompleted(t *testing.T) {
	t.Parallel()
	j := New(10, 1<<20)
	op := operation(t, "getProcess")
	entry := Entry{Operation: op, Method: "GET", Path: "/v3/processes/x", Rule: "slow", Injected: true, Held: true, Hold: time.Minute, Wall: time.Unix(1, 0)}
	entry.ID = j.Append(entry)
	appendPlain(j, 1)
	covered := func() int { return j.Coverage().Snapshot().Covered }
	if got, ok := j.Get(entry.ID); !ok || !got.Held || got.Status != 0 || covered() != 0 {
		t.Errorf("held: %+v, %d cells covered", got, covered())
	}
	if got, _ := j.Get(entry.ID); !got.View().HeldUntil.Equal(time.Unix(61, 0)) {
		t.Errorf("held until %v, want a minute after it came", got.View().HeldUntil)
	}
	changed := j.Changed()
	entry.Held, entry.Status, entry.ResponseBody = false, 404, Body{Bytes: make([]byte, 1000)}
	before := j.Stats().Bytes
	j.Complete(entry)
	select {
	case <-changed:
	default:
		t.Error("nobody was told")
	}
	if got, ok := j.Get(entry.ID); !ok || got.Held || got.View().HeldUntil != nil || got.Status != 404 || covered() != 1 || fmt.Sprint(kept(j)) != "[2 1]" {
		t.Errorf("completed: %+v, %d cells covered, kept %v", got, covered(), kept(j))
	}
	if grew := j.Stats().Bytes - before; grew < 990 || grew > 1100 {
		t.Errorf("grew by %d bytes, want those of the body", grew)
	}
}

// What a completed entry grows by takes room like any other, and one that was
// forgotten meanwhile still counts.
func TestCompletedEntriesKeepTheBounds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		grows     int
		meanwhile func(*Journal)
		kept      string
		dropped   uint64
	}{
		{"there is room", 100, func(*Journal) {}, "[3 2 1]", 0},
		{"older ones make room", 4250, func(*Journal) {}, "[3 2]", 1},
		{"it is too large itself", 9000, func(*Journal) {}, "[3]", 2},
		{"the ring was cleared", 100, (*Journal).Clear, "[]", 0},
		{"the ring went on", 100, func(j *Journal) { appendPlain(j, 20) }, "[23 22 21 20 19 18 17]", 16},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			j := New(7, 4400)
			appendPlain(j, 1)
			entry := Entry{Operation: operation(t, "getProcess"), Method: "GET", Path: "/x", Held: true}
			entry.ID = j.Append(entry)
			appendPlain(j, 1)
			test.meanwhile(j)
			entry.Held, entry.Status, entry.ResponseBody = false, 200, Body{Bytes: make([]byte, test.grows)}
			j.Complete(entry)
			if got := fmt.Sprint(kept(j)); got != test.kept || j.Stats().Dropped != test.dropped || j.Stats().Bytes > 4400 {
				t.Errorf("kept %s, %+v; want %s and %d dropped", got, j.Stats(), test.kept, test.dropped)
			}
			if m := j.Coverage().Snapshot(); m.Covered != 1 {
				t.Errorf("%d cells covered, want 1", m.Covered)
			}
		})
	}
}
