// Package sim is capisim as a library: a simulated Cloud Foundry v3 process API
// in the caller's own process, with real state, the real server's rules and its
// exact error texts.
//
// A test starts a server, tells it what is to go wrong, lets the code under test
// talk to srv.URL, and judges what it did:
//
//	func TestUpdateSurvivesConflicts(t *testing.T) {
//		srv := sim.Start(t)
//		srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: 409, Exactly: 2})
//		update(srv.URL, "rackup") // the code under test
//		srv.WantRequests(t, sim.Match{Operation: "updateProcess"}, sim.AtMost(3))
//	}
//
// The scenario that is played when nothing else is said has the app demo with
// its process web, whose guid is c1000000-0000-4000-8000-000000000001, the worker
// d1000000-0000-4000-8000-000000000002, and the users admin, developer, auditor
// and outsider, whose tokens and passwords are their names.
//
// Faults and evidence name the operations of the API by their ids:
// listProcesses, getProcess, updateProcess, scaleProcess, getProcessStats,
// listProcessInstances, terminateProcessInstance, and the same under an app:
// listAppProcesses, getProcessForApp, updateProcessForApp, scaleProcessForApp,
// getProcessStatsForApp, terminateProcessInstanceForApp. Supporting ones can be
// named too, such as createToken or createDeployment.
//
// Server.World is a world of its own for each parallel test, Server.Fork a copy
// of one as it is now. New gives an http.Handler to those without a test, and Run
// a TB to a TestMain. The command and the container are the same engine.
package sim

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"example.com/capisim/scenarios"
	"example.com/capisim/sim/admin"
	"example.com/capisim/sim/api"
	"example.com/capisim/sim/console"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/world"
)

// Simulator holds any number of simulated worlds and answers for them. It is
// an http.Handler, safe for concurrent use.
type Simulator struct {
	config *config
	worlds *world.Registry
	api    *api.API
	admin  *admin.Handler
	ports  ports
	// arrivals bounds what is sent to the simulator's own servers.
	arrivals *arrivals

	library atomic.Pointer[scenario.Library] // a reload replaces it
	reload  reload
	served  atomic.Pointer[apiPort] // where the API is, when the admin API stands apart
}

// New makes a simulator. The error says which option, or which line of a
// scenario file, is wrong.
func New(options ...Option) (*Simulator, error) {
	c, err := configure(options)
	if err != nil {
		return nil, err
	}
	// The routes are laid while the scenario is read.
	c.api.Log = c.log
	routed := make(chan *api.API, 1)
	go func() { routed <- api.New(c.api) }()
	library, err := c.library()
	if err != nil {
		return nil, err
	}
	first, err := c.load(library)
	if err != nil {
		return nil, err
	}
	c.document = nil // it may be large
	registry, err := world.NewRegistry(first, c.worlds)
	if err != nil {
		return nil, fmt.Errorf("load scenario %s: %w", first.Name, err)
	}
	c.begin(registry.Root())
	s := &Simulator{config: c, worlds: registry, arrivals: newArrivals(c.bodyTimeout)}
	s.library.Store(library)
	s.api = <-routed
	s.admin = admin.New(admin.Options{
		Worlds: registry, Library: library, Token: c.token, Hosts: c.names(), TrustProxy: c.api.TrustProxy, Version: c.version, Log: c.log,
		Server: c.serverOf(), Base: s.base, Own: s.ownBase, Explain: s.api.Explain, Send: s.send, Listen: s.listen, Document: AdminOpenAPI,
	})
	return s, nil
}

// library holds the shipped scenarios, those of the folder, and the file that
// was chosen as the scenario.
func (c *config) library() (*scenario.Library, error) {
	library, err := scenario.NewLibrary(scenarios.FS, c.folder)
	if err != nil || c.document != nil || c.parsed != nil {
		return library, err
	}
	if _, err := library.Load(c.scenario); errors.Is(err, scenario.ErrUnknown) && scenario.IsFile(c.scenario) {
		return library.With(c.scenario)
	}
	return library, nil
}

