package api

import (
	"net/http"
	"strings"

	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/world"
)

// Explain says what the contract would answer to a request, faults aside, which
// check would refuse it, what its header Prefer comes to, and hands out the
// request as fault rules see it. It runs the request on a fork of the state:
// nothing is sent, journaled, counted or changed.
func (a *API) Explain(of *world.World, r *http.Request) *fault.Trial {
	snap := *of.Current()
	snap.State, snap.Limiter = snap.State.Fork(), nil
	c := newCall(a, &snap, &silence{}, r)
	answer, out := new(reply), new(fault.Trial)
	c.dry, c.tried = answer, out
	path, known := normalize(r)
	if known {
		if path != "" {
			c.req = withPath(r, path)
		}
		c.dispatch()
	} else {
		c.serveUnknown(nil)
	}
	out.Status, out.Body = answer.status, answer.body
	if c.op != nil {
		out.Subject, out.Prefer = (*subject)(c), c.preference()
	}
	return out
}

// preference tells what the header Prefer of the request comes to.
func (c *call) preference() *fault.Preference {
	values := c.req.Header["Prefer"]
	switch {
	case len(values) == 0:
		return nil
	case !c.api.prefer:
		return &fault.Preference{Ignored: "the server was started with --no-prefer"}
	}
	_, applied, warning := fault.Prefer(strings.Join(values, ", "), c.op)
	if applied == "" && warning == "" {
		warning = "nothing in it is about answers"
	}
	return &fault.Preference{Applied: applied, Ignored: strings.TrimPrefix(warning, "Prefer ignored: ")}
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
