package state

import (
	"strings"
	"sync"
	"time"

	"example.com/capisim/sim/contract"
)

// Item is a thing that is only listed: what every list asks of it.
type Item struct {
	GUID                 string
	CreatedAt, UpdatedAt time.Time
	Labels               contract.Pairs
	Columns              contract.Pairs // what it is ordered by beside the times
}

// Items tell of the items of a listing, by their places, what not every list asks:
// it is asked for all of them, once.
type Items interface {
	// Texts are what an item has under a key.
	Texts(place int, key string) []string
	// Audience are those who may see an item.
	Audience(place int) Audience
}

// Audience are those who may see an item, beside those who see all; the zero one is
// nobody.
type Audience struct {
	Everybody     bool
	Spaces        []string // guids: who sees one of them
	Organizations []string // guids: who sees one of them
	Auditors      bool     // of the organizations of the spaces, too
	User          string   // guid
}

// Listing finds the items of a collection, by what a list asks of them from when it
// is first asked. It is safe for concurrent use.
type Listing struct {
	items   []resource
	found   *catalogue
	learned sync.Map // key -> func() *index: each is made when it is first asked for
}

// NewListing makes a listing of items in their order, which can be ordered by some
// columns and by the times.
func NewListing(items []Item, columns ...string) *Listing {
	l := &Listing{items: make([]resource, len(items))}
	for i, one := range items {
		l.items[i] = resource{guid: one.GUID, moments: moments{one.CreatedAt, one.UpdatedAt}, labels: one.Labels, columns: one.Columns}
	}
	l.found = newCatalogue(load{}, len(items), func(i int) resource { return l.items[i] },
		func(own []attribute, _ int) []attribute { return own }, columns...)
	return l
}

// Len is the number of items.
func (l *Listing) Len() int { return len(l.items) }

// Item tells of the item at a place.
func (l *Listing) Item(place int) Item {
	r := &l.items[place]
	return Item{r.guid, r.created, r.updated, r.labels, r.columns}
}

// Place finds the item that has a guid.
func (l *Listing) Place(guid string) (place int, found bool) {
	at, found := l.found.places.find(guid)
	return int(at), found
}

// Search says which items of a listing are to be found, and which page of them in
// which order: what the query says of these, of guids, times and labels, and all of
// what it is to have.
type Search struct {
	Who    Viewer
	Query  contract.ResourceQuery
	Having []Having
}

// Having asks that one of the texts of an item under a key, or without a key its
// guid, passes a filter, which is set.
type Having struct {
	Key string
	contract.Filter
}

// text is one as it is found, and the key of what finds it: texts that differ in case
// are one where that does not count.
func (h Having) text(of string) (key, text string) {
	switch {
	case h.Partial:
		return "lower " + h.Key, strings.ToLower(of)
	case h.Folded:
		return "folded " + h.Key, folded(of)
	}
	return h.Key, of
}

// Search finds items, by their places.
func (s *Store) Search(l *Listing, of Items, search Search) (places []int, total int) {
	var n narrowing
	if guids := search.Query.GUIDs; guids.Set {
		n.to(l.found.placed(guids.Values))
	}
	n.common(&l.found.index, search.Query.ListQuery)
	for _, h := range search.Having {
		n.to(l.having(h, of))
	}
	if !search.Who.ReadsAll() {
		n.to(s.seenBy(search.Who, l.learn("", func(own []attribute, place int) []attribute { return s.audience(own, of.Audience(place)) })))
	}
	found, total := l.found.page(search.Query, n, func(place uint64) resource { return l.items[place] })
	for _, place := range found {
		places = append(places, int(place))
	}
	return places, total
}

// learn is what finds by a key, made of what the items have when it is first asked
// for: only who asks for the same key waits meanwhile.
func (l *Listing) learn(key string, of func(own []attribute, place int) []attribute) *index {
	made, known := l.learned.Load(key)
	if !known {
		made, _ = l.learned.LoadOrStore(key, sync.OnceValue(func() *index {
			var x index
			x.fill(func(yield func(uint64, []attribute) bool) {
				var own []attribute
				for i := range l.items {
					own = of(own[:0], i)
					yield(uint64(i), own)
				}
			})
			return &x
		}))
	}
	return made.(func() *index)()
}

// having are the items that have one of some texts.
func (l *Listing) having(h Having, of Items) (found ids) {
	if h.Key == "" {
		return l.found.placed(h.Values)
	}
	key, _ := h.text("")
	x := l.learn(key, func(own []attribute, place int) []attribute {
		for _, text := range of.Texts(place, h.Key) {
			_, text = h.text(text)
			own = append(own, attribute{kind: ofText, value: text})
		}
		return own
	})
	for _, value := range h.Values {
		_, wanted := h.text(value)
		if h.Partial {
			found = found.or(x.holding(wanted))
		} else {
			found = found.or(x.having(attribute{kind: ofText, value: wanted}))
		}
	}
	return found
}

// holding are the items that have a text which holds another: it looks at all texts
// there are.
func (x *index) holding(wanted string) (found ids) {
	under := attribute{kind: ofText}.String()
	for name, set := range x.sets.all() {
		if strings.Contains(strings.TrimPrefix(name, under), wanted) {
			found = found.or(set)
		}
	}
	return found
}

// audience appends who may see an item.
func (s *Store) audience(own []attribute, of Audience) []attribute {
	if of.Everybody {
		own = append(own, attribute{kind: ofEverybody})
	}
	if of.User != "" {
		own = append(own, attribute{ofUser, of.User, ""})
	}
	for _, guid := range of.Organizations {
		own = append(own, attribute{ofMembers, guid, ""})
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, guid := range of.Spaces {
		if space := s.spaces.table.get(guid); space != nil {
			own = in(own, space)
			if of.Auditors {
				own = append(own, attribute{ofAuditors, space.OrganizationGUID, ""})
			}
		}
	}
	return own
}

// seenBy are the items that a viewer may see.
func (s *Store) seenBy(who Viewer, x *index) ids {
	seen := x.having(attribute{kind: ofEverybody}).or(x.having(attribute{ofUser, who.User.GUID, ""})).or(x.readable(who))
	for _, g := range who.User.Grants {
		seen = seen.or(x.having(attribute{ofMembers, s.OrganizationOf(g), ""}))
		if g.Role == OrgAuditor {
			seen = seen.or(x.having(attribute{ofAuditors, g.OrganizationGUID, ""}))
		}
	}
	return seen
}
