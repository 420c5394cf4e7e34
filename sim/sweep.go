package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/sweep"
	"example.com/capisim/sim/world"
)

// SweepOption is a choice about a sweep.
type SweepOption func(*sweepConfig) error

type sweepConfig struct {
	sweep.Options
	server []Option
	failOn sweep.Grade
}

// In chooses the server that the worlds of a sweep belong to: In(Scenario("quota")).
func In(options ...Option) SweepOption {
	return func(c *sweepConfig) error { c.server = options; return nil }
}

// Only narrows a sweep to some cells: "updateProcess", "scaleProcess:503",
// "*:reset".
func Only(cells ...string) SweepOption {
	return func(c *sweepConfig) (err error) {
		c.Options.Only, err = sweep.ParseSelectors(strings.Join(cells, ","))
		return err
	}
}

// Skip leaves cells out; they are written as for Only.
func Skip(cells ...string) SweepOption {
	return func(c *sweepConfig) (err error) {
		c.Options.Skip, err = sweep.ParseSelectors(strings.Join(cells, ","))
		return err
	}
}

// Modes narrows a sweep to some modes: "after", "lost", "once", "always",
// "call".
func Modes(modes ...string) SweepOption {
	return func(c *sweepConfig) (err error) {
		c.Options.Modes, err = sweep.ParseModes(strings.Join(modes, ","))
		return err
	}
}

// WithSupporting sweeps the supporting operations too.
func WithSupporting() SweepOption {
	return func(c *sweepConfig) error { c.Supporting = true; return nil }
}

// AcceptFile names the file with the findings that are known, each with a
// reason.
func AcceptFile(name string) SweepOption {
	return func(c *sweepConfig) error {
		data, err := document.ReadFile(name, sweep.MaxAccept)
		if err != nil {
			return fmt.Errorf("accept file: %w", err)
		}
		c.Accept, err = sweep.ParseAccept(name, data)
		return err
	}
}

// FailOn is the least grade that fails: "bug" (the default), "warning" or
// "note".
func FailOn(grade string) SweepOption {
	return func(c *sweepConfig) error {
		c.failOn = sweep.Grade(grade)
		if !slices.Contains([]sweep.Grade{sweep.Bug, sweep.Warning, sweep.Note}, c.failOn) {
			return fmt.Errorf("fail on %q, expected bug, warning or note", grade)
		}
		return nil
	}
}

// Limit is the least time that a run may take before it counts as one that
// never ends; left out it is ten seconds. Five times a run without a fault are
// always allowed.
func Limit(least time.Duration) SweepOption {
	return func(c *sweepConfig) error { c.Options.Limit = least; return nil }
}

// Runner is a test that can have subtests, as *testing.T is.
type Runner[T any] interface {
	TB
	Run(name string, test func(T)) bool
	Errorf(format string, args ...any)
}

// Sweep runs a client once for each way in which the API can fail, each time in
// a world of its own, as a subtest named OPERATION/ANSWER/MODE, which fails with
// a sentence and the requests when the client gets it wrong. The client is a
// function that reports a failure by its error, or by its test. It may be run
// many times, and must not share state between runs.
func Sweep[T Runner[T]](t T, run func(t TB, srv *Server) error, options ...SweepOption) {
	t.Helper()
	c := sweepConfig{failOn: sweep.Bug}
	for _, option := range options {
		if err := option(&c); err != nil {
			t.Fatalf("sweep: %v", err)
		}
	}
	srv := Start(t, c.server...)
	host := sweep.Server{Client: &client.Client{URL: strings.TrimSuffix(srv.AdminURL, "/admin"), Token: srv.Simulator.config.token}}
	c.Host, c.Now = host, world.Wall
	c.Run = func(_ context.Context, w sweep.World, limit time.Duration) sweep.Ending {
		of, known := srv.Simulator.worlds.World(w.Name())
		if !known {
			return sweep.Ending{Exit: sweep.Exit{Code: 1}, Output: "the world is gone"}
		}
		p := &probe{name: t.Name()}
		return runOnce(p, srv.beside(p, of), run, limit)
	}
	ctx := context.Background()
	ref, err := sweep.NewReference(ctx, c.Options)
	if err != nil {
		t.Fatalf("sweep: %v", err)
	}
	for _, cell := range sweep.Cells(ref, c.Options) {
		t.Run(cell.Operation.ID+"/"+cell.Answer+"/"+strings.ReplaceAll(cell.ModeName(), " ", "_"), func(t T) {
			t.Helper()
			result, err := c.Cell(ctx, ref, cell)
			if err != nil {
				t.Fatalf("sweep: %v", err)
			}
			if result.Fails(c.failOn) {
				t.Errorf("%s", told(result))
			}
		})
	}
}

// told is the failure of a cell: its sentence, and what was sent.
func told(c *sweep.CellResult) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %v\n", c.Sentence, c.Verdicts)
	for _, r := range c.Requests {
		status := "no answer"
		if r.Status != 0 {
			status = fmt.Sprint(r.Status)
		}
		fmt.Fprintf(&text, "  %s: %s", r.Operation, status)
		if r.Injected {
			text.WriteString(", injected")
		}
		if r.Applied {
			text.WriteString(", changed the state")
		}
		text.WriteString("\n")
	}
	return text.String()
}

// patience is how long a client may go on after its world has ended, before it
// is left behind.
const patience = time.Second

// runOnce runs the client in a goroutine of its own, so that neither a panic nor
// an endless loop ends the sweep.
func runOnce(probe *probe, srv *Server, run func(TB, *Server) error, limit time.Duration) sweep.Ending {
	done := make(chan error, 1)
	began := world.Wall()
	go func() {
		ended := false
		defer func() {
			if cause := recover(); cause != nil {
				probe.crash("panic: " + fmt.Sprint(cause))
				done <- errors.New("panic")
			} else if !ended { // Fatalf
				done <- errors.New(probe.text())
			}
		}()
		defer probe.clean()
		err := run(probe, srv)
		ended = true
		done <- err
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	out := sweep.Ending{}
	var err error
	select {
	case err = <-done:
		out.Seconds = world.Wall().Sub(began).Seconds()
	case <-timer.C:
		out.Exit.Timeout = true
		out.Seconds = world.Wall().Sub(began).Seconds()
		srv.world.Cut()
		grace := time.NewTimer(patience)
		defer grace.Stop()
		select {
		case <-done:
		case <-grace.C:
		}
	}
	out.Output, out.Crashed = probe.text(), probe.crashed()
	if err != nil {
		out.Output += err.Error() + "\n"
	}
	if !out.Exit.Timeout && (err != nil || probe.Failed()) {
		out.Exit.Code = 1
	}
	return out
}
