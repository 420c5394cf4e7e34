package sim_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim"
)

const swept = "c1000000-0000-4000-8000-000000000001"

// send is one request of a client, with its answer.
func send(srv *sim.Server, method, path, body string) (int, string, error) {
	c := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	request, err := http.NewRequest(method, srv.URL+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Authorization", "bearer developer")
	request.Header.Set("Content-Type", "application/json")
	response, err := c.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// scaler scales to three. It never repeats the write: when it cannot tell
// whether the change was made, it looks.
func scaler(t sim.TB, srv *sim.Server) error {
	status, text, err := send(srv, "POST", "/v3/processes/"+swept+"/actions/scale", `{"instances":3}`)
	if status == http.StatusAccepted && err == nil {
		return nil
	}
	seen, now, lookErr := send(srv, "GET", "/v3/processes/"+swept, "")
	if lookErr == nil && seen == http.StatusOK && strings.Contains(now, `"instances":3,`) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("scale: %d %s", status, text)
}

// lister prints the guids of all processes, or tells why not.
func lister(t sim.TB, srv *sim.Server) error {
	status, text, err := send(srv, "GET", "/v3/processes", "")
	if err != nil {
		return err
	}
	if status != http.StatusOK || !strings.HasSuffix(text, "}") {
		return fmt.Errorf("list: %d %s", status, text)
	}
	t.Logf("%s", text)
	return nil
}

// TestSweepOfGoodClients: a client that handles everything has no finding, not
// even a warning.
func TestSweepOfGoodClients(t *testing.T) {
	t.Parallel()
	t.Run("scaler", func(t *testing.T) {
		t.Parallel()
		sim.Sweep(t, scaler, sim.FailOn("warning"))
	})
	t.Run("lister", func(t *testing.T) {
		t.Parallel()
		sim.Sweep(t, lister, sim.FailOn("warning"))
	})
}

// record is a test whose subtests' failures are kept instead of failing.
type record struct {
	*testing.T
	failures *[]string
}

func (r record) Errorf(format string, args ...any) {
	*r.failures = append(*r.failures, fmt.Sprintf(format, args...))
}

func (r record) Run(name string, test func(record)) bool {
	return r.T.Run(name, func(t *testing.T) { test(record{t, r.failures}) })
}

// TestSweepFindsWhatIsWrong: a client that repeats what was done, one that
// crashes, and one that panics.
func TestSweepFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, only, mode string
		client           func(sim.TB, *sim.Server) error
		want             string
	}{
		{"repeats a DELETE", "terminateProcessInstance:503", "after", func(t sim.TB, srv *sim.Server) error {
			for range 2 {
				if status, _, _ := send(srv, "DELETE", "/v3/processes/"+swept+"/instances/0", ""); status == http.StatusNoContent {
					return nil
				}
			}
			return errors.New("503")
		}, "instance 0 was restarted twice"},
		{"overwrites a stranger", "scaleProcess:503", "lost", func(t sim.TB, srv *sim.Server) error {
			for range 2 {
				if status, _, _ := send(srv, "POST", "/v3/processes/"+swept+"/actions/scale", `{"instances":3}`); status == http.StatusAccepted {
					return nil
				}
			}
			return errors.New("503")
		}, "the other client's 5 is gone"},
		{"panics", "getProcess:html", "once", func(t sim.TB, srv *sim.Server) error {
			_, text, _ := send(srv, "GET", "/v3/processes/"+swept, "")
			if text[0] != '{' {
				panic("no JSON")
			}
			return nil
		}, "panic: no JSON"},
		{"ignores the status", "scaleProcess:409", "once", func(t sim.TB, srv *sim.Server) error {
			_, _, err := send(srv, "POST", "/v3/processes/"+swept+"/actions/scale", `{"instances":3}`)
			return err
		}, "the state is not what success leaves behind"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var failures []string
			sim.Sweep(record{t, &failures}, c.client, sim.Only(c.only), sim.Modes(c.mode))
			if len(failures) != 1 || !strings.Contains(failures[0], c.want) {
				t.Errorf("%q, want one with %q", failures, c.want)
			}
		})
	}
}
