package sim

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// TB is what a test hands to the library: *testing.T, *testing.B, *testing.F
// and GinkgoT() all fit.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	Name() string
	Failed() bool
}

// Run calls a function with a TB for those who have no test: a TestMain that
// shares a server among the tests of its package, or a program. What the
// function leaves to be cleaned up is cleaned up before Run returns; the error
// is what it failed with, and what it logged on the way.
func Run(f func(t TB)) error {
	p := &probe{name: "sim.Run"}
	done := make(chan struct{})
	go func() { // which Fatalf ends
		defer close(done)
		defer p.clean()
		f(p)
	}()
	<-done
	if !p.Failed() {
		return nil
	}
	return errors.New(strings.TrimRight(p.text(), "\n"))
}

// probe is a test whose failure fails nothing by itself.
type probe struct {
	name     string
	mutex    sync.Mutex
	output   strings.Builder
	failed   bool
	crashing string
	cleanups []func()
}

func (p *probe) Helper()      {}
func (p *probe) Name() string { return p.name }

func (p *probe) Cleanup(f func()) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.cleanups = append(p.cleanups, f)
}

func (p *probe) Failed() bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.failed
}

func (p *probe) Logf(format string, args ...any) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	fmt.Fprintf(&p.output, format+"\n", args...)
}

func (p *probe) Fatalf(format string, args ...any) {
	p.Logf(format, args...)
	p.mutex.Lock()
	p.failed = true
	p.mutex.Unlock()
	runtime.Goexit()
}

func (p *probe) text() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.output.String()
}

func (p *probe) crash(line string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.crashing = line
}

func (p *probe) crashed() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.crashing
}

// clean runs the cleanups, the last first, each of them even when one before it
// has failed.
func (p *probe) clean() {
	f := p.lastCleanup()
	if f == nil {
		return
	}
	defer p.clean()
	f()
}

func (p *probe) lastCleanup() func() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	last := len(p.cleanups) - 1
	if last < 0 {
		return nil
	}
	f := p.cleanups[last]
	p.cleanups = slices.Delete(p.cleanups, last, last+1)
	return f
}
