package api

import (
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// What comes along with the items of a collection: include names relationships,
// fields[PATH]=KEY,... those that a path of relationships leads to, and what to
// show of them.

// fieldPaths are the paths that fields knows, in the order of the answer.
var fieldPaths = []string{"space", "space.organization", "service_plan", "service_plan.service_offering",
	"service_plan.service_offering.service_broker", "service_offering.service_broker", "service_broker"}

// related is what the items of a page are related to, as far as it was asked
// for, each once, by kinds; null when nothing was.
func (c *call) related(items []item, query contract.ResourceQuery) (included document.Value) {
	add := func(path string, keys []string) {
		found, step := items, ""
		for _, step = range strings.Split(path, ".") {
			found = c.relatedBy(step, found)
		}
		values := []document.Value{}
		for _, one := range found {
			values = append(values, picked(one.value, keys))
		}
		included = included.With(step+"s", document.List(values...))
	}
	for _, relation := range []string{"user", "domain", "space", "organization", "app", "service_offering", "service_instance", "route"} {
		if query.Includes(relation) {
			add(relation, nil)
		}
	}
	if query.Includes("space.organization") {
		add("space", nil)
		add("space.organization", nil)
	}
	if query.Includes("route_policies") {
		included = included.With("route_policies", document.List())
	}
	for _, path := range fieldPaths {
		if keys := query.Fields[path]; keys != nil {
			add(path, keys)
		}
	}
	return included
}

// relatedBy are the resources that a relationship of items leads to.
func (c *call) relatedBy(relation string, items []item) (found []item) {
	guids := shown(items, func(from item) string { return from.relation(relation) })
	query := everything.Among(guids)
	switch relation {
	case "space":
		for _, v := range c.snap.State.Spaces(c.who, query).Views {
			found = append(found, item{guid: v.Space.GUID, value: c.spaceJSON(v)})
		}
	case "organization":
		for _, v := range c.snap.State.Organizations(c.who, query).Views {
			found = append(found, item{guid: v.Organization.GUID, value: c.organizationJSON(v)})
		}
	case "app":
		for _, v := range c.snap.State.Apps(c.who, query).Views {
			found = append(found, item{guid: v.App.GUID, value: c.appJSON(v)})
		}
	default:
		s := c.shelf(relation + "s")
		places, _ := c.find(s, overseer, query)
		found = c.items(s, places)
	}
	return found
}

// picked is a resource with these keys alone, "relationships.organization" among
// them, or all of it when there are none.
func picked(of document.Value, keys []string) document.Value {
	if len(keys) == 0 {
		return of
	}
	out := document.Value{Kind: document.Object}
	for _, key := range keys {
		if outer, inner, nested := strings.Cut(key, "."); nested {
			if value, found := of.Find("/" + outer + "/" + inner); found {
				object, _ := out.Get(outer)
				out = out.With(outer, document.Value{Kind: document.Object, Members: object.Members}.With(inner, value))
			}
		} else if value, found := of.Get(key); found {
			out = out.With(key, value)
		}
	}
	return out
}
