package state

import (
	"slices"

	"example.com/capisim/sim/contract"
)

// List finds the processes that a query asks for and the viewer may see
// (§13.5). With app given the list is that app's, and an app that the viewer
// cannot see is 404. The page is written over a slice that nobody needs any more,
// which may be nil.
func (s *Store) List(who Viewer, app string, q contract.ListQuery, over []View) (Page, error) {
	s.timely(q)
	defer s.mu.RUnlock()
	if app != "" {
		a := s.apps.get(app)
		if a == nil || !who.canRead(s.spaces.get(a.SpaceGUID)) {
			return Page{}, contract.AppNotFound
		}
	}
	page := Page{Views: over[:0]}
	s.pick(q, s.matching(who, app, q), &page)
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

// pick takes a page out of what was found. It knows of no rows beyond the end, as
// cut says.
func (s *Store) pick(q contract.ListQuery, n narrowing, page *Page) {
	total := n.count(s.processes.size)
	first, last := window(q, total)
	if first == last {
		return
	}
	page.Total = total
	page.Views = slices.Grow(page.Views, last-first)
	s.ordered(q, n, first, func(k key) bool {
		page.add(s, k.guid)
		return len(page.Views) < last-first
	})
}

// sorted is how much of a store is found at most for sorting it to be faster
// than walking over the index of the order: one in that many.
const sorted = 64

// ordered visits what was found in the order of a query, but for the first few,
// until it is told to stop.
func (s *Store) ordered(q contract.ListQuery, n narrowing, skip int, visit func(key) bool) {
	switch {
	case q.OrderBy == "" && n.narrow:
		s.each(n.found.from(skip, q.Descending))(visit)
	case q.OrderBy == "":
		s.each(s.having(attribute{kind: anyOne}).from(skip, q.Descending))(visit)
	case n.narrow && n.found.count() < s.processes.size/sorted:
		slices.Values(s.sorted(q, n.found)[skip:])(visit)
	case q.OrderBy == "created_at":
		walk(s.byCreated, s.serial, q.Descending, n, skip, visit)
	default:
		walk(s.byUpdated, s.serial, q.Descending, n, skip, visit)
	}
}

func (s *Store) sorted(q contract.ListQuery, found ids) (keys []key) {
	for k := range s.each(found.from(0, false)) {
		at := s.processes.once(k.guid).moments()
		if q.OrderBy == "created_at" {
			keys = append(keys, s.timeKey(at.created, k.id(), k.guid))
		} else {
			keys = append(keys, s.timeKey(at.updated, k.id(), k.guid))
		}
	}
	slices.SortFunc(keys, compareTimes)
	if q.Descending {
		slices.Reverse(keys)
	}
	return keys
}
