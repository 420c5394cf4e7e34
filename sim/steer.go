package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/scenario"
)

// ask makes a request to the admin API of the world, without a connection: what
// the methods of Server change is checked, told to the console and noted for
// bundles as everything else that comes from outside. The body is a text that is
// sent as it stands, or a value that is sent as JSON; into is a *string for the
// answer as it stands, or takes its JSON.
func (s *Server) ask(method, path string, body, into any) error {
	raw, err := encoded(body)
	if err != nil {
		return err
	}
	address := strings.TrimSuffix(s.AdminURL, s.world.Prefix+"/admin") + path
	request, err := http.NewRequestWithContext(context.Background(), method, address, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	if token := s.Simulator.config.token; token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer := &recorder{}
	s.Simulator.admin.ServeHTTP(answer, request, s.world)
	if answer.status >= 300 && answer.status != http.StatusExpectationFailed { // which answers the question
		var refusal client.Problems
		if err := json.Unmarshal(answer.body.Bytes(), &refusal); err != nil {
			return fmt.Errorf("%d: %s", answer.status, answer.body.String())
		}
		return &client.AnswerError{Status: answer.status, Problems: refusal.Errors}
	}
	switch into := into.(type) {
	case nil:
		return nil
	case *string:
		*into = answer.body.String()
		return nil
	}
	return json.Unmarshal(answer.body.Bytes(), into)
}

func encoded(body any) ([]byte, error) {
	switch body := body.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(body), nil
	}
	return json.Marshal(body)
}

// must is ask for what ends the test when it is refused.
func (s *Server) must(t TB, what, method, path string, body, into any) {
	t.Helper()
	if err := s.ask(method, path, body, into); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// Admin makes a request to the admin API of the world and returns the answer's
// body, for what has no method here: Admin(t, "PATCH", "/admin/features",
// `{"app_scaling":false}`). An empty body is none; a refusal ends the test.
func (s *Server) Admin(t TB, method, path, body string) string {
	t.Helper()
	switch {
	case !under(path, "/admin"):
		t.Fatalf("%s %s: expected a path of the admin API, such as /admin/features", method, path)
	case under(path, "/admin/events"):
		t.Fatalf("%s %s: a stream without an end, expected WantRequests with a count Within a time", method, path)
	}
	var answer string
	s.must(t, method+" "+path, method, path, body, &answer)
	return answer
}

type object map[string]any

// Now is the time of the world.
func (s *Server) Now() time.Time { return s.world.Clock.Now() }

// Freeze stops the world's clock where it is: Advance moves it.
func (s *Server) Freeze(t TB) {
	t.Helper()
	s.must(t, "freeze the clock", http.MethodPut, "/admin/clock", object{"mode": "frozen"}, nil)
}

// Resume lets the world's clock run on from where it is.
func (s *Server) Resume(t TB) {
	t.Helper()
	s.must(t, "resume the clock", http.MethodPut, "/admin/clock", object{"mode": "real"}, nil)
}

// Advance moves the world's clock forward, standing or running.
func (s *Server) Advance(t TB, by time.Duration) {
	t.Helper()
	s.must(t, fmt.Sprintf("advance the clock by %s", by), http.MethodPost, "/admin/clock/advance", object{"by": by.String()}, nil)
}

// Load puts the world on another scenario: the name of one that the server
// knows, or the path of a file, as the option Scenario takes it. State, faults,
// journal and clock begin anew.
func (s *Server) Load(t TB, nameOrFile string) {
	t.Helper()
	c := &config{}
	err := Scenario(nameOrFile)(c)
	var next *scenario.Scenario
	if err == nil {
		next, err = c.find(s.Simulator.library.Load())
	}
	s.play(t, "load scenario "+nameOrFile, next, err)
}

// LoadFile is Load for a file, whatever it is called.
func (s *Server) LoadFile(t TB, name string) {
	t.Helper()
	next, err := s.Simulator.library.Load().LoadFile(name)
	s.play(t, "load scenario", next, err)
}

// LoadDocument is Load for a scenario written in place, YAML or JSON.
func (s *Server) LoadDocument(t TB, text string) {
	t.Helper()
	next, err := scenario.Parse("", []byte(text), s.Simulator.library.Load())
	s.play(t, "load scenario", next, err)
}

func (s *Server) play(t TB, what string, next *scenario.Scenario, err error) {
	t.Helper()
	if err == nil {
		err = s.Simulator.admin.Play(s.world, next)
	}
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// Reset brings the world back to its scenario, or only these parts of it:
// "state", "faults", "journal", "clock".
func (s *Server) Reset(t TB, only ...string) {
	t.Helper()
	body := object{}
	if len(only) > 0 {
		body["only"] = only
	}
	s.must(t, "reset", http.MethodPost, "/admin/reset", body, nil)
}

// State is the world as it stands, as a scenario document in YAML: times,
// versions, forced instances, rules and their progress included. SetState,
// LoadDocument and the option Document make the same world of it.
func (s *Server) State(t TB) string {
	t.Helper()
	var text string
	s.must(t, "read the state", http.MethodGet, "/admin/state?format=yaml", nil, &text)
	return text
}

// SetState puts the world into the state of a document, with its rules and its
// clock. A Reset still goes back to the world's scenario, and the journal goes
// on.
func (s *Server) SetState(t TB, document string) {
	t.Helper()
	s.must(t, "set the state", http.MethodPut, "/admin/state", document, nil)
}

// ExpireTokens ends all access tokens that logins were given, as if their time
// had passed. Static tokens of the scenario stay.
func (s *Server) ExpireTokens(t TB) {
	t.Helper()
	s.must(t, "expire the tokens", http.MethodPost, "/admin/tokens/expire", object{}, nil)
}

// ExpireLogins ends the refresh tokens too: clients have to log in again.
func (s *Server) ExpireLogins(t TB) {
	t.Helper()
	s.must(t, "expire the logins", http.MethodPost, "/admin/tokens/expire", object{"refresh": true}, nil)
}
