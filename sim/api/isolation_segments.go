package api

import (
	"net/http"
	"slices"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// segmentNamed finds an isolation segment by its name, which is what spaces
// have of it.
func (c *call) segmentNamed(name string) (item, bool) {
	for _, segment := range c.items(contract.CollectionNamed("isolation_segments")) {
		if name != "" && segment.value.TextOf("name") == name {
			return segment, true
		}
	}
	return item{}, false
}

// getIsolationSegment is the relationship of a space, or of an organization,
// which here has none.
func getIsolationSegment(c *call) (reply, error) {
	name := ""
	if strings.HasPrefix(c.op.Path, "/v3/spaces/") {
		view, err := c.snap.State.Space(c.who, c.guid)
		if err != nil {
			return reply{}, err
		}
		name = view.Space.IsolationSegment
	} else if _, err := c.snap.State.Organization(c.who, c.guid); err != nil {
		return reply{}, err
	}
	with := values{"path": c.req.URL.Path, "data": nil, "segment": nil}
	if segment, found := c.segmentNamed(name); found {
		with["data"], with["segment"] = guidOf(segment.guid), segment.guid
	}
	return jsonReply(http.StatusOK, c.document("isolation_segment_relation", with)), nil
}

// entitled are the guids of the organizations that an isolation segment is for,
// as far as the caller sees them: those that have a space in it.
func (c *call) entitled(segment item) (organizations []string) {
	_, spaces := c.snap.State.Places()
	for _, space := range spaces {
		if space.IsolationSegment == segment.value.TextOf("name") && !slices.Contains(organizations, space.OrganizationGUID) &&
			c.seesOrganization(space.OrganizationGUID) {
			organizations = append(organizations, space.OrganizationGUID)
		}
	}
	return organizations
}

// listEntitledOrganizations shows the organizations of a segment.
func listEntitledOrganizations(c *call) (reply, error) {
	return c.listed(c.req.URL.Path, func(query contract.ResourceQuery) ([]document.Value, int, error) {
		segment, err := c.item()
		if err != nil {
			return nil, 0, err
		}
		page := c.snap.State.Organizations(c.who, query.Among(c.entitled(segment)))
		return shown(page.Views, c.organizationJSON), page.Total, nil
	})
}

func getEntitledOrganizations(c *call) (reply, error) {
	segment, err := c.item()
	if err != nil {
		return reply{}, err
	}
	organizations := shown(c.entitled(segment), guidOf)
	return jsonReply(http.StatusOK, c.document("entitled_organizations", values{"guid": c.guid, "organizations": organizations})), nil
}
