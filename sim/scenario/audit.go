package scenario

import (
	"cmp"
	"fmt"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// AuditEvent is what was done to an app, by whom.
type AuditEvent struct {
	Type      string         `json:"type"`
	CreatedAt time.Time      `json:"created_at"`
	Actor     state.Party    `json:"actor,omitzero"`
	App       string         `json:"app"`                // name or guid
	AppName   string         `json:"app_name,omitempty"` // that it had then; left out: the one it has
	Data      document.Value `json:"data,omitzero"`
}

// appsByName finds the apps of a document by name or guid.
func appsByName(doc *Document) *names {
	apps := newNames("app")
	for i, app := range doc.Apps {
		apps.add(i, app.Name, app.GUID)
	}
	return apps
}

// audit makes the events. Their apps are written out.
func (d *draft) audit() {
	if len(d.doc.AuditEvents) == 0 {
		return
	}
	apps, spaces := appsByName(d.doc), map[string]*state.Space{}
	for i := range d.seed.Spaces {
		spaces[d.seed.Spaces[i].GUID] = &d.seed.Spaces[i]
	}
	for _, from := range d.doc.AuditEvents {
		at, _ := apps.find(from.App)
		app := d.seed.Apps[at]
		app.Name = cmp.Or(from.AppName, app.Name)
		d.seed.Audit.Events = append(d.seed.Audit.Events, state.Event{
			Type: from.Type, At: from.CreatedAt.UTC(), Actor: from.Actor, App: &app, Space: spaces[app.SpaceGUID], Data: from.Data.Members,
		})
	}
	if d.doc.Progress != nil {
		d.seed.Audit.Count = d.doc.Progress.AuditEvents
	}
}

func exportAudit(from state.Audit) (list []AuditEvent) {
	for _, e := range from.Events {
		list = append(list, AuditEvent{
			Type: e.Type, CreatedAt: e.At.UTC(), Actor: e.Actor, App: e.App.GUID, AppName: e.App.Name,
			Data: document.Value{Kind: document.Object, Members: e.Data},
		})
	}
	return list
}

// audit checks what the events refer to.
func (c *checker) audit() {
	if len(c.doc.AuditEvents) == 0 {
		return
	}
	apps := appsByName(c.doc)
	for i, event := range c.doc.AuditEvents {
		if _, message := apps.find(event.App); message != "" {
			c.report(message, "audit_events", i, "app")
		}
	}
	if p := c.doc.Progress; p != nil && p.AuditEvents != 0 && p.AuditEvents < len(c.doc.AuditEvents) {
		c.report(fmt.Sprintf("%d, expected at least the %d that are there", p.AuditEvents, len(c.doc.AuditEvents)), "progress", "audit_events")
	}
}
