package api

import (
	"slices"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// auditEventJSON is an audit event as the real server shows it.
type auditEventJSON struct {
	GUID         string              `json:"guid"`
	CreatedAt    timeJSON            `json:"created_at"`
	UpdatedAt    timeJSON            `json:"updated_at"`
	Type         string              `json:"type"`
	Actor        partyJSON           `json:"actor"`
	Target       partyJSON           `json:"target"`
	Data         auditDataJSON       `json:"data"`
	Space        *guidJSON           `json:"space"`
	Organization *guidJSON           `json:"organization"`
	Links        map[string]linkJSON `json:"links"`
}

// partyJSON is who acted, or what was acted on.
type partyJSON struct {
	GUID string `json:"guid"`
	Type string `json:"type"`
	Name string `json:"name"`
}

// auditDataJSON is what an event says beside who and what; nothing for the
// start or stop of an app.
type auditDataJSON struct {
	ProcessGUID  string          `json:"process_guid,omitempty"`
	ProcessType  string          `json:"process_type,omitempty"`
	ProcessIndex *int            `json:"process_index,omitempty"`
	Request      *document.Value `json:"request,omitempty"`
}

func listAuditEvents(c *call) (reply, error) {
	query, err := contract.AuditEventList.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	list, total := c.snap.State.AuditEvents(c.who, query)
	return c.listReply("/v3/audit_events", query, total, shown(list, c.auditEventJSON), nil)
}

func (c *call) auditEventJSON(e state.EventView) auditEventJSON {
	actor := partyJSON{e.Actor.GUID, "user", e.Actor.Name}
	return auditEventJSON{
		GUID: e.GUID, CreatedAt: timeJSON(e.At), UpdatedAt: timeJSON(e.At), Type: e.Type,
		Actor: actor, Target: partyJSON{e.App.GUID, "app", e.App.Name}, Data: auditData(e.Event),
		Space: guidOf(e.Space.GUID), Organization: guidOf(e.OrganizationGUID),
		Links: map[string]linkJSON{"self": {Href: c.base() + "/v3/audit_events/" + e.GUID}},
	}
}

// auditData repeats the request, without the command, which is nobody's
// business.
func auditData(e state.Event) auditDataJSON {
	data := auditDataJSON{ProcessGUID: e.Process.GUID, ProcessType: e.Process.Type}
	switch e.Type {
	case state.ProcessTerminated:
		data.ProcessIndex = &e.Index
	case state.AppUpdated, state.ProcessUpdated, state.ProcessScaled:
		request := e.Request.Value()
		if _, given := e.Request.Get("command"); given {
			request.Members = document.Put(slices.Clone(request.Members), "command", document.Text(contract.HiddenCommand))
		}
		data.Request = &request
	}
	return data
}
