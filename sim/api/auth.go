package api

import (
	"strings"
	"unicode"

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

// identifyOwner takes a token that capisim issued for its user, when it was
// issued for this world, which still knows the user. A refresh token is good
// for UAA alone.
func (c *call) identifyOwner(claims *claims) {
	user, ok := c.owner(claims)
	if !ok || !c.snap.World.Sessions.Hold(claims.Session) {
		c.whoErr = contract.InvalidAuthToken
		return
	}
	c.who = state.NewViewer(user, claims.Scope)
}

// owner is whom a token was issued for.
func (c *call) owner(claims *claims) (*state.User, bool) {
	if claims.UserName != "" {
		user, ok := c.snap.State.User(claims.UserName)
		return user, ok && !user.Client
	}
	return c.knownClient(claims.ClientID)
}

// knownClient is a client of the scenario. Permissive auth takes any other for
// an admin's, as it does an unknown token; the client of the cf CLI is none
// that could log in as itself.
func (c *call) knownClient(id string) (*state.User, bool) {
	user, found := c.snap.State.User(id)
	switch {
	case found && user.Client:
		return user, true
	case c.snap.Strict || id == "" || id == cliClient:
		return nil, false
	}
	return &state.User{Name: id, GUID: id, Client: true, Scopes: stranger.Scopes}, true
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
	token := strings.TrimSpace(value[len(kind):])
	switch {
	case token == "" || strings.HasPrefix(value[len(kind):], token[:1]) || strings.ContainsFunc(token, unicode.IsSpace):
		return "", contract.InvalidAuthToken
	case strings.Contains(token, journal.Masked): // copied from evidence: whose it was is not known
		return "", contract.InvalidAuthToken
	}
	return token, nil
}
