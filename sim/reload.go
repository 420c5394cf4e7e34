package sim

import (
	"strings"
	"sync"

	"example.com/capisim/sim/admin"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/world"
)

// reload is what reading the scenario files again goes by.
type reload struct {
	mu   sync.Mutex        // one at a time
	told map[string]string // what is wrong with each file that is there, "" for nothing
}

// Reload reads the scenario files again. The worlds that play a scenario which
// is another one now, be it by a file that it extends, are put on it, whatever
// clients have changed in them; with keep those that clients have changed stay
// as they are until they are reset. Other worlds are left alone. Of a broken file
// the last good version stays; the log, GET /admin/scenarios and the events tell
// of it. The error is for a folder that cannot be read: then nothing changes.
func (s *Simulator) Reload(keep bool) error {
	s.reload.mu.Lock()
	defer s.reload.mu.Unlock()
	library, err := s.library.Load().Renew()
	if err != nil {
		return err
	}
	s.library.Store(library)
	s.admin.SetLibrary(library)
	s.tellBroken(library)
	for _, w := range s.worlds.Worlds() {
		home := w.Home()
		if next := library.Now(home); next != home {
			s.renew(w, home, next, keep)
		}
	}
	return nil
}

// renew puts one world on the next version of what it plays, and says so.
func (s *Simulator) renew(w *world.World, home, next *scenario.Scenario, keep bool) {
	log := s.config.log.With("world", w.Name, "scenario", next.Name)
	became, err := w.Renew(home, next, keep)
	event := admin.ScenarioEvent{Scenario: next.Name, Result: string(became)}
	switch {
	case err != nil: // its rules are refused where they would stand
		log.Warn("changed scenario refused, the world stays as it is", "error", err)
		event.Result, event.Problem = "refused", err.Error()
	case became == world.Left:
		return
	case became == world.Lost:
		log.Warn("scenario changed and loaded, what clients had changed is gone (--watch-keep keeps it)")
	case became == world.Kept:
		log.Warn("scenario changed, the world stays as clients have changed it; a reset brings the new version")
	default:
		log.Info("scenario changed and loaded")
	}
	s.admin.TellScenario(w, event)
}

// tellBroken tells of files that are broken, or are so in another way than
// before, that are mended, and that are gone.
func (s *Simulator) tellBroken(library *scenario.Library) {
	before := s.reload.told
	s.reload.told = map[string]string{}
	for _, one := range library.List() {
		if one.Embedded() {
			continue
		}
		known := before[one.Source]
		delete(before, one.Source)
		s.reload.told[one.Source] = one.Broken
		log, event := s.config.log.With("scenario", one.Name, "file", one.Source), admin.ScenarioEvent{Scenario: one.Name, Result: "mended"}
		switch first, _, _ := strings.Cut(one.Broken, "\n"); {
		case one.Broken == known:
			continue
		case one.Broken == "":
			log.Info("scenario file mended")
		case one.Kept:
			event.Result, event.Problem = "broken", first
			log.Warn("scenario file broken, its last good version stays", "error", first, "problems", strings.Count(one.Broken, "\n")+1)
		default:
			event.Result, event.Problem = "broken", first
			log.Warn("scenario file broken, there is no good version of it", "error", first, "problems", strings.Count(one.Broken, "\n")+1)
		}
		s.admin.TellScenario(nil, event)
	}
	for file := range before {
		s.config.log.Info("scenario file gone", "file", file)
	}
}
