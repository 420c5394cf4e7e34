// Package admin is the control panel of a running server: faults, state,
// worlds, clock and evidence over HTTP (DESIGN.md §7). It
// hides routing, the reading of bodies, paging and the shape of errors: a
// handler returns a value or an error, and one presenter writes. It knows
// nothing of how the simulated API answers; what that would say to a request is
// asked through an Explainer. Its requests are never journaled and never
// faulted.
package admin

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"example.com/capisim/sim/bundle"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/world"
)

// Options are what the admin API works on.
type Options struct {
	Worlds  *world.Registry
	Library *scenario.Library
	Token   string // asked of every request; "" for none
	// Hosts are names by which a server without a token may be called, beside
	// those that cannot be a stranger's; one that begins with a dot stands for
	// all that end in it. In lower case.
	Hosts      []string
	TrustProxy bool   // X-Forwarded-Host is a name by which it was called
	Version    string // capisim's
	// Server is what answers of the simulated API depend on beside the world.
	Server bundle.Server
	// Base is the address of the simulated API under a prefix, without a slash
	// at the end, as the caller of the request can reach it. Nil takes the
	// request's own host.
	Base func(r *http.Request, prefix string) string
	// Own is the same of the admin API. Nil takes Base.
	Own func(r *http.Request, prefix string) string
	// Explain says what the contract would answer; nil refuses the question.
	Explain Explainer
	// Send carries out a request; nil refuses to.
	Send Sender
	// Document is this API as an OpenAPI document whose paths begin at an address;
	// nil has none.
	Document func(base string) ([]byte, error)
	// Listen gives a world a port of its own and returns its address, whose host
	// may be an unspecified one; nil refuses to.
	Listen func(w *world.World, addr string) (*url.URL, error)
	Log    *slog.Logger // nil is silent
}

// Handler serves the admin API of all worlds.
type Handler struct {
	worlds     *world.Registry
	library    atomic.Pointer[scenario.Library]
	token      string
	hosts      []string
	trustProxy bool
	version    string
	server     bundle.Server
	base       func(r *http.Request, prefix string) string
	own        func(r *http.Request, prefix string) string
	explain    Explainer
	send       Sender
	listen     func(w *world.World, addr string) (*url.URL, error)
	document   func(base string) ([]byte, error) // never nil
	log        *slog.Logger
	hub        hub

	putting sync.Mutex // held while rules are added, so that an answer shows the right ones

	addresses sync.Mutex                // guards what follows
	ports     map[*world.World]*url.URL // addresses of worlds with a port of their own
}

// New makes a handler.
func New(o Options) *Handler {
	h := &Handler{
		worlds: o.Worlds, token: o.Token, hosts: o.Hosts, trustProxy: o.TrustProxy, version: o.Version, server: o.Server,
		base: o.Base, own: o.Own, explain: o.Explain, send: o.Send, listen: o.Listen, document: o.Document, log: o.Log,
		ports: map[*world.World]*url.URL{},
	}
	h.library.Store(o.Library)
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	if h.base == nil {
		h.base = requestBase
	}
	if h.own == nil {
		h.own = h.base
	}
	if h.document == nil {
		h.document = func(string) ([]byte, error) {
			return nil, failure(http.StatusNotImplemented, "this server has no OpenAPI document")
		}
	}
	return h
}

// SetLibrary replaces the scenarios that can be named: their files have changed.
func (h *Handler) SetLibrary(l *scenario.Library) { h.library.Store(l) }

func requestBase(r *http.Request, prefix string) string {
	if r.TLS != nil {
		return "https://" + r.Host + prefix
	}
	return "http://" + r.Host + prefix
}

// ServeHTTP answers one admin request about a world. The path begins with
// /admin; the world's prefix has been cut off.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request, of *world.World) {
	c := &call{Handler: h, world: of, snap: of.Current(), now: of.Clock.Now(), writer: w, request: r, stop: document.StopWith(r.Context())}
	c.present(c.guarded())
}

// guarded serves a call; a panic is a mistake of capisim's, reported as such.
func (c *call) guarded() (out reply, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return c.serve(c)
}

func (h *Handler) serve(c *call) (reply, error) {
	if err := h.called(c.request); err != nil {
		return reply{}, err
	}
	if err := sameSite(c.request); err != nil {
		return reply{}, err
	}
	found, params, err := match(c.request.Method, c.request.URL.EscapedPath())
	if err != nil || !found.open {
		if err := h.authorized(c.request); err != nil {
			return reply{}, err
		}
	}
	if err != nil {
		return reply{}, err
	}
	c.route, c.params = found, params
	if found.rootOnly && c.world != h.worlds.Root() {
		return reply{}, notFound("worlds are managed on the default world, expected /admin/worlds at the root of the server")
	}
	if c.query, err = readQuery(c.request.URL.RawQuery, found.query); err != nil {
		return reply{}, err
	}
	out, err := found.handle(c)
	if err == nil && found.noted {
		c.world.Note(world.Change{Time: c.now, Method: found.method, Path: c.request.URL.EscapedPath(), Query: c.request.URL.RawQuery, Body: c.raw})
	}
	return out, err
}
