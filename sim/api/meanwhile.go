package api

import (
	"bytes"
	"context"
	"net/http"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/state"
)

// strangerAgent is the User-Agent of the requests that a rule sends in between.
const strangerAgent = "capisim-meanwhile"

// meanwhile carries out what other clients do behind the request's back. They
// meet every check of the contract, but no fault and no rate limit.
func (c *call) meanwhile(list []fault.Meanwhile) {
	for _, m := range list {
		op, known := contract.OperationByID(m.Operation)
		if !known {
			continue // Check refused it
		}
		var process, app, processType string
		if p := c.peek().Process; p != nil {
			process, app, processType = p.GUID, p.AppGUID, p.Type
		} else if a := c.peek().App; a != nil {
			app, processType = a.GUID, "web"
		}
		index := c.index
		if index == "" {
			index = "0"
		}
		r, err := http.NewRequestWithContext(context.Background(), op.Method, m.Path(op, process, app, processType, index), bytes.NewReader(m.Body))
		if err != nil {
			c.api.log.Error("meanwhile", "operation", op.ID, "cause", err)
			continue
		}
		r.Host, r.Proto = c.req.Host, c.req.Proto
		r.Header.Set("User-Agent", strangerAgent)
		if len(m.Body) > 0 {
			r.Header.Set("Content-Type", "application/json")
		}
		other := newCall(c.api, c.snap, &silence{}, r)
		other.byStranger = true
		other.who, other.whoErr = c.strangerNamed(m.User)
		other.dry = new(reply)
		other.dispatch()
		other.enter(&delivery{reply: *other.dry, meanwhile: true})
		other.free()
	}
}

// strangerNamed is the user of the scenario, or an administrator for no name.
func (c *call) strangerNamed(name string) (state.Viewer, error) {
	if name == "" {
		return state.NewViewer(stranger, stranger.Scopes), nil
	}
	user, known := c.snap.State.User(name)
	if !known {
		return state.Viewer{}, contract.InvalidAuthToken
	}
	return state.NewViewer(user, user.Scopes), nil
}
