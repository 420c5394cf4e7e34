package state

import (
	"iter"
	"slices"

	"github.com/tidwall/btree"

	"example.com/capisim/sim/contract"
)

// List finds the processes that a query asks for and the viewer may see
// (§13.5). With app given the list is that app's, and an app that the viewer
// cannot see is 404. The page is written over a slice that nobody needs any more,
// which may be nil.
func (s *Store) List(who Viewer, app string, q contract.ListQuery, over []View) (Page, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if app != "" {
		a := s.apps.get(app)
		if a == nil || !who.canRead(s.spaces.get(a.SpaceGUID)) {
			return Page{}, contract.AppNotFound
		}
	}
	page := Page{Views: over[:0]}
	if n := s.matching(who, app, q); n.narrow {
		s.pick(q, n.found, &page)
	} else {
		s.slice(q, &page)
	}
	// The real server counts the rows of the page itself, so a page beyond the
	// end knows of none (the trap of §13.3).
	if len(page.Views) == 0 {
		page.Total = 0
	}
	return page, nil
}

func (s *Store) viewOf(p *Process) View { return s.viewBeside(p, View{}) }

// viewBeside is viewOf for a process that stands in a list behind another one,
// whose app or space is most often its own.
func (s *Store) viewBeside(p *Process, v View) View {
	v.Process, v.settings = p, s.settings
	if v.App == nil || v.App.GUID != p.AppGUID {
		v.App = s.apps.get(p.AppGUID)
	}
	if v.Space == nil || v.Space.GUID != v.App.SpaceGUID {
		v.Space = s.spaces.get(v.App.SpaceGUID)
		v.Organization = s.orgs.get(v.Space.OrganizationGUID)
	}
	return v
}

// add puts a process on a page.
func (p *Page) add(s *Store, guid string) {
	last := View{}
	if len(p.Views) > 0 {
		last = p.Views[len(p.Views)-1]
	}
	p.Views = append(p.Views, s.viewBeside(s.processes.get(guid), last))
}

// order is the index of a query's order (§13.2).
func (s *Store) order(q contract.ListQuery) *btree.BTreeG[key] {
	switch q.OrderBy {
	case "created_at":
		return s.byCreated
	case "updated_at":
		return s.byUpdated
	default:
		return s.inOrder
	}
}

// slice takes a page out of the whole without looking at what is not on it.
func (s *Store) slice(q contract.ListQuery, page *Page) {
	tree := s.order(q)
	page.Total = tree.Len()
	first, last := window(q, page.Total)
	if first >= last {
		return
	}
	page.Views = slices.Grow(page.Views, last-first)
	visit := func(k key) bool {
		page.add(s, k.guid)
		return len(page.Views) < last-first
	}
	if q.Descending {
		k, _ := tree.GetAt(page.Total - 1 - first)
		tree.Descend(k, visit)
	} else {
		k, _ := tree.GetAt(first)
		tree.Ascend(k, visit)
	}
}

// pick takes a page out of what was found.
func (s *Store) pick(q contract.ListQuery, found ids, page *Page) {
	page.Total = found.count()
	first, last := window(q, page.Total)
	if first >= last {
		return
	}
	page.Views = slices.Grow(page.Views, last-first)
	for guid := range s.ordered(q, found, first) {
		page.add(s, guid)
		if len(page.Views) == last-first {
			return
		}
	}
}

// sorted is how much of a store is found at most for sorting it to be faster
// than walking over the index of the order: one in that many.
const sorted = 64

// ordered yields what was found in the order of a query, but for the first few.
func (s *Store) ordered(q contract.ListQuery, found ids, skip int) iter.Seq[string] {
	tree := s.order(q)
	switch {
	case q.OrderBy == "":
		return s.each(found.from(skip, q.Descending))
	case found.count() < tree.Len()/sorted:
		return s.sorted(q, found, skip)
	}
	return func(yield func(string) bool) {
		found := found.bitmap(s.serial)
		visit := func(k key) bool {
			if !found.has(uint64(k.serial)) {
				return true
			}
			if skip > 0 {
				skip--
				return true
			}
			return yield(k.guid)
		}
		if q.Descending {
			tree.Reverse(visit)
		} else {
			tree.Scan(visit)
		}
	}
}

func (s *Store) sorted(q contract.ListQuery, found ids, skip int) iter.Seq[string] {
	var keys []key
	for guid := range s.each(found.from(0, false)) {
		p := s.processes.once(guid)
		if q.OrderBy == "created_at" {
			keys = append(keys, s.createdKey(p))
		} else {
			keys = append(keys, s.updatedKey(p))
		}
	}
	slices.SortFunc(keys, compareTimes)
	if q.Descending {
		slices.Reverse(keys)
	}
	return func(yield func(string) bool) {
		for _, k := range keys[skip:] {
			if !yield(k.guid) {
				return
			}
		}
	}
}
