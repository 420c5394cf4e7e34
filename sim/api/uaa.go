package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/draw"
	"example.com/capisim/sim/state"
)

// uaaErrorJSON is a refusal in UAA's own form, which is not the envelope of the
// cloud controller (CLIENTS.md §2).
type uaaErrorJSON struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func uaaErrorReply(e *contract.Error) reply {
	body, _ := json.Marshal(uaaErrorJSON{e.Title, e.Detail}) // two strings always marshal
	out := uaaReply(e.Status, body)
	out.err = e
	return out
}

// uaaReply is an answer of UAA: it forbids caches and names its type in its own
// way.
func uaaReply(status int, body []byte) reply {
	return reply{status: status, body: body,
		headers: []header{headerLine("Cache-Control", "no-store"), headerLine("Pragma", "no-cache")}}
}

// tokenJSON is the answer of POST /oauth/token.
type tokenJSON struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	RefreshToken string `json:"refresh_token,omitempty"`
	ExpiresIn    int    `json:"expires_in"`
	Scope        string `json:"scope"`
	JTI          string `json:"jti"`
}

// createToken plays UAA's token endpoint for the grants that clients use. The
// client is looked at before the grant.
func createToken(c *call) (reply, error) {
	body, err := c.message()
	if c.readErr != nil {
		return reply{}, contract.UAAInvalidRequest.Text("The request body cannot be read")
	}
	if err != nil {
		return reply{}, err
	}
	form := maps.Clone((*subject)(c).Query()) // UAA takes parameters from the query too
	for _, field := range body.Fields {
		form.Set(field.Key, field.Value.Text)
	}
	client, err := c.client(form)
	if err != nil {
		return reply{}, err
	}
	switch grant := form.Get("grant_type"); grant {
	case "password":
		return c.grantPassword(form, client)
	case "refresh_token":
		return c.grantRefresh(form, client)
	case "client_credentials":
		return c.grantClient(form, client)
	case "":
		return reply{}, contract.UAAInvalidRequest
	default:
		return reply{}, contract.UAAUnknownGrant.Text(contract.UAAUnknownGrant.Detail + ": " + grant)
	}
}

// cliClient is the client of the cf CLI and of all that log in as it does: it
// is known to every UAA and has an empty secret.
const cliClient = "cf"

// client authenticates the client that asks for a token: by Basic, else by the
// form. It is cf, or a user of the scenario that is a client, or with
// permissive auth anyone.
func (c *call) client(form url.Values) (id string, err error) {
	id, secret, ok := c.req.BasicAuth()
	if !ok {
		id, secret = form.Get("client_id"), form.Get("client_secret")
	}
	if known, found := c.snap.State.User(id); found && known.Client {
		if known.Password == secret {
			return id, nil
		}
		return "", contract.UAAInvalidClient
	}
	if _, ok := c.knownClient(id); ok || id == cliClient && secret == "" {
		return id, nil
	}
	return "", contract.UAAInvalidClient
}

// grantPassword logs a person in through a client.
func (c *call) grantPassword(form url.Values, client string) (reply, error) {
	user, ok := c.snap.State.User(form.Get("username"))
	if !ok || user.Client || user.Password != form.Get("password") {
		return reply{}, contract.UAABadCredentials
	}
	return c.issue(user, client, form)
}

// grantRefresh renews a session of the same client.
func (c *call) grantRefresh(form url.Values, client string) (reply, error) {
	held, _, err := issuer.verify(form.Get("refresh_token"), c.wall)
	if err != nil || held == nil || held.Refresh == "" || !c.snap.World.Sessions.Hold(held.Refresh) || held.CID != client {
		return reply{}, contract.UAAInvalidToken
	}
	user, ok := c.owner(held)
	if !ok {
		return reply{}, contract.UAAInvalidToken
	}
	return c.issue(user, client, form)
}

// grantClient logs a client in as itself.
func (c *call) grantClient(form url.Values, client string) (reply, error) {
	user, ok := c.knownClient(client)
	if !ok {
		return reply{}, contract.UAAInvalidClient.Text("Unauthorized grant type: client_credentials")
	}
	return c.issue(user, client, form)
}

// issue answers with tokens for a user, narrowed to the scopes asked for.
func (c *call) issue(user *state.User, client string, form url.Values) (reply, error) {
	scopes := user.Scopes
	if wanted := form.Get("scope"); wanted != "" {
		asked := strings.Fields(strings.ReplaceAll(wanted, ",", " "))
		scopes = slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return !slices.Contains(asked, s) })
		if len(scopes) == 0 {
			return reply{}, contract.UAAInvalidScope
		}
	}
	id := c.tokenID()
	life := c.snap.Scenario.Tokens
	session, renewal := c.snap.World.Sessions.Marks()
	access := c.claimsFor(user, client, id, life.Access)
	access.GrantType, access.Scope, access.Session = form.Get("grant_type"), scopes, session
	answer := tokenJSON{TokenType: "bearer", ExpiresIn: max(0, int(life.Access.Seconds())-1), Scope: strings.Join(scopes, " "), JTI: id}
	var err error
	if answer.AccessToken, err = issuer.sign(access); err != nil {
		return reply{}, err
	}
	if !user.Client {
		refresh := c.claimsFor(user, client, id+"-r", life.Refresh)
		refresh.GrantType, refresh.Scope, refresh.Refresh = access.GrantType, scopes, renewal
		if answer.RefreshToken, err = issuer.sign(refresh); err != nil {
			return reply{}, err
		}
	}
	return uaaJSON(answer)
}

func (c *call) tokenID() string { return strings.ReplaceAll(draw.UUID(c.api.ids.next()), "-", "") }

// uaaJSON is a good answer of UAA.
func uaaJSON(value any) (reply, error) {
	body, err := json.Marshal(value)
	return uaaReply(http.StatusOK, body), err
}

func (c *call) claimsFor(user *state.User, client, id string, life time.Duration) *claims {
	out := &claims{
		RegisteredClaims: jwt.RegisteredClaims{
			ID: id, Subject: user.GUID, Issuer: c.base() + "/oauth/token",
			Audience:  jwt.ClaimStrings{client, "cloud_controller", "openid", "uaa"},
			IssuedAt:  jwt.NewNumericDate(c.wall),
			ExpiresAt: jwt.NewNumericDate(c.wall.Add(life + time.Second - 1)), // rounded up: Until is exact
		},
		Until: c.wall.Add(life).UnixMilli(), ClientID: client, CID: client, AZP: client, ZoneID: "uaa",
	}
	if !user.Client {
		out.UserID, out.UserName, out.Email = user.GUID, user.Name, user.Name
		if out.Origin = user.Origin; out.Origin == "" {
			out.Origin = "uaa"
		}
	}
	return out
}
