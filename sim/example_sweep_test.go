package sim_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/capisim/sim"
)

// shown is a test that prints its subtests; in a test, *testing.T is in its place.
type shown struct {
	sim.TB
	printed bool
}

func (s shown) Run(name string, test func(shown)) bool {
	if s.printed {
		fmt.Println(name)
	}
	test(s)
	return true
}

func (s shown) Errorf(format string, args ...any) { fmt.Printf(format, args...) }

// terminate has instance 0 replaced, and does it again when the answer does not
// say that it was done.
func terminate(t sim.TB, srv *sim.Server) error {
	c := srv.Client("developer")
	c.Timeout = time.Second
	for range 2 {
		req, err := http.NewRequest("DELETE", "/v3/processes/"+demoWeb+"/instances/0", nil)
		if err != nil {
			return err
		}
		if status(c.Do(req)) == 204 {
			return nil
		}
	}
	return errors.New("the instance was not terminated")
}

// cells prints the cells that a sweep of terminate has.
func cells(options ...sim.SweepOption) {
	err := sim.Run(func(t sim.TB) {
		sim.Sweep(shown{t, true}, func(t sim.TB, srv *sim.Server) error {
			c := srv.Client("developer")
			status(c.Get("/v3/processes/" + demoWeb))
			status(c.Get("/v3/apps/" + demoWeb))
			return nil
		}, options...)
	})
	if err != nil {
		fmt.Println(err)
	}
}

func ExampleSweep() {
	sim.Run(func(t sim.TB) {
		sim.Sweep(shown{TB: t}, terminate, sim.Only("terminateProcessInstance:reset"), sim.Modes("after"))
	})
	// Output:
	// the DELETE (terminateProcessInstance) took effect and met a connection that was reset; it was sent again; instance 0 was restarted twice; the command printed nothing and exited 0: [done_twice]
	//   terminateProcessInstance: no answer, injected, changed the state
	//   terminateProcessInstance: 204, changed the state
}

func ExampleRunner() {
	sim.Run(func(t sim.TB) {
		sim.Sweep(shown{t, true}, terminate, sim.Only("terminateProcessInstance:404"), sim.Modes("once"))
	})
	// Output: terminateProcessInstance/404/once
}

func ExampleSweepOption() {
	cells(sim.Only("getProcess:404"), sim.Modes("once"))
	// Output: getProcess/404/once
}

func ExampleOnly() {
	cells(sim.Only("getProcess:404", "*:reset"), sim.Modes("once"))
	// Output:
	// getProcess/404/once
	// getProcess/reset/once
}

func ExampleSkip() {
	cells(sim.Only("getProcess"), sim.Skip("*:html", "*:blank", "*:hang"), sim.Modes("once"))
	// Output:
	// getProcess/400/once
	// getProcess/401/once
	// getProcess/403/once
	// getProcess/404/once
	// getProcess/429/once
	// getProcess/500/once
	// getProcess/502/once
	// getProcess/503/once
	// getProcess/reset/once
	// getProcess/empty/once
	// getProcess/truncate/once
	// getProcess/garbage/once
}

func ExampleModes() {
	cells(sim.Only("getProcess:404"), sim.Modes("once", "always"))
	// Output:
	// getProcess/404/once
	// getProcess/404/always
}

func ExampleWithSupporting() {
	cells(sim.Only("getApp:404"), sim.WithSupporting(), sim.Modes("once"))
	// Output: getApp/404/once
}

func ExampleIn() {
	cells(sim.In(sim.Scenario("deploying")), sim.Only("getProcess:401"), sim.Modes("once"))
	// Output: getProcess/401/once
}

func ExampleLimit() {
	cells(sim.Limit(2*time.Second), sim.Only("getProcess:403"), sim.Modes("once"))
	// Output: getProcess/403/once
}

func ExampleFailOn() {
	cells(sim.FailOn("warning"), sim.Only("getProcess:404"), sim.Modes("once"))
	cells(sim.FailOn("error"))
	// Output:
	// getProcess/404/once
	// sweep: fail on "error", expected bug, warning or note
}

func ExampleAcceptFile() {
	dir, err := os.MkdirTemp("", "sweep")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "accept.yaml")
	text := `[{operation: terminateProcessInstance, answer: reset, mode: after, verdict: done_twice, reason: a restart more does no harm}]`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	sim.Run(func(t sim.TB) {
		sim.Sweep(shown{t, true}, terminate, sim.AcceptFile(file), sim.Only("terminateProcessInstance:reset"), sim.Modes("after"))
	})
	// Output: terminateProcessInstance/reset/after
}

// bundleOf writes the bundle of a world that has met a request, and returns its
// file.
func bundleOf(dir string) string {
	file := filepath.Join(dir, "failure.bundle.json.gz")
	_ = sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Frozen())
		srv.Fault(t, sim.Fault{Operation: "getProcess", Status: 404, Times: 1})
		status(srv.Client("developer").Get("/v3/processes/" + demoWeb))
		srv.WriteBundle(t, file)
	})
	return file
}

func ExampleServer_WriteBundle() {
	dir, _ := os.MkdirTemp("", "bundles")
	defer os.RemoveAll(dir)
	file, err := os.Open(bundleOf(dir))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	b, err := sim.ReadBundle(file)
	fmt.Println(b.World, len(b.Steps), err)
	// Output: default 2 <nil>
}

func ExampleReadBundle() {
	_, err := sim.ReadBundle(strings.NewReader("something else"))
	fmt.Println(err)
	// Output: not a bundle: not compressed by gzip, expected a file that capisim wrote
}

func ExampleBundle() {
	dir, _ := os.MkdirTemp("", "bundles")
	defer os.RemoveAll(dir)
	file, err := os.Open(bundleOf(dir))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	b, _ := sim.ReadBundle(file)
	for _, step := range b.Steps {
		if step.Request != nil {
			fmt.Println(step.Request.Operation, step.Request.Response.Status)
		}
	}
	// Output: getProcess 404
}

func ExampleReplay() {
	dir, _ := os.MkdirTemp("", "bundles")
	defer os.RemoveAll(dir)
	file, err := os.Open(bundleOf(dir))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	b, err := sim.ReadBundle(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := sim.Replay(b)
	fmt.Println(report.Same(), report.Requests, err)
	// Output: true 1 <nil>
}

func ExampleReplayReport() {
	dir, _ := os.MkdirTemp("", "bundles")
	defer os.RemoveAll(dir)
	file, err := os.Open(bundleOf(dir))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	b, _ := sim.ReadBundle(file)
	report, _ := sim.Replay(b)
	report.WriteText(os.Stdout)
	// Output: world default: 1 request and 1 change played again, all as recorded
}

func ExampleFromBundle() {
	dir, _ := os.MkdirTemp("", "bundles")
	defer os.RemoveAll(dir)
	file := bundleOf(dir)
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.FromBundle(file)) // as the world was, for a client to be run against it
		fmt.Println(status(srv.Client("developer").Get("/v3/processes/" + demoWeb)))
	})
	// Output: 200
}

func ExampleBundleOnFailure() {
	dir, _ := os.MkdirTemp("", "bundles")
	defer os.RemoveAll(dir)
	err := sim.Run(func(t sim.TB) {
		sim.Start(t, sim.BundleOnFailure(dir))
		t.Fatalf("the client did something wrong")
	})
	fmt.Println(strings.ReplaceAll(err.Error(), dir, "DIR"))
	// Output:
	// the client did something wrong
	// bundle of the failure: capisim replay DIR/sim.Run.bundle.json.gz
}
