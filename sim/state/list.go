package state

import (
	"slices"

	"github.com/tidwall/btree"

	"example.com/capisim/sim/contract"
)

// List finds the processes that a query asks for and the viewer may see
// (§13.5). With app given the list is that app's, and an app that the viewer
// cannot see is 404.
func (s *Store) List(who Viewer, app string, q contract.ListQuery) (Page, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if app != "" {
		a := s.apps.get(app)
		if a == nil || !who.canRead(s.spaces.get(a.SpaceGUID)) {
			return Page{}, contract.AppNotFound
		}
	}
	first, last := window(q, s.processes.size)
	page := Page{}
	take := func(p *Process) {
		if page.Total >= first && page.Total < last {
			page.Views = append(page.Views, s.viewOf(p))
		}
		page.Total++
	}
	if app == "" && who.readsAll() && q.Everything() {
		s.slice(q, first, last, &page)
	} else {
		s.filter(who, app, q, take)
	}
	// The real server counts the rows of the page itself, so a page beyond the
	// end knows of none (the trap of §13.3).
	if len(page.Views) == 0 {
		page.Total = 0
	}
	return page, nil
}

func (s *Store) viewOf(p *Process) View {
	app := s.apps.get(p.AppGUID)
	space := s.spaces.get(app.SpaceGUID)
	return View{Process: p, App: app, Space: space, Organization: s.orgs.get(space.OrganizationGUID), settings: s.settings}
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
func (s *Store) slice(q contract.ListQuery, first, last int, page *Page) {
	tree := s.order(q)
	page.Total = tree.Len()
	last = min(last, page.Total)
	if first >= last {
		return
	}
	page.Views = make([]View, 0, last-first)
	for i := first; i < last; i++ {
		at := i
		if q.Descending {
			at = page.Total - 1 - i
		}
		k, _ := tree.GetAt(at)
		page.Views = append(page.Views, s.viewOf(s.processes.get(k.guid)))
	}
}

// filter hands over all processes that match, in the order asked for.
func (s *Store) filter(who Viewer, app string, q contract.ListQuery, take func(*Process)) {
	matches := s.matcher(who, app, q)
	guids, narrow := s.candidates(app, q)
	if !narrow {
		visit := func(k key) bool {
			if p := s.processes.get(k.guid); matches(p) {
				take(p)
			}
			return true
		}
		if q.Descending {
			s.order(q).Reverse(visit)
		} else {
			s.order(q).Scan(visit)
		}
		return
	}
	found := make([]*Process, 0, len(guids))
	for _, guid := range guids {
		if p, ok := s.processes.find(guid); ok && matches(p) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, compare(q))
	for _, p := range slices.Compact(found) {
		take(p)
	}
}

// candidates narrows the search when the query names processes or apps; false
// means that all have to be looked at.
func (s *Store) candidates(app string, q contract.ListQuery) ([]string, bool) {
	switch {
	case app != "":
		return s.byApp.get(app), true
	case q.GUIDs.Set:
		return q.GUIDs.Values, true
	case q.AppGUIDs.Set:
		var guids []string
		for _, a := range q.AppGUIDs.Values {
			guids = append(guids, s.byApp.get(a)...)
		}
		return guids, true
	}
	return nil, false
}

func compare(q contract.ListQuery) func(a, b *Process) int {
	place := (*Process).orderKey
	less := bySerial
	switch q.OrderBy {
	case "created_at":
		place, less = func(p *Process) key { return key{at: p.CreatedAt, guid: p.GUID} }, byTime
	case "updated_at":
		place, less = func(p *Process) key { return key{at: p.UpdatedAt, guid: p.GUID} }, byTime
	}
	return func(a, b *Process) int {
		x, y := place(a), place(b)
		sign := 1
		if q.Descending {
			sign = -1
		}
		switch {
		case less(x, y):
			return -sign
		case less(y, x):
			return sign
		}
		return 0
	}
}

// matcher combines the filters with AND (§13.1) and hides what the viewer may
// not see.
func (s *Store) matcher(who Viewer, app string, q contract.ListQuery) func(*Process) bool {
	return func(p *Process) bool {
		space := s.spaces.get(s.apps.get(p.AppGUID).SpaceGUID)
		return (app == "" || p.AppGUID == app) &&
			q.GUIDs.Match(p.GUID) &&
			q.Types.Match(p.Type) &&
			q.AppGUIDs.Match(p.AppGUID) &&
			q.SpaceGUIDs.Match(space.GUID) &&
			q.OrganizationGUIDs.Match(space.OrganizationGUID) &&
			q.CreatedAts.Match(p.CreatedAt) &&
			q.UpdatedAts.Match(p.UpdatedAt) &&
			(q.Selector == nil || q.Selector.Matches(p.Metadata.Labels)) &&
			who.canRead(space)
	}
}
