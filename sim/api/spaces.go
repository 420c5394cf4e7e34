package api

import (
	"net/http"

	"example.com/capisim/sim/state"
)

// spaceJSON is a space (CONTRACT.md §19).
type spaceJSON struct {
	GUID          string         `json:"guid"`
	CreatedAt     timeJSON       `json:"created_at"`
	UpdatedAt     timeJSON       `json:"updated_at"`
	Name          string         `json:"name"`
	Suspended     bool           `json:"suspended"`
	Relationships spaceRelations `json:"relationships"`
	Metadata      metadataJSON   `json:"metadata"`
	Links         links          `json:"links"`
	Included      *includedJSON  `json:"included,omitempty"`
}

type spaceRelations struct {
	Organization relationJSON `json:"organization"`
	Quota        relationJSON `json:"quota"`
}

func (c *call) spaceJSON(v state.View) spaceJSON {
	space, base := v.Space, c.base()
	self := base + "/v3/spaces/" + space.GUID
	out := spaceJSON{
		GUID: space.GUID, CreatedAt: timeJSON(space.CreatedAt), UpdatedAt: timeJSON(space.UpdatedAt), Name: space.Name, Suspended: space.Suspended,
		Relationships: spaceRelations{Organization: relationJSON{guidOf(space.OrganizationGUID)}},
		Metadata:      metadataOf(space.Metadata),
		Links: links{{"self", self, ""}, {"organization", base + "/v3/organizations/" + space.OrganizationGUID, ""},
			{"features", self + "/features", ""}, {"apply_manifest", self + "/actions/apply_manifest", http.MethodPost}},
	}
	if quota := v.SpaceQuota(); quota != "" {
		out.Relationships.Quota.Data = guidOf(quota)
		out.Links = append(out.Links, links{{"quota", base + "/v3/space_quotas/" + quota, ""}}...)
	}
	return out
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
	out := c.spaceJSON(view)
	out.Included = c.included([]state.View{view}, false, query.Includes("org", "organization"))
	return jsonReply(http.StatusOK, out)
}
