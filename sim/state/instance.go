package state

import (
	"iter"
	"maps"
	"time"

	"example.com/capisim/sim/contract"
)

// InstanceState is what the platform reports of an instance.
type InstanceState string

// The documented states of an instance (§14.1).
const (
	Running  InstanceState = "RUNNING"
	Starting InstanceState = "STARTING"
	Crashed  InstanceState = "CRASHED"
	Stopping InstanceState = "STOPPING"
	Down     InstanceState = "DOWN"
	Unknown  InstanceState = "UNKNOWN"
)

// Instance is what the platform reports of one instance at one moment.
type Instance struct {
	Index    int
	State    InstanceState
	Reported bool          // false: desired, but the platform does not know it
	For      time.Duration // how long it has been in this state
	Details  string        // placement error, "" for none
	Reason   string        // why it crashed, "" when nobody said; the API shows it in events alone
	GUID     string
	Routable *bool  // whether requests go to it; nil: the platform does not tell
	Host     string // address of the cell, "" while unplaced
	IP       string // address in the container network
	Port     int    // on the cell; the TLS proxy has the one after
	Limits   Limits
	Usage    Usage
	// IsolationSegment is where it is placed, "" for none.
	IsolationSegment string
	Facts            *Facts // what was set by hand, nil for nothing
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
// is legal, a list of that length is of use to no one.
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

// States yields the instances with their states, and without what a placed one
// has.
func (v View) States(now time.Time) iter.Seq[Instance] {
	return func(yield func(Instance) bool) {
		for i := range min(v.Process.Instances, MaxInstances) {
			if inst, _ := v.stateOf(now, i); !yield(inst) {
				return
			}
		}
	}
}

// Instance reports one instance at a moment. It is a function of what happened
// to it, of the lifecycle and of the time: nothing ticks.
func (v View) Instance(now time.Time, index int) Instance {
	inst, place := v.stateOf(now, index)
	if inst.State != Down {
		v.furnish(&inst, place, now)
	}
	v.Process.History.Forced[index].Facts.apply(&inst)
	return inst
}

func (v View) stateOf(now time.Time, index int) (inst Instance, place placement) {
	inst.Index = index
	place = v.Process.placed(index)
	life := &v.settings.Lifecycle
	forced, held := v.Process.History.Forced[index]
	switch {
	case held && forced.State != "":
		inst.State, inst.For = forced.State, elapsed(forced.Since, now)
		inst.Reported = forced.State != Down || forced.Details != ""
		inst.Routable = routable(inst.State, true)
	case v.App.State == Started:
		inst.State, inst.For, place.epoch = life.stateAt(v.Process.Type, place, now)
		inst.Reported = inst.State != Down
		inst.Routable = routable(inst.State, life.ready(v.Process.Type, inst.For))
	default:
		inst.State, inst.For, place.epoch = life.stopping(v.Process, place, now)
		inst.Reported = inst.State != Down
		inst.Routable = routable(inst.State, false)
	}
	if inst.State == Crashed {
		inst.Reason = forced.Details
	} else {
		inst.Details = forced.Details
	}
	if inst.State != Stopping && (inst.State != Down || inst.Details != "") { // §14.1
		inst.IsolationSegment = v.Space.IsolationSegment
	}
	return inst, place
}

var yes, no = true, false

// routable is what the platform tells of a state: a running instance that is
// ready takes requests; of one that it does not know it says nothing.
func routable(state InstanceState, ready bool) *bool {
	switch {
	case state == Down || state == Unknown:
		return nil
	case state == Running && ready:
		return &yes
	default:
		return &no
	}
}

// furnish adds what a placed instance has: names drawn from the seed, limits,
// usage.
func (v View) furnish(inst *Instance, place placement, now time.Time) {
	draw := newStream(v.settings.Number, v.Process.GUID, inst.Index, place.epoch)
	inst.GUID = draw.uuid()
	inst.Limits = v.Process.limits()
	if inst.State == Running || inst.State == Stopping {
		inst.Host = draw.address(10, 0)
		inst.IP = draw.address(10, 255)
		inst.Port = 61000 + 2*int(draw.Uint64()%2000)
	}
	if inst.State == Running {
		inst.Usage = draw.usage(inst.Limits, now)
	}
}

// ForceInstance holds one desired instance in a state, or sets what else is said
// of it, or, with nil, gives it back to the lifecycle. The error is contract.ProcessNotFound or, for an index
// outside of the desired instances, contract.InstanceNotFound.
func (s *Store) ForceInstance(now time.Time, guid string, index int, into *Forced) (View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.peek(Ref{GUID: guid})
	switch {
	case v.Process == nil:
		return v, contract.ProcessNotFound
	case index < 0 || index >= v.Process.Instances:
		return v, contract.InstanceNotFound
	}
	s.settleCrashes(v.Process, now)
	next := *v.Process
	forced := make(map[int]Forced, len(next.History.Forced)+1)
	maps.Copy(forced, next.History.Forced)
	if into == nil {
		delete(forced, index)
	} else {
		forced[index] = *into
	}
	next.History.Forced = forced
	if into != nil {
		s.tellCrash(&next, index)
	}
	before := v.Instance(now, index)
	s.put(&next)
	v.Process = &next
	s.noteReadiness(v, before, v.Instance(now, index), now)
	return v, nil
}
