package clients_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/goccy/go-yaml"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim"
	"example.com/capisim/sim/bundle"
	"example.com/capisim/tests/harness"
)

// root is the built command with the scenario default.
var root string

var _ = BeforeSuite(func() { root = harness.Serve().URL })

// replayer sends what a client sent, with the headers that it sent.
type replayer struct {
	*sequences
	base   string
	values map[string]string // what the names in paths and bodies stand for
	last   sent
	span   int
}

// uaaBasic are the paths of UAA that a client calls in its own name.
var uaaBasic = []string{"/oauth/token", "/introspect"}

// send sends one request. One that equals the last has its span: so does the
// cf CLI repeat itself.
func (r *replayer) send(q sent) *harness.Exchange {
	GinkgoHelper()
	if q.Advance != "" {
		Expect((&harness.Client{Base: r.base}).Do("POST", "/admin/clock/advance", map[string]any{"by": q.Advance})).To(harness.HaveStatus(http.StatusOK))
	}
	client := &harness.Client{Base: r.base, Header: http.Header{}}
	headers := r.Headers
	if slices.Contains(uaaBasic, q.Path) {
		headers = r.UAAHeaders
	}
	for _, set := range []map[string]string{headers, q.Headers} {
		for name, value := range set {
			client.Header.Set(name, filled(value, r.values))
		}
	}
	if r.values["token"] == "" && !slices.Contains(uaaBasic, q.Path) {
		client.Header.Del("Authorization")
	}
	if r.Spans {
		if q.Method != r.last.Method || q.Path != r.last.Path || q.Body != r.last.Body || r.last.Status < 500 && r.last.Status != 0 {
			r.span++
		}
		client.Header.Set("X-B3-Traceid", "463ac35c9f6413ad48485a3953bb6124")
		client.Header.Set("X-B3-Spanid", fmt.Sprintf("%016x", r.span))
	}
	r.last = q
	path, body := filled(q.Path, r.values), any(nil)
	if q.Body != "" {
		body = filled(q.Body, r.values)
	}
	if q.Status == 0 {
		expectReset(client, q.Method, path, filled(q.Body, r.values))
		return nil
	}
	x := client.Do(q.Method, path, body)
	if q.Path == "/oauth/token" && x.Status == http.StatusOK {
		r.values["token"] = x.At("access_token").(string)
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

// replay sends the requests of a session and asserts what the client needs.
func (r *replayer) replay(requests []sent) (answers []*harness.Exchange) {
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
				want = filled(text, r.values)
			}
			Expect(fmt.Sprint(at(read(x), path)...)).To(Equal(fmt.Sprint(want)), "%s of %s", path, x)
		}
		for name, path := range q.Keep {
			r.values[name] = fmt.Sprint(at(read(x), path)...)
		}
		if x.Status < 300 {
			expectFields(x, r.Needs[q.Operation])
		}
	}
	return answers
}

// read is an answer as its reader sees it: JSON, or a manifest in YAML.
func read(x *harness.Exchange) any {
	GinkgoHelper()
	if x.Header.Get("Content-Type") != "application/x-yaml" {
		return x.JSON()
	}
	plain, err := yaml.YAMLToJSON(x.Body)
	Expect(err).NotTo(HaveOccurred(), x.String)
	var value any
	Expect(json.Unmarshal(plain, &value)).To(Succeed(), x.String)
	return value
}

// expectFields asserts that the fields are there and of their types.
func expectFields(x *harness.Exchange, needs map[string]string) {
	GinkgoHelper()
	for path, kind := range needs {
		for _, value := range at(read(x), path) {
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

// begin brings a world to where every session of a client begins.
func (d *sequences) begin(base string) *replayer {
	GinkgoHelper()
	admin := &harness.Client{Base: base}
	if d.Scenario != nil {
		over := map[string]any{"name": "laid-over", "extends": "default"}
		maps.Copy(over, d.Scenario)
		Expect(admin.Do("POST", "/admin/load", map[string]any{"scenario": over})).To(harness.HaveStatus(http.StatusOK))
	}
	r := &replayer{sequences: d, base: base, values: maps.Clone(names)}
	r.replay(d.flat(d.session(d.Begins)))
	Expect(admin.Do("DELETE", "/admin/requests", nil)).To(harness.HaveStatus(http.StatusNoContent))
	return r
}

func expectJournaled(base string, requests []sent) {
	GinkgoHelper()
	var want []string
	for _, q := range requests {
		want = append(want, q.Operation)
	}
	Expect(journaled(base)).To(Equal(want))
	expectReplayed(base)
}

// expectReplayed asserts that what the client was answered travels in a bundle.
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

func specs(of []session, body func(session)) {
	for _, session := range of {
		name := session.Command
		if session.Rule != nil {
			rule, err := json.Marshal(session.Rule)
			if err != nil {
				panic(name + ": " + err.Error())
			}
			name += ", while " + string(rule)
		}
		It(name, func() { body(session) })
	}
}

var _ = Describe("What a client sends is answered as it needs:", func() {
	for _, client := range clients {
		Describe(client.Client, func() {
			Context("at the root", func() {
				specs(client.Sessions, func(s session) {
					Expect((&harness.Client{Base: root}).Do("POST", "/admin/load", `{"scenario":"default"}`)).To(harness.HaveStatus(http.StatusOK))
					client.begin(root).replay(client.flat(s))
					expectJournaled(root, client.flat(s))
				})
			})

			Context("in a world", func() {
				specs(client.Sessions, func(s session) {
					world := harness.World(root, "default")
					client.begin(world.Base).replay(client.flat(s))
					expectJournaled(world.Base, client.flat(s))
				})
			})

			Context("under a fault", func() {
				specs(client.Faults, func(s session) {
					world := harness.World(root, "default")
					r := client.begin(world.Base)
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
		})
	}

	It("the cf CLI does not wait for instances when the clock stands still", func() {
		world, cf := harness.World(root, "default"), sequencesOf("the cf CLI")
		Expect(world.Do("PUT", "/admin/clock", map[string]any{"mode": "frozen"})).To(harness.HaveStatus(http.StatusOK))
		cf.begin(world.Base).replay(cf.flat(cf.session("cf scale demo -i 3")))
		cf.begin(world.Base).replay(cf.flat(cf.session("cf restart demo")))
	})
})
