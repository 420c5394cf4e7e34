package api

import (
	"errors"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/state"
)

// checkPlatform answers as a server does that cannot look up its caller: for
// want of UAA's keys before the limit, for want of a database or of UAA's issuer
// when the token is good (§9.3). Without a token nobody is looked up.
func (c *call) checkPlatform() error {
	p := c.snap.State.Platform()
	switch {
	case p == state.Platform{}, c.op.Policies:
		return nil
	case c.op.UAA:
		if p.UAA != "" {
			return contract.UAADown
		}
		return nil
	case p.UAA == state.KeysDown && !errors.Is(c.whoErr, contract.NotAuthenticated):
		return contract.UaaUnavailable
	case c.who.User != nil && (p.Database != "" || p.UAA == state.IssuerDown):
		return contract.Unhandled
	}
	return nil
}
