package api

import (
	"net/http"
	"slices"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
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

// entitled are the organizations that the isolation segment of the path is for:
// those that have a space in it.
func (c *call) entitled() ([]state.View, error) {
	for _, segment := range c.items(c.op.Collection) {
		if segment.guid != c.guid {
			continue
		}
		_, spaces := c.snap.State.Places()
		return slices.DeleteFunc(c.snap.State.Organizations(c.who, everything).Views, func(v state.View) bool {
			return !slices.ContainsFunc(spaces, func(s state.Space) bool {
				return s.OrganizationGUID == v.Organization.GUID && s.IsolationSegment == segment.value.TextOf("name")
			})
		}), nil
	}
	return nil, c.op.Collection.Item()
}

func listEntitledOrganizations(c *call) (reply, error) {
	return c.listed(c.req.URL.Path, func(contract.ResourceQuery) ([]document.Value, int, error) {
		views, err := c.entitled()
		return shown(views, c.organizationJSON), len(views), err
	})
}

func getEntitledOrganizations(c *call) (reply, error) {
	views, err := c.entitled()
	if err != nil {
		return reply{}, err
	}
	organizations := shown(views, func(v state.View) document.Value { return guidOf(v.Organization.GUID) })
	return jsonReply(http.StatusOK, c.document("entitled_organizations", values{"guid": c.guid, "organizations": organizations})), nil
}
