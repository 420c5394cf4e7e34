package sim

import (
	"fmt"
	"net/http"
	"net/url"

	"example.com/capisim/sim/world"
)

// Token is an access token of a user of the world: the static one that the
// scenario gives, else one that is good for an hour, or until ExpireTokens.
func (s *Server) Token(user string) string {
	s.owner.Helper()
	token, err := s.Simulator.tokenOf(s.world, user)
	if err != nil {
		s.owner.Fatalf("token: %v", err)
	}
	return token
}

// tokenOf is an access token of a user of a world.
func (s *Simulator) tokenOf(of *world.World, user string) (string, error) {
	state := of.Current().State
	if token, given := state.TokenOf(user); given {
		return token, nil
	}
	found, known := state.User(user)
	if !known {
		return "", fmt.Errorf("the scenario has no user %q", user)
	}
	by := "cf"
	if found.Client {
		by = user
	}
	return s.api.AccessToken(of, user, by, found.Scopes)
}

// send carries out a request to a world for the admin API.
func (s *Simulator) send(of *world.World, user string, r *http.Request) (id uint64, err error) {
	if user != "" {
		token, err := s.tokenOf(of, user)
		if err != nil {
			return 0, err
		}
		r.Header.Set("Authorization", "bearer "+token)
	}
	of.Begin()
	defer of.End()
	return s.api.Send(of, r), nil
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
