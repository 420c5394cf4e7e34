package api

import (
	"cmp"
	"encoding/json"
	"math"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/draw"
	"example.com/capisim/sim/state"
)

// item is one resource of a collection: a document with what every resource of
// the API has.
type item struct {
	value            document.Value
	guid             string
	created, updated time.Time
}

// listCollection answers a page of a collection: what the scenario gives, and
// what follows from the state.
func listCollection(c *call) (reply, error) {
	query, err := c.listQuery()
	if err != nil {
		return reply{}, err
	}
	keep, err := c.within()
	if err != nil {
		return reply{}, err
	}
	var found []item
	for _, one := range c.items(c.op.Collection) {
		if keep(one) && c.lists(one) && c.passes(query, one) {
			found = append(found, one)
		}
	}
	slices.SortStableFunc(found, func(a, b item) int {
		if query.Descending {
			a, b = b, a
		}
		return a.compareBy(query.OrderBy, b)
	})
	first := min((query.Page-1)*query.PerPage, len(found))
	shown, total := found[first:min(first+query.PerPage, len(found))], len(found)
	if len(shown) == 0 {
		total = 0 // the trap of CONTRACT.md §13.3
	}
	resources := make([]document.Value, len(shown))
	for i, one := range shown {
		resources[i] = one.value
	}
	return c.listReply(c.req.URL.Path, query, total, resources, c.related(shown, query))
}

// within says which items the path leaves: all, or those of an app, a space or
// an organization that the caller may see.
func (c *call) within() (keep func(item) bool, err error) {
	all := func(item) bool { return true }
	switch {
	case c.op.Nested:
		_, err = c.visibleApp()
		return func(i item) bool { return slices.Contains(i.relations("app"), c.ref.AppGUID) }, err
	case strings.HasSuffix(c.op.Path, "_security_groups"):
		_, err = c.snap.State.Space(c.who, c.guid)
		phase := strings.TrimSuffix(path.Base(c.op.Path), "_security_groups")
		return func(i item) bool { return i.protects(phase, c.guid) }, err
	case strings.HasPrefix(c.op.Path, "/v3/spaces/"):
		_, err = c.snap.State.Space(c.who, c.guid)
		return func(i item) bool { return c.granted(i.guid, func(g state.Grant) bool { return g.SpaceGUID == c.guid }) }, err
	case strings.HasPrefix(c.op.Path, "/v3/organizations/") && c.op.Collection.Name == "users":
		_, err = c.snap.State.Organization(c.who, c.guid)
		return func(i item) bool {
			return c.granted(i.guid, func(g state.Grant) bool { return c.organizationOf(g) == c.guid })
		}, err
	case strings.HasPrefix(c.op.Path, "/v3/organizations/"):
		_, err = c.snap.State.Organization(c.who, c.guid)
		return all, err
	}
	return all, nil
}

// protects says that a security group is in force in a space, for what runs or
// for what is being staged there.
func (i item) protects(phase, space string) bool {
	if everywhere, _ := i.value.Find("/globally_enabled/" + phase); everywhere.Text == "true" {
		return true
	}
	spaces, _ := i.value.Find("/relationships/" + phase + "_spaces/data")
	return slices.ContainsFunc(spaces.Members, func(f document.Field) bool { return f.Value.TextOf("guid") == space })
}

// item is the one that the path names.
func (c *call) item() (item, error) {
	for _, one := range c.items(c.op.Collection) {
		if (one.guid == c.guid || c.op.Collection.Name == "feature_flags" && one.value.TextOf("name") == c.guid) && c.lists(one) {
			return one, nil
		}
	}
	return item{}, c.op.Collection.Item()
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
	return one(http.StatusOK, func(i item) document.Value { return including(i.value, c.related([]item{i}, query)) })(c.item())
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
	return one(http.StatusOK, func(item) document.Value { return itemParts()[path.Base(c.op.Path)] })(c.item())
}

// items are the resources of a collection, complete: one without a guid, times,
// metadata or a link to itself is given them. They are made once: read only.
func (c *call) items(collection *contract.Collection) []item {
	if made, done := c.made[collection]; done {
		return made
	}
	given := c.snap.Scenario.Document.Resources[collection.Name]
	all := append(slices.Clone(given), c.derived(collection.Name)...)
	items, founded := make([]item, 0, len(all)), c.founded()
	for i, value := range all {
		one := c.completed(collection, i, value, founded)
		if collection.Name != "routes" || !slices.Equal(one.relations("space"), []string{""}) { // a route goes with its apps
			items = append(items, one)
		}
	}
	if c.made == nil {
		c.made = map[*contract.Collection][]item{}
	}
	c.made[collection] = items
	return items
}

