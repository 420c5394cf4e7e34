package api

import (
	"net/http"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// auditEventJSON is an audit event as the real server shows it.
type auditEventJSON struct {
	GUID         string         `json:"guid"`
	CreatedAt    timeJSON       `json:"created_at"`
	UpdatedAt    timeJSON       `json:"updated_at"`
	Type         string         `json:"type"`
	Actor        partyJSON      `json:"actor"`
	Target       partyJSON      `json:"target"`
	Data         document.Value `json:"data"`
	Space        *guidJSON      `json:"space"`
	Organization *guidJSON      `json:"organization"`
	Links        links          `json:"links"`
}

// partyJSON is who acted, or what was acted on.
type partyJSON struct {
	GUID string `json:"guid"`
	Type string `json:"type"`
	Name string `json:"name"`
}

func listAuditEvents(c *call) (reply, error) {
	query, err := c.op.List.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	list, total := c.snap.State.AuditEvents(c.now, c.who, query)
	return c.listReply("/v3/audit_events", query, total, shown(list, c.auditEventJSON), nil)
}

func getAuditEvent(c *call) (reply, error) {
	return one(http.StatusOK, c.auditEventJSON)(c.snap.State.AuditEvent(c.now, c.who, c.guid))
}

func (c *call) auditEventJSON(e state.EventView) auditEventJSON {
	return auditEventJSON{
		GUID: e.GUID, CreatedAt: timeJSON(e.At), UpdatedAt: timeJSON(e.At), Type: e.Type,
		Actor: partyJSON(e.Actor), Target: partyJSON{e.App.GUID, "app", e.App.Name},
		Data:  document.Value{Kind: document.Object, Members: e.Data},
		Space: guidOf(e.Space.GUID), Organization: guidOf(e.Space.OrganizationGUID),
		Links: links{{"self", c.base() + "/v3/audit_events/" + e.GUID, ""}},
	}
}
