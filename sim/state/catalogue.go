package state

import (
	"slices"

	"github.com/tidwall/btree"

	"example.com/capisim/sim/contract"
)

// catalogue finds things that never go: their ids are their places in the order
// of creation.
type catalogue struct {
	index
	places table[uint32]                     // by guid
	byText map[string]*btree.BTreeG[textKey] // by column
}

// attributes appends what every thing is found by.
func (r resource) attributes(own []attribute) []attribute {
	own = append(own, attribute{kind: anyOne})
	if r.name != "" {
		own = append(own, attribute{ofName, folded(r.name), ""})
	}
	return labels(own, r.labels)
}

// in appends where a thing is.
func in(own []attribute, space *Space) []attribute {
	return append(own, attribute{ofSpace, space.GUID, ""}, attribute{ofOrg, space.OrganizationGUID, ""})
}

// newCatalogue makes the catalogue of so many things, in order of creation, with
// columns beside the times: more appends what a thing is found by beside what all
// are. Open times derive from the load.
func newCatalogue(l load, count int, of func(i int) resource, more func(own []attribute, i int) []attribute, columns ...string) *catalogue {
	c := &catalogue{index: index{load: l, serial: uint64(count)}, byText: make(map[string]*btree.BTreeG[textKey], len(columns))}
	c.date(count, func(i int) (uint64, string, moments) {
		r := of(i)
		return uint64(i), r.guid, l.dated(r.moments)
	})
	c.places.grow(count)
	c.fill(func(yield func(uint64, []attribute) bool) {
		var own []attribute
		for i := range count {
			r := of(i)
			c.places.set(r.guid, uint32(i))
			own = r.attributes(more(own[:0], i))
			yield(uint64(i), own)
		}
	})
	var keys []textKey
	for _, column := range columns {
		keys = slices.Grow(keys, count)[:count]
		for i := range keys {
			r := of(i)
			keys[i] = textKey{r.text(column), r.guid, uint64(i)}
		}
		c.byText[column] = treeOf(keys, byText, compareTexts)
	}
	return c
}

func (c *catalogue) fork() *catalogue {
	if c == nil {
		return nil
	}
	byText := make(map[string]*btree.BTreeG[textKey], len(c.byText))
	for column, tree := range c.byText {
		byText[column] = tree.Copy()
	}
	return &catalogue{c.index.fork(), c.places.fork(), byText}
}

// add puts a new thing into the catalogue, which is found by more than all are.
func (c *catalogue) add(r resource, more []attribute) {
	place := c.serial
	c.serial++
	c.places.set(r.guid, uint32(place))
	c.gain(place, nil, r.attributes(more))
	c.enter(place, r.guid, r.moments)
	for column, tree := range c.byText {
		tree.Set(textKey{r.text(column), r.guid, place})
	}
}

// move brings the catalogue from one version of a thing to the next.
func (c *catalogue) move(old, next resource, was, is []attribute) {
	place := uint64(c.places.get(old.guid))
	was, is = old.attributes(was), next.attributes(is)
	c.lose(place, was, is)
	c.gain(place, was, is)
	c.redate(place, old.guid, old.moments, next.moments)
	for column, tree := range c.byText {
		if was, is := old.text(column), next.text(column); was != is {
			tree.Delete(textKey{was, old.guid, place})
			tree.Set(textKey{is, old.guid, place})
		}
	}
}

// narrowed are those that pass the filters of every list, and names.
func (c *catalogue) narrowed(q contract.ResourceQuery) (n narrowing) {
	if q.GUIDs.Set {
		n.to(c.placed(q.GUIDs.Values))
	}
	if names := q.Filter("names"); names.Set {
		n.to(c.named(names.Values...))
	}
	n.common(&c.index, q.ListQuery)
	return n
}

// placed are those with one of some guids.
func (c *catalogue) placed(guids []string) (found ids) {
	for _, guid := range guids {
		if place, known := c.places.find(guid); known {
			found.add(uint64(place))
		}
	}
	return found
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
	case "created_at":
		walk(c.byCreated, c.serial, q.Descending, n, skip, func(k key) bool { return visit(k.id()) })
	case "updated_at":
		walk(c.byUpdated, c.serial, q.Descending, n, skip, func(k key) bool { return visit(k.id()) })
	case "":
		if n.narrow {
			n.found.from(skip, false)(visit)
			return
		}
		for place := uint64(skip); place < c.serial && visit(place); place++ {
		}
	default:
		walk(c.byText[q.OrderBy], c.serial, q.Descending, n, skip, func(k textKey) bool { return visit(k.id()) })
	}
}
