package api

import (
	"net/http"
	"slices"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// segments says which isolation segments spaces are in.
type segments struct {
	names  []string            // in order of creation of the spaces
	inside map[string][]string // guids of the organizations of the spaces, by name
	of     map[string][]string // names by guid of the organization
}

func (c *call) segments() *segments {
	return c.snap.State.Memo("isolation segments", func() any {
		found := &segments{inside: map[string][]string{}, of: map[string][]string{}}
		once := func(list []string, one string) []string {
			if slices.Contains(list, one) {
				return list
			}
			return append(list, one)
		}
		_, spaces := c.snap.State.Places()
		for _, space := range spaces {
			if name := space.IsolationSegment; name != "" {
				found.names = once(found.names, name)
				found.inside[name] = once(found.inside[name], space.OrganizationGUID)
				found.of[space.OrganizationGUID] = once(found.of[space.OrganizationGUID], name)
			}
		}
		return found
	}).(*segments)
}

// segmentsBeside are those of spaces that were not given.
func segmentsBeside(c *call, given []document.Value) (made []maker) {
	for _, name := range c.segments().names {
		if !slices.ContainsFunc(given, func(segment document.Value) bool { return segment.TextOf("name") == name }) {
			made = append(made, func(c *call) document.Value { return c.document("isolation_segment", values{"name": name}) })
		}
	}
	return made
}

// ofEntitled are those of an isolation segment: who sees an organization that it is
// for.
func ofEntitled(c *call, segment item) state.Audience {
	return state.Audience{Organizations: c.segments().inside[segment.value.TextOf("name")]}
}

// segmentsOf are those for organizations that the caller sees.
func segmentsOf(c *call, f contract.Filter) state.Having {
	var names []string
	for _, guid := range f.Values {
		if c.seesOrganization(guid) {
			names = append(names, c.segments().of[guid]...)
		}
	}
	return wants("names", names...)
}

func (c *call) seesOrganization(guid string) bool {
	_, err := c.snap.State.Organization(c.who, guid)
	return err == nil
}

// entitled are the guids of the organizations that an isolation segment is for,
// as far as the caller sees them: those that have a space in it.
func (c *call) entitled(segment item) []string {
	organizations := slices.Clone(c.segments().inside[segment.value.TextOf("name")])
	return slices.DeleteFunc(organizations, func(guid string) bool { return !c.seesOrganization(guid) })
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
	if name != "" { // its name is what a space has of it
		found := c.guidsNamed("isolation_segment", contract.Filter{Set: true, Values: []string{name}})
		with["data"], with["segment"] = guidOf(found[0]), found[0]
	}
	return jsonReply(http.StatusOK, c.document("isolation_segment_relation", with)), nil
}

// listEntitledOrganizations shows the organizations of a segment.
func listEntitledOrganizations(c *call) (reply, error) {
	return c.listed(c.req.URL.Path, func(query contract.ResourceQuery) ([]document.Value, int, error) {
		segment, err := c.named()
		if err != nil {
			return nil, 0, err
		}
		page := c.snap.State.Organizations(c.who, query.Among(c.entitled(segment)))
		return shown(page.Views, c.organizationJSON), page.Total, nil
	})
}

func getEntitledOrganizations(c *call) (reply, error) {
	segment, err := c.named()
	if err != nil {
		return reply{}, err
	}
	organizations := shown(c.entitled(segment), guidOf)
	return jsonReply(http.StatusOK, c.document("entitled_organizations", values{"guid": c.guid, "organizations": organizations})), nil
}
