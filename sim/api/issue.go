package api

import (
	"fmt"
	"net/http"
	"time"

	"example.com/capisim/sim/world"
)

// AccessToken is what POST /oauth/token would give a user, or a client for
// itself, of a world; with these scopes.
func (a *API) AccessToken(of *world.World, user, client string, scopes []string) (string, error) {
	return a.token(of, user, client, scopes, false)
}

// RefreshToken is the token that such a login is renewed with.
func (a *API) RefreshToken(of *world.World, user, client string, scopes []string) (string, error) {
	return a.token(of, user, client, scopes, true)
}

// issuedFor is how long such a token is good for.
const issuedFor = time.Hour

func (a *API) token(of *world.World, user, client string, scopes []string, refresh bool) (string, error) {
	c := &call{api: a, snap: of.Current(), req: &http.Request{Host: "localhost"}, wall: world.Wall()}
	owner, known := c.snap.State.User(user)
	if !known {
		owner, known = c.knownClient(user)
	}
	if !known {
		return "", fmt.Errorf("no user %q", user)
	}
	made := c.claimsFor(owner, client, c.tokenID(), issuedFor)
	made.Scope = scopes
	session, renewal := of.Sessions.Marks()
	if refresh {
		made.Refresh = renewal
	} else {
		made.Session = session
	}
	return issuer.sign(made)
}
