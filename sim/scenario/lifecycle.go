package scenario

import (
	"fmt"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// Lifecycle says how instances come up and go down.
type Lifecycle struct {
	StartDelay   document.Duration  `json:"start_delay,omitzero"`
	ReadyDelay   document.Duration  `json:"ready_delay,omitzero"`
	StopDelay    document.Duration  `json:"stop_delay,omitzero"`
	RestartDelay *document.Duration `json:"restart_delay,omitempty"`
	// Between two moves of a deployment.
	DeploymentInterval *document.Duration `json:"deployment_interval,omitempty"`

	CrashLoop     OneOrMore[CrashLoop]     `json:"crash_loop,omitempty"`
	ReadinessLoop OneOrMore[ReadinessLoop] `json:"readiness_loop,omitempty"`
}

// CrashLoop makes the instances of a process type crash after each start.
type CrashLoop struct {
	Process string            `json:"process"`
	After   document.Duration `json:"after,omitzero"`
}

// ReadinessLoop makes the readiness check of a process type pass and fail in
// turn.
type ReadinessLoop struct {
	Process string            `json:"process"`
	Ready   document.Duration `json:"ready"`
	Unready document.Duration `json:"unready"`
}

// defaultRestartDelay is how long an instance that was ended is gone: longer
// than a client's question takes, shorter than the time between two of the cf
// CLI's (CLIENTS.md §3).
const defaultRestartDelay = 2 * time.Second

func (l *Lifecycle) stored() state.Lifecycle {
	made := state.Lifecycle{RestartDelay: defaultRestartDelay}
	if l == nil {
		return made
	}
	made.StartDelay, made.ReadyDelay, made.StopDelay = time.Duration(l.StartDelay), time.Duration(l.ReadyDelay), time.Duration(l.StopDelay)
	if l.RestartDelay != nil {
		made.RestartDelay = time.Duration(*l.RestartDelay)
	}
	if l.DeploymentInterval != nil {
		made.DeploymentInterval = time.Duration(*l.DeploymentInterval)
	}
	for _, loop := range l.CrashLoop {
		made.CrashLoop = append(made.CrashLoop, state.CrashLoop{Process: loop.Process, After: time.Duration(loop.After)})
	}
	for _, loop := range l.ReadinessLoop {
		made.ReadinessLoop = append(made.ReadinessLoop, state.ReadinessLoop{
			Process: loop.Process, Ready: time.Duration(loop.Ready), Unready: time.Duration(loop.Unready)})
	}
	return made
}

func exportLifecycle(l state.Lifecycle) *Lifecycle {
	restart := document.Duration(l.RestartDelay)
	out := &Lifecycle{StartDelay: document.Duration(l.StartDelay), ReadyDelay: document.Duration(l.ReadyDelay), StopDelay: document.Duration(l.StopDelay), RestartDelay: &restart}
	if l.DeploymentInterval != 0 {
		interval := document.Duration(l.DeploymentInterval)
		out.DeploymentInterval = &interval
	}
	for _, loop := range l.CrashLoop {
		out.CrashLoop = append(out.CrashLoop, CrashLoop{Process: loop.Process, After: document.Duration(loop.After)})
	}
	for _, loop := range l.ReadinessLoop {
		out.ReadinessLoop = append(out.ReadinessLoop, ReadinessLoop{loop.Process, document.Duration(loop.Ready), document.Duration(loop.Unready)})
	}
	return out
}

func (c *checker) lifecycle() {
	if c.doc.Lifecycle == nil {
		return
	}
	types := newNames("process type")
	for i, typ := range c.doc.processTypes() {
		types.add(i, typ)
	}
	known := func(typ, key string, i int) {
		if _, message := types.find(typ); message != "" {
			c.report(message, c.loopAt(key, i, "process")...)
		}
	}
	for i, loop := range c.doc.Lifecycle.CrashLoop {
		known(loop.Process, "crash_loop", i)
	}
	for i, loop := range c.doc.Lifecycle.ReadinessLoop {
		known(loop.Process, "readiness_loop", i)
		if loop.Ready+loop.Unready == 0 {
			c.report(fmt.Sprintf("%s, expected more than none, or a ready of more than none", loop.Unready), c.loopAt("readiness_loop", i, "unready")...)
		}
	}
}

// loopAt leads to a key of a loop, which may be written without a list.
func (c *checker) loopAt(key string, i int, inside string) []any {
	if written, _ := c.root.Find("/lifecycle/" + key); written.Kind == document.Object {
		return []any{"lifecycle", key, inside}
	}
	return []any{"lifecycle", key, i, inside}
}
