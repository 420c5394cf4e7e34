package state

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strings"

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
	moments
	labels  contract.Pairs
	columns contract.Pairs // others that it can be ordered by
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
	case "created_at":
		first = r.created.Compare(to.created)
	case "updated_at":
		first = r.updated.Compare(to.updated)
	default:
		first = cmp.Compare(r.text(column), to.text(column))
	}
	return cmp.Or(first, cmp.Compare(r.guid, to.guid))
}

// text is what a column that is none of the times is ordered by.
func (r resource) text(column string) string {
	switch {
	case r.columns != nil:
	case column == "name":
		return strings.ToLower(r.name)
	case column == "state":
		return r.state
	}
	text, _ := r.columns.Get(column)
	return text
}

// paged filters what is handed in in order of creation, orders it and cuts out the
// page: it keeps what may be on that and counts the rest.
func paged[T any](q contract.ResourceQuery, all iter.Seq[T], of func(T) resource) (shown []T, total int) {
	type listed struct {
		one T
		resource
	}
	var found []listed
	first, last := window(q.ListQuery, math.MaxInt)
	order := func() {
		if q.OrderBy != "" {
			slices.SortFunc(found, func(a, b listed) int {
				if q.Descending {
					a, b = b, a
				}
				return a.compareBy(q.OrderBy, b.resource)
			})
		}
		found = found[:min(last, len(found))]
	}
	for one := range all {
		r := of(one)
		if !r.passes(q) {
			continue
		}
		if total++; q.OrderBy == "" && total > last {
			continue
		}
		if found = append(found, listed{one, r}); len(found) > 1024 && len(found)/2 >= last {
			order()
		}
	}
	order()
	for _, one := range found[min(first, len(found)):] {
		shown = append(shown, one.one)
	}
	if len(shown) == 0 {
		total = 0 // as cut says
	}
	return shown, total
}
