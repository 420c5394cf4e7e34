package sim

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// longest is how long something is waited for that never takes as long.
const longest = 60 * time.Second

// quick lets bodies take a moment only.
func quick(c *config) error {
	c.bodyTimeout = 50 * time.Millisecond
	return nil
}

const demoPath = "/v3/processes/c1000000-0000-4000-8000-000000000001"

// sent is what a client gets for some bytes, up to the end of the connection.
func sent(t *testing.T, address, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return said(t, conn, text)
}

func said(t *testing.T, conn net.Conn, text string) string {
	t.Helper()
	conn.SetDeadline(time.Now().Add(longest)) //nolint:errcheck // then a read fails
	if text != "" {
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatalf("%q: %v after %q", text, err, answer)
	}
	return string(answer)
}

// partial is a request whose body has a byte, of what its header promises.
func partial(line, header string) string {
	return line + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: bearer admin\r\nContent-Type: application/json\r\n" + header + "\r\n\r\n{"
}

// TestSlowBodies: whatever path a body stalls on, and whoever reads it, the
// client gets an answer and the connection ends.
func TestSlowBodies(t *testing.T) {
	t.Parallel()
	srv := Start(t, quick)
	world := srv.World(t)
	port, err := srv.Simulator.listen(world.world, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	own := port.String()
	const length, chunked = "Content-Length: 100", "Transfer-Encoding: chunked"
	inWorld := strings.TrimPrefix(world.URL, srv.URL)
	for _, test := range []struct {
		at, line, header string
		status           int
	}{
		{srv.URL, "PATCH " + demoPath, length, 408},
		{srv.URL, "PATCH " + inWorld + demoPath, length, 408},
		{own, "PATCH " + demoPath, length, 408},
		{srv.URL, "PATCH " + demoPath, chunked, 408},
		{srv.URL, "PATCH " + demoPath, chunked + "\r\n\r\n5\r\n{\"a", 408},
		{srv.URL, "PATCH " + demoPath, length + "\r\nExpect: 100-continue", 408},
		{srv.URL, "PATCH " + demoPath, "Content-Length: 2000000", 413},
		{srv.URL, "PATCH " + demoPath, length + "\r\nPrefer: code=409", 408},
		{srv.URL, "GET /v3/processes", length, 408},
		{srv.URL, "HEAD /v3/processes", length, 408},
		{srv.URL, "POST /v3/nowhere", length, 408},
		{srv.URL, "POST /worlds/nowhere/v3/processes", length, 408},
		{srv.URL, "POST /oauth/token", length, 408},
		{srv.URL, "OPTIONS *", length, 408},
		{srv.URL, "POST /favicon.ico", length, 404},
		{srv.URL, "POST /admin/faults", length, 408},
		{own, "POST /admin/faults", length, 408},
		{srv.URL, "POST /admin/load", chunked + "\r\n\r\n5\r\n{\"a", 408},
		{srv.URL, "POST /admin/load", length + "\r\nExpect: 100-continue", 408},
		{srv.URL, "POST /admin/nowhere", length, 404},
		{srv.URL, "PUT /admin/load", length, 405},
		{srv.URL, "GET /admin", length, 200},
		{srv.URL, "GET /admin", length + "\r\nExpect: 100-continue", 200},
		{srv.URL, "GET /admin/docs", length, 200},
		{srv.URL, "GET /console/", length, 200},
		{own, "POST /console/", length, 405},
		{srv.URL, "GET /healthz", length, 200},
		{srv.URL, "GET /healthz", "Content-Length: 1000000000", 200},
	} {
		t.Run(test.line+" "+test.header, func(t *testing.T) {
			t.Parallel()
			answer := sent(t, test.at, partial(test.line, test.header))
			answer = strings.TrimPrefix(answer, "HTTP/1.1 100 Continue\r\n\r\n")
			if !strings.HasPrefix(answer, fmt.Sprintf("HTTP/1.1 %d ", test.status)) {
				t.Errorf("%d expected: %.300s", test.status, answer)
			}
		})
	}
}

// TestBodyCutOff: who sends less than was announced and waits is answered, and
// the journal says what happened. No rule is spent on it.
func TestBodyCutOff(t *testing.T) {
	t.Parallel()
	srv := Start(t)
	srv.Fault(t, Fault{Operation: "updateProcess", Status: 503, Times: 1, Optional: true})
	conn, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, partial("PATCH "+demoPath, "Content-Length: 100")); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	const words = "The request body was cut off: 1 of 100 bytes came"
	if answer := said(t, conn, ""); !strings.HasPrefix(answer, "HTTP/1.1 408 ") || !strings.Contains(answer, words) {
		t.Errorf("%.500s", answer)
	}
	if rules := srv.Rules(t); rules[0].Matched != 0 {
		t.Errorf("%+v", rules[0])
	}
	var page struct {
		Resources []struct {
			Request struct {
				Body string `json:"body"`
				Size int    `json:"body_size"`
				Cut  bool   `json:"body_cut"`
			}
			Response   struct{ Status int }
			Violations any
			Warnings   []struct{ Message string }
		}
	}
	read(t, srv.URL+"/admin/requests", &page)
	if len(page.Resources) != 1 {
		t.Fatalf("%+v", page)
	}
	entry := page.Resources[0]
	if entry.Response.Status != 408 || !entry.Request.Cut || entry.Request.Size != 100 || entry.Violations != "unknown" ||
		len(entry.Warnings) != 1 || entry.Warnings[0].Message != "body-incomplete: "+words {
		t.Errorf("%+v", entry)
	}
}

func read(t *testing.T, url string, into any) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// TestSlowBodyHoldsNobody: while a body is awaited that a rule may close the
// connection before, nobody else waits, and the rule counts the request once.
func TestSlowBodyHoldsNobody(t *testing.T) {
	t.Parallel()
	srv := Start(t)
	id := srv.Fault(t, Fault{Operation: "updateProcess", Connection: "close", Skip: 1, Optional: true})
	conn, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const body = `{"command":"x"}`
	if _, err := io.WriteString(conn, partial("PATCH "+demoPath, fmt.Sprint("Content-Length: ", len(body)))); err != nil {
		t.Fatal(err)
	}
	matched := func() int {
		for _, rule := range srv.Rules(t) {
			if rule.ID == id {
				return rule.Matched
			}
		}
		return 0
	}
	for began := time.Now(); matched() == 0; {
		if time.Since(began) > longest {
			t.Fatal("the request never came")
		}
	}
	seen := make(chan int)
	go func() { seen <- len(srv.Requests(t)) }()
	select {
	case n := <-seen:
		if n != 0 {
			t.Errorf("%d entries before the body is there", n)
		}
	case <-time.After(bodyTimeout * 2 / 3):
		t.Fatal("who reads the evidence waits for another's body")
	}
	if answer := said(t, conn, body[1:]+"GET /v3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); strings.Count(answer, "HTTP/1.1 200 ") != 2 {
		t.Error(answer)
	}
	if n := matched(); n != 1 {
		t.Errorf("counted %d times", n)
	}
}

// TestWaitsOutliveBodyTimeout: a body that is there ends its own deadline, read
// or not. Delays, hangs and event streams last as long as they are to.
func TestWaitsOutliveBodyTimeout(t *testing.T) {
	t.Parallel()
	srv := Start(t, quick)
	send := func(method, path string) (*http.Response, error) {
		req, err := http.NewRequest(method, srv.URL+path, strings.NewReader(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "bearer admin")
		return http.DefaultClient.Do(req)
	}
	stream, err := send("GET", "/admin/events")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	srv.Fault(t, Fault{Operation: "updateProcess", Status: 409, Delay: 400 * time.Millisecond})
	answer, err := send("PATCH", demoPath)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 409 {
		t.Error(answer.Status)
	}
	var events strings.Builder
	for lines := bufio.NewScanner(stream.Body); lines.Scan(); {
		events.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), `"status":409`) {
			return
		}
	}
	t.Errorf("the stream ended: %s", events.String())
}

