package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/socket"
)

// Fault is a fault rule in its short form: some requests, one answer. Rules that
// need more are given to Server.Rule.
type Fault struct {
	ID string // of the rule, "" for one that is made up

	// Which requests: all that is given must hold.
	Operation           string             // id, such as "updateProcess"; "" is all thirteen
	User                string             // name of the caller
	Remote              string             // its address, or a network that it is in
	App                 string             // name or guid
	Process             string             // guid
	Header, Query, Body map[string]Matcher // by name; Body by JSON pointer: "/instances"

	// When they meet it.
	Times       int           // how often, 0 is always
	Exactly     int           // as Times, and the test fails at its end when it fired less often
	Skip        int           // how many matching requests pass first
	From        time.Duration // how long, on the world's clock, until it begins
	For         time.Duration // and how long it lasts from there, 0 is for ever
	Probability float64       // of each matching request to meet it, 0 is always

	// What they meet.
	Status       int           // what to answer
	Error        string        // catalogue name, "" for the default of that status
	Detail       string        // text instead of the catalogue's
	AnswerHeader http.Header   // added, or in the place of the answer's own; nil values leave one out
	Answer       string        // body instead of the API's error, such as a proxy's page
	Delay        time.Duration // before the answer
	Connection   string        // socket fault: reset, close, empty, truncate, garbage, drip, hang
	After        bool          // the request takes effect, then the fault is answered

	// Undocumented allows what the real API cannot answer.
	Undocumented bool
	// Optional faults need not fire. One that is not optional and that no
	// request met fails the test at its end: it has proven nothing.
	Optional bool
}

func (f Fault) rule() (rule fault.Rule, err error) {
	rule = fault.Rule{ID: f.ID, Undocumented: f.Undocumented, Optional: f.Optional, When: fault.When{Skip: f.Skip, From: document.Duration(f.From)}}
	if rule.Match, err = criteria(f.Operation, f.User, f.Remote, f.App, f.Process, f.Header, f.Query, f.Body); err != nil {
		return rule, err
	}
	times := f.Times
	if f.Exactly != 0 {
		if f.Times != 0 && f.Times != f.Exactly {
			return rule, fmt.Errorf("the field Times is %d beside Exactly %d, expected one of the two", f.Times, f.Exactly)
		}
		if f.Optional {
			return rule, errors.New("the field Optional stands beside Exactly, expected one of the two")
		}
		times = f.Exactly
	}
	if times != 0 {
		rule.When.Times = &times
	}
	if f.For != 0 {
		until := document.Duration(f.From + f.For)
		rule.When.Until = &until
	}
	if f.Probability != 0 {
		rule.When.Probability = &f.Probability
	}
	if rule.Respond, err = f.respond(); err != nil {
		return rule, err
	}
	if f.Delay != 0 {
		fixed := document.Duration(f.Delay)
		rule.Delay = &fault.Delay{Fixed: &fixed}
	}
	if f.Connection != "" {
		rule.Connection = &fault.Connection{Kind: socket.Kind(f.Connection)}
	}
	if f.After {
		rule.Apply = fault.After
	}
	return rule, nil
}

func (f Fault) respond() (*fault.Respond, error) {
	if f.Status == 0 {
		if f.Error != "" || f.Detail != "" || f.Answer != "" || f.AnswerHeader != nil {
			return nil, errors.New("one of Error, Detail, Answer and AnswerHeader without a Status")
		}
		return nil, nil
	}
	respond := &fault.Respond{Status: f.Status, Error: f.Error, Detail: f.Detail}
	for name, values := range f.AnswerHeader {
		if respond.Headers == nil {
			respond.Headers = map[string]fault.Lines{}
		}
		respond.Headers[name] = values
	}
	if f.Answer != "" {
		raw, err := json.Marshal(f.Answer)
		if err != nil {
			return nil, err
		}
		respond.Body = raw
	}
	return respond, nil
}

// Fault sets a fault and returns the id of its rule. It is removed at the
// end of the test, which fails when no request met it, unless it is Optional.
func (s *Server) Fault(t TB, f Fault) string {
	t.Helper()
	rule, err := f.rule()
	if err != nil {
		t.Fatalf("set fault: %v", err)
	}
	return s.arm(t, rule, max(1, f.Exactly))
}

// Rule sets a fault rule that is written as in a scenario, YAML or JSON, and
// returns its id; else it is as Fault.
func (s *Server) Rule(t TB, text string) string {
	t.Helper()
	notation := "rule.yaml" // which may begin with a bracket too
	if json.Valid([]byte(text)) {
		notation = "rule.json"
	}
	doc, err := document.Read(notation, []byte(text))
	if err != nil {
		t.Fatalf("set fault: %v", err)
	}
	rule, problems := fault.Parse(doc.Root)
	if len(problems) > 0 {
		t.Fatalf("set fault: %v", problems)
	}
	return s.arm(t, rule, 1)
}

