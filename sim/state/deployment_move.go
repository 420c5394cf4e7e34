package state

import (
	"errors"
	"math"
	"slices"
	"time"

	"example.com/capisim/sim/contract"
)

// never is when nothing is due.
const never = math.MaxInt64

// interval is the time between two moves of a deployment.
func (l *Lifecycle) interval() time.Duration {
	if l.DeploymentInterval > 0 {
		return l.DeploymentInterval
	}
	return time.Second
}

// moves says that a deployment does something by itself.
func (d *Deployment) moves() bool { return !d.Held && d.Cancelable() && d.State != Paused }

// schedule notes when the next deployment moves. The caller holds the write
// lock.
func (s *Store) schedule() {
	due := int64(never)
	switch next, any := s.moving.Min(); {
	case any && next.time().IsZero():
		due = math.MinInt64
	case any:
		due = next.time().UnixNano()
	}
	s.due.Store(due)
}

// Due says that time has something to do here.
func (s *Store) Due(now time.Time) bool { return now.UnixNano() >= s.due.Load() }

// Quiet says that nothing here moves with time.
func (s *Store) Quiet() bool { return s.due.Load() == never }

// maxMoves bounds how many moves one call makes up for, in instances that are
// looked at: a deployment that is stuck is not asked each second of a year.
const maxMoves = 200_000

// Advance moves the deployments on to a moment, each at its own times.
func (s *Store) Advance(now time.Time) {
	if !s.Due(now) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for effort := 0; s.Due(now); {
		first, _ := s.moving.Min()
		next := *s.deployment(first.guid)
		at := next.Next
		if at.IsZero() {
			at = now
		}
		next.Next = at.Add(s.settings.Lifecycle.interval())
		if effort > maxMoves {
			next.Next = now.Add(s.settings.Lifecycle.interval())
		}
		s.move(at, &next)
		s.putDeployment(&next)
		effort += 1 + next.desired()
	}
}

// move is one step of a deployment, as the real server's updater makes it.
func (s *Store) move(now time.Time, d *Deployment) {
	fresh := s.processes.get(d.ProcessGUID)
	if fresh == nil { // somebody took it away
		d.settled(now, Canceled, string(Canceled))
		return
	}
	if s.settings.Platform.Diego != "" && d.State != Canceling { // nobody knows what runs: the real updater skips the step
		return
	}
	switch d.State {
	case Deploying:
		if s.scaleOver(now, d, fresh, d.desired(), d.desired()) {
			s.finish(now, d, s.processes.get(d.ProcessGUID))
		}
	case Prepaused:
		wanted, old := d.canary()
		if s.scaleOver(now, d, fresh, wanted+old, wanted) {
			d.HealthyAt = now
			d.settled(now, Paused, string(Paused))
		}
	case Canceling:
		s.takeBack(now, d)
	}
}

// tally counts the instances of a process at a moment. Those that no answer lists
// do as the last one that is listed.
func (s *Store) tally(now time.Time, p *Process) (starting, routable, unhealthy int) {
	for i, inst := range s.viewOf(p).Instances(now) {
		count := 1
		if i == MaxInstances-1 {
			count = p.Instances - i
		}
		switch ready := inst.Routable == nil || *inst.Routable; {
		case inst.State == Running && ready:
			routable += count
		case inst.State == Running, inst.State == Starting:
			starting += count
		default:
			unhealthy += count
		}
	}
	return starting, routable, unhealthy
}

// scaleOver takes old instances away as far as new ones take requests, and adds
// new ones; true when all there shall be do.
func (s *Store) scaleOver(now time.Time, d *Deployment, fresh *Process, total, wanted int) bool {
	starting, routable, unhealthy := s.tally(now, fresh)
	up := starting < d.MaxInFlight && unhealthy == 0 && routable >= fresh.Instances-d.MaxInFlight
	old := func() []*Process {
		return slices.DeleteFunc(s.webs(d.AppGUID), func(p *Process) bool { return p.GUID == fresh.GUID })
	}
	surplus := -max(total-routable, 0)
	for _, p := range old() {
		surplus += p.Instances
	}
	if !up && surplus <= 0 {
		return false
	}
	d.Error = ""
	for _, p := range old() {
		if s.leftOver(p) {
			surplus -= p.Instances
			s.resize(now, p, 0)
		}
	}
	s.reduce(now, old(), surplus)
	if fresh.Instances >= wanted && routable >= wanted {
		return true
	}
	if up {
		if count := min(routable+d.MaxInFlight, wanted); count != fresh.Instances && !s.grow(now, d, fresh, count) {
			return false
		}
		d.HealthyAt, d.UpdatedAt = now, now
	}
	return false
}

