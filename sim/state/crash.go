package state

import (
	"maps"
	"slices"
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

// settleCrashes writes the events of the crashes of a process, and of its
// readiness, that have happened since it was asked last. It is asked before its history changes.
// The caller holds the write lock.
func (s *Store) settleCrashes(p *Process, now time.Time) { s.settleThose(p, s.runs(p), now) }

// runs says that the app of a process is started.
func (s *Store) runs(p *Process) bool { return s.apps.table.get(p.AppGUID).State == Started }

// settleThose is settleCrashes for an app that is being started or stopped: it
// says whether it ran until now.
func (s *Store) settleThose(p *Process, ran bool, now time.Time) {
	since, known := s.noteSettled(p, now)
	h, _ := s.happened(p, ran, since, known, now)
	var told news
	told.add(h)
	s.tell(told)
}

// happened is what happened to a process after one moment and up to another, and
// when it has something to tell next, the zero time for never.
func (s *Store) happened(p *Process, ran bool, since time.Time, known bool, now time.Time) (h happened, next time.Time) {
	h.process = p
	if !ran {
		return h, next
	}
	if !known { // what it was forced into later has been written down already
		for _, index := range slices.Sorted(maps.Keys(p.History.Forced)) {
			h.crashes = append(h.crashes, p.crashed(index)...)
		}
	}
	life := &s.settings.Lifecycle
	for _, loop := range life.CrashLoop {
		if loop.Process == p.Type {
			again, next := life.crashes(loop, p, since, now)
			h.crashes = append(h.crashes, again...)
			return h, next
		}
	}
	h.flips, next = life.flips(p, since, now)
	return h, next
}

// crashed is the crash by hand of an instance that was forced into one.
func (p *Process) crashed(index int) []crash {
	forced := p.History.Forced[index]
	if forced.State != Crashed {
		return nil
	}
	return []crash{{at: forced.Since, index: index, epoch: p.placed(index).epoch, count: 1, reason: forced.Details}}
}

// tellCrash writes the events of a crash by hand, if an instance was forced into
// one.
func (s *Store) tellCrash(p *Process, index int) {
	s.tell(news{list: []happened{{process: p, crashes: p.crashed(index)}}})
}

// sooner is the earlier of two moments; the zero time is none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// crashes are those of a crash loop after one moment and up to another, the
// oldest first, of an instance at most as many as a world remembers events, and
// when the next one will be.
func (l *Lifecycle) crashes(loop CrashLoop, p *Process, after, upTo time.Time) (list []crash, next time.Time) {
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
				next = sooner(next, at)
				break
			}
			if at.After(after) {
				list = append(list, crash{at: at, index: index, epoch: place.epoch + round<<20, count: round + 1})
			}
			at = at.Add(pause)
			if pause = min(2*pause, longestPause); pause < longestPause {
				continue
			}
			step := up + pause // from here on the rounds are alike: those told of and those forgotten are leapt over
			if skipped := max(after.Sub(at)/step, upTo.Sub(at)/step-MaxEvents); skipped > 0 {
				at, round = at.Add(skipped*step), round+int(skipped)
			}
		}
	}
	return list, next
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
