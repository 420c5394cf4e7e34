package storm_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/socket"
	"example.com/capisim/tests/harness"
)

// breath is what each of those who storm waits between two deeds: others need the
// machine, too.
const breath = 3 * time.Millisecond

// weather is a storm that blows until its context ends.
type weather struct {
	*server
	ctx       context.Context
	scenarios string // folder with the files that are watched
	group     sync.WaitGroup
}

// one of those who storm does something, by a generator of its own.
type deed func(*weather, *rand.Rand)

var deeds = map[string]struct {
	crowd int
	deed  deed
}{
	"operations": {4, (*weather).operate}, "admins": {2, (*weather).administer}, "faults": {1, (*weather).spoil}, "worlds": {1, (*weather).make},
	"streams": {6, (*weather).watchEvents}, "slow bodies": {6, (*weather).crawl}, "files": {1, (*weather).rewrite}, "downloads": {2, (*weather).download},
}

func (s *server) storm(ctx context.Context, scenarios string) *weather {
	w := &weather{server: s, ctx: ctx, scenarios: scenarios}
	seed := uint64(0)
	for _, kind := range deeds {
		for range kind.crowd {
			seed++
			draw := rand.New(rand.NewPCG(seed, 1))
			w.group.Go(func() {
				for w.rest(breath) {
					kind.deed(w, draw)
				}
			})
		}
	}
	return w
}

// rest waits; false when the storm is over.
func (w *weather) rest(d time.Duration) bool { return rest(w.ctx, d) }

func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

const worlds = 8

// somewhere is the prefix of one of the worlds that come and go, or of the
// default one.
func somewhere(draw *rand.Rand) string {
	n := draw.IntN(worlds + 1)
	if n == worlds {
		return ""
	}
	return fmt.Sprintf("/worlds/w%d", n)
}

func pick[T any](draw *rand.Rand, list ...T) T { return list[draw.IntN(len(list))] }

// send sends a request for as long as a client of little patience waits.
func (w *weather) send(draw *rand.Rand, method, path, body string, headers ...string) {
	ctx, cancel := context.WithTimeout(w.ctx, time.Duration(draw.IntN(2000))*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, w.url+path, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Authorization", "bearer admin")
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	answer, err := w.client.Do(req)
	if err != nil {
		return
	}
	io.Copy(io.Discard, answer.Body) //nolint:errcheck // cut on purpose
	answer.Body.Close()
}

var operations = contract.Operations()

func (w *weather) operate(draw *rand.Rand) {
	op := operations[draw.IntN(len(operations))]
	r := harness.Valid(op)
	body := ""
	switch op.Request {
	case "process-update":
		body = fmt.Sprintf(`{"metadata":{"labels":{"n":"%d"},"annotations":{"a":"%s"}}}`, draw.IntN(99), strings.Repeat("x", draw.IntN(4000)))
	case "process-scale":
		body = fmt.Sprintf(`{"instances":%d}`, draw.IntN(9))
	}
	if draw.IntN(10) == 0 {
		body = pick(draw, "{", "[]", `{"instances":-1}`, strings.Repeat(" ", 300_000), "null")
	}
	w.send(draw, r.Method, somewhere(draw)+r.Path, body, pick(draw, []string{}, []string{"Prefer", "code=503"}, []string{"Authorization", "bearer auditor"}, []string{"User-Agent", "storm"})...)
}

func (w *weather) administer(draw *rand.Rand) {
	base := somewhere(draw) + "/admin"
	process := "/processes/" + harness.DemoWeb
	one := pick(draw, [][3]string{
		{"GET", "", ""}, {"POST", "/reset", ""}, {"POST", "/reset", `{"only":["faults"]}`}, {"POST", "/load", `{"scenario":"a"}`}, {"POST", "/load", `{"scenario":"default"}`},
		{"PATCH", process, `{"instances":3}`}, {"PUT", process + "/instances/0", `{"state":"CRASHED"}`}, {"PUT", process + "/instances/0", `{"state":null}`}, {"DELETE", process, ""},
		{"PATCH", "/apps/" + harness.DemoApp, `{"deploying":true}`}, {"PUT", "/clock", `{"mode":"frozen"}`}, {"PUT", "/clock", `{"mode":"real"}`}, {"POST", "/clock/advance", `{"by":"10s"}`},
		{"GET", "/requests", ""}, {"GET", "/requests/unmatched", ""}, {"DELETE", "/requests", ""}, {"GET", "/coverage?worlds=all", ""}, {"DELETE", "/coverage", ""}, {"GET", "/reactions", ""},
		{"POST", "/requests/verify", `{"match":{"operations":["updateProcess"]},"count":{"at_least":100000},"within":"1s"}`}, {"POST", "/expectations", `{"expectations":[{"covers":{"operation":"getProcess","status":404}}]}`},
		{"POST", "/faults/explain", `{"method":"GET","path":"/v3/processes"}`}, {"POST", "/tokens/expire", ""}, {"GET", "/expectations", ""}, {"GET", "/nowhere", ""}, {"POST", "/load", "name: ["},
	}...)
	w.send(draw, one[0], base+one[1], one[2])
}

// spoil sets faults of all kinds, and takes them away.
func (w *weather) spoil(draw *rand.Rand) {
	base := somewhere(draw) + "/admin/faults"
	operation := pick(draw, "updateProcess", "scaleProcess", "getProcess", "listProcesses", "terminateProcessInstance")
	switch draw.IntN(5) {
	case 0:
		w.send(draw, "DELETE", base, "")
	case 1:
		w.send(draw, "PUT", base+"/"+operation+"/503", "")
	case 2:
		w.send(draw, "POST", base, fmt.Sprintf(`{"id":"cut","match":{"operations":[%q]},"connection":{"kind":%q,"for":"500ms"},"when":{"times":5,"skip":1}}`, operation, pick(draw, socket.Names()...)))
	case 3:
		w.send(draw, "POST", base, fmt.Sprintf(`{"id":"late","match":{"operations":[%q]},"respond":{"status":503},"apply":"after","delay":{"uniform":{"min":"1ms","max":"300ms"}},"when":{"probability":0.5}}`, operation))
	default:
		w.send(draw, "POST", base, `{"id":"stranger","match":{"operations":["scaleProcess"]},"respond":{"status":503},"when":{"times":5},"meanwhile":[{"user":"admin","operation":"scaleProcess","body":{"instances":7}}]}`)
	}
}

// make makes worlds, forks and ends them.
func (w *weather) make(draw *rand.Rand) {
	name := fmt.Sprintf("w%d", draw.IntN(worlds))
	switch draw.IntN(4) {
	case 0:
		w.send(draw, "DELETE", "/admin/worlds/"+name, "")
	case 1:
		w.send(draw, "PUT", "/admin/worlds/"+name, fmt.Sprintf(`{"from":"w%d","ttl":"2s"}`, draw.IntN(worlds)))
	case 2:
		w.send(draw, "PUT", "/admin/worlds/"+name, `{"scenario":"default","listen":"127.0.0.1:0"}`)
	default:
		w.send(draw, "PUT", "/admin/worlds/"+name, `{"scenario":"b"}`)
	}
}

// connection is a connection on which so much was sent; nil when the server
// takes none.
func (w *weather) connection(text string) net.Conn {
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		return nil
	}
	io.WriteString(conn, text) //nolint:errcheck // the server has gone
	return conn
}

