package sim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.com/capisim/sim/conn"
	"example.com/capisim/sim/world"
)

// Server is a running simulator, or one world of it, that belongs to a test.
// What goes wrong in a method ends the test that is handed to it, and changes
// nothing.
type Server struct {
	// URL is the address of the simulated API, without a slash at the end: what
	// the client under test is given.
	URL string
	// AdminURL is the address of the admin API of this world. The methods of
	// Server do what it can do; Server.Admin does the rest.
	AdminURL string
	// Simulator is the engine behind it.
	Simulator *Simulator

	world   *world.World
	owner   TB // the test that it belongs to
	close   func()
	pending pending
}

// Start runs a simulator on a free port of the loopback for the length of a
// test. What goes wrong ends the test.
func Start(t TB, options ...Option) *Server {
	t.Helper()
	s, err := New(options...)
	if err != nil {
		t.Fatalf("start capisim: %v", err)
	}
	out := &Server{Simulator: s, world: s.worlds.Root(), owner: t}
	var ports []func()
	out.close = sync.OnceFunc(func() {
		s.Close() //nolint:errcheck // it never fails
		for _, stop := range ports {
			stop()
		}
	})
	t.Cleanup(out.close)
	open := func(handler http.Handler) string {
		t.Helper()
		address, stop, err := s.open(t, handler)
		if err != nil {
			t.Fatalf("start capisim: %v", err)
		}
		ports = append(ports, stop)
		return address
	}
	out.URL = open(s)
	out.AdminURL = out.URL + "/admin"
	if s.config.apart {
		out.AdminURL = open(s.Admin()) + "/admin"
		if err := s.ServedAt(out.URL); err != nil {
			t.Fatalf("start capisim: %v", err)
		}
	}
	out.keep(t)
	return out
}

// open serves a handler on a free port until stop is called.
func (s *Simulator) open(t TB, handler http.Handler) (address string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := s.Server(handler)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(conn.Listen(listener)) }()
	return "http://" + listener.Addr().String(), func() {
		ctx, cancel := context.WithTimeout(context.Background(), graceful)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			t.Logf("stop capisim: %v", err)
			server.Close() //nolint:errcheck // it was closed the hard way
		}
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Logf("capisim ended: %v", err)
		}
	}, nil
}

// graceful is how long requests in flight may take when a test ends.
const graceful = 5 * time.Second

// Close ends the server before its test does: held answers are cut, the rest
// is waited for. On a world it ends nothing; the world ends with its test.
func (s *Server) Close() {
	if s.close != nil {
		s.close()
	}
}

// World makes a world of its own on the same port: state, faults, clock and
// journal are nobody else's. It begins with the scenario of the default world,
// unless the options say otherwise, and ends with the test. The options are those of a
// world: Scenario, Document, Seed, Variant, Clock, Frozen and Auth; one that is
// the server's ends the test.
func (s *Server) World(t TB, options ...Option) *Server {
	t.Helper()
	c, err := configure(options)
	if err == nil && len(c.ofServer) > 0 {
		err = fmt.Errorf("%s: an option of the server, expected those of a world: Scenario, Document, Seed, Variant, Clock, Frozen, Auth", c.ofServer[0])
	}
	if err != nil {
		t.Fatalf("make a world: %v", err)
	}
	first := s.Simulator.worlds.Root().Current().Scenario.Varied(c.variation)
	if c.scenario != "" || c.document != nil {
		if first, err = c.load(s.Simulator.library.Load()); err != nil {
			t.Fatalf("make a world: %v", err)
		}
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
	out := s.beside(t, w)
	out.keep(t)
	return out
}

// beside is another world of the same server.
func (s *Server) beside(t TB, w *world.World) *Server {
	root, admin := strings.TrimSuffix(s.URL, s.world.Prefix), strings.TrimSuffix(s.AdminURL, s.world.Prefix+"/admin")
	return &Server{URL: root + w.Prefix, AdminURL: admin + w.Prefix + "/admin", Simulator: s.Simulator, world: w, owner: t}
}