// load finds the scenario that the options ask for.
func (c *config) load(library *scenario.Library) (*scenario.Scenario, error) {
	found, err := c.find(library)
	if err != nil {
		return nil, err
	}
	return found.Varied(c.variation), nil
}

func (c *config) find(library *scenario.Library) (*scenario.Scenario, error) {
	if c.parsed != nil {
		return c.parsed, nil
	}
	if c.document != nil {
		return scenario.Parse("", c.document, library)
	}
	name := cmp.Or(c.scenario, "default")
	found, err := library.Load(name)
	if !errors.Is(err, scenario.ErrUnknown) || !scenario.IsFile(name) {
		return found, err
	}
	return library.LoadFile(name)
}

// ServeHTTP answers a request to any of the worlds: the simulated API, and the
// admin API unless it stands apart.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.serve(w, r, !s.config.apart, true)
}

// Admin is the handler of the admin API and the console alone, for a port of
// their own.
func (s *Simulator) Admin() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, true, false) })
}

func (s *Simulator) serve(w http.ResponseWriter, r *http.Request, withAdmin, withAPI bool) {
	if serveProbe(w, r) {
		return
	}
	of, rest, ok := s.worlds.Resolve(r.URL.Path)
	switch {
	case !ok && withAdmin && under(rest, "/console"):
		if s.admin.Admits(w, r) {
			console.ServeNoWorld(w, at(r, rest))
		}
		return
	case !ok && stray(rest):
		s.api.ServeStray(w, r, nil, s.worlds.Root())
		return
	case !ok:
		s.api.ServeNoWorld(w, r, s.worlds.Root())
		return
	}
	if of != s.worlds.Root() {
		r = within(r, of, rest)
	}
	s.dispatch(w, r, of, rest, withAdmin, withAPI)
}

// apiPort is the scheme and port of the simulated API; a Unix socket has none.
type apiPort struct{ scheme, port string }

