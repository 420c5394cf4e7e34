package api

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// nowhere takes an answer.
type nowhere struct {
	header http.Header
	bytes  int
}

func (n *nowhere) Header() http.Header { return n.header }

func (n *nowhere) Write(p []byte) (int, error) {
	n.bytes = len(p)
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
