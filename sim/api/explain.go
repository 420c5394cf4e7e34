package api

import (
	"net/http"

	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/world"
)

// Explain says what the contract would answer to a request, faults aside, and
// hands out the request as fault rules see it (nil when it meets no operation).
// It runs the request on a fork of the state: nothing is sent, journaled,
// counted or changed.
func (a *API) Explain(of *world.World, r *http.Request) (as fault.Subject, status int, body []byte) {
	snap := *of.Current()
	snap.State, snap.Limiter = snap.State.Fork(), nil
	c := newCall(a, &snap, &silence{}, r)
	answer := new(reply)
	c.dry = answer
	path, known := normalize(r)
	if !known {
		c.serveUnknown(nil)
		return nil, answer.status, answer.body
	}
	if path != "" {
		c.req = withPath(r, path)
	}
	a.engine.ServeHTTP(c, c.req)
	if c.op != nil {
		as = (*subject)(c)
	}
	return as, answer.status, answer.body
}

// silence is a writer that nobody listens to.
type silence struct{ header http.Header }

func (s *silence) Header() http.Header {
	if s.header == nil {
		s.header = http.Header{}
	}
	return s.header
}

func (*silence) Write(b []byte) (int, error) { return len(b), nil }
func (*silence) WriteHeader(int)             {}
