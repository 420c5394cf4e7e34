package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"example.com/capisim/sim/sweep"
	"example.com/capisim/sim/world"
)

// child is a command that is run once, killed whole at its limit, and whose
// output is kept as far as a bound allows.
type child struct {
	argv    []string
	environ []string
}

// outputBound is how much of an output is looked at: its end.
const outputBound = 1 << 20

// lastWords is how long output is waited for that a dead command left in the
// pipe, or that a process still holds which left its group.
const lastWords = time.Second

// run starts the command in a process group of its own, with empty standard
// input, and waits for its end, the limit or the context's.
func (c child) run(ctx context.Context, limit time.Duration) sweep.Ending {
	reader, writer, err := os.Pipe()
	if err != nil {
		return unstarted(err)
	}
	defer reader.Close()
	command := exec.Command(c.argv[0], c.argv[1:]...)
	command.Env, command.Stdout, command.Stderr = c.environ, writer, writer
	ownGroup(command)
	began := world.Wall()
	err = command.Start()
	writer.Close() //nolint:errcheck // the child has its own
	if err != nil {
		return unstarted(err)
	}
	output := &tail{bound: outputBound}
	var copied sync.WaitGroup
	copied.Go(func() { io.Copy(output, reader) }) //nolint:errcheck // it ends by the deadline below

	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	timedOut := false
	select {
	case err = <-ended:
	case <-timer.C:
		timedOut = true
		killGroup(command)
		err = <-ended
	case <-ctx.Done():
		killGroup(command)
		err = <-ended
	}
	took := world.Wall().Sub(began)
	killGroup(command)                                  // what it forked and left behind
	reader.SetReadDeadline(world.Wall().Add(lastWords)) //nolint:errcheck // then the copy waits for the pipe's end
	copied.Wait()

	out := sweep.Ending{Exit: exitOf(err), Output: output.String(), Seconds: took.Seconds()}
	if timedOut {
		out.Exit = sweep.Exit{Timeout: true}
	}
	return out
}

// unstarted is the ending of a command that could not be run, with the code
// that a shell would give.
func unstarted(err error) sweep.Ending {
	return sweep.Ending{Exit: sweep.Exit{Code: 127}, Output: hinted(err).Error() + "\n"}
}

// hinted says what a script lacks that the system does not take for a program.
func hinted(err error) error {
	if errors.Is(err, syscall.ENOEXEC) {
		return fmt.Errorf("%w; a script begins with a line such as #!/bin/sh", err)
	}
	return err
}

func exitOf(err error) sweep.Exit {
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		return sweep.Exit{}
	}
	if signal := signalOf(failed.ProcessState); signal != "" {
		return sweep.Exit{Signal: signal}
	}
	return sweep.Exit{Code: failed.ExitCode()}
}

// tail keeps the end of what is written to it.
type tail struct {
	mutex sync.Mutex
	bound int
	kept  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.kept = append(t.kept, p...)
	if extra := len(t.kept) - 2*t.bound; extra > 0 { // seldom enough to cost nothing
		t.kept = append(t.kept[:0], t.kept[len(t.kept)-t.bound:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return string(t.kept[max(0, len(t.kept)-t.bound):])
}
