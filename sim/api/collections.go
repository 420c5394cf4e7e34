package api

import (
	"math"
	"net/http"
	"path"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// listCollection answers a page of a collection: what the scenario gives, and
// what follows from the state.
func listCollection(c *call) (reply, error) {
	query, err := c.listQuery()
	if err != nil {
		return reply{}, err
	}
	s := c.shelf(c.op.Collection.Name)
	within, err := c.within(s)
	if err != nil {
		return reply{}, err
	}
	places, total := c.find(s, c.who, query, within...)
	found := c.items(s, places)
	return c.listReply(c.req.URL.Path, query, total, shown(found, item.document), c.related(found, query))
}

func (i item) document() document.Value { return i.value }

// within says which items the path leaves: all, or those of an app, a space or
// an organization that the caller may see.
func (c *call) within(s *shelf) (having []state.Having, err error) {
	has := func(key string, values ...string) {
		if key == "app_guids" || s.texts[key] != nil {
			having = append(having, wants(key, values...))
		}
	}
	switch {
	case c.op.Nested:
		_, err = c.visibleApp()
		has("app_guids", c.ref.AppGUID)
	case strings.HasPrefix(c.op.Path, "/v3/spaces/"):
		_, err = c.snap.State.Space(c.who, c.guid)
		has(path.Base(c.op.Path)+" of space", c.guid, everywhere)
	case strings.HasPrefix(c.op.Path, "/v3/organizations/"):
		_, err = c.snap.State.Organization(c.who, c.guid)
		has(path.Base(c.op.Path)+" of organization", c.guid)
	}
	return having, err
}

// wants asks that an item has one of some texts under a key.
func wants(key string, values ...string) state.Having {
	return state.Having{Key: key, Filter: contract.Filter{Set: true, Values: values}}
}

// find finds items, by their places, by what a query says and more.
func (c *call) find(s *shelf, who state.Viewer, query contract.ResourceQuery, having ...state.Having) (places []int, total int) {
	for _, key := range query.Filters() {
		having = append(having, c.having(s, key, query.Filter(key)))
	}
	return c.snap.State.Search(s.listing, reading{c, s}, state.Search{Who: who, Query: query, Having: having})
}

// having is what a filter asks. One that names other things is asked for their
// guids.
func (c *call) having(s *shelf, key string, f contract.Filter) state.Having {
	if through := s.through[key]; through != nil {
		return through(c, f)
	}
	if kind, named := strings.CutSuffix(key, "_names"); named {
		return wants(kind+"_guids", c.guidsNamed(kind, f)...)
	}
	return state.Having{Key: key, Filter: f}
}

// reading tells of the items of a shelf what a call asks.
type reading struct {
	*call
	of *shelf
}

// Texts are what an item has under a key.
func (r reading) Texts(place int, key string) []string {
	return r.compared(r.of, r.written(r.of, place), key)
}

// Audience are those who may see an item.
func (r reading) Audience(place int) state.Audience {
	if r.of.audience != nil {
		return r.of.audience(r.call, r.written(r.of, place))
	}
	return r.neighbours(r.written(r.of, place))
}

// everything is a query that lists all.
var everything = contract.ResourceQuery{ListQuery: contract.ListQuery{Page: 1, PerPage: math.MaxInt32}}

// named is the item that the path names.
func (c *call) named() (item, error) {
	s := c.shelf(c.op.Collection.Name)
	places, _ := c.find(s, c.who, everything.Among([]string{c.guid}))
	if len(places) == 0 {
		return item{}, s.Item()
	}
	return c.item(s, places[0]), nil
}

// getItem answers one resource of a collection.
func getItem(c *call) (reply, error) {
	var query contract.ResourceQuery
	if c.op.List != nil {
		var err error
		if query, err = c.op.List.ParseInclude(c.req.URL.RawQuery); err != nil {
			return reply{}, err
		}
	}
	return one(http.StatusOK, func(i item) document.Value { return including(i.value, c.related([]item{i}, query)) })(c.named())
}

// itemParts are the documents that belong to an item and that nothing is said
// in, by the end of their paths.
func itemParts() map[string]document.Value {
	return map[string]document.Value{
		"parameters":    objectOf(),
		"credentials":   objectOf(),
		"details":       templates()["binding_details"],
		"permissions":   templates()["permissions"],
		"shared_spaces": objectOf(document.Field{Key: "data", Value: document.List()}),
	}
}

func getItemPart(c *call) (reply, error) {
	return one(http.StatusOK, func(item) document.Value { return itemParts()[path.Base(c.op.Path)] })(c.named())
}
