package api

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"example.com/capisim/scenarios"
	"example.com/capisim/sim/conn"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
	"example.com/capisim/sim/world"
)

// The things of the default scenario (DESIGN.md §4).
const (
	orgGUID    = "a1000000-0000-4000-8000-000000000001"
	spaceGUID  = "b1000000-0000-4000-8000-000000000001"
	appGUID    = "c1000000-0000-4000-8000-000000000001"
	webGUID    = appGUID
	workerGUID = "d1000000-0000-4000-8000-000000000002"
	webPath    = "/v3/processes/" + webGUID
)

// frozen is the default scenario with a clock that stands.
const frozen = "name: frozen\nextends: default\nclock: {mode: frozen}\n"

// rig is a server of one world.
type rig struct {
	*httptest.Server
	api   *API
	world *world.World
}

// rigOf starts a server whose world plays the scenario of that text.
func rigOf(t testing.TB, text string, o Options) *rig {
	t.Helper()
	r := rigFor(t, text, o)
	r.Start()
	t.Cleanup(r.Close)
	return r
}

// rigFor makes a server that is not started yet.
func rigFor(t testing.TB, text string, o Options) *rig {
	t.Helper()
	library, err := scenario.NewLibrary(scenarios.FS, "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Parse("test.yaml", []byte(text), library)
	if err != nil {
		t.Fatal(err)
	}
	worlds, err := world.NewRegistry(s, world.Options{Bounds: world.Bounds{Rules: 100, JournalEntries: 1000, JournalBytes: 1 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{api: New(o), world: worlds.Root()}
	r.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.api.ServeHTTP(w, req, r.world)
	}))
	r.Listener = conn.Listen(r.Listener)
	r.Config.ConnContext = DirectContext
	return r
}

// rules puts fault rules, written as JSON, into force.
func (r *rig) rules(t testing.TB, text string) {
	t.Helper()
	rules, problems := fault.ParseRules([]byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if err := r.world.Current().Faults.Put(r.world.Clock.Now(), rules...); err != nil {
		t.Fatal(err)
	}
}

// process is the stored version of a process.
func (r *rig) process(guid string) *state.Process {
	return r.world.Current().State.Peek(state.Ref{GUID: guid}).Process
}

// dial opens a connection to the server.
func (r *rig) dial(t testing.TB) net.Conn {
	t.Helper()
	client, err := net.Dial("tcp", r.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// written is a request as its bytes: the request line, headers of the test's
// own, and a body.
func written(line, body string, headers ...string) []byte {
	var b bytes.Buffer
	b.WriteString(line + " HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n")
	for _, header := range headers {
		b.WriteString(header + "\r\n")
	}
	if body != "" {
		b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}

// raw sends a request and returns the bytes of the answer up to the end of the
// connection, and how that ended.
func (r *rig) raw(t testing.TB, request []byte) ([]byte, error) {
	t.Helper()
	client := r.dial(t)
	if _, err := client.Write(request); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(client)
	client.Close()
	return answer, err
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends one request as an admin with a JSON content type, or with other
// headers when some are given, and reads the answer.
func (r *rig) send(t testing.TB, line, body string, headers ...string) answer {
	t.Helper()
	if headers == nil {
		headers = []string{"Authorization: bearer admin", "Content-Type: application/json"}
	}
	bytes, err := r.raw(t, written(line, body, headers...))
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return parse(t, line, bytes)
}

// parse reads an answer to a request line.
func parse(t testing.TB, line string, raw []byte) answer {
	t.Helper()
	method, _, _ := strings.Cut(line, " ")
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s: %v in %q", line, err, raw)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s: %v in %q", line, err, raw)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// as is the header of a token.
func as(token string) string { return "Authorization: bearer " + token }

// is compares an answer with a catalogue error, envelope and words included.
func (a answer) is(t testing.TB, want *contract.Error) {
	t.Helper()
	if a.status != want.Status || a.body != string(errorReply(want).body) {
		t.Errorf("got  %d %s\nwant %d %s", a.status, a.body, want.Status, errorReply(want).body)
	}
}
