package state

import (
	"slices"
	"time"

	"example.com/capisim/sim/contract"
)

// The audit events that these operations leave behind (§10).
const (
	AppUpdated        = "audit.app.update"
	AppStarted        = "audit.app.start"
	AppStopped        = "audit.app.stop"
	AppRestarted      = "audit.app.restart"
	ProcessUpdated    = "audit.app.process.update"
	ProcessScaled     = "audit.app.process.scale"
	ProcessTerminated = "audit.app.process.terminate_instance"
)

// Event is an audit event: who did what to which app.
type Event struct {
	Type    string
	At      time.Time
	Actor   *User
	App     *App // the version of the moment: a later name does not change it
	Space   *Space
	Process EventProcess  // the zero value for what was done to the app itself
	Request contract.Body // what the request asked for
	Index   int           // of the instance that was terminated

	serial int
}

// EventProcess names the process that an event is about.
type EventProcess struct{ GUID, Type string }

// MaxEvents is how many events a world remembers.
const MaxEvents = 1000

// maxRequest is the size of what a request asked for, in bytes, above which its
// event does not repeat it.
const maxRequest = 16 << 10

// audit remembers an event of the view's app, and of its process if it has one.
// The caller holds the write lock.
func (s *Store) audit(who Viewer, v View, e Event) {
	e.Actor, e.App, e.Space = who.User, v.App, v.Space
	if v.Process != nil {
		e.Process = EventProcess{v.Process.GUID, v.Process.Type}
	}
	if e.Request.Size() > maxRequest {
		e.Request = contract.Body{}
	}
	s.events.add(e)
}

// events are the newest events of a world.
type events struct {
	ring   []Event // grows up to MaxEvents, then the oldest gives way
	serial int     // of the newest
}

func (l *events) add(e Event) {
	l.serial++
	e.serial = l.serial
	if len(l.ring) < MaxEvents {
		l.ring = append(l.ring, e)
		return
	}
	l.ring[(e.serial-1)%MaxEvents] = e
}

// copied returns the events, the oldest first.
func (l *events) copied() []Event {
	oldest := 0
	if len(l.ring) == MaxEvents {
		oldest = l.serial % MaxEvents
	}
	return slices.Concat(l.ring[oldest:], l.ring[:oldest])
}

// EventView is an event as a list shows it.
type EventView struct {
	Event
	GUID             string
	OrganizationGUID string
}

// AuditEvents lists the events that a viewer may see, in the order in which
// they happened: a frozen clock gives many the same time, which the real
// server's never does.
func (s *Store) AuditEvents(who Viewer, q contract.ResourceQuery) (list []EventView, total int) {
	s.mu.RLock()
	all, seed := s.events.copied(), s.settings.number
	s.mu.RUnlock()
	for _, e := range all {
		v := EventView{e, newStream(seed, "audit_event", eventDraw, e.serial).uuid(), e.Space.OrganizationGUID}
		r := resource{guid: v.GUID, created: e.At, updated: e.At}
		if r.passes(q) && q.Match("types", e.Type) && q.Match("target_guids", e.App.GUID) && q.Match("space_guids", e.Space.GUID) &&
			q.Match("organization_guids", v.OrganizationGUID) && who.canReadEvents(e.Space) {
			list = append(list, v)
		}
	}
	if q.Descending {
		slices.Reverse(list)
	}
	return cut(q.ListQuery, list)
}

// canReadEvents differs from canRead: managers do not see what was done.
func (v Viewer) canReadEvents(space *Space) bool {
	return v.readsAll() || slices.ContainsFunc(v.User.Grants, func(g Grant) bool {
		switch g.Role {
		case SpaceDeveloper, SpaceAuditor, SpaceSupporter:
			return g.SpaceGUID == space.GUID
		case OrgAuditor:
			return g.OrganizationGUID == space.OrganizationGUID
		}
		return false
	})
}