// completed is one of them, made at a time unless it names another.
func (c *call) completed(collection *contract.Collection, position int, value document.Value, at time.Time) item {
	one := item{guid: value.TextOf("guid"), created: moment(value.TextOf("created_at"), at), updated: moment(value.TextOf("updated_at"), at)}
	if one.guid == "" {
		one.guid = guidFor(c.snap.Scenario.Number, collection.Name, position, value.TextOf("name"))
	}
	if collection.Name == "feature_flags" { // the one resource without guid and times
		one.value = value
		return one
	}
	if collection.Name == "routes" {
		value = c.route(one.guid, one.created, value)
	}
	members := []document.Field{
		{Key: "guid", Value: document.Text(one.guid)},
		{Key: "created_at", Value: document.Text(one.created.UTC().Format(time.RFC3339))},
		{Key: "updated_at", Value: document.Text(one.updated.UTC().Format(time.RFC3339))},
	}
	for _, member := range value.Members {
		members = document.Put(members, member.Key, member.Value)
	}
	if _, given := value.Get("metadata"); !given && collection.List.Labelled() {
		members = append(members, document.Field{Key: "metadata", Value: metadataOf(contract.Metadata{})})
	}
	if _, given := value.Get("links"); !given {
		members = append(members, document.Field{Key: "links", Value: c.document("item_links", values{"collection": collection.Name, "guid": one.guid})})
	}
	one.value = document.Value{Kind: document.Object, Members: members}
	return one
}

// founded is the time that resources bear which were given none: that of the
// first organization.
func (c *call) founded() time.Time {
	if organizations, _ := c.snap.State.Places(); len(organizations) > 0 {
		return organizations[0].CreatedAt
	}
	return c.now
}

// everything is a query that lists all.
var everything = contract.ResourceQuery{ListQuery: contract.ListQuery{Page: 1, PerPage: math.MaxInt32}}

// guidFor draws the guid of a resource that was given none.
func guidFor(seed int64, parts ...any) string {
	var source draw.Source
	source.Seed(seed)
	for _, part := range parts {
		raw, _ := json.Marshal(part) // a number or a text
		for _, b := range raw {
			source.Add(uint64(b))
		}
	}
	return draw.UUID(source.Uint64(), source.Uint64())
}

func moment(text string, otherwise time.Time) time.Time {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at
	}
	return otherwise
}

// relation is the guid of a related resource, "" when there is none.
func (i item) relation(name string) string {
	value, _ := i.value.Find("/relationships/" + name + "/data/guid")
	return value.Text
}

// passes asks the filters that every list has, and the list's own.
func (c *call) passes(q contract.ResourceQuery, i item) bool {
	var labels contract.Pairs
	if found, ok := i.value.Find("/metadata/labels"); ok {
		for _, member := range found.Members {
			labels = append(labels, contract.Pair{Key: member.Key, Value: member.Value.Text})
		}
	}
	if !q.GUIDs.Match(i.guid) || !q.CreatedAts.Match(i.created) || !q.UpdatedAts.Match(i.updated) ||
		q.Selector != nil && !q.Selector.Matches(labels) {
		return false
	}
	for _, key := range q.Filters() {
		texts := c.compared(i, key)
		if !slices.ContainsFunc(texts, func(text string) bool { return q.Match(key, text) }) {
			return false
		}
	}
	return true
}

// compareBy orders by a column, then by guid; without one as a scenario does.
func (i item) compareBy(column string, to item) int {
	order := 0
	switch column {
	case "":
		return 0
	case "created_at":
		order = i.created.Compare(to.created)
	case "updated_at":
		order = i.updated.Compare(to.updated)
	default:
		a, _ := i.value.Get(column)
		b, _ := to.value.Get(column)
		if a.Kind == document.Number { // a whole one, which is as long as it is large
			order = cmp.Compare(len(a.Text), len(b.Text))
		}
		order = cmp.Or(order, cmp.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)))
	}
	return cmp.Or(order, cmp.Compare(i.guid, to.guid))
}
