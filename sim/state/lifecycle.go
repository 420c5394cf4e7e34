package state

import (
	"time"

	"example.com/capisim/sim/document"
)

// Lifecycle says how instances come up and go down.
type Lifecycle struct {
	StartDelay   time.Duration // STARTING for that long, then RUNNING
	ReadyDelay   time.Duration // RUNNING for that long before it is routable
	StopDelay    time.Duration // STOPPING for that long after its app was stopped, then DOWN
	RestartDelay time.Duration // DOWN for that long after it was ended, then STARTING
	// DeploymentInterval is the time between two moves of a deployment, a second
	// when it is 0.
	DeploymentInterval time.Duration

	CrashLoop     []CrashLoop
	ReadinessLoop []ReadinessLoop
}

// CrashLoop makes the instances of a process type crash some time after each
// start, with growing pauses.
type CrashLoop struct {
	Process string            `json:"process"` // type
	After   document.Duration `json:"after,omitzero"`
}

// ReadinessLoop makes the readiness check of a process type pass and fail in
// turn: a running instance is routable for a while, then it is not.
type ReadinessLoop struct {
	Process string            `json:"process"` // type
	Ready   document.Duration `json:"ready"`
	Unready document.Duration `json:"unready"`
}

func elapsed(since, now time.Time) time.Duration {
	return max(0, now.Sub(since))
}

// Pauses between a crash and the next start grow like the platform's: doubled
// from the first to the longest.
const (
	firstPause   = 30 * time.Second
	longestPause = 16 * time.Minute
)

// stateAt is where an instance placed at a moment has come by now, how long it
// has been there, and under which epoch (each start of a crash loop is a new
// container). One that takes the place of another is missing for a while.
func (l *Lifecycle) stateAt(processType string, place placement, now time.Time) (InstanceState, time.Duration, int) {
	age := elapsed(place.at, now)
	if place.again {
		if age < l.RestartDelay {
			return Down, 0, place.epoch
		}
		age -= l.RestartDelay
	}
	for _, loop := range l.CrashLoop {
		if loop.Process == processType {
			return l.loop(loop, place, age)
		}
	}
	if age < l.StartDelay {
		return Starting, age, place.epoch
	}
	return Running, age - l.StartDelay, place.epoch
}

// ready says whether an instance that has been running for so long passes its
// readiness check.
func (l *Lifecycle) ready(processType string, running time.Duration) bool {
	if running < l.ReadyDelay {
		return false
	}
	loop := l.readinessLoop(processType)
	period := time.Duration(loop.Ready + loop.Unready)
	return period == 0 || (running-l.ReadyDelay)%period < time.Duration(loop.Ready)
}

// stopping is the state of an instance of a stopped app: what ran when it was
// stopped lingers for a while.
func (l *Lifecycle) stopping(p *Process, place placement, now time.Time) (InstanceState, time.Duration, int) {
	stopped := p.History.Stopped
	since := now.Sub(stopped)
	if stopped.IsZero() || since < 0 || since >= l.StopDelay {
		return Down, 0, place.epoch
	}
	state, age, epoch := l.stateAt(p.Type, place, stopped)
	if state != Running && state != Starting {
		return Down, 0, epoch
	}
	return Stopping, age + since, epoch
}

// loop walks the rounds of a crash loop: start, run, crash, pause. The pauses
// stop growing after a few rounds, from where on the round is computed.
func (l *Lifecycle) loop(loop CrashLoop, place placement, age time.Duration) (InstanceState, time.Duration, int) {
	up := l.StartDelay + time.Duration(loop.After)
	pause := firstPause
	round := 0
	for pause < longestPause && age >= up+pause {
		age -= up + pause
		pause = min(2*pause, longestPause)
		round++
	}
	round += int(age / (up + pause))
	age %= up + pause

	// A container's epoch must differ from that of every other placement.
	epoch := place.epoch + round<<20
	switch {
	case age < l.StartDelay:
		return Starting, age, epoch
	case age < up:
		return Running, age - l.StartDelay, epoch
	default:
		return Crashed, age - up, epoch
	}
}
