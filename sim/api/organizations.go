package api

import (
	"net/http"

	"example.com/capisim/sim/state"
)

// organizationJSON is an organization (CONTRACT.md §19).
type organizationJSON struct {
	GUID          string                `json:"guid"`
	CreatedAt     timeJSON              `json:"created_at"`
	UpdatedAt     timeJSON              `json:"updated_at"`
	Name          string                `json:"name"`
	Suspended     bool                  `json:"suspended"`
	Relationships organizationRelations `json:"relationships"`
	Metadata      metadataJSON          `json:"metadata"`
	Links         links                 `json:"links"`
}

type organizationRelations struct {
	Quota relationJSON `json:"quota"`
}

func (c *call) organizationJSON(v state.View) organizationJSON {
	org, quota := v.Organization, v.OrganizationQuota()
	self := c.base() + "/v3/organizations/" + org.GUID
	return organizationJSON{
		GUID: org.GUID, CreatedAt: timeJSON(org.CreatedAt), UpdatedAt: timeJSON(org.UpdatedAt), Name: org.Name, Suspended: org.Suspended,
		Relationships: organizationRelations{relationJSON{guidOf(quota)}},
		Metadata:      metadataOf(org.Metadata),
		Links: links{{"self", self, ""}, {"domains", self + "/domains", ""}, {"default_domain", self + "/domains/default", ""},
			{"quota", c.base() + "/v3/organization_quotas/" + quota, ""}},
	}
}

func listOrganizations(c *call) (reply, error) {
	query, err := c.op.List.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	page := c.snap.State.Organizations(c.who, query)
	return c.listReply("/v3/organizations", query, page.Total, shown(page.Views, c.organizationJSON), nil)
}

// getOrganization does not look at its query, as the real server does not.
func getOrganization(c *call) (reply, error) {
	return one(http.StatusOK, c.organizationJSON)(c.snap.State.Organization(c.who, c.guid))
}
