package sim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// TestAround: who stands around the simulator sees the header of an answer, as with
// any handler. What he has set stays, except where the answer says it itself; when he
// has sent a header already, what follows is the body alone.
func TestAround(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 1)
	srv := Start(t, Around(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Own", "1")
			w.Header().Set("Referrer-Policy", "theirs")
			if r.URL.RawQuery == "early" {
				w.WriteHeader(http.StatusAccepted)
				http.NewResponseController(w).Flush() //nolint:errcheck // then the client sees it
			}
			next.ServeHTTP(w, r)
			seen <- w.Header().Get("X-Runtime")
		})
	}))
	client := srv.Client("developer")
	for _, line := range []string{"GET ", "GET ?early", "PATCH "} {
		method, query, _ := strings.Cut(line, " ")
		request, err := http.NewRequest(method, demoPath+query, strings.NewReader(map[string]string{"PATCH": "{}"}[method]))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !json.Valid(body) {
			t.Errorf("%s: %v, %s", line, err, body)
		}
		runtime, policy := <-seen, answer.Header.Values("Referrer-Policy")
		if answer.Header.Get("X-Own") != "1" || len(policy) != 1 {
			t.Errorf("%s: %v", line, answer.Header)
		}
		if early := query != ""; !early && (runtime == "" || runtime != answer.Header.Get("X-Runtime") || slices.Contains(policy, "theirs")) {
			t.Errorf("%s: %q seen of %v", line, runtime, answer.Header)
		}
	}
}

// TestBesideAsksTheSimulator: a page that is served beside the API may ask it, and
// gets the answer; its own is untouched.
func TestBesideAsksTheSimulator(t *testing.T) {
	t.Parallel()
	var simulator http.Handler
	srv := Start(t, Beside("/mine", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner, within := httptest.NewRecorder(), r.Clone(r.Context())
		within.URL.Path = demoPath
		simulator.ServeHTTP(inner, within)
		io.WriteString(w, inner.Header().Get("Content-Length")) //nolint:errcheck // then the test sees it
	})))
	simulator = srv.Simulator
	client := srv.Client("developer")
	want, err := client.Get(demoPath)
	if err != nil {
		t.Fatal(err)
	}
	want.Body.Close()
	answer, err := client.Get("/mine")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || string(body) != want.Header.Get("Content-Length") || answer.Header.Get("X-Runtime") != "" {
		t.Errorf("%v, %q, %v", err, body, answer.Header)
	}
}
