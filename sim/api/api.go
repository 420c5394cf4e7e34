// Package api plays the simulated API over HTTP: it turns the operation table
// into routes, walks each request through the contract's order of checks, and
// is the only writer of a simulated answer. Actions return values; delaying,
// replacing, cutting and recording an answer happen to bytes, in one place
// (wire.go). It knows nothing of the admin API. The section marks (§) are those
// of docs/CONTRACT.md.
package api

import (
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/world"
)

// Options are the choices of a server that the API has to know.
type Options struct {
	ExternalURL string // base of all links, "" for the request's own host
	TrustProxy  bool   // believe X-Forwarded-*
	Origins     Origins
	Prefer      bool // answer Prefer: code=...
	Hurry       bool // hold no answer back: nobody waits for it
	Log         *slog.Logger
	// Observe, when set, sees each answer of the simulated API before it is
	// sent: tests check them against the schemas, metrics count them.
	Observe func(Exchange)
}

// API serves the simulated operations of all worlds.
type API struct {
	externalURL string
	trustProxy  bool
	origins     Origins
	prefer      bool
	hurry       bool
	log         *slog.Logger
	observe     func(Exchange)
	engine      *gin.Engine
	ids         idSource
	dates       dates
}

// New makes an API.
func New(o Options) *API {
	a := &API{
		externalURL: o.ExternalURL, trustProxy: o.TrustProxy, origins: o.Origins, prefer: o.Prefer, hurry: o.Hurry,
		log: o.Log, observe: o.Observe, engine: engine(),
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	return a
}

// ServeHTTP answers one request to a world. The path of the request has lost
// the world's prefix already.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request, of *world.World) {
	if a.preflight(w, r) {
		return
	}
	c := newCall(a, of.Current(), w, r)
	defer c.free()
	path, known := normalize(r)
	if !known {
		c.serveUnknown(w)
		return
	}
	if path != "" {
		c.req = withPath(r, path)
	}
	c.dispatch()
}

var noWorld = contract.NotFound.Text("Unknown request: there is no such world; PUT /admin/worlds/NAME makes one")

// ServeNoWorld answers a request to a world that does not exist, in the
// contract's envelope and with a hint (DESIGN.md §1.2).
func (a *API) ServeNoWorld(w http.ResponseWriter, r *http.Request, root *world.World) {
	c := newCall(a, root.Current(), w, r)
	defer c.free()
	c.bytes()
	c.send(w, c.decide(func() delivery { return delivery{reply: errorReply(noWorld)} }))
}

// ServeStray refuses what no client of the simulated API has sent: the question
// of an admin's tool or a browser that went astray. It leaves no trace. A nil
// world does not exist.
func (a *API) ServeStray(w http.ResponseWriter, r *http.Request, of, root *world.World) {
	c := newCall(a, root.Current(), w, r)
	defer c.free()
	out := errorReply(noWorld)
	if of != nil {
		out = c.failure(c.unknown())
	}
	c.begin(w, c.headersOf(&out, c.elapsed()))
	c.write(w, out, out.body)
}
