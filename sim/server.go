package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/socket"
	"example.com/capisim/sim/world"
)

// TB is what a test hands to the library: *testing.T, *testing.B, *testing.F
// and GinkgoT() all fit.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	Name() string
	Failed() bool
}

// Server is a running simulator, or one world of it, that belongs to a test.
type Server struct {
	// URL is the address of the API, without a slash at the end.
	URL string
	// Simulator is the engine behind it.
	Simulator *Simulator

	world *world.World
	close func()
}

// Start runs a simulator on a free port of the loopback for the length of a
// test. What goes wrong ends the test.
func Start(t TB, options ...Option) *Server {
	t.Helper()
	s, err := New(options...)
	if err != nil {
		t.Fatalf("start capisim: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("start capisim: %v", err)
	}
	server := s.Server(s)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	out := &Server{URL: "http://" + listener.Addr().String(), Simulator: s, world: s.worlds.Root()}
	out.close = sync.OnceFunc(func() {
		s.Close() //nolint:errcheck // it never fails
		stop(t, server)
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Logf("capisim ended: %v", err)
		}
	})
	t.Cleanup(out.close)
	out.keep(t)
	return out
}

// Close ends the server before its test does: held answers are cut, the rest
// is waited for. On a world it ends nothing; the world ends with its test.
func (s *Server) Close() {
	if s.close != nil {
		s.close()
	}
}

// graceful is how long requests in flight may take when a test ends.
const graceful = 5 * time.Second

func stop(t TB, server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), graceful)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		t.Logf("stop capisim: %v", err)
		server.Close() //nolint:errcheck // it was closed the hard way
	}
}

// World makes a world of its own on the same port: state, faults, clock and
// journal are nobody else's. It ends with the test. The options are those of a
// world: Scenario, Document, Seed, Variant, Clock, Frozen and Auth; one that is
// the server's ends the test.
func (s *Server) World(t TB, options ...Option) *Server {
	t.Helper()
	c, err := configure(options)
	if err == nil && len(c.ofServer) > 0 {
		err = fmt.Errorf("%s: an option of the server, expected those of a world: Scenario, Document, Seed, Variant, Clock, Frozen, Auth", c.ofServer[0])
	}
	var first *scenario.Scenario
	if err == nil {
		first, err = c.load(s.Simulator.library.Load())
	}
	if err != nil {
		t.Fatalf("make a world: %v", err)
	}
	return s.make(t, world.Spec{Scenario: first, Choices: c.worlds.Choices})
}

// Fork makes a world that is a copy of this one as it is now: state, logins,
// clock, and rules with their progress, but not the evidence. Afterwards both
// answer alike to like requests, and neither sees what is done in the other. It
// takes the same time at any size and ends with the test.
func (s *Server) Fork(t TB) *Server {
	t.Helper()
	return s.make(t, world.Spec{From: s.world})
}

func (s *Server) make(t TB, spec world.Spec) *Server {
	t.Helper()
	w, err := s.Simulator.worlds.Create(spec)
	if err != nil {
		t.Fatalf("make a world: %v", err)
	}
	t.Cleanup(func() { s.Simulator.worlds.Delete(w.Name) })
	root := s.URL[:len(s.URL)-len(s.world.Prefix)]
	out := &Server{URL: root + w.Prefix, Simulator: s.Simulator, world: w}
	out.keep(t)
	return out
}

// Fault is a fault rule in its short form: one operation, one answer. Rules
// that need more are given to Server.Rule.
type Fault struct {
	Operation  string        // id, such as "updateProcess"; "" is all thirteen
	Status     int           // what to answer
	Error      string        // catalogue name, "" for the default of that status
	Detail     string        // text instead of the catalogue's
	Headers    http.Header   // added, or in the place of the answer's own; nil values leave one out
	Times      int           // how often, 0 is always
	Skip       int           // how many matching requests pass first
	Delay      time.Duration // before the answer
	Connection string        // socket fault: reset, close, empty, truncate, garbage, drip, hang
	After      bool          // the request takes effect, then the fault is answered
	// Undocumented allows what the real API cannot answer.
	Undocumented bool
	// Optional rules need not fire. A rule that is not optional and that no
	// request met fails the test at its end: it has proven nothing.
	Optional bool
}

