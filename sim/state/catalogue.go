package state

import (
	"slices"
	"strings"

	"github.com/tidwall/btree"

	"example.com/capisim/sim/contract"
)

// catalogue finds apps, spaces or organizations, which are given from the start:
// their ids are their places in the order of creation.
type catalogue struct {
	index
	places  map[string]uint64 // by guid
	byName  *btree.BTreeG[textKey]
	byState *btree.BTreeG[textKey]
}

// entry is a thing in a catalogue: its columns, and what else it is found by,
// where it has that.
type entry struct {
	resource
	space, org, stack string
}

// attributes appends what a thing is found by.
func (e *entry) attributes(own []attribute) []attribute {
	own = append(own, attribute{kind: anyOne}, attribute{ofName, folded(e.name), ""},
		attribute{ofSpace, e.space, ""}, attribute{ofOrg, e.org, ""}, attribute{ofStack, e.stack, ""})
	return labels(own, e.labels)
}

// newCatalogue makes the catalogue of what there is, in order of creation. Open
// times derive from the load.
func newCatalogue(l load, open openKeys, all []entry) *catalogue {
	c := &catalogue{index: index{load: l, serial: uint64(len(all)), openKeys: open}, places: make(map[string]uint64, len(all))}
	created, updated := make([]key, len(all)), make([]key, len(all))
	names, states := make([]textKey, len(all)), make([]textKey, len(all))
	c.fill(func(yield func(uint64, []attribute) bool) {
		var own []attribute
		for i := range all {
			place := uint64(i)
			c.places[all[i].guid] = place
			created[i], updated[i], names[i], states[i] = c.keys(place, &all[i])
			own = all[i].attributes(own[:0])
			yield(place, own)
		}
	})
	same := slices.Equal(created, updated)
	if c.byCreated = treeOf(created, byTime, compareTimes); same {
		c.byUpdated = c.byCreated.Copy()
	} else {
		c.byUpdated = treeOf(updated, byTime, compareTimes)
	}
	c.byName, c.byState = treeOf(names, byText, compareTexts), treeOf(states, byText, compareTexts)
	return c
}

// keys are the places of a thing in the indexes.
func (c *catalogue) keys(place uint64, e *entry) (created, updated key, name, state textKey) {
	return c.timeKey(e.created, place, e.guid), c.timeKey(e.updated, place, e.guid),
		textKey{strings.ToLower(e.name), e.guid, place}, textKey{e.state, e.guid, place}
}

func (c *catalogue) fork() *catalogue {
	if c == nil {
		return nil
	}
	return &catalogue{c.index.fork(), c.places, c.byName.Copy(), c.byState.Copy()}
}

// move brings the catalogue from one version of a thing to the next.
func (c *catalogue) move(old, next *entry) {
	place := c.places[old.guid]
	was, is := old.attributes(nil), next.attributes(nil)
	c.lose(place, was, is)
	c.gain(place, was, is)
	created, updated, name, state := c.keys(place, old)
	c.byCreated.Delete(created)
	c.byUpdated.Delete(updated)
	c.byName.Delete(name)
	c.byState.Delete(state)
	created, updated, name, state = c.keys(place, next)
	c.byCreated.Set(created)
	c.byUpdated.Set(updated)
	c.byName.Set(name)
	c.byState.Set(state)
}

// narrowed are those that pass the filters of every list, and names.
func (c *catalogue) narrowed(q contract.ResourceQuery) (n narrowing) {
	if q.GUIDs.Set {
		var found ids
		for _, guid := range q.GUIDs.Values {
			if place, known := c.places[guid]; known {
				found.add(place)
			}
		}
		n.to(found)
	}
	if names := q.Filter("names"); names.Set {
		n.to(c.named(names.Values...))
	}
	n.common(&c.index, q.ListQuery)
	return n
}

// named are those with one of some names, in whatever case.
func (c *catalogue) named(names ...string) (found ids) {
	for _, name := range names {
		found = found.or(c.having(attribute{ofName, folded(name), ""}))
	}
	return found
}

// page is a page of what a query was narrowed to, by places, at which of finds the
// columns.
func (c *catalogue) page(q contract.ResourceQuery, n narrowing, of func(place uint64) resource) (shown []uint64, total int) {
	total = n.count(int(c.serial))
	first, last := window(q.ListQuery, total)
	if first == last {
		return nil, 0 // as cut says
	}
	if n.narrow && q.OrderBy != "" && total < int(c.serial)/sorted {
		shown = slices.SortedFunc(n.found.from(0, false), func(a, b uint64) int {
			if q.Descending {
				a, b = b, a
			}
			return of(a).compareBy(q.OrderBy, of(b))
		})
		return shown[first:last], total
	}
	shown = make([]uint64, 0, last-first)
	c.inOrder(q.ListQuery, n, first, func(place uint64) bool {
		shown = append(shown, place)
		return len(shown) < last-first
	})
	return shown, total
}

// inOrder visits what was found in the order of a query, but for the first few,
// until it is told to stop.
func (c *catalogue) inOrder(q contract.ListQuery, n narrowing, skip int, visit func(place uint64) bool) {
	switch q.OrderBy {
	case "name":
		walk(c.byName, c.serial, q.Descending, n, skip, func(k textKey) bool { return visit(k.id()) })
	case "state":
		walk(c.byState, c.serial, q.Descending, n, skip, func(k textKey) bool { return visit(k.id()) })
	case "created_at":
		walk(c.byCreated, c.serial, q.Descending, n, skip, func(k key) bool { return visit(k.id()) })
	case "updated_at":
		walk(c.byUpdated, c.serial, q.Descending, n, skip, func(k key) bool { return visit(k.id()) })
	default:
		if n.narrow {
			n.found.from(skip, false)(visit)
			return
		}
		for place := uint64(skip); place < c.serial && visit(place); place++ {
		}
	}
}
