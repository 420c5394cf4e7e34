package state

import (
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/document"
)

// crash is one end of one instance that nobody asked for.
type crash struct {
	at     time.Time
	index  int
	epoch  int    // of the container that crashed
	count  int    // how often the instance has crashed by now
	reason string // "" when nobody said
}

// settleAllCrashes writes the events of all crashes, and of all changes of
// readiness, that have happened by now. The caller holds the write lock.
func (s *Store) settleAllCrashes(now time.Time) {
	if s.settings.Lifecycle.ReadyDelay > 0 { // all processes have something to tell
		for k := range s.inOrder() {
			s.settleCrashes(s.processes.get(k.guid), now)
		}
		return
	}
	found := s.having(attribute{kind: withForced})
	for _, loop := range s.settings.Lifecycle.CrashLoop {
		found = found.or(s.having(attribute{ofType, loop.Process, ""}))
	}
	for _, loop := range s.settings.Lifecycle.ReadinessLoop {
		found = found.or(s.having(attribute{ofType, loop.Process, ""}))
	}
	for k := range s.each(found.from(0, false)) {
		s.settleCrashes(s.processes.get(k.guid), now)
	}
}

// settleCrashes writes the events of the crashes of a process, and of its
// readiness, that have happened since it was asked last. It is asked before its history changes.
// The caller holds the write lock.
func (s *Store) settleCrashes(p *Process, now time.Time) {
	v := s.viewOf(p)
	s.settleThose(v, v.App.State == Started, now)
}

// settleThose is settleCrashes for an app that is being started or stopped: it
// says whether it ran until now.
func (s *Store) settleThose(v View, ran bool, now time.Time) {
	p := v.Process
	since, known := s.events.settle(p.GUID, now)
	if !ran {
		return
	}
	if !known { // what it was forced into later has been written down already
		for index, forced := range p.History.Forced {
			s.forcedCrash(v, index, forced)
		}
	}
	for _, loop := range s.settings.Lifecycle.CrashLoop {
		if loop.Process == p.Type {
			for _, one := range s.settings.Lifecycle.crashes(loop, p, since, now) {
				s.addCrash(v, one)
			}
			return
		}
	}
	for _, one := range s.settings.Lifecycle.flips(p, since, now) {
		s.addFlip(v, one)
	}
}

// forcedCrash writes the events of a crash by hand.
func (s *Store) forcedCrash(v View, index int, forced Forced) {
	if forced.State == Crashed {
		s.addCrash(v, crash{at: forced.Since, index: index, epoch: v.Process.placed(index).epoch, count: 1, reason: forced.Details})
	}
}

// settle notes up to when the crashes of a process are written down and returns
// the moment before.
func (l *events) settle(guid string, now time.Time) (before time.Time, known bool) {
	before, known = l.settled.find(guid)
	if now.After(before) {
		l.settled.set(guid, now)
	}
	return before, known
}

// crashes are those of a crash loop after one moment and up to another, the
// oldest first, of an instance at most as many as a world remembers events.
func (l *Lifecycle) crashes(loop CrashLoop, p *Process, after, upTo time.Time) (list []crash) {
	for index := range min(p.Instances, MaxEvents) {
		if forced, held := p.History.Forced[index]; held && forced.State != "" {
			continue
		}
		place := p.placed(index)
		at := place.at
		if place.again {
			at = at.Add(l.RestartDelay)
		}
		up, pause := l.StartDelay+time.Duration(loop.After), firstPause
		for round := 0; ; round++ {
			if at = at.Add(up); at.After(upTo) {
				break
			}
			if at.After(after) {
				list = append(list, crash{at: at, index: index, epoch: place.epoch + round<<20, count: round + 1})
			}
			at = at.Add(pause)
			pause = min(2*pause, longestPause)
			if step := up + pause; pause == longestPause && upTo.Sub(at) > MaxEvents*step { // only the newest are remembered
				skipped := int(upTo.Sub(at)/step) - MaxEvents
				at, round = at.Add(time.Duration(skipped)*step), round+skipped
			}
		}
	}
	return list
}

var exitStatus = document.Pattern(`status (\d+)`)

// addCrash writes the two events of a crash, as the platform's watcher has the
// real server do.
func (s *Store) addCrash(v View, c crash) {
	p, text := v.Process, c.reason
	if text == "" {
		text = "APP/PROC/" + strings.ToUpper(p.Type) + ": Exited with status 1"
	}
	instance := said("instance", newStream(v.settings.Number, p.GUID, c.index, c.epoch).uuid())
	index, cell, reason := counted("index", c.index), said("cell_id", v.drawnGUID(p.GUID, cellDraw, c.index)), said("reason", string(Crashed))
	exit := []document.Field{said("exit_description", text)}
	if status := exitStatus().FindStringSubmatch(text); status != nil {
		if code, err := strconv.Atoi(status[1]); err == nil {
			exit = []document.Field{counted("exit_status", code), exit[0]}
		}
	}
	process := append([]document.Field{instance, index, cell, reason}, exit...)
	process = append(process, counted("crash_count", c.count), counted("crash_timestamp", c.at.UnixNano()), said("version", p.Version))
	app := append(append([]document.Field{instance, index, cell}, exit...), reason)
	s.events.add(Event{Type: ProcessCrashed, At: c.at, Actor: Party{p.GUID, "process", p.Type}, App: v.App, Space: v.Space, Data: process})
	s.events.add(Event{Type: AppCrashed, At: c.at, Actor: Party{v.App.GUID, "app", v.App.Name}, App: v.App, Space: v.Space, Data: app})
}
