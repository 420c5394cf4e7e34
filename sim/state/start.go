package state

import (
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// StartApp wants an app to run. One that was stopped places the instances of
// its processes and gives them new versions (§10) and its revision, when the
// model rules of §7 hold for each of them; else nothing changes. A started one
// stays as it is; the event is written even so. Like StopApp and RestartApp it
// is one step, as UpdateProcess is.
func (s *Store) StartApp(now time.Time, who Viewer, guid string) (View, error) {
	return s.manage(who, guid, Event{Type: AppStarted, At: now}, func(v View) (*App, error) {
		if v.App.State == Started {
			return v.App, nil
		}
		return s.start(now, who, v, func() error { return nil })
	})
}

// RestartApp is StartApp, except that a started app is started anew as well, and
// that nothing is changed unless Diego can be told (app/actions/process_restart.rb):
// of the end of a started app before the model rules are asked.
func (s *Store) RestartApp(now time.Time, who Viewer, guid string) (View, error) {
	return s.manage(who, guid, Event{Type: AppRestarted, At: now}, func(v View) (*App, error) {
		tell := func() error { return s.tellDiego(Ref{AppGUID: guid}) }
		if v.App.State == Started {
			if err := tell(); err != nil {
				return v.App, err
			}
		}
		return s.start(now, who, v, tell)
	})
}

// StopApp wants an app not to run. Its processes keep what they are scaled to.
func (s *Store) StopApp(now time.Time, who Viewer, guid string) (View, error) {
	return s.manage(who, guid, Event{Type: AppStopped, At: now}, func(v View) (*App, error) {
		if v.App.State == Stopped {
			return v.App, nil
		}
		next := *v.App
		next.State, next.UpdatedAt = Stopped, now
		s.setApp(&next)
		s.turn(&next, Started, now)
		return &next, nil
	})
}

// manage brings an app into the state that an event tells of. That there is
// nothing to start is found before the right to start it.
func (s *Store) manage(who Viewer, guid string, event Event, act func(View) (*App, error)) (View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.writableApp(who, guid, true)
	if v.App != nil && v.App.DropletGUID == "" && event.Type != AppStopped {
		return v, contract.NoDroplet
	}
	if err != nil {
		return v, err
	}
	if v.App, err = act(v); err != nil {
		return v, err
	}
	s.audit(who, v, event)
	return v, nil
}

// start places the instances of an app, with a revision, unless the model rules
// or what is asked after them refuse it.
func (s *Store) start(now time.Time, who Viewer, v View, ask func() error) (*App, error) {
	return s.startWith(now, v, func(app *App) error {
		if err := ask(); err != nil {
			return err
		}
		s.auditRevision(now, who, s.viewOfApp(app.GUID), s.revise(now, app))
		return nil
	})
}

// startRevised starts an app that has been given its revision.
func (s *Store) startRevised(now time.Time, v View) (*App, error) {
	return s.startWith(now, v, func(*App) error { return nil })
}

func (s *Store) startWith(now time.Time, v View, revise func(*App) error) (*App, error) {
	old, next := v.App, *v.App
	if next.State != Started {
		next.State, next.UpdatedAt = Started, now
	}
	s.setApp(&next)
	v.App = &next
	for _, of := range s.byApp.get(next.GUID) {
		v.Process = s.processes.get(of)
		if err := s.checkModel(v, v.Process, true); err != nil {
			s.setApp(old)
			return old, err
		}
	}
	if err := revise(&next); err != nil {
		s.setApp(old)
		return old, err
	}
	s.turn(&next, old.State, now)
	return &next, nil
}

// auditRevision writes the event of a new revision, nil for none.
func (s *Store) auditRevision(now time.Time, who Viewer, v View, made *Revision) {
	if made != nil {
		s.audit(who, v, Event{Type: RevisionCreated, At: now, Data: []document.Field{said("revision_guid", made.GUID), counted("revision_version", made.Version)}})
	}
}

// turn tells the processes of an app that it was started or stopped, and what
// state it was in before.
func (s *Store) turn(app *App, was AppState, now time.Time) {
	for _, guid := range s.byApp.get(app.GUID) {
		old := s.processes.get(guid)
		s.settleThose(old, was == Started, now)
		p := *old
		p.UpdatedAt = now
		if app.State == Started {
			p.History = p.History.started(now)
			p.Version = newStream(s.settings.Number, p.GUID, versionDraw, p.History.Epoch).uuid()
			if latest := app.Latest(); latest != nil {
				p.RevisionGUID = latest.GUID
			}
		} else {
			p.History.Forced, p.History.Stopped = nil, now // what was said of the containers goes with them
		}
		s.put(&p)
	}
}
