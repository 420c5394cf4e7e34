package state

import (
	"slices"
	"strconv"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// The audit events that these operations leave behind (§10).
const (
	AppUpdated        = "audit.app.update"
	AppStarted        = "audit.app.start"
	AppStopped        = "audit.app.stop"
	AppRestarted      = "audit.app.restart"
	AppCrashed        = "app.crash"
	ProcessUpdated    = "audit.app.process.update"
	ProcessScaled     = "audit.app.process.scale"
	ProcessTerminated = "audit.app.process.terminate_instance"
	ProcessCrashed    = "audit.app.process.crash"
	ProcessReady      = "audit.app.process.ready"
	ProcessNotReady   = "audit.app.process.not-ready"
	RevisionCreated   = "audit.app.revision.create"
	DropletMapped     = "audit.app.droplet.mapped"

	DeploymentCreated   = "audit.app.deployment.create"
	DeploymentCanceled  = "audit.app.deployment.cancel"
	DeploymentContinued = "audit.app.deployment.continue"
)

// Event is an audit event: who did what to which app.
type Event struct {
	Type  string
	At    time.Time
	Actor Party
	App   *App // the version of the moment: a later name does not change it
	Space *Space
	Data  []document.Field // what it says beside who and what

	serial int
}

// Party is who acted.
type Party struct {
	GUID string `json:"guid"`
	Type string `json:"type"`
	Name string `json:"name"`
}

// Audit is what a store remembers of what was done: the form in which a state is
// saved.
type Audit struct {
	Events []Event // at most MaxEvents, the oldest first
	// Count is how many there have ever been, 0 for as many as there are.
	Count int
	// Settled says up to when the crashes of processes, by guid, are among them.
	Settled map[string]time.Time
}

// actor is a caller as events name it: by its mail address, which a client of
// UAA does not have.
func (v Viewer) actor() Party {
	name := v.User.Name
	if v.User.Client {
		name = ""
	}
	return Party{v.User.GUID, "user", name}
}

// MaxEvents is how many events a world remembers.
const MaxEvents = 1000

// maxRequest is the size of what a request asked for, in bytes, above which its
// event does not repeat it.
const maxRequest = 16 << 10

// audit remembers an event of the view's app, and of its process if it has one.
// The caller holds the write lock.
func (s *Store) audit(who Viewer, v View, e Event) {
	e.Actor, e.App, e.Space = who.actor(), v.App, v.Space
	if v.Process != nil {
		e.Data = append([]document.Field{said("process_guid", v.Process.GUID), said("process_type", v.Process.Type)}, e.Data...)
	}
	s.events.add(e)
}

func said(key, text string) document.Field {
	return document.Field{Key: key, Value: document.Text(text)}
}

func counted[N int | int64](key string, number N) document.Field {
	return document.Field{Key: key, Value: document.Value{Kind: document.Number, Text: strconv.FormatInt(int64(number), 10)}}
}

// asked repeats what a request asked for in the client's order, without the
// command, which is nobody's business.
func asked(body contract.Body) []document.Field {
	request := document.Value{Kind: document.Object}
	if body.Size() <= maxRequest {
		request.Members = slices.Clone(body.Fields)
	}
	for i, field := range request.Members {
		if field.Key == "command" {
			request.Members[i] = said("command", contract.HiddenCommand)
		}
	}
	return []document.Field{{Key: "request", Value: request}}
}

// events are the newest events of a world.
type events struct {
	// list is only ever appended to, the oldest first: forks share it. It may hold
	// more than are remembered.
	list   []Event
	serial int // of the newest
	// settled says up to when the crashes of a process are among the events, unless
	// the agenda knows of a later look.
	settled table[time.Time]
	agenda  agenda
}

func (l *events) add(e Event) {
	l.serial++
	e.serial = l.serial
	if len(l.list) == 2*MaxEvents {
		l.list = slices.Clone(l.newest())
	}
	l.list = append(l.list, e)
}

// newest are the events that are remembered, the oldest first.
func (l *events) newest() []Event { return l.list[max(0, len(l.list)-MaxEvents):] }

func (l *events) fork() events {
	return events{slices.Clip(l.list), l.serial, l.settled.fork(), l.agenda.fork()}
}

// take fills an empty list with what was saved.
func (l *events) take(from Audit) {
	l.list = slices.Clone(from.Events)
	l.serial = max(from.Count, len(l.list))
	for i := range l.list {
		l.list[i].serial = l.serial - len(l.list) + 1 + i
	}
	for guid, at := range from.Settled {
		l.settled.set(guid, at)
	}
}

// EventView is an event as a list shows it.
type EventView struct {
	Event
	GUID string
}

// AuditEvents lists the events that a viewer may see by now, in the order in
// which they happened: a frozen clock gives many the same time, which the real
// server's never does. Other than with other lists, a page beyond the end knows
// how many there are.
func (s *Store) AuditEvents(now time.Time, who Viewer, q contract.ResourceQuery) (list []EventView, total int) {
	all, seed := s.allEvents(now)
	all = slices.DeleteFunc(all, func(e *Event) bool {
		r := resource{moments: moments{e.At, e.At}}
		if q.GUIDs.Set {
			r.guid = e.guid(seed)
		}
		return !r.passes(q) || !q.Match("types", e.Type) || !q.Match("target_guids", e.App.GUID) || !q.Match("space_guids", e.Space.GUID) ||
			!q.Match("organization_guids", e.Space.OrganizationGUID) || !who.canReadEvents(e.Space)
	})
	if q.Descending {
		slices.Reverse(all)
	}
	first, last := window(q.ListQuery, len(all))
	for _, e := range all[first:last] {
		list = append(list, EventView{*e, e.guid(seed)})
	}
	return list, len(all)
}

// AuditEvent finds an event by its guid. The error is contract.EventNotFound.
func (s *Store) AuditEvent(now time.Time, who Viewer, guid string) (EventView, error) {
	all, seed := s.allEvents(now)
	for _, e := range all {
		if who.canReadEvents(e.Space) && e.guid(seed) == guid {
			return EventView{*e, guid}, nil
		}
	}
	return EventView{}, contract.EventNotFound
}

// guid is drawn when it is asked for.
func (e *Event) guid(seed int64) string {
	return newStream(seed, "audit_event", eventDraw, e.serial).uuid()
}

// allEvents are the events that have happened by now, with the seed of their guids.
func (s *Store) allEvents(now time.Time) (all []*Event, seed int64) {
	s.mu.Lock()
	s.settleAll(now)
	newest, seed := s.events.newest(), s.settings.Number
	s.mu.Unlock()
	all = make([]*Event, len(newest))
	for i := range newest {
		all[i] = &newest[i]
	}
	// A crash is noted when somebody asks, with the time when it happened.
	slices.SortStableFunc(all, func(a, b *Event) int { return a.At.Compare(b.At) })
	return all, seed
}

// canReadEvents differs from canRead: managers do not see what was done.
func (v Viewer) canReadEvents(space *Space) bool {
	return v.ReadsAll() || slices.ContainsFunc(v.User.Grants, func(g Grant) bool {
		switch g.Role {
		case SpaceDeveloper, SpaceAuditor, SpaceSupporter:
			return g.SpaceGUID == space.GUID
		case OrgAuditor:
			return g.OrganizationGUID == space.OrganizationGUID
		}
		return false
	})
}
