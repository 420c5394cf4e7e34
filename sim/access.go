package sim

import (
	"net/http"
	"net/url"
)

// Token is an access token of a user of the world: the static one that the
// scenario gives, else one that is good for an hour, or until ExpireTokens.
func (s *Server) Token(user string) string {
	s.owner.Helper()
	state := s.world.Current().State
	if token, given := state.TokenOf(user); given {
		return token
	}
	found, known := state.User(user)
	if !known {
		s.owner.Fatalf("token: the scenario has no user %q", user)
	}
	by := "cf"
	if found.Client {
		by = user
	}
	token, err := s.Simulator.api.AccessToken(s.world, user, by, found.Scopes)
	if err != nil {
		s.owner.Fatalf("token of %s: %v", user, err)
	}
	return token
}

// Client is an HTTP client that carries the token of a user to this world; it is
// taken once, as Token gives it now. A request without a host is sent to the world: client.Get("/v3/processes").
func (s *Server) Client(user string) *http.Client {
	s.owner.Helper()
	token := s.Token(user)
	base, err := url.Parse(s.URL)
	if err != nil {
		s.owner.Fatalf("client: %v", err)
	}
	return &http.Client{Transport: &carrier{base: base, token: token}}
}

// carrier adds a token to the requests to one server.
type carrier struct {
	base  *url.URL
	token string
}

func (c *carrier) RoundTrip(request *http.Request) (*http.Response, error) {
	next := request.Clone(request.Context())
	if next.URL.Host == "" {
		next.URL.Scheme, next.URL.Host = c.base.Scheme, c.base.Host
		next.URL.Path = c.base.Path + next.URL.Path
		if next.URL.RawPath != "" {
			next.URL.RawPath = c.base.EscapedPath() + next.URL.RawPath
		}
	}
	if next.URL.Host == c.base.Host && next.Header.Get("Authorization") == "" {
		next.Header.Set("Authorization", "bearer "+c.token)
	}
	return http.DefaultTransport.RoundTrip(next)
}
