package api

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// included collects the spaces and organizations of what is shown, each once,
// in order of creation; null when neither was asked for.
func (c *call) included(views []state.View, spaces, organizations bool) (included document.Value) {
	if spaces {
		views := distinct(views, func(v state.View) (string, time.Time) { return v.Space.GUID, v.Space.CreatedAt })
		included = included.With("spaces", document.List(shown(views, c.spaceJSON)...))
	}
	if organizations {
		views := distinct(views, func(v state.View) (string, time.Time) { return v.Organization.GUID, v.Organization.CreatedAt })
		included = included.With("organizations", document.List(shown(views, c.organizationJSON)...))
	}
	return included
}

// including is a resource with what comes along with it, unless that is null.
func including(resource, included document.Value) document.Value {
	if included.Kind == document.Null {
		return resource
	}
	return resource.With("included", included)
}

// distinct keeps one view of each guid, ordered by time, then guid.
func distinct(views []state.View, of func(state.View) (guid string, created time.Time)) []state.View {
	views = slices.Clone(views)
	slices.SortFunc(views, func(a, b state.View) int {
		x, at := of(a)
		y, bt := of(b)
		return cmp.Or(at.Compare(bt), cmp.Compare(x, y))
	})
	return slices.CompactFunc(views, func(a, b state.View) bool {
		x, _ := of(a)
		y, _ := of(b)
		return x == y
	})
}

// listReply answers one page of a list, with what was included, null for nothing.
func (c *call) listReply(path string, query contract.ResourceQuery, total int, resources []document.Value, included document.Value) (reply, error) {
	return c.pageReply(path, query, total, included, len(resources), func(b []byte, i int) []byte { return resources[i].AppendJSON(b) })
}

// someItems is how many items of a page tell how long it will be.
const someItems = 16

// pageReply is listReply for resources that are written as they are made.
func (c *call) pageReply(path string, query contract.ResourceQuery, total int, included document.Value, count int, resource func(b []byte, i int) []byte) (reply, error) {
	b := append(appendPagination(c.room(), c.base()+path, query.ListQuery, total), `,"resources":[`...)
	for i := range count {
		if i > 0 {
			b = append(b, ',')
		}
		if b = resource(b, i); i == someItems { // the others will be about as long
			b = slices.Grow(b, len(b)/someItems*(count-someItems))
		}
	}
	b = append(b, ']')
	if included.Kind != document.Null {
		b = included.AppendJSON(append(b, `,"included":`...))
	}
	b = append(b, '}')
	c.keep(b)
	return reply{status: http.StatusOK, body: b}, nil
}

// listQuery reads the query of a list. The real server puts the guid of the
// path's app over whatever the query says.
func (c *call) listQuery() (contract.ResourceQuery, error) {
	raw := c.req.URL.RawQuery
	for _, key := range []string{"app_guid", "app_guids"} {
		if c.op.Nested && c.op.List.Takes(key) {
			raw += "&" + key + "=" + url.QueryEscape(c.ref.AppGUID)
			break
		}
	}
	return c.op.List.Parse(raw)
}

// listed answers the page of a list that the query asks for, with nothing
// included.
func (c *call) listed(path string, find func(contract.ResourceQuery) ([]document.Value, int, error)) (reply, error) {
	query, err := c.listQuery()
	if err != nil {
		return reply{}, err
	}
	resources, total, err := find(query)
	if err != nil {
		return reply{}, err
	}
	return c.listReply(path, query, total, resources, document.Value{})
}

// one answers with a resource in its JSON, unless there is none.
func one[V any](status int, present func(V) document.Value) func(V, error) (reply, error) {
	return func(found V, err error) (reply, error) {
		if err != nil {
			return reply{}, err
		}
		return jsonReply(status, present(found)), nil
	}
}

// changed is one for a resource that the request has changed.
func changed[V any](c *call, status int, present func(V) document.Value) func(V, error) (reply, error) {
	return func(made V, err error) (reply, error) {
		c.changed = c.changed || err == nil
		return one(status, present)(made, err)
	}
}

// jsonReply answers with a document.
func jsonReply(status int, value document.Value) reply {
	return reply{status: status, body: value.AppendJSON(nil)}
}

// shown makes the JSON of a page; an empty one is a list, not null.
func shown[V, J any](of []V, present func(V) J) []J {
	list := make([]J, 0, len(of))
	for _, v := range of {
		list = append(list, present(v))
	}
	return list
}
