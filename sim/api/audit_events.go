package api

import (
	"net/http"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

func listAuditEvents(c *call) (reply, error) {
	query, err := c.op.List.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	list, total := c.snap.State.AuditEvents(c.now, c.who, query)
	return c.listReply("/v3/audit_events", query, total, shown(list, c.auditEventJSON), document.Value{})
}

func getAuditEvent(c *call) (reply, error) {
	return one(http.StatusOK, c.auditEventJSON)(c.snap.State.AuditEvent(c.now, c.who, c.guid))
}

func (c *call) auditEventJSON(e state.EventView) document.Value {
	return c.document("audit_event", values{"guid": e.GUID, "at": e.At, "type": e.Type,
		"actor": e.Actor.GUID, "actor_type": e.Actor.Type, "actor_name": e.Actor.Name, "app": e.App.GUID, "app_name": e.App.Name,
		"data": objectOf(e.Data...), "space": e.Space.GUID, "organization": e.Space.OrganizationGUID})
}
