package state

import (
	"time"
)

// Instance is what the platform reports of one instance at one moment.
type Instance struct {
	Index    int
	State    InstanceState
	Reported bool          // false: desired, but the platform does not know it
	For      time.Duration // how long it has been in this state
	Details  string        // placement error, "" for none
	GUID     string
	Host     string // address of the cell, "" while unplaced
	IP       string // address in the container network
	Port     int    // on the cell; the TLS proxy has the one after
	Limits   Limits
	Usage    Usage
}

// Usage is what an instance takes.
type Usage struct {
	CPU            float64 // share of one core
	CPUEntitlement float64 // share of what it is entitled to
	Memory         int64   // bytes
	Disk           int64   // bytes
	LogRate        int64   // bytes per second
}

// MaxInstances bounds how many entries an answer lists: a scale to 2147483647
// is legal, a list of that length is of no use to anyone.
const MaxInstances = 10000

// Instances reports the instances at a moment, by index: one for each desired
// one (§14.1), at most MaxInstances.
func (v View) Instances(now time.Time) []Instance {
	count := min(v.Process.Instances, MaxInstances)
	list := make([]Instance, count)
	for i := range list {
		list[i] = v.Instance(now, i)
	}
	return list
}

// Instance reports one instance at a moment. It is a function of what happened
// to it, of the lifecycle and of the time: nothing ticks.
func (v View) Instance(now time.Time, index int) Instance {
	inst := Instance{Index: index}
	place := v.Process.placed(index)
	if forced, ok := v.Process.History.Forced[index]; ok {
		inst.State, inst.Details, inst.Reported = forced.State, forced.Details, forced.State != Down || forced.Details != ""
		inst.For = elapsed(forced.Since, now)
	} else if v.App.State != Started {
		inst.State = Down
		return inst
	} else {
		inst.State, inst.For, place.epoch = v.settings.lifecycle.stateAt(v.Process.Type, place, now)
		inst.Reported = true
	}
	if inst.State != Down {
		v.furnish(&inst, place, now)
	}
	return inst
}

// furnish adds what a placed instance has: names drawn from the seed, limits,
// usage.
func (v View) furnish(inst *Instance, place placement, now time.Time) {
	draw := newDraw(v.settings.number, v.Process.GUID, inst.Index, place.epoch)
	inst.GUID = draw.uuid()
	inst.Limits = v.Process.limits()
	if inst.State == Running || inst.State == Stopping {
		inst.Host = draw.address(10, 0)
		inst.IP = draw.address(10, 255)
		inst.Port = 61000 + 2*int(draw.next()%2000)
	}
	if inst.State == Running {
		inst.Usage = draw.usage(inst.Limits, now)
	}
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
// container).
func (l Lifecycle) stateAt(processType string, place placement, now time.Time) (InstanceState, time.Duration, int) {
	age := elapsed(place.at, now)
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

// loop walks the rounds of a crash loop: start, run, crash, pause. The pauses
// stop growing after a few rounds, from where on the round is computed.
func (l Lifecycle) loop(loop CrashLoop, place placement, age time.Duration) (InstanceState, time.Duration, int) {
	up := l.StartDelay + loop.After
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