// pending are the rules that tests have set, until they are judged.
type pending struct {
	mutex sync.Mutex
	rules map[string]func(t TB) // by id: takes the rule away and judges it, once
}

func (p *pending) put(id string, judge func(t TB)) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.rules == nil {
		p.rules = map[string]func(TB){}
	}
	p.rules[id] = judge
}

func (p *pending) take(id string) (judge func(t TB)) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	judge = p.rules[id]
	delete(p.rules, id)
	return judge
}

func (p *pending) ids() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Sorted(maps.Keys(p.rules))
}

// arm puts a rule in force that has to fire a number of times, unless it is
// optional.
func (s *Server) arm(t TB, rule fault.Rule, least int) string {
	t.Helper()
	s.disarm(t, rule.ID) // whose place it takes
	var set fault.Status
	s.must(t, "set fault", http.MethodPost, "/admin/faults", rule, &set)
	in := s.world.Current().Faults // a load leaves it behind, with what it has counted
	s.pending.put(set.ID, func(t TB) {
		t.Helper()
		status, known := in.Get(set.ID)
		if !known {
			return
		}
		if s.world.Current().Faults == in {
			s.must(t, "clear fault", http.MethodDelete, "/admin/faults/"+url.PathEscape(set.ID), nil, nil)
		}
		if !rule.Optional && status.Injected < least && !t.Failed() {
			t.Fatalf("%s", s.idle(status, least))
		}
	})
	t.Cleanup(func() {
		t.Helper()
		s.disarm(t, set.ID)
	})
	return set.ID
}

// disarm judges a rule that a test has set, if it has not been judged.
func (s *Server) disarm(t TB, id string) {
	t.Helper()
	if judge := s.pending.take(id); judge != nil {
		judge(t)
	}
}

// idle says that a rule fired less often than it has to, and what came instead.
func (s *Server) idle(status fault.Status, least int) string {
	var text strings.Builder
	switch {
	case status.Injected > 0:
		fmt.Fprintf(&text, "fault %s fired %s, expected %d", status.ID, document.Count(status.Injected, "time"), least)
	case status.Matched > 0:
		fmt.Fprintf(&text, "fault %s never fired", status.ID)
	default:
		fmt.Fprintf(&text, "fault %s never fired: no request met it", status.ID)
	}
	if status.Matched > status.Injected {
		fmt.Fprintf(&text, ", though %s matched", document.Count(status.Matched, "request"))
	}
	rule, err := json.Marshal(status.Rule)
	if err == nil {
		fmt.Fprintf(&text, "\n  %s\n", rule)
	}
	var verified journal.Verified
	if status.Matched == 0 {
		err = errors.Join(err, s.ask(http.MethodPost, "/admin/requests/verify", object{"match": status.Match}, &verified))
	}
	text.WriteString(s.seen(verified.Nearest))
	if err != nil {
		fmt.Fprintf(&text, "  (%v)\n", err)
	}
	return strings.TrimRight(text.String(), "\n")
}

// ClearFault removes a rule. One that a test has set is judged as at the end of
// its test.
func (s *Server) ClearFault(t TB, id string) {
	t.Helper()
	if slices.Contains(s.pending.ids(), id) {
		s.disarm(t, id)
		return
	}
	s.must(t, "clear fault", http.MethodDelete, "/admin/faults/"+url.PathEscape(id), nil, nil)
}

// ClearFaults removes all rules of the world, those of its scenario too. Those
// that a test has set are judged as at the end of their tests.
func (s *Server) ClearFaults(t TB) {
	t.Helper()
	for _, id := range s.pending.ids() {
		s.disarm(t, id)
	}
	s.must(t, "clear faults", http.MethodDelete, "/admin/faults", nil, nil)
}

// RuleStatus is a fault rule and what has come of it.
type RuleStatus struct {
	ID        string
	Matched   int    // requests that met its criteria while it was in force
	Injected  int    // answers, socket faults and delays that came of them
	Remaining int    // how often it can still fire, -1 without a limit
	Rule      string // as JSON, which Server.Rule takes
}

// Rules lists the fault rules in force, the newest first.
func (s *Server) Rules(t TB) []RuleStatus {
	t.Helper()
	var list []RuleStatus
	for _, one := range s.world.Current().Faults.List() {
		raw, err := json.Marshal(one.Rule)
		if err != nil {
			t.Fatalf("list the rules: %v", err)
		}
		status := RuleStatus{ID: one.ID, Matched: one.Matched, Injected: one.Injected, Remaining: document.Or(one.Remaining, -1), Rule: string(raw)}
		list = append(list, status)
	}
	return list
}