// reduce takes away that many instances of the old processes, the oldest first.
// The oldest process stays without instances, those after it go with theirs.
func (s *Store) reduce(now time.Time, old []*Process, surplus int) {
	for i, p := range old {
		switch {
		case surplus <= 0:
			return
		case surplus < p.Instances:
			s.resize(now, p, p.Instances-surplus)
			return
		case i == 0:
			s.resize(now, p, 0)
		default:
			s.remove(p)
		}
		surplus -= p.Instances
	}
}

// leftOver says that a process was brought up by a canary that another
// deployment has taken the place of.
func (s *Store) leftOver(p *Process) bool {
	return slices.ContainsFunc(s.deploymentsOf(p.AppGUID), func(d *Deployment) bool {
		return d.ProcessGUID == p.GUID && d.State == Canceled && d.Reason == superseded
	})
}

// grow adds instances to the new process; a quota that refuses them stands in
// the deployment.
func (s *Store) grow(now time.Time, d *Deployment, p *Process, count int) bool {
	next := *p
	next.Instances = count
	v := s.viewOf(p)
	if err := s.checkModel(v, &next, false); err != nil {
		d.Error, d.UpdatedAt = err.Error(), now
		if refusal := (*contract.Error)(nil); errors.As(err, &refusal) {
			d.Error = refusal.Detail
		}
		return false
	}
	s.resize(now, p, count)
	return true
}

func (s *Store) resize(now time.Time, p *Process, count int) {
	if count == p.Instances {
		return
	}
	s.settleCrashes(p, now)
	next := *p
	next.History = p.History.scaled(p.Instances, count, now)
	next.Instances, next.UpdatedAt = count, now
	s.put(&next)
}

// finish leaves the app with the new process alone; the other types are started
// anew with what was deployed.
func (s *Store) finish(now time.Time, d *Deployment, fresh *Process) {
	for _, p := range s.webs(d.AppGUID) {
		if p.GUID != fresh.GUID {
			s.remove(p)
		}
	}
	app := s.apps.get(d.AppGUID)
	for _, guid := range s.byApp.get(d.AppGUID) {
		old := s.processes.get(guid)
		if old.Type == "web" {
			continue
		}
		s.settleCrashes(old, now)
		next := *old
		for _, revision := range app.Revisions {
			if revision.GUID == fresh.RevisionGUID && revision.GUID != "" {
				next.RevisionGUID = revision.GUID
				if at := slices.IndexFunc(revision.Commands, func(c Command) bool { return c.Type == next.Type }); at >= 0 {
					next.Command = revision.Commands[at].Command
				}
			}
		}
		next.History, next.UpdatedAt = next.History.started(now), now
		next.Version = s.viewOf(old).drawnGUID(next.GUID, versionDraw, next.History.Epoch)
		s.put(&next)
	}
	d.settled(now, Deployed, string(Deployed))
}

// takeBack leaves the app with the process that it had before: the oldest, or a
// newer one that a deployment which this one took the place of had running.
func (s *Store) takeBack(now time.Time, d *Deployment) {
	webs := s.webs(d.AppGUID)
	if s.processes.get(d.ProcessGUID) == nil {
		webs = nil // nothing was brought up
	}
	prior := (*Process)(nil)
	for _, p := range webs {
		if prior == nil {
			prior = p
		}
		interim := slices.ContainsFunc(s.deploymentsOf(d.AppGUID), func(other *Deployment) bool {
			return other.ProcessGUID == p.GUID && other.State == Deployed && other.Reason == superseded
		})
		if interim && slices.ContainsFunc(s.viewOf(p).Instances(now), func(inst Instance) bool { return inst.State == Running }) {
			prior = p
		}
	}
	for _, p := range webs {
		if p.GUID != prior.GUID {
			s.remove(p)
		}
	}
	if prior != nil {
		s.resize(now, prior, d.Original)
	}
	d.Error = ""
	d.settled(now, Canceled, string(Canceled))
}
