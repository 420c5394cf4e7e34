package sim

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"sync"

	"example.com/capisim/sim/api"
	"example.com/capisim/sim/conn"
	"example.com/capisim/sim/world"
)

// ports are the servers of worlds that have a port of their own: clients that
// cannot keep a path find the world at the root there.
type ports struct {
	mu      sync.Mutex
	servers map[*http.Server]chan struct{} // closed when Serve has returned
	closed  bool
}

// listen gives a world a port. It is the world's for as long as the world
// lives.
func (s *Simulator) listen(of *world.World, address string) (*url.URL, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	at := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	server := s.server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serveOwnPort(w, r, of) }), true)
	serve := server.Serve
	if s.config.tls != nil {
		at.Scheme, server.TLSConfig = "https", s.config.tls.Clone()
		serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	server.BaseContext = func(net.Listener) context.Context { return api.OwnPort(context.Background(), of) }
	done := make(chan struct{})
	if !s.ports.add(server, done) {
		listener.Close()
		return nil, http.ErrServerClosed
	}
	of.AtEnd(func() { s.ports.stop(server) })
	go func() {
		defer close(done)
		serve(conn.Listen(listener)) //nolint:errcheck // it ends with the world
	}()
	return at, nil
}

// serveOwnPort answers a request on the port of one world, which it keeps alive.
func (s *Simulator) serveOwnPort(w http.ResponseWriter, r *http.Request, of *world.World) {
	alive, _ := s.worlds.World(of.Name)
	switch {
	case alive != of: // it has ended, and its port with it
		panic(http.ErrAbortHandler)
	case serveProbe(w, r):
	case !s.worlds.Use(of): // since a moment ago
		panic(http.ErrAbortHandler)
	default:
		s.dispatch(w, r, of, r.URL.Path, !s.config.apart, true)
	}
}

func (p *ports) add(server *http.Server, done chan struct{}) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	if p.servers == nil {
		p.servers = map[*http.Server]chan struct{}{}
	}
	p.servers[server] = done
	return true
}

// stop ends one server and waits for its goroutine.
func (p *ports) stop(server *http.Server) {
	p.mu.Lock()
	done, ok := p.servers[server]
	delete(p.servers, server)
	p.mu.Unlock()
	if ok {
		server.Close() //nolint:errcheck // its connections are cut on purpose
		<-done
	}
}

// close ends all servers and refuses new ones.
func (p *ports) close() {
	p.mu.Lock()
	p.closed = true
	servers := make([]*http.Server, 0, len(p.servers))
	for server := range p.servers {
		servers = append(servers, server)
	}
	p.mu.Unlock()
	for _, server := range servers {
		p.stop(server)
	}
}
