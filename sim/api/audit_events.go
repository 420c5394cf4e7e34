package api

import (
	"net/http"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

func listAuditEvents(c *call) (reply, error) {
	return c.listed("/v3/audit_events", func(query contract.ResourceQuery) ([]document.Value, int, error) {
		list, total := c.snap.State.AuditEvents(c.now, c.who, query)
		return shown(list, c.auditEventJSON), total, nil
	})
}

func getAuditEvent(c *call) (reply, error) {
	return one(http.StatusOK, c.auditEventJSON)(c.snap.State.AuditEvent(c.now, c.who, c.guid))
}

func (c *call) auditEventJSON(e state.EventView) document.Value {
	return c.document("audit_event", values{"guid": e.GUID, "at": e.At, "type": e.Type,
		"actor": e.Actor.GUID, "actor_type": e.Actor.Type, "actor_name": e.Actor.Name, "app": e.App.GUID, "app_name": e.App.Name,
		"data": objectOf(e.Data...), "space": e.Space.GUID, "organization": e.Space.OrganizationGUID})
}
