package sim

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"example.com/capisim/sim/api"
	"example.com/capisim/sim/bundle"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/world"
)

// Bundle is a world as it was when its journal began, with all that happened
// since: what BundleOnFailure, Server.WriteBundle and the command write.
type Bundle = bundle.Bundle

// ReplayReport says how a replay went: Same, Differences, and WriteText for
// people.
type ReplayReport = bundle.Report

// ReadBundle reads a bundle's file. One that is cut, edited or newer is refused
// with what is wrong.
func ReadBundle(from io.Reader) (*Bundle, error) { return bundle.Read(from) }

// Replay builds the world of a bundle, changes it and sends it the requests
// again in their order, at the times that its clock showed, and compares what
// comes. Nothing is waited for: neither what faults hold back nor the time in
// between. The error says what is wrong with the bundle.
func Replay(b *Bundle) (*ReplayReport, error) {
	s, of, err := stageOf(b)
	if err != nil {
		return nil, err
	}
	defer s.Close() //nolint:errcheck // it never fails
	return bundle.Replay(b, &stage{s, of, of.Journal.Stats().Total}), nil
}

// serverOf is what of a server the answers of its worlds depend on.
func (c *config) serverOf() bundle.Server {
	return bundle.Server{ExternalURL: c.api.ExternalURL, TrustProxy: c.api.TrustProxy, CORSOrigins: c.corsOrigins, Prefer: c.api.Prefer}
}

// stageOf makes a simulator that has the world of a bundle under its name.
func stageOf(b *bundle.Bundle) (*Simulator, *world.World, error) {
	options := []Option{bundled(b), Journal(2*len(b.Steps)+1000, 1<<40), hurry, Frozen()}
	if b.Server.ExternalURL != "" {
		options = append(options, ExternalURL(b.Server.ExternalURL))
	}
	if b.Server.TrustProxy {
		options = append(options, TrustProxy())
	}
	if len(b.Server.CORSOrigins) > 0 {
		options = append(options, CORSOrigins(b.Server.CORSOrigins...))
	}
	if !b.Server.Prefer {
		options = append(options, NoPrefer())
	}
	s, err := New(options...)
	if err != nil || b.World == world.Default {
		return s, s.root(), err
	}
	of, err := s.worlds.Create(world.Spec{Name: b.World, Scenario: s.root().Current().Scenario})
	return s, of, err
}

func (s *Simulator) root() *world.World {
	if s == nil {
		return nil
	}
	return s.worlds.Root()
}

// hurry holds no answer back.
func hurry(c *config) error {
	c.api.Hurry = true
	return nil
}

// playing lets the default world begin on a scenario that was read already.
func playing(s *scenario.Scenario) Option {
	return func(c *config) error {
		c.parsed = s
		return nil
	}
}

// bundled lets the default world begin as the world of a bundle did.
func bundled(b *bundle.Bundle) Option {
	return func(c *config) error {
		c.document = b.Scenario
		return nil
	}
}

// stage is the world in which a bundle is played again.
type stage struct {
	simulator *Simulator
	world     *world.World
	seen      uint64 // id of the newest request
}

func (s *stage) Show(now time.Time) { s.world.Clock.Set(true, now) }

func (s *stage) Change(c *bundle.Change) error {
	target := s.world.Prefix + c.Path
	if c.Query != "" {
		target += "?" + c.Query
	}
	request, err := http.NewRequestWithContext(context.Background(), c.Method, "http://localhost"+target, bytes.NewReader(c.Body))
	if err != nil {
		return err
	}
	answer := &recorder{}
	s.simulator.ServeHTTP(answer, request)
	if answer.status >= 300 {
		return fmt.Errorf("%d: %s", answer.status, strings.TrimSpace(answer.body.String()))
	}
	return nil
}

func (s *stage) Put(document []byte) error {
	next, err := scenario.FromBody(nil, document, nil)
	if err != nil {
		return err
	}
	return s.world.Replace(next)
}

func (s *stage) Send(r *bundle.Request) ([]journal.View, error) {
	ctx := context.Background()
	if r.OwnPort {
		ctx = api.OwnPort(ctx, s.world)
	}
	request, err := r.HTTP(ctx, (*keys)(s))
	if err != nil {
		return nil, err
	}
	s.serve(request)
	last := s.world.Journal.Stats().Total
	var views []journal.View
	for _, one := range s.world.Journal.Recording(s.seen, last) {
		views = append(views, one.View())
	}
	s.seen = last
	return views, nil
}

// serve hands a request to the API.
func (s *stage) serve(r *http.Request) {
	if s.world.Prefix == "" && strings.HasPrefix(r.URL.Path, world.Prefix) {
		s.simulator.api.ServeNoWorld(&recorder{}, r, s.world)
		return
	}
	s.simulator.api.Send(s.world, r)
}

// recorder keeps an answer instead of sending it.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *recorder) Header() http.Header {
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.header
}

func (a *recorder) WriteHeader(status int) { a.status = status }
func (a *recorder) Flush()                 {}

func (a *recorder) Write(p []byte) (int, error) { return a.body.Write(p) }

// keys give the secrets of the world that a bundle is played in.
type keys stage

func (k *keys) Password(user string) string {
	if found, known := k.world.Current().State.User(user); known {
		return found.Password
	}
	return ""
}

func (k *keys) Token(of journal.Credentials) (string, error) {
	if of.Issued {
		return k.simulator.api.AccessToken(k.world, of.User, of.Client, of.Scopes)
	}
	if token, given := k.world.Current().State.TokenOf(of.User); given {
		return token, nil
	}
	return "of-nobody", nil // permissive auth takes it for an administrator's, as it took the recorded one
}

func (k *keys) Refresh(of journal.Credentials) (string, error) {
	return k.simulator.api.RefreshToken(k.world, of.User, of.Client, of.Scopes)
}
