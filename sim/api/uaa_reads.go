package api

import (
	"net/http"

	"example.com/capisim/sim/contract"
)

// getUserInfo says who the bearer is, as UAA does.
func getUserInfo(c *call) (reply, error) {
	if c.whoErr != nil || c.who.User == nil || c.who.User.Client {
		return reply{}, contract.UAAInvalidToken
	}
	return uaaJSON(c.document("user_info", values{"guid": c.who.User.GUID, "name": c.who.User.Name}))
}

// introspection is what a token says, and whether it is good.
type introspection struct {
	Active *bool `json:"active,omitempty"` // of /introspect alone
	claims
}

// checkToken reads a token that is handed in by a form: /introspect answers for
// a bad one, too, /check_token refuses it.
func checkToken(c *call) (reply, error) {
	body, err := c.message()
	if err != nil {
		return reply{}, err
	}
	token, _ := body.Get("token")
	introspects := c.op.Path == "/introspect"
	said, good := c.said(token.Text)
	if !good && !introspects {
		return reply{}, contract.UAAInvalidToken
	}
	if !good { // there is nothing else to say of it
		return uaaReply(http.StatusOK, []byte(`{"active":false}`)), nil
	}
	out := introspection{claims: said}
	if introspects {
		out.Active = &good
	}
	return uaaJSON(out)
}

// said is what a token claims that is good in this world: one that capisim issued,
// or a scenario's, which claims what its user has.
func (c *call) said(token string) (said claims, good bool) {
	if user, ok := c.snap.State.TokenUser(token); ok {
		return claims{UserID: user.GUID, UserName: user.Name, Origin: user.Origin, Email: user.Name, CID: cliClient, ClientID: cliClient, Scope: user.Scopes}, true
	}
	held, ours, err := issuer.verify(token, c.wall)
	if !ours || err != nil || !c.snap.World.Sessions.Hold(held.Session) {
		return claims{}, false
	}
	_, known := c.owner(held)
	return *held, known
}
