package api

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/state"
)

// What the JSON of the supporting resources has in common. They are asked for
// too seldom to be worth an encoder of their own; structs list their fields in
// the order the real server sends them.

// links are those of a resource, in the order in which the real server sends
// them; a method stands where it is not GET.
type links []struct{ name, href, method string }

// MarshalJSON writes an object with the links in their order.
func (l links) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, one := range l {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(appendString(b, one.name), `:{"href":`...), one.href)
		if one.method != "" {
			b = appendString(append(b, `,"method":`...), one.method)
		}
		b = append(b, '}')
	}
	return append(b, '}'), nil
}

// timeJSON is a time in whole seconds of UTC.
type timeJSON time.Time

// MarshalJSON writes the time as all answers do.
func (t timeJSON) MarshalJSON() ([]byte, error) { return appendTime(nil, time.Time(t)), nil }

// pairsJSON keeps labels and annotations in order of insertion (§8).
type pairsJSON contract.Pairs

// MarshalJSON writes an object with its keys in order.
func (p pairsJSON) MarshalJSON() ([]byte, error) { return appendPairs(nil, contract.Pairs(p)), nil }

type metadataJSON struct {
	Labels      pairsJSON `json:"labels"`
	Annotations pairsJSON `json:"annotations"`
}

func metadataOf(m contract.Metadata) metadataJSON {
	return metadataJSON{pairsJSON(m.Labels), pairsJSON(m.Annotations)}
}

// guidJSON names a resource; without one the guid is null.
type guidJSON struct {
	GUID *string `json:"guid"`
}

func guidOf(guid string) *guidJSON { return &guidJSON{&guid} }

// guidOrNull names a resource that may be none.
func guidOrNull(guid string) *guidJSON {
	if guid == "" {
		return &guidJSON{}
	}
	return guidOf(guid)
}

// relationJSON is a relationship to one resource; its data is null when there
// is none.
type relationJSON struct {
	Data *guidJSON `json:"data"`
}

// includedJSON are the related resources that include asked for: absent, or a
// list that may be empty.
type includedJSON struct {
	Domains       []struct{}         `json:"domains,omitzero"`
	Spaces        []spaceJSON        `json:"spaces,omitzero"`
	Organizations []organizationJSON `json:"organizations,omitzero"`
	RoutePolicies []struct{}         `json:"route_policies,omitzero"`
}

// included collects the spaces and organizations of what is shown, each once,
// in order of creation; nil when neither was asked for.
func (c *call) included(views []state.View, spaces, organizations bool) *includedJSON {
	if !spaces && !organizations {
		return nil
	}
	out := &includedJSON{}
	if spaces {
		out.Spaces = make([]spaceJSON, 0, 1)
		for _, v := range distinct(views, func(v state.View) (string, time.Time) { return v.Space.GUID, v.Space.CreatedAt }) {
			out.Spaces = append(out.Spaces, c.spaceJSON(v))
		}
	}
	if organizations {
		out.Organizations = make([]organizationJSON, 0, 1)
		for _, v := range distinct(views, func(v state.View) (string, time.Time) { return v.Organization.GUID, v.Organization.CreatedAt }) {
			out.Organizations = append(out.Organizations, c.organizationJSON(v))
		}
	}
	return out
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

// listReply answers one page of a list, with what was included.
func (c *call) listReply(path string, query contract.ResourceQuery, total int, resources any, included *includedJSON) (reply, error) {
	if included == nil {
		return c.listReplyWith(path, query, total, resources, nil)
	}
	return c.listReplyWith(path, query, total, resources, included)
}

// listReplyWith is listReply for whatever comes along.
func (c *call) listReplyWith(path string, query contract.ResourceQuery, total int, resources, included any) (reply, error) {
	b := appendPagination(nil, c.base()+path, query.ListQuery, total)
	list, err := json.Marshal(resources)
	if err != nil {
		return reply{}, err
	}
	b = append(append(b, `,"resources":`...), list...)
	if included != nil {
		more, err := json.Marshal(included)
		if err != nil {
			return reply{}, err
		}
		b = append(append(b, `,"included":`...), more...)
	}
	return reply{status: http.StatusOK, body: append(b, '}')}, nil
}

// one answers with a resource in its JSON, unless there is none.
func one[V, J any](status int, present func(V) J) func(V, error) (reply, error) {
	return func(found V, err error) (reply, error) {
		if err != nil {
			return reply{}, err
		}
		return jsonReply(status, present(found))
	}
}

// changed is one for a resource that the request has changed.
func changed[V, J any](c *call, status int, present func(V) J) func(V, error) (reply, error) {
	return func(made V, err error) (reply, error) {
		c.changed = c.changed || err == nil
		return one(status, present)(made, err)
	}
}

// jsonReply encodes a single resource.
func jsonReply(status int, value any) (reply, error) {
	body, err := json.Marshal(value)
	return reply{status: status, body: body}, err
}

// shown makes the JSON of a page; an empty one is a list, not null.
func shown[V, J any](of []V, present func(V) J) []J {
	list := make([]J, 0, len(of))
	for _, v := range of {
		list = append(list, present(v))
	}
	return list
}
