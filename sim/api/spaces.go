package api

import (
	"net/http"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// spaceJSON is a space (CONTRACT.md §19).
func (c *call) spaceJSON(v state.View) document.Value {
	space, quota := v.Space, v.SpaceQuota()
	return c.document("space", values{"guid": space.GUID, "created_at": space.CreatedAt, "updated_at": space.UpdatedAt,
		"name": space.Name, "suspended": space.Suspended, "organization": space.OrganizationGUID,
		"quota": nullable(quota), "quota_data": guidOf(quota), "metadata": metadataOf(space.Metadata)})
}

func listSpaces(c *call) (reply, error) {
	query, err := c.op.List.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	page := c.snap.State.Spaces(c.who, query)
	included := c.included(page.Views, false, query.Includes("org", "organization"))
	return c.listReply("/v3/spaces", query, page.Total, shown(page.Views, c.spaceJSON), included)
}

// getSpace looks for the space before it looks at the query.
func getSpace(c *call) (reply, error) {
	view, err := c.snap.State.Space(c.who, c.guid)
	if err != nil {
		return reply{}, err
	}
	query, err := c.op.List.ParseInclude(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	included := c.included([]state.View{view}, false, query.Includes("org", "organization"))
	return jsonReply(http.StatusOK, including(c.spaceJSON(view), included)), nil
}