func (f Fault) rule() Rule {
	rule := Rule{Undocumented: f.Undocumented, Optional: f.Optional, When: fault.When{Skip: f.Skip}}
	if f.Operation != "" {
		rule.Match.Operations = []string{f.Operation}
	}
	if f.Status != 0 {
		rule.Respond = &fault.Respond{Status: f.Status, Error: f.Error, Detail: f.Detail}
		for name, values := range f.Headers {
			if rule.Respond.Headers == nil {
				rule.Respond.Headers = map[string]fault.Lines{}
			}
			rule.Respond.Headers[name] = values
		}
	}
	if f.Times > 0 {
		rule.When.Times = &f.Times
	}
	if f.Delay > 0 {
		fixed := document.Duration(f.Delay)
		rule.Delay = &fault.Delay{Fixed: &fixed}
	}
	if f.Connection != "" {
		rule.Connection = &fault.Connection{Kind: socket.Kind(f.Connection)}
	}
	if f.After {
		rule.Apply = fault.After
	}
	return rule
}

// Rule is a fault rule in full.
type Rule = fault.Rule

// Fault sets a fault and returns the id of its rule. It is removed at the
// end of the test, which fails when no request met it, unless it is Optional.
func (s *Server) Fault(t TB, f Fault) string {
	t.Helper()
	return s.Rule(t, f.rule())
}

// Rule sets a fault rule and returns its id; like Fault.
func (s *Server) Rule(t TB, rule Rule) string {
	t.Helper()
	set := s.world.Current().Faults
	if rule.ID == "" {
		rule.ID = freeID(set)
	}
	if found := rule.Check(); len(found) > 0 {
		t.Fatalf("set fault %s: %v", rule.ID, found)
	}
	now := s.world.Clock.Now()
	if err := set.Put(now, rule); err != nil {
		t.Fatalf("set fault %s: %v", rule.ID, err)
	}
	raw, err := json.Marshal(rule)
	if err != nil {
		t.Fatalf("set fault %s: %v", rule.ID, err)
	}
	s.note(now, http.MethodPut, "/admin/faults/"+url.PathEscape(rule.ID), raw)
	t.Cleanup(func() {
		status, ok := set.Get(rule.ID)
		if set.Delete(rule.ID) {
			s.note(s.world.Clock.Now(), http.MethodDelete, "/admin/faults/"+url.PathEscape(rule.ID), nil)
		}
		if ok && !rule.Optional && status.Injected == 0 && !t.Failed() {
			t.Fatalf("fault %s never fired: no request met it (%s)", rule.ID, raw)
		}
	})
	return rule.ID
}

func freeID(set *fault.Set) string {
	for n := 1; ; n++ {
		id := fmt.Sprintf("test-%d", n)
		if _, taken := set.Get(id); !taken {
			return id
		}
	}
}

// Rules lists the fault rules in force with their counters, newest first.
func (s *Server) Rules() []RuleStatus { return s.world.Current().Faults.List() }

// RuleStatus is a rule and how often it matched and answered.
type RuleStatus = fault.Status

// ClearFaults removes all rules of the world, those of its scenario too.
func (s *Server) ClearFaults() {
	s.world.Current().Faults.Clear()
	s.note(s.world.Clock.Now(), http.MethodDelete, "/admin/faults", nil)
}

// note lets a bundle of the world know of a change, by the request to the admin
// API that makes it.
func (s *Server) note(now time.Time, method, path string, body []byte) {
	s.world.Note(world.Change{Time: now, Method: method, Path: path, Body: body})
}

// Advance moves the world's clock, standing or running.
func (s *Server) Advance(t TB, by time.Duration) {
	t.Helper()
	if _, err := s.world.Clock.Advance(by); err != nil {
		t.Fatalf("advance the clock by %s: %v", by, err)
	}
}

// Reset brings the world back to its scenario: state, faults, journal, clock.
func (s *Server) Reset(t TB) {
	t.Helper()
	if err := s.world.Reset(world.Everything); err != nil {
		t.Fatalf("reset: %v", err)
	}
}

// Load loads another scenario into the world, by name.
func (s *Server) Load(t TB, name string) {
	t.Helper()
	next, err := s.Simulator.library.Load().Load(name)
	if err == nil {
		err = s.world.Load(next)
	}
	if err != nil {
		t.Fatalf("load scenario %s: %v", name, err)
	}
}
