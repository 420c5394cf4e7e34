package state

import (
	"cmp"
	"slices"
	"time"

	"example.com/capisim/sim/contract"
)

// Page is one page of a list with the number of all that match.
type Page struct {
	Views []View
	Total int
}

// window is the part of a list of that many entries that a query's page shows:
// from first up to last. A page beyond the integers is empty.
func window(q contract.ListQuery, count int) (first, last int) {
	first, last = (q.Page-1)*q.PerPage, q.Page*q.PerPage
	if q.PerPage > 0 && (first/q.PerPage != q.Page-1 || last < first) {
		return count, count
	}
	return min(first, count), min(last, count)
}

// cut takes a query's page out of all that match and says how many these are.
// The real server counts the rows of the page itself, so a page beyond the end
// knows of none (the trap of §13.3).
func cut[T any](q contract.ListQuery, all []T) (page []T, total int) {
	first, last := window(q, len(all))
	if first == last {
		return nil, 0
	}
	return all[first:last], len(all)
}

// resource is what every listed resource has for filters and orders.
type resource struct {
	guid, name, state string
	created, updated  time.Time
	labels            contract.Pairs
}

// passes asks the filters that every list has.
func (r resource) passes(q contract.ResourceQuery) bool {
	return q.GUIDs.Match(r.guid) && q.CreatedAts.Match(r.created) && q.UpdatedAts.Match(r.updated) &&
		(q.Selector == nil || q.Selector.Matches(r.labels))
}

// compareBy orders by the query's column, then by guid, both in one direction
// (§13.2).
func (r resource) compareBy(column string, to resource) int {
	first := 0
	switch column {
	case "name":
		first = cmp.Compare(r.name, to.name)
	case "state":
		first = cmp.Compare(r.state, to.state)
	case "created_at":
		first = r.created.Compare(to.created)
	case "updated_at":
		first = r.updated.Compare(to.updated)
	}
	return cmp.Or(first, cmp.Compare(r.guid, to.guid))
}

// page filters what is handed in in order of creation, orders it and cuts out
// the page.
func page(q contract.ResourceQuery, all []View, of func(View) resource) Page {
	type listed struct {
		view View
		resource
	}
	var found []listed
	for _, v := range all {
		if r := of(v); r.passes(q) {
			found = append(found, listed{v, r})
		}
	}
	if q.OrderBy != "" {
		slices.SortStableFunc(found, func(a, b listed) int {
			if q.Descending {
				a, b = b, a
			}
			return a.compareBy(q.OrderBy, b.resource)
		})
	}
	shown, total := cut(q.ListQuery, found)
	result := Page{Total: total}
	for _, one := range shown {
		result.Views = append(result.Views, one.view)
	}
	return result
}