// TestSlowBodyOverHTTP2: there too, and other streams of the connection go on.
func TestSlowBodyOverHTTP2(t *testing.T) {
	t.Parallel()
	s, err := New(quick)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	server := httptest.NewUnstartedServer(nil)
	server.Config, server.EnableHTTP2 = s.Server(s), true
	server.StartTLS()
	defer server.Close()
	client := server.Client()
	client.Transport.(*http.Transport).TLSClientConfig.MinVersion = tls.VersionTLS12
	for path, status := range map[string]int{demoPath: 408, "/admin/load": 408, "/admin/nowhere": 404} {
		body, stalled := io.Pipe()
		defer stalled.Close()
		method := http.MethodPatch
		if strings.HasPrefix(path, "/admin") {
			method = http.MethodPost
		}
		req, err := http.NewRequest(method, server.URL+path, body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "bearer admin")
		answer, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.ProtoMajor != 2 || answer.StatusCode != status {
			t.Errorf("%s: %s %s, expected %d", path, answer.Proto, answer.Status, status)
		}
	}
}

// listening is a test that keeps what is logged.
type listening struct {
	*testing.T
	mu  sync.Mutex
	log []string
}

func (l *listening) Logf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log = append(l.log, fmt.Sprintf(format, args...))
}

// TestSlowRequestsAndTheEnd: what has not arrived when the server stops is
// answered or cut, and holds nothing up.
func TestSlowRequestsAndTheEnd(t *testing.T) {
	t.Parallel()
	notes := &listening{T: t}
	srv := Start(notes)
	address := strings.TrimPrefix(srv.URL, "http://")
	answers := make(chan string)
	for _, text := range []string{
		partial("PATCH "+demoPath, "Content-Length: 100\r\nExpect: 100-continue"),
		partial("POST /admin/load", "Content-Length: 100\r\nExpect: 100-continue"),
		partial("POST /admin/nowhere", "Content-Length: 100"),
		"GET /v3 HTTP/1.1\r\nHost: x\r\n",
		"",
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(longest)) //nolint:errcheck // then a read fails
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, "Expect") { // then it has come
			if _, err := io.ReadFull(conn, make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))); err != nil {
				t.Fatal(err)
			}
		}
		go func() {
			answer, err := io.ReadAll(conn)
			answers <- fmt.Sprintf("%v %.12s", err, answer)
		}()
	}
	srv.Close()
	got := map[string]int{}
	for range 5 {
		got[<-answers]++
	}
	if got["<nil> HTTP/1.1 408"] != 2 {
		t.Errorf("%v", got)
	}
	if notes.mu.Lock(); len(notes.log) > 0 {
		t.Errorf("the end had to wait: %q", notes.log)
	}
	notes.mu.Unlock()
}
