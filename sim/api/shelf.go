package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/draw"
	"example.com/capisim/sim/state"
)

// shelf is a collection as all calls of a load share it: what the scenario gives,
// behind that what follows from the state, and what finds both. It knows neither
// callers nor addresses: documents are made of it for a call.
type shelf struct {
	*contract.Collection
	trait
	given   []document.Value
	derived []maker
	listing *state.Listing
}

// maker makes the document of an item that no scenario gives.
type maker func(*call) document.Value

// item is one resource of a collection: a document with what every resource of
// the API has.
type item struct {
	kind             string // "service_instance"
	value            document.Value
	guid             string
	created, updated time.Time
}

// shelf is that of a collection, which is made when it is first asked for. One that
// depends on the caller, or of a world in which no time is fixed, is the call's own.
func (c *call) shelf(name string) *shelf {
	of := contract.CollectionNamed(name)
	if _, founded := c.snap.State.Founded(); founded && !traits[name].passing {
		return c.snap.State.Memo("shelf of "+name, func() any { return c.newShelf(of) }).(*shelf)
	}
	if c.shelves == nil {
		c.shelves = map[string]*shelf{}
	}
	if c.shelves[name] == nil {
		c.shelves[name] = c.newShelf(of)
	}
	return c.shelves[name]
}

func (c *call) newShelf(of *contract.Collection) *shelf {
	s := &shelf{Collection: of, trait: traits[of.Name], given: c.snap.Scenario.Document.Resources[of.Name]}
	if s.derive != nil {
		s.derived = s.derive(c, s.given)
	}
	items, given, columns := make([]state.Item, 0, len(s.given)+len(s.derived)), map[string]bool{}, of.List.Columns()
	add := func(value document.Value) {
		items = append(items, c.listedAs(s, len(items), value, columns))
	}
	for i, value := range s.given {
		add(value)
		if s.derive != nil {
			given[items[i].GUID] = true
		}
	}
	s.derived = slices.DeleteFunc(s.derived, func(made maker) bool {
		value := made(c)
		again := given[cmp.Or(value.TextOf("guid"), value.TextOf("name"))] // what the scenario gives is in its place
		if !again {
			add(value)
		}
		return again
	})
	s.listing = state.NewListing(items, columns...)
	return s
}

// listedAs is what every list asks of an item.
func (c *call) listedAs(s *shelf, place int, value document.Value, columns []string) state.Item {
	founded := c.founded()
	one := state.Item{
		GUID: value.TextOf("guid"), Labels: labelsOf(value),
		CreatedAt: moment(value.TextOf("created_at"), founded), UpdatedAt: moment(value.TextOf("updated_at"), founded),
	}
	switch {
	case s.named:
		one.GUID = value.TextOf("name")
	case one.GUID == "":
		one.GUID = guidFor(c.snap.Scenario.Number, s.Name, place, value.TextOf("name"))
	}
	if len(columns) > 0 {
		one.Columns = columnsOf(value, columns)
	}
	return one
}

// value is an item as it is written, or made for a call.
func (s *shelf) value(c *call, place int) document.Value {
	if place < len(s.given) {
		return s.given[place]
	}
	return s.derived[place-len(s.given)](c)
}

// written is the item at a place as it is found: with all relationships that it has.
func (c *call) written(s *shelf, place int) item {
	found, value := s.listing.Item(place), s.value(c, place)
	if s.relate != nil {
		value = s.relate(c, value)
	}
	return item{strings.TrimSuffix(s.Name, "s"), value, found.GUID, found.CreatedAt, found.UpdatedAt}
}

// item is the item at a place, complete: one without a guid, times, metadata or
// a link to itself is given them.
func (c *call) item(s *shelf, place int) item {
	one := c.written(s, place)
	if s.named { // it has neither guid nor times
		return one
	}
	if s.complete != nil {
		one.value = s.complete(c, one)
	}
	members := []document.Field{
		{Key: "guid", Value: document.Text(one.guid)},
		{Key: "created_at", Value: document.Text(one.created.UTC().Format(time.RFC3339))},
		{Key: "updated_at", Value: document.Text(one.updated.UTC().Format(time.RFC3339))},
	}
	for _, member := range one.value.Members {
		members = document.Put(members, member.Key, member.Value)
	}
	if _, given := one.value.Get("metadata"); !given && s.List.Labelled() {
		members = append(members, document.Field{Key: "metadata", Value: metadataOf(contract.Metadata{})})
	}
	if _, given := one.value.Get("links"); !given {
		members = append(members, document.Field{Key: "links", Value: c.document("item_links", values{"collection": s.Name, "guid": one.guid})})
	}
	one.value = document.Value{Kind: document.Object, Members: members}
	return one
}

func (c *call) items(s *shelf, places []int) []item {
	return shown(places, func(place int) item { return c.item(s, place) })
}

// founded is the time that resources bear which were given none.
func (c *call) founded() time.Time {
	if at, founded := c.snap.State.Founded(); founded {
		return at
	}
	return c.now
}

func moment(text string, otherwise time.Time) time.Time {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at
	}
	return otherwise
}

func labelsOf(value document.Value) (labels contract.Pairs) {
	found, _ := value.At([]string{"metadata", "labels"})
	for _, member := range found.Members {
		labels = append(labels, contract.Pair{Key: member.Key, Value: member.Value.Text})
	}
	return labels
}

// columnsOf are the texts by which an item is ordered: numbers of one length, and
// letters of one case.
func columnsOf(value document.Value, columns []string) contract.Pairs {
	return shown(columns, func(column string) contract.Pair {
		member, _ := value.Get(column)
		text := strings.ToLower(member.Text)
		if member.Kind == document.Number {
			text = fmt.Sprintf("%20s", text)
		}
		return contract.Pair{Key: column, Value: text}
	})
}

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
