package clients_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim"
	"example.com/capisim/sim/bundle"
	"example.com/capisim/tests/harness"
)

// root is the built command with the scenario default.
var root string

var _ = BeforeSuite(func() { root = harness.Serve().URL })

// replayer sends what the cf CLI sent, with the headers that it sent.
type replayer struct {
	base  string
	token string
	last  cfRequest
	span  int
}

// send sends one request. One that equals the last has its span: so does the
// CLI repeat itself.
func (r *replayer) send(q cfRequest) *harness.Exchange {
	GinkgoHelper()
	if q.Method != r.last.Method || q.Path != r.last.Path || q.Body != r.last.Body || r.last.Status < 500 && r.last.Status != 0 {
		r.span++
	}
	r.last = q
	client := &harness.Client{Base: r.base, Header: http.Header{}}
	headers := cf.Headers
	switch {
	case q.Path == "/oauth/token":
		headers = cf.UAAHeaders
	case r.token != "":
		client.Header.Set("Authorization", "bearer "+r.token)
	}
	for name, value := range headers {
		client.Header.Set(name, value)
	}
	client.Header.Set("X-B3-Traceid", "463ac35c9f6413ad48485a3953bb6124")
	client.Header.Set("X-B3-Spanid", fmt.Sprintf("%016x", r.span))
	path, body := cf.filled(q.Path), any(nil)
	if q.Body != "" {
		body = cf.filled(q.Body)
	}
	if q.Status == 0 {
		expectReset(client, q.Method, path, cf.filled(q.Body))
		return nil
	}
	x := client.Do(q.Method, path, body)
	if q.Path == "/oauth/token" && x.Status == http.StatusOK {
		r.token = x.At("access_token").(string)
	}
	return x
}

// expectReset sends a request of which the connection must be cut.
func expectReset(client *harness.Client, method, path, body string) {
	GinkgoHelper()
	request, err := http.NewRequest(method, client.Base+path, strings.NewReader(body))
	Expect(err).NotTo(HaveOccurred())
	request.Header = client.Header
	fresh := &http.Transport{DisableKeepAlives: true}
	answer, err := fresh.RoundTrip(request)
	if err == nil {
		answer.Body.Close()
	}
	Expect(err).To(MatchError(syscall.ECONNRESET))
}

// replay sends the requests of a session and asserts what the CLI needs.
func (r *replayer) replay(requests []cfRequest) (answers []*harness.Exchange) {
	GinkgoHelper()
	for _, q := range requests {
		x := r.send(q)
		answers = append(answers, x)
		if x == nil {
			continue
		}
		Expect(x).To(harness.HaveStatus(q.Status))
		for path, want := range q.Expect {
			if text, ok := want.(string); ok {
				want = cf.filled(text)
			}
			Expect(fmt.Sprint(at(x.JSON(), path)...)).To(Equal(fmt.Sprint(want)), "%s of %s", path, x)
		}
		if x.Status < 300 {
			expectFields(x, cf.Needs[q.Operation])
		}
	}
	return answers
}

// expectFields asserts that the fields are there and of their types.
func expectFields(x *harness.Exchange, needs map[string]string) {
	GinkgoHelper()
	for path, kind := range needs {
		for _, value := range at(x.JSON(), path) {
			plain, nullable := strings.CutSuffix(kind, "?")
			if !nullable || value != nil {
				Expect(kindOf(value)).To(Equal(plain), "%s of %s", path, x)
			}
		}
	}
}

// absent is what stands where a path leads nowhere.
type absent struct{}

// at follows a path of keys, indexes and stars, and returns all that it leads
// to.
func at(value any, path string) (found []any) {
	if path == "" {
		return []any{value}
	}
	step, rest, _ := strings.Cut(path, ".")
	switch v := value.(type) {
	case map[string]any:
		if member, ok := v[step]; ok {
			return at(member, rest)
		}
	case []any:
		if step == "*" {
			for _, item := range v {
				found = append(found, at(item, rest)...)
			}
			return found
		}
		if i, err := strconv.Atoi(step); err == nil && i < len(v) {
			return at(v[i], rest)
		}
	}
	return []any{absent{}}
}