// watchEvents reads a stream of events for a while, or does not read it.
func (w *weather) watchEvents(draw *rand.Rand) {
	conn := w.connection("GET " + somewhere(draw) + "/admin/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if conn == nil {
		return
	}
	defer conn.Close()
	for range draw.IntN(30) {
		if draw.IntN(3) > 0 {
			conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond)) //nolint:errcheck // then it is read for longer
			io.CopyN(io.Discard, conn, 64<<10)                          //nolint:errcheck // the deadline
		}
		if !w.rest(50 * time.Millisecond) {
			return
		}
	}
}

// crawl sends a part of a request and leaves the rest out.
func (w *weather) crawl(draw *rand.Rand) {
	line := pick(draw, "PATCH "+somewhere(draw)+"/v3/processes/"+harness.DemoWeb, "POST "+somewhere(draw)+"/admin/load", "POST /v3/nowhere", "GET /console/", "GET /healthz", "POST /oauth/token")
	header := pick(draw, "Content-Length: 100", "Transfer-Encoding: chunked", "Content-Length: 100\r\nExpect: 100-continue")
	conn := w.connection(line + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: bearer admin\r\nContent-Type: application/json\r\n" + header + pick(draw, "", "\r\n\r\n", "\r\n\r\n{", "\r\n\r\n5\r\n"))
	if conn == nil {
		return
	}
	defer conn.Close()
	w.rest(time.Duration(draw.IntN(3000)) * time.Millisecond)
	if draw.IntN(2) == 0 {
		conn.(*net.TCPConn).CloseWrite()                  //nolint:errcheck // it is closed
		conn.SetReadDeadline(time.Now().Add(time.Second)) //nolint:errcheck // then it is read to its end
		io.Copy(io.Discard, conn)                         //nolint:errcheck // whatever it says
	}
}

// rewrite changes the scenario files, to good ones and broken ones.
func (w *weather) rewrite(draw *rand.Rand) {
	w.rest(time.Duration(draw.IntN(700)) * time.Millisecond)
	name := filepath.Join(w.scenarios, pick(draw, "a", "b", "c")+".yaml")
	text := pick(draw, "name: a\nextends: default\nseed: %d\n", "name: b\nextends: a\nseed: %d\n", "name: c\nextends: b\nseed: %d\n", "name: [%d", "name: a\napps: [{name: %d}]\n", "")
	if draw.IntN(5) == 0 {
		os.Remove(name) //nolint:errcheck // it is not there
		return
	}
	if strings.Contains(text, "%d") {
		text = fmt.Sprintf(text, draw.IntN(1000))
	}
	os.WriteFile(name, []byte(text), 0o600) //nolint:errcheck // the next one will do
}

// download asks for what is large, and often leaves in the middle.
func (w *weather) download(draw *rand.Rand) {
	w.send(draw, "GET", somewhere(draw)+pick(draw, "/admin/bundle", "/admin/state", "/admin/state?format=yaml", "/admin/export?format=har", "/admin/export?format=pact", "/admin/docs",
		"/admin/openapi.json", "/openapi.json", "/console/", "/metrics", "/healthz", "/v3/processes?per_page=5000"), "", "Accept-Encoding", pick(draw, "gzip", "identity"))
}
