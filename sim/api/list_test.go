package api

import (
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strconv"
	"testing"
)

// nowhere takes an answer.
type nowhere struct {
	header http.Header
	bytes  int
}

func (n *nowhere) Header() http.Header { return n.header }

func (n *nowhere) Write(p []byte) (int, error) {
	n.bytes += len(p)
	return len(p), nil
}

func (n *nowhere) WriteHeader(int) {}

// TestListAllocates: a long page takes no more memory than a short one, whatever
// is asked for.
func TestListAllocates(t *testing.T) {
	r := rigOf(t, "name: crowd\nextends: default\ngenerate: {apps: 300, processes: [web, worker]}\n", Options{})
	for _, test := range []struct{ query, token string }{
		{"", "admin"}, {"types=web,worker", "admin"}, {"embed=process_instances", "admin"}, {"order_by=-updated_at", "admin"}, {"", "auditor"},
	} {
		allocated := func(size string) (times float64, bytes int) {
			request := httptest.NewRequest("GET", "/v3/processes?per_page="+size+"&"+test.query, nil)
			request.Header.Set("Authorization", "bearer "+test.token)
			w := &nowhere{header: http.Header{}}
			return testing.AllocsPerRun(30, func() { r.api.ServeHTTP(w, request, r.world) }), w.bytes
		}
		// The race detector empties pools at random.
		short, few := allocated("5")
		if long, many := allocated("400"); long > short+20 || many < 50*few {
			t.Errorf("%q as %s: %d bytes allocate %v times, %d bytes %v times", test.query, test.token, few, short, many, long)
		}
	}
}

// TestLongList: a list that is sent in parts is the list, and takes no memory as
// long as it is.
func TestLongList(t *testing.T) {
	r := rigOf(t, "name: crowd\nextends: default\nclock: {mode: frozen}\ngenerate: {apps: 1000, processes: [web, worker]}\n", Options{})
	for _, test := range []struct{ query, token string }{{"", "admin"}, {"embed=process_instances", "admin"}, {"types=web,worker&order_by=-created_at", "auditor"}} {
		page := func(query string) (resources []json.RawMessage) {
			request := httptest.NewRequest("GET", "/v3/processes?"+query+"&"+test.query, nil)
			request.Header.Set("Authorization", "bearer "+test.token)
			w := httptest.NewRecorder()
			r.api.ServeHTTP(w, request, r.world)
			if length := w.Header().Get("Content-Length"); length != strconv.Itoa(w.Body.Len()) {
				t.Errorf("%s&%s: Content-Length %s for %d bytes", query, test.query, length, w.Body.Len())
			}
			var list struct{ Resources []json.RawMessage }
			if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil {
				t.Fatalf("%s&%s: %v", query, test.query, err)
			}
			return list.Resources
		}
		var parts []json.RawMessage
		for number := range 41 {
			parts = append(parts, page("per_page=50&page="+strconv.Itoa(number+1))...)
		}
		if whole := page("per_page=5000"); len(whole) < 2000 || !reflect.DeepEqual(whole, parts) {
			t.Errorf("%q as %s: %d processes in one list, %d page by page, or others", test.query, test.token, len(whole), len(parts))
		}
	}
	request := httptest.NewRequest("GET", "/v3/processes?per_page=5000", nil)
	request.Header.Set("Authorization", "bearer admin")
	w := &nowhere{header: http.Header{}}
	least := uint64(math.MaxUint64)
	for range 50 { // the race detector makes pools forget now and then
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r.api.ServeHTTP(w, request, r.world)
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	if least > 256<<10 {
		t.Errorf("a list of 3 MB allocates %d bytes", least)
	}
}
