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
	DeploymentInterval document.Duration `json:"deployment_interval,omitzero"`

	CrashLoop     OneOrMore[state.CrashLoop]     `json:"crash_loop,omitempty"`
	ReadinessLoop OneOrMore[state.ReadinessLoop] `json:"readiness_loop,omitempty"`
}

// defaultRestartDelay is how long an instance that was ended is gone: longer
// than a client's question takes, shorter than the time between two of the cf
// CLI's (CLIENTS.md §3).
const defaultRestartDelay = document.Duration(2 * time.Second)

func (l *Lifecycle) stored() state.Lifecycle {
	if l == nil {
		l = &Lifecycle{}
	}
	return state.Lifecycle{
		StartDelay: time.Duration(l.StartDelay), ReadyDelay: time.Duration(l.ReadyDelay), StopDelay: time.Duration(l.StopDelay),
		RestartDelay:       time.Duration(document.Or(l.RestartDelay, defaultRestartDelay)),
		DeploymentInterval: time.Duration(l.DeploymentInterval),
		CrashLoop:          l.CrashLoop, ReadinessLoop: l.ReadinessLoop,
	}
}

func exportLifecycle(l state.Lifecycle) *Lifecycle {
	restart := document.Duration(l.RestartDelay)
	return &Lifecycle{
		StartDelay: document.Duration(l.StartDelay), ReadyDelay: document.Duration(l.ReadyDelay), StopDelay: document.Duration(l.StopDelay),
		RestartDelay: &restart, DeploymentInterval: document.Duration(l.DeploymentInterval),
		CrashLoop: l.CrashLoop, ReadinessLoop: l.ReadinessLoop,
	}
}

func (c *checker) lifecycle() {
	if c.doc.Lifecycle == nil {
		return
	}
	types := newNames("process type")
	for i, typ := range c.doc.processTypes() {
		types.add(i, typ)
	}
	for i, loop := range c.doc.Lifecycle.CrashLoop {
		c.refers(types.find, loop.Process, c.loopAt("crash_loop", i, "process")...)
	}
	for i, loop := range c.doc.Lifecycle.ReadinessLoop {
		c.refers(types.find, loop.Process, c.loopAt("readiness_loop", i, "process")...)
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