// ServedAt tells a simulator whose admin API stands apart at which address the
// simulated API is served: the admin API says so in its answers, with the host
// by which its own caller came. unix:PATH is a socket, to whose clients the host
// is localhost.
func (s *Simulator) ServedAt(address string) error {
	if strings.HasPrefix(address, "unix:") {
		s.served.Store(&apiPort{})
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Port() == "" {
		return fmt.Errorf("served at %q, expected http://HOST:PORT", address)
	}
	s.served.Store(&apiPort{u.Scheme, u.Port()})
	return nil
}

// base is the address of the simulated API for a caller of the admin API.
func (s *Simulator) base(r *http.Request, prefix string) string {
	at := s.served.Load()
	if at == nil || s.config.api.ExternalURL != "" {
		return s.api.Base(r, prefix)
	}
	if at.port == "" {
		return "http://localhost" + prefix
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		host = name
	}
	return at.scheme + "://" + net.JoinHostPort(host, at.port) + prefix
}

// ownBase is the address of the admin API for a caller of it.
func (s *Simulator) ownBase(r *http.Request, prefix string) string {
	if s.config.apart {
		return s.api.Origin(r) + prefix
	}
	return s.api.Base(r, prefix)
}

// dispatch sends a request to the part of a world that its path names.
func (s *Simulator) dispatch(w http.ResponseWriter, r *http.Request, of *world.World, rest string, withAdmin, withAPI bool) {
	switch {
	case withAdmin && under(rest, "/admin"):
		s.admin.ServeHTTP(w, r, of)
	case withAdmin && under(rest, "/console"):
		if s.admin.Admits(w, r) {
			s.arrivals.awaitReader(w)
			console.ServeHTTP(w, r)
		}
	case withAPI && rest == "/openapi.json" && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		s.arrivals.awaitReader(w)
		s.serveOpenAPI(w, r, of)
	case withAPI && stray(rest):
		s.api.ServeStray(w, r, of, s.worlds.Root())
	case withAPI && of.TTL() > 0:
		of.Begin()
		defer of.End()
		s.api.ServeHTTP(w, r, of)
	case withAPI:
		s.api.ServeHTTP(w, r, of)
	default:
		http.NotFound(w, r)
	}
}

// stray says that a path belongs to an admin's tool or to a browser: who asks
// for it where it is not served is not a client of the simulated API.
func stray(path string) bool {
	switch path {
	case "/favicon.ico", "/robots.txt":
		return true
	}
	return under(path, "/admin") || under(path, "/console") || strings.HasPrefix(path, "/apple-touch-icon") || under(path, "/.well-known/appspecific")
}

// under says that a path is a folder or something in it.
func under(path, folder string) bool {
	return strings.HasPrefix(path, folder) && (len(path) == len(folder) || path[len(folder)] == '/')
}

// within is the request with the world's prefix cut off its path.
func within(r *http.Request, of *world.World, rest string) *http.Request {
	next := at(r, rest)
	if raw := r.URL.RawPath; raw != "" {
		_, raw, _ = strings.Cut(raw[1:], of.Name)
		next.URL.RawPath = "/" + strings.TrimLeft(raw, "/")
	}
	return next
}

// at is the request with another path.
func at(r *http.Request, path string) *http.Request {
	next, u := *r, *r.URL
	u.Path, u.RawPath = path, ""
	next.URL = &u
	return &next
}

// serveProbe answers what watches the server: at the root, without a token,
// never faulted or journaled. A simulator exists only with its scenario loaded,
// so alive and ready are the same.
func serveProbe(w http.ResponseWriter, r *http.Request) bool {
	switch r.URL.Path {
	case "/healthz", "/readyz":
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Write([]byte(`{"status":"ok"}` + "\n")) //nolint:errcheck // the prober is gone
	default:
		return false
	}
	return true
}

const headerBytes = 64 << 10

// Server is an http.Server for one of the simulator's handlers, with its limits
// and with what faults need to act on the real socket. It does not listen yet.
func (s *Simulator) Server(handler http.Handler) *http.Server {
	return s.server(handler, handler == http.Handler(s))
}

// server is Server, told whether the handler is the house's own: then, with nobody
// around it, headers need not pass through the hands of others.
func (s *Simulator) server(handler http.Handler, own bool) *http.Server {
	onConn := api.ConnContext
	handler = s.beside(handler)
	if around := s.config.around; around != nil {
		handler = around(handler)
	} else if own {
		onConn = api.DirectContext
	}
	return &http.Server{
		Handler:           s.arrivals.bound(handler),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerBytes,
		ConnContext:       onConn,
		ConnState:         s.arrivals.watch,
		ErrorLog:          slog.NewLogLogger(s.config.log.Handler(), slog.LevelDebug), // what strangers do wrong
		// net/http answers OPTIONS * itself otherwise, and waits for its body.
		DisableGeneralOptionsHandler: true,
		// The deadline of a stream does not end a write to a socket whose client is deaf.
		HTTP2: &http.HTTP2Config{WriteByteTimeout: s.arrivals.limit},
	}
}

// beside serves the paths of Beside, and everything else by another handler.
func (s *Simulator) beside(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page := s.config.beside[r.URL.Path]; page != nil {
			s.arrivals.awaitReader(w)
			page.ServeHTTP(w, api.Apart(r)) // it may ask the simulator
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ScenarioName is the scenario of the default world.
func (s *Simulator) ScenarioName() string { return s.worlds.Root().Current().Scenario.Name }

// Processes is how many processes the default world holds.
func (s *Simulator) Processes() int { return s.worlds.Root().Current().State.Counts().Processes }

// Totals sum up what all worlds hold.
type Totals struct {
	Worlds         int // the default one included
	Rules          int
	JournalEntries int
	JournalBytes   int64
}

// Totals counts what the worlds hold at this moment.
func (s *Simulator) Totals() Totals {
	var t Totals
	for _, w := range s.worlds.Worlds() {
		size := w.Journal.Stats()
		t.Worlds++
		t.Rules += len(w.Current().Faults.Rules())
		t.JournalEntries += size.Entries
		t.JournalBytes += size.Bytes
	}
	return t
}

// Close ends all worlds; answers that are held back or hang are cut at once, and
// requests that have not arrived by now are not waited for.
func (s *Simulator) Close() error {
	s.arrivals.stop()
	s.worlds.Close()
	s.ports.close()
	return nil
}
