package state

import (
	"slices"
	"time"

	"example.com/capisim/sim/document"
)

// flip is a change of what an instance's readiness check says.
type flip struct {
	at    time.Time
	index int
	ready bool
}

// readinessLoop is that of a process type, the zero value for none.
func (l *Lifecycle) readinessLoop(processType string) ReadinessLoop {
	at := slices.IndexFunc(l.ReadinessLoop, func(loop ReadinessLoop) bool { return loop.Process == processType && loop.Ready+loop.Unready > 0 })
	if at < 0 {
		return ReadinessLoop{}
	}
	return l.ReadinessLoop[at]
}

// flips are the changes of readiness of the instances of a process after one
// moment and up to another, of an instance at most about as many as a world
// remembers events, and when the next one will be, the zero time for never.
// Instances that crash in a loop are told of by their crashes.
func (l *Lifecycle) flips(p *Process, after, upTo time.Time) (list []flip, next time.Time) {
	loop := l.readinessLoop(p.Type)
	period := time.Duration(loop.Ready + loop.Unready)
	if loop.Unready == 0 {
		period = 0 // once ready, always ready
	}
	if period == 0 && l.ReadyDelay == 0 || period > 0 && loop.Ready == 0 { // ready at once, or never
		return nil, next
	}
	for index := range min(p.Instances, MaxEvents) {
		if forced := p.History.Forced[index]; forced.State != "" || forced.Facts != nil && forced.Facts.Routable.Set {
			continue
		}
		place := p.placed(index)
		at := place.at.Add(l.StartDelay + l.ReadyDelay)
		if place.again {
			at = at.Add(l.RestartDelay)
		}
		if period > 0 { // whole rounds that nobody asks for
			at = at.Add(max(0, after.Sub(at)/period, upTo.Sub(at)/period-MaxEvents) * period)
		}
		for ready := true; ; ready = !ready {
			if at.After(upTo) {
				next = sooner(next, at)
				break
			}
			if at.After(after) {
				list = append(list, flip{at, index, ready})
			}
			if period == 0 {
				break
			}
			if ready {
				at = at.Add(time.Duration(loop.Ready))
			} else {
				at = at.Add(time.Duration(loop.Unready))
			}
		}
	}
	return list, next
}

// addFlip writes the event of a change of readiness, as the platform's watcher
// has the real server do (app/controllers/internal/app_readiness_changed_controller.rb).
func (s *Store) addFlip(v View, f flip) {
	p, kind, ready := v.Process, ProcessNotReady, "false"
	if f.ready {
		kind, ready = ProcessReady, "true"
	}
	s.events.add(Event{Type: kind, At: f.at, Actor: Party{p.GUID, "process", p.Type}, App: v.App, Space: v.Space, Data: []document.Field{
		said("instance", newStream(v.settings.Number, p.GUID, f.index, p.placed(f.index).epoch).uuid()), counted("index", f.index),
		said("cell_id", v.drawnGUID(p.GUID, cellDraw, f.index)), {Key: "ready", Value: document.Value{Kind: document.Bool, Text: ready}}, said("version", p.Version)}})
}

// noteReadiness writes the event of a running instance that an admin made
// another one than it was.
func (s *Store) noteReadiness(v View, before, after Instance, now time.Time) {
	ready := func(i Instance) bool { return i.Routable == nil || *i.Routable }
	if before.State == Running && after.State == Running && ready(before) != ready(after) {
		s.addFlip(v, flip{now, after.Index, ready(after)})
	}
}
