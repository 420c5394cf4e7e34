package fault_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// request is a Subject whose answers are written down, and which counts how
// often it is asked.
type request struct {
	op        *contract.Operation
	user      string
	remote    string
	header    http.Header
	query     url.Values
	body      string // "" for none
	media     string // of the body, "" for JSON
	guid, typ string
	labels    contract.Pairs
	app, name string
	asked     map[string]int
}

func (r *request) ask(what string) {
	if r.asked == nil {
		r.asked = map[string]int{}
	}
	r.asked[what]++
}

func (r *request) Operation() *contract.Operation { return r.op }
func (r *request) User() string                   { r.ask("user"); return r.user }
func (r *request) Remote() string                 { r.ask("remote"); return r.remote }
func (r *request) Header() http.Header            { r.ask("header"); return r.header }
func (r *request) Query() url.Values              { r.ask("query"); return r.query }

func (r *request) Body() (contract.Body, bool) {
	r.ask("body")
	media := r.media
	if media == "" {
		media = "application/json"
	}
	body, err := r.op.ParseBody(media, []byte(r.body))
	return body, err == nil
}

func (r *request) Process() (guid, typ string, labels contract.Pairs, ok bool) {
	r.ask("process")
	return r.guid, r.typ, r.labels, r.guid != ""
}

func (r *request) App() (guid, name string, ok bool) {
	r.ask("app")
	return r.app, r.name, r.app != ""
}

// to makes a request for an operation, with everything a path can name.
func to(t testing.TB, id string) *request {
	t.Helper()
	return &request{op: operation(t, id), user: "developer", remote: "10.1.2.3:4711", guid: "p-1", typ: "web",
		labels: contract.Pairs{{Key: "env", Value: "prod"}}, app: "a-1", name: "demo"}
}

func operation(t testing.TB, id string) *contract.Operation {
	t.Helper()
	op, ok := contract.OperationByID(id)
	if !ok {
		t.Fatalf("no operation %s", id)
	}
	return op
}

// parse reads rules that are right.
func parse(t testing.TB, text string) []fault.Rule {
	t.Helper()
	rules, problems := fault.ParseRules([]byte(text))
	if len(problems) > 0 {
		t.Fatalf("%s\n%v", text, problems)
	}
	return rules
}

// setOf puts rules, given as JSON, one after the other.
func setOf(t testing.TB, rules ...string) *fault.Set {
	t.Helper()
	set := fault.NewSet(7, "test", 0)
	for _, text := range rules {
		if err := set.Put(start, parse(t, text)...); err != nil {
			t.Fatal(err)
		}
	}
	return set
}

func status(t testing.TB, set *fault.Set, id string) fault.Status {
	t.Helper()
	found, ok := set.Get(id)
	if !ok {
		t.Fatalf("no rule %s", id)
	}
	return found
}
