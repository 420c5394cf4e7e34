package api

import (
	"net/http"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// organizationJSON is an organization (CONTRACT.md §19).
func (c *call) organizationJSON(v state.View) document.Value {
	org := v.Organization
	return c.document("organization", values{"guid": org.GUID, "created_at": org.CreatedAt, "updated_at": org.UpdatedAt,
		"name": org.Name, "suspended": org.Suspended, "quota": v.OrganizationQuota(), "metadata": metadataOf(org.Metadata)})
}

func listOrganizations(c *call) (reply, error) {
	return c.listed("/v3/organizations", func(query contract.ResourceQuery) ([]document.Value, int, error) {
		page := c.snap.State.Organizations(c.who, query)
		return shown(page.Views, c.organizationJSON), page.Total, nil
	})
}

// getOrganization does not look at its query, as the real server does not.
func getOrganization(c *call) (reply, error) {
	return one(http.StatusOK, c.organizationJSON)(c.snap.State.Organization(c.who, c.guid))
}
