package api

import (
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/state"
)

// stranger is whom permissive auth takes an unknown token for when the scenario
// has no user of that name (DESIGN.md §4).
var stranger = &state.User{
	Name:   "admin",
	GUID:   "00000000-0000-4000-8000-00000000ad01",
	Scopes: []string{state.ScopeAdmin},
}

// identify finds out who calls; whether that is enough is asked later, so that
// fault rules can match on users whose token is then refused.
func (c *call) identify() {
	c.who, c.whoErr = state.Viewer{}, nil
	token, err := bearer(c.req.Header["Authorization"])
	if err != nil {
		c.whoErr = err
		return
	}
	if user, ok := c.snap.State.TokenUser(token); ok {
		c.who = state.NewViewer(user, user.Scopes)
		return
	}
	claims, ours, err := issuer.verify(token, c.wall)
	switch {
	case ours && err != nil:
		c.whoErr = contract.InvalidAuthToken
	case ours:
		c.identifyOwner(claims)
	case c.snap.Strict:
		c.whoErr = contract.InvalidAuthToken
	default:
		user := stranger
		if named, ok := c.snap.State.User(stranger.Name); ok {
			user = named
		}
		c.who = state.NewViewer(user, stranger.Scopes)
	}
}

// identifyOwner takes a token that capisim issued for its user, when this world
// knows it.
func (c *call) identifyOwner(claims *claims) {
	user, ok := c.snap.State.User(claims.subject())
	if !ok || claims.Refresh != "" { // a refresh token is good for UAA alone
		c.whoErr = contract.InvalidAuthToken
		return
	}
	c.who = state.NewViewer(user, claims.Scope)
}

// bearer takes the token out of an Authorization header: without one, or with
// one of another kind, the caller is not authenticated; with nothing usable
// behind "bearer" the token is invalid (§2), and so is what masks a token.
func bearer(values []string) (string, error) {
	if len(values) == 0 {
		return "", contract.NotAuthenticated
	}
	const kind = "bearer"
	value := values[0]
	if len(value) < len(kind) || !strings.EqualFold(value[:len(kind)], kind) {
		return "", contract.NotAuthenticated
	}
	parts := strings.Fields(value)
	switch {
	case len(parts) != 2 || len(parts[0]) != len(kind):
		return "", contract.InvalidAuthToken
	case strings.Contains(parts[1], journal.Masked): // copied from evidence: whose it was is not known
		return "", contract.InvalidAuthToken
	}
	return parts[1], nil
}