func kindOf(value any) string {
	switch v := value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case absent:
		return "missing"
	}
	return "null"
}

// journaled lists the operations that a world was asked for, oldest first.
func journaled(base string) (operations []string) {
	GinkgoHelper()
	x := (&harness.Client{Base: base}).Do("GET", "/admin/requests?per_page=200", nil)
	Expect(x).To(harness.HaveStatus(http.StatusOK))
	for _, operation := range at(x.JSON(), "resources.*.operation") {
		operations = append(operations, fmt.Sprint(operation))
	}
	slices.Reverse(operations)
	return operations
}

// begin logs in as every session does.
func begin(base string) *replayer {
	GinkgoHelper()
	r := &replayer{base: base}
	r.replay(cf.flat(cf.session("cf auth developer developer")))
	Expect((&harness.Client{Base: base}).Do("DELETE", "/admin/requests", nil)).To(harness.HaveStatus(http.StatusNoContent))
	return r
}

func expectJournaled(base string, requests []cfRequest) {
	GinkgoHelper()
	var want []string
	for _, q := range requests {
		want = append(want, q.Operation)
	}
	Expect(journaled(base)).To(Equal(want))
	expectReplayed(base)
}

// expectReplayed asserts that what the CLI was answered travels in a bundle.
func expectReplayed(base string) {
	GinkgoHelper()
	x := (&harness.Client{Base: base}).Do("GET", "/admin/bundle", nil)
	Expect(x).To(harness.HaveStatus(http.StatusOK))
	b, err := bundle.Read(bytes.NewReader(x.Body))
	Expect(err).NotTo(HaveOccurred())
	report, err := sim.Replay(b)
	Expect(err).NotTo(HaveOccurred())
	Expect(report.Differences).To(BeEmpty())
	Expect(report.Left).To(BeEmpty())
}

func sessions(of []cfSession, body func(cfSession)) {
	for _, session := range of {
		name := session.Command
		if session.Rule != nil {
			rule, err := json.Marshal(session.Rule)
			if err != nil {
				panic("cf.yaml: " + err.Error())
			}
			name += ", while " + string(rule)
		}
		It(name, func() { body(session) })
	}
}

var _ = Describe("the cf CLI", func() {
	Context("at the root", func() {
		sessions(cf.Sessions, func(s cfSession) {
			Expect((&harness.Client{Base: root}).Do("POST", "/admin/reset", nil)).To(harness.HaveStatus(http.StatusOK))
			begin(root).replay(cf.flat(s))
			expectJournaled(root, cf.flat(s))
		})
	})

	Context("in a world", func() {
		sessions(cf.Sessions, func(s cfSession) {
			world := harness.World(root, "default")
			begin(world.Base).replay(cf.flat(s))
			expectJournaled(world.Base, cf.flat(s))
		})
	})

	Context("under a fault", func() {
		sessions(cf.Faults, func(s cfSession) {
			world := harness.World(root, "default")
			r := begin(world.Base)
			Expect(world.Do("POST", "/admin/faults", s.Rule)).To(harness.HaveStatus(http.StatusCreated))
			answers := r.replay(s.Requests)
			expectJournaled(world.Base, s.Requests)
			if s.Shown != "" {
				last := answers[len(answers)-1]
				detail := "errors.0.detail"
				if s.Requests[len(s.Requests)-1].Operation == "createToken" {
					detail = "error_description"
				}
				Expect(fmt.Sprint(at(last.JSON(), detail)...)).To(HavePrefix(s.Shown), last.String)
			}
			if s.Reaction != "" {
				reactions := world.Do("GET", "/admin/reactions", nil)
				Expect(at(reactions.JSON(), "reactions.*.outcome")).To(Equal([]any{s.Reaction}), reactions.String)
			}
		})
	})

	It("does not wait for instances when the clock stands still", func() {
		world := harness.World(root, "default")
		Expect(world.Do("PUT", "/admin/clock", map[string]any{"mode": "frozen"})).To(harness.HaveStatus(http.StatusOK))
		begin(world.Base).replay(cf.flat(cf.session("cf scale demo -i 3")))
		begin(world.Base).replay(cf.flat(cf.session("cf restart demo")))
	})
})
