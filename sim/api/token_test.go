package api

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
	"example.com/capisim/sim/world"
)

const clients = `
name: clients
extends: default
clock: {mode: frozen}
auth:
  users:
    - {name: robot, password: oil, client: true, scopes: [cloud_controller.admin]}
`

// login asks for a token; the client is cf's, unless headers are given.
func (r *rig) login(t testing.TB, form string, headers ...string) (answer, tokenJSON) {
	t.Helper()
	if headers == nil {
		headers = []string{"Authorization: Basic Y2Y6"}
	}
	got := r.send(t, "POST /oauth/token", form, append(headers, "Content-Type: application/x-www-form-urlencoded")...)
	var token tokenJSON
	if err := json.Unmarshal([]byte(got.body), &token); err != nil {
		t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	return got, token
}

// me is the guid of whom the server takes a token's bearer for, and the status.
func (r *rig) me(t testing.TB, token string) (string, int) {
	t.Helper()
	got := r.send(t, "GET "+webPath, "", as(token))
	return got.header.Get("X-User-Guid"), got.status
}

// TestGrants: the three grants, what their answers carry, and that the token
// opens the API (CONTRACT.md §19, CLIENTS.md §2).
func TestGrants(t *testing.T) {
	t.Parallel()
	r := rigOf(t, clients, Options{})
	developer, _ := r.me(t, "developer")
	got, token := r.login(t, "grant_type=password&username=developer&password=developer")
	if got.status != http.StatusOK || token.TokenType != "bearer" || token.ExpiresIn < 60 || token.RefreshToken == "" || token.JTI == "" || token.Scope == "" {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	if h := got.header; h.Get("Content-Type") != "application/json;charset=UTF-8" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
	if who, status := r.me(t, token.AccessToken); who != developer || status != 200 {
		t.Errorf("the token is of %q, %d", who, status)
	}

	_, renewed := r.login(t, "grant_type=refresh_token&refresh_token="+token.RefreshToken)
	if renewed.AccessToken == token.AccessToken || renewed.RefreshToken == "" {
		t.Errorf("renewed %+v", renewed)
	}
	if who, _ := r.me(t, renewed.AccessToken); who != developer {
		t.Errorf("the renewed token is of %q", who)
	}

	for name, ask := range map[string][]string{
		"in the form": {"grant_type=client_credentials&client_id=robot&client_secret=oil", "X-Nothing: here"},
		"basic":       {"grant_type=client_credentials", "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("robot:oil"))},
	} {
		got, token := r.login(t, ask[0], ask[1])
		if got.status != 200 || token.RefreshToken != "" || token.Scope != "cloud_controller.admin" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		if _, status := r.me(t, token.AccessToken); status != 200 {
			t.Errorf("%s: the token gets %d", name, status)
		}
	}

	_, narrow := r.login(t, "grant_type=password&username=developer&password=developer&scope=cloud_controller.read,openid")
	if narrow.Scope != "cloud_controller.read" {
		t.Errorf("narrowed to %q", narrow.Scope)
	}
	r.send(t, "PATCH "+webPath, "{}", as(narrow.AccessToken), "Content-Type: application/json").is(t, contract.NotAuthorized)
	_, query := r.login(t, "", "Authorization: Basic Y2Y6", "X-Query: see the line below")
	if query.AccessToken != "" {
		t.Error("a token for nothing")
	}
	if got := r.send(t, "POST /oauth/token?grant_type=password&username=developer&password=developer", "", "Authorization: Basic Y2Y6"); got.status != 200 {
		t.Errorf("parameters in the query: %d %s", got.status, got.body)
	}
}

// TestClaims: what the cf CLI reads of a token; its expiry follows the wall,
// whatever the world's clock shows.
func TestClaims(t *testing.T) {
	t.Parallel()
	r := rigOf(t, clients, Options{})
	_, token := r.login(t, "grant_type=password&username=developer&password=developer")
	parts := strings.Split(token.AccessToken, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	var head, body map[string]any
	for i, into := range []*map[string]any{&head, &body} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	if head["alg"] != "RS256" || head["jku"] != "http://api.test/token_keys" {
		t.Errorf("header %v", head)
	}
	guid, _ := r.me(t, "developer")
	for name, want := range map[string]any{"user_name": "developer", "user_id": guid, "sub": guid, "origin": "uaa", "cid": "cf", "azp": "cf", "grant_type": "password", "zid": "uaa", "jti": token.JTI,
		"iss": "http://api.test/oauth/token"} {
		if body[name] != want {
			t.Errorf("%s is %v, want %v", name, body[name], want)
		}
	}
	if _, revocable := body["revocable"]; revocable {
		t.Error("revocable is there: cf logout would ask for it")
	}
	if audience, _ := body["aud"].([]any); !slices.Contains(audience, any("cloud_controller")) {
		t.Errorf("aud is %v", body["aud"])
	}
	expires := time.Unix(int64(body["exp"].(float64)), 0)
	if left := expires.Sub(world.Wall()); left < 9*time.Minute || left > 10*time.Minute+time.Second {
		t.Errorf("expires in %v", left)
	}
}

// TestRefusals are UAA's own form, not the cloud controller's (CLIENTS.md §2).
func TestRefusals(t *testing.T) {
	t.Parallel()
	r := rigOf(t, clients, Options{})
	_, token := r.login(t, "grant_type=password&username=developer&password=developer")
	const credentials = `{"error":"unauthorized","error_description":"Bad credentials"}`
	const client = `{"error":"invalid_client","error_description":"Bad credentials"}`
	tests := []struct {
		name, form, header string
		status             int
		want               string
	}{
		{"wrong password", "grant_type=password&username=developer&password=nix", "", 401, credentials},
		{"no password", "grant_type=password&username=developer", "", 401, credentials},
		{"no such user", "grant_type=password&username=nobody&password=nobody", "", 401, credentials},
		{"a client as a person", "grant_type=password&username=robot&password=oil", "", 401, credentials},
		{"no client", "grant_type=password&username=developer&password=developer", "X-Nothing: here", 401, client},
		{"wrong secret", "grant_type=client_credentials&client_id=robot&client_secret=nix", "X-Nothing: here", 401, client},
		{"unknown grant", "grant_type=magic", "", 400, `{"error":"unsupported_grant_type","error_description":"Unsupported grant type: magic"}`},
		{"no grant", "username=developer", "", 400, `{"error":"invalid_request","error_description":"Missing grant type"}`},
		{"no form", "grant_type=%zz", "", 400, `{"error":"invalid_request","error_description":"The request body is not a form"}`},
		{"an access token for a refresh", "grant_type=refresh_token&refresh_token=" + token.AccessToken, "", 401,
			`{"error":"invalid_token","error_description":"The token expired, was revoked, or the token ID is incorrect"}`},
		{"nonsense for a refresh", "grant_type=refresh_token&refresh_token=nix", "", 401, `{"error":"invalid_token","error_description":"The token expired, was revoked, or the token ID is incorrect"}`},
	}
	for _, test := range tests {
		headers := []string{"Authorization: Basic Y2Y6"}
		if test.header != "" {
			headers = []string{test.header}
		}
		if got, _ := r.login(t, test.form, headers...); got.status != test.status || got.body != test.want {
			t.Errorf("%s: got %d %s", test.name, got.status, got.body)
		}
	}
	for _, path := range []string{"/oauth/token", "/introspect", "/check_token"} {
		const want = `{"error":"CF-RequestTooLarge","error_description":"The request body is larger than 1048576 bytes"}`
		form := io.MultiReader(strings.NewReader(strings.Repeat("x", contract.MaxBody+1))) // of a length that is not told
		resp, err := r.Client().Post(r.URL+path, "application/x-www-form-urlencoded", form)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 413 || string(got) != want {
			t.Errorf("a huge form to %s: %d %s, %v", path, resp.StatusCode, got, err)
		}
	}
}

// forged signs claims with the process's own key.
func forged(t *testing.T, change func(*claims)) string {
	t.Helper()
	c := &claims{
		RegisteredClaims: jwt.RegisteredClaims{Issuer: "http://api.test/oauth/token", ExpiresAt: jwt.NewNumericDate(world.Wall().Add(time.Hour)), ID: "jti"},
		UserName:         "developer", UserID: "x", Scope: []string{"cloud_controller.read"},
	}
	change(c)
	token, err := issuer.sign(c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestTokens: who gets in with what, permissive and strict (DESIGN.md §4,
// CONTRACT.md §2).
func TestTokens(t *testing.T) {
	t.Parallel()
	permissive := rigOf(t, clients, Options{})
	session, renewal := permissive.world.Sessions.Marks()
	mine := func(bend func(*claims)) string {
		return forged(t, func(c *claims) { c.Session = session; bend(c) })
	}
	ours := mine(func(*claims) {})
	head, rest, _ := strings.Cut(ours, ".")
	body, signature, _ := strings.Cut(rest, ".")
	raised := base64.RawURLEncoding.EncodeToString([]byte(`{"user_name":"admin","scope":["cloud_controller.admin"],"exp":99999999999}`))
	none, err := jwt.NewWithClaims(jwt.SigningMethodNone, &claims{UserName: "admin"}).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	headed := func(header string) string { return as(encode([]byte(header)) + "." + body + "." + signature) }
	ourKeyNoSignature := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"`+issuer.kid+`"}`)) + "." + raised + "."
	ok, bad, nobody := (*contract.Error)(nil), contract.InvalidAuthToken, contract.NotAuthenticated
	tests := []struct {
		name, header       string
		permissive, strict *contract.Error
	}{
		{"no header", "X-Nothing: here", nobody, nobody},
		{"basic", "Authorization: Basic Y2Y6", nobody, nobody},
		{"empty", "Authorization: ", nobody, nobody},
		{"bearer alone", "Authorization: bearer", bad, bad},
		{"bearer and blanks", "Authorization: bearer   ", bad, bad},
		{"no blank between", "Authorization: bearerx", bad, bad},
		{"two words", "Authorization: bearer a b", bad, bad},
		{"scenario token", as("developer"), ok, ok},
		{"any case, more blanks", "authorization: BeArEr   developer", ok, ok},
		{"unknown token", as("anything"), ok, bad},
		{"what masks a token", as("[MASKED]"), bad, bad},
		{"a masked scheme", as("bearer [MASKED]"), bad, bad},
		{"somebody else's JWT", as(none), ok, bad},
		{"ours", as(ours), ok, ok},
		{"expired", as(mine(func(c *claims) { c.ExpiresAt = jwt.NewNumericDate(world.Wall().Add(-time.Second)) })), bad, bad},
		{"without expiry", as(mine(func(c *claims) { c.ExpiresAt = nil })), bad, bad},
		{"of a user who is gone", as(mine(func(c *claims) { c.UserName = "gone" })), bad, bad},
		{"a refresh token", as(mine(func(c *claims) { c.ID, c.Session, c.Refresh = "jti-r", "", renewal })), bad, bad},
		{"of another world", as(mine(func(c *claims) { c.Session = "x/0" })), bad, bad},
		{"of a client that nobody knows", as(mine(func(c *claims) { c.UserName, c.ClientID, c.Scope = "", "someone", []string{state.ScopeAdmin} })), ok, bad},
		{"tampered claims", as(head + "." + raised + "." + signature), bad, bad},
		{"tampered signature", as(head + "." + body + "." + strings.Repeat("A", len(signature))), bad, bad},
		{"no signature", as(head + "." + body + "."), bad, bad},
		{"cut off", as(head + "." + body), bad, bad},
		{"algorithm none with our key's name", as(ourKeyNoSignature), bad, bad},
		{"a padded header", as(head + "==." + rest), bad, bad},
		{"padded claims", as(head + "." + body + "==." + signature), bad, bad},
		{"a padded signature", as(ours + "=="), bad, bad},
		{"quoted", as(`"` + ours + `"`), bad, bad},
		{"the header alone", as(head), bad, bad},
		{"more behind it", as(ours + ".x.y"), bad, bad},
		{"in the other alphabet", as(base64.StdEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"`+issuer.kid+`","x":"???>>>"}`)) + "." + rest), bad, bad},
		{"a header with blanks", as(encode([]byte(` { "kid" : "`+issuer.kid+`" } `)) + "." + rest), bad, bad},
		{"another key", headed(`{"alg":"RS256","kid":"other"}`), bad, bad},
		{"a key that is a number", headed(`{"alg":"RS256","kid":7}`), bad, bad},
		{"no key", headed(`{"alg":"RS256"}`), bad, bad},
		{"no header", as("." + body + "." + signature), bad, bad},
		{"a header that is not JSON", as("%%%." + body + "." + signature), bad, bad},
		{"of a process that has ended", as(encode([]byte(`{"alg":"RS256","kid":"capisim-abcdefghijkl"}`)) + "." + raised + "." + signature), bad, bad},
		{"somebody else's JWT with a key", as(encode([]byte(`{"alg":"RS256","kid":"key-1"}`)) + "." + raised + "." + signature), ok, bad},
		{"somebody else's JWT with a session", as(encode([]byte(`{"alg":"RS256"}`)) + "." + encode([]byte(`{"session":"x","exp":1}`)) + "." + signature), ok, bad},
	}
	strict := rigOf(t, clients[:strings.Index(clients, "auth:")]+"auth: {mode: strict}\n", Options{})
	strict.world.Sessions = permissive.world.Sessions
	for _, test := range tests {
		for server, want := range map[*rig]*contract.Error{permissive: test.permissive, strict: test.strict} {
			for range 2 { // the second time the token may be a remembered one
				got := server.send(t, "GET "+webPath, "", test.header)
				if want == nil && got.status != 200 || want != nil && got.body != string(envelope(want)) {
					t.Errorf("%s (strict %v): got %d %s", test.name, server != permissive, got.status, got.body)
				}
			}
		}
	}
}

// TestStranger: permissive auth takes an unknown token for the admin, of the
// scenario if it has one.
func TestStranger(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	admin, _ := r.me(t, "admin")
	if who, _ := r.me(t, "anything"); who != admin {
		t.Errorf("is %s, not the admin %s", who, admin)
	}
	bare := rigOf(t, "name: bare\nclock: {mode: frozen}\nauth: {users: [{name: someone}]}\n", Options{})
	if got := bare.send(t, "GET /v3/processes", "", as("anything")); got.status != 200 || got.header.Get("X-User-Guid") != stranger.GUID {
		t.Errorf("got %d, %v", got.status, got.header)
	}
}

// TestRememberedTokensExpire: a token that was verified once is not good for
// ever, and what is remembered is bounded.
func TestRememberedTokensExpire(t *testing.T) {
	t.Parallel()
	s := &signer{key: issuer.key, kid: issuer.kid, verified: map[string]*claims{}}
	token := forged(t, func(*claims) {})
	now := world.Wall()
	for _, test := range []struct {
		at time.Duration
		ok bool
	}{{0, true}, {59 * time.Minute, true}, {61 * time.Minute, false}, {0, true}} {
		_, ours, err := s.verify(token, now.Add(test.at))
		if !ours || (err == nil) != test.ok {
			t.Errorf("after %v: %v, %v", test.at, ours, err)
		}
	}
	for i := range maxVerified + 10 {
		s.remember(strings.Repeat("x", i), nil)
	}
	if len(s.verified) > maxVerified {
		t.Errorf("%d are remembered", len(s.verified))
	}
}

// TestSessions: a login outlives what becomes of the world's state, and ends
// when it is ended, when its user is gone, and with the world.
func TestSessions(t *testing.T) {
	t.Parallel()
	r := rigOf(t, clients, Options{})
	const log = "grant_type=password&username=developer&password=developer"
	_, token := r.login(t, log)
	refresh := func(of tokenJSON) string {
		return "grant_type=refresh_token&refresh_token=" + url.QueryEscape(of.RefreshToken)
	}
	check := func(name string, access, refreshed int) {
		t.Helper()
		if _, status := r.me(t, token.AccessToken); status != access {
			t.Errorf("%s: the access token gets %d", name, status)
		}
		if got, _ := r.login(t, refresh(token)); got.status != refreshed || refreshed != 200 && !strings.Contains(got.body, "invalid_token") {
			t.Errorf("%s: the refresh token gets %d %s", name, got.status, got.body)
		}
	}
	check("at once", 200, 200)
	if err := r.world.Reset(world.Everything); err != nil {
		t.Fatal(err)
	}
	check("after a reset", 200, 200)
	load := func(text string) {
		t.Helper()
		s, err := scenario.Parse("x.yaml", []byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.world.Load(s); err != nil {
			t.Fatal(err)
		}
	}
	load("name: other\nauth: {users: [{name: developer}]}")
	check("after a load", 404, 200) // there he is, but not the process
	load("name: without\nauth: {users: [{name: someone}]}")
	check("while the user is gone", 401, 401)
	load(clients[:strings.Index(clients, "extends")] + "auth: {users: [{name: developer}]}")
	r.world.Sessions.Expire(false)
	check("after the access tokens were ended", 401, 200)
	r.world.Sessions.Expire(true)
	check("after all were ended", 401, 401)
}

// TestTokenLife: the scenario says how long tokens are good for.
func TestTokenLife(t *testing.T) {
	t.Parallel()
	r := rigOf(t, "name: short\nextends: default\nauth: {token_life: 1ms, refresh_token_life: 1h}\n", Options{})
	_, token := r.login(t, "grant_type=password&username=developer&password=developer")
	if token.ExpiresIn != 0 {
		t.Errorf("expires in %d", token.ExpiresIn)
	}
	held, ours, err := issuer.verify(token.AccessToken, world.Wall().Add(time.Millisecond))
	if !ours || err == nil {
		t.Errorf("good after its time: %+v", held)
	}
	if got, _ := r.login(t, "grant_type=refresh_token&refresh_token="+url.QueryEscape(token.RefreshToken)); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestUnknownClients: permissive auth lets every client in as an admin's, but
// for one that the scenario knows better.
func TestUnknownClients(t *testing.T) {
	t.Parallel()
	permissive, strict := rigOf(t, clients, Options{}), rigOf(t, strings.Replace(clients, "auth:", "auth:\n  mode: strict", 1), Options{})
	for _, test := range []struct {
		name, client       string
		permissive, strict int
	}{
		{"nobody's", "client_id=whoever&client_secret=whatever", 200, 401},
		{"without a secret", "client_id=whoever", 200, 401},
		{"named like a person", "client_id=developer&client_secret=x", 200, 401},
		{"known", "client_id=robot&client_secret=oil", 200, 200},
		{"known, another secret", "client_id=robot&client_secret=x", 401, 401},
		{"of the default scenario", "client_id=ci&client_secret=ci", 200, 200},
		{"the CLI's", "client_id=cf&client_secret=", 401, 401},
		{"none", "client_id=", 401, 401},
	} {
		for r, want := range map[*rig]int{permissive: test.permissive, strict: test.strict} {
			got, token := r.login(t, "grant_type=client_credentials&"+test.client, "X-Nothing: here")
			if got.status != want {
				t.Errorf("%s (strict %v): %d %s", test.name, r == strict, got.status, got.body)
			}
			if want != 200 {
				continue
			}
			if write := r.send(t, "PATCH "+webPath, "{}", as(token.AccessToken)); write.status != 200 || token.Scope != state.ScopeAdmin {
				t.Errorf("%s: with %q %d %s", test.name, token.Scope, write.status, write.body)
			}
		}
	}
	if got, _ := permissive.login(t, "grant_type=password&username=developer&password=developer&client_id=app&client_secret=x", "X-Nothing: here"); got.status != 200 {
		t.Errorf("a person through an unknown client: %d", got.status)
	}
}

func FuzzBearer(f *testing.F) {
	for _, value := range []string{"", "bearer", "bearer ", "bearer x", "BEARER\tx", "bearerx", "Basic Y2Y6", "bearer eyJ.x.y", "bearer \xff", "béarer x"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		token, err := bearer([]string{value})
		switch {
		case err == nil && (token == "" || strings.ContainsAny(token, " \t") || !strings.HasSuffix(value, token)):
			t.Errorf("%q gives %q", value, token)
		case err != nil && err != error(contract.NotAuthenticated) && err != error(contract.InvalidAuthToken):
			t.Errorf("%q gives %v", value, err)
		}
		if _, ours, err := issuer.verify(token, world.Wall()); ours && err == nil {
			t.Errorf("%q is let in", token)
		}
	})
}
