package contract

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sizes of a page (§13.1).
const (
	defaultPerPage = 50
	MaxPerPage     = 5000
)

// Filter is a comma list of a query. An absent one lets everything pass, an
// empty one nothing (§13.1).
type Filter struct {
	Set    bool
	Values []string

	Folded  bool // case does not count
	Partial bool // neither does what else a value has
}

// Match says whether a value passes.
func (f Filter) Match(value string) bool {
	switch {
	case !f.Set:
		return true
	case f.Partial:
		value = strings.ToLower(value)
		return slices.ContainsFunc(f.Values, func(wanted string) bool { return strings.Contains(value, strings.ToLower(wanted)) })
	case f.Folded:
		return slices.ContainsFunc(f.Values, func(wanted string) bool { return strings.EqualFold(value, wanted) })
	}
	return slices.Contains(f.Values, value)
}

// TimeFilter selects by a time stamp: by one of several seconds, or by all of
// several bounds (§13.1). The zero value lets everything pass.
type TimeFilter struct {
	Set     bool
	seconds []time.Time
	bounds  []timeBound
}

type timeBound struct {
	operator string // lt, lte, gt or gte
	second   time.Time
}

// Match says whether a time passes. A stamp of a query stands for its whole
// second.
func (f TimeFilter) Match(t time.Time) bool {
	if !f.Set {
		return true
	}
	for _, bound := range f.bounds {
		if !bound.match(t) {
			return false
		}
	}
	return len(f.bounds) > 0 || slices.ContainsFunc(f.seconds, func(second time.Time) bool {
		return !t.Before(second) && t.Before(second.Add(time.Second))
	})
}

// Span is a span of time from a moment up to, and not with, another one; a zero
// time is not a bound.
type Span struct{ From, To time.Time }

// Spans are the times that pass a filter that is set, each once.
func (f TimeFilter) Spans() []Span {
	if len(f.bounds) == 0 {
		seconds := slices.Clone(f.seconds)
		slices.SortFunc(seconds, time.Time.Compare)
		var spans []Span
		for _, second := range slices.CompactFunc(seconds, time.Time.Equal) {
			spans = append(spans, Span{second, second.Add(time.Second)})
		}
		return spans
	}
	var all Span
	for _, bound := range f.bounds {
		at := bound.second
		if bound.operator == "gt" || bound.operator == "lte" { // a stamp stands for its whole second
			at = at.Add(time.Second)
		}
		switch bound.operator {
		case "gt", "gte":
			if all.From.IsZero() || at.After(all.From) {
				all.From = at
			}
		default:
			if at.IsZero() {
				at = at.Add(-1) // not a bound otherwise
			}
			if all.To.IsZero() || at.Before(all.To) {
				all.To = at
			}
		}
	}
	return []Span{all}
}

func (b timeBound) match(t time.Time) bool {
	switch b.operator {
	case "lt":
		return t.Before(b.second)
	case "lte":
		return t.Before(b.second.Add(time.Second))
	case "gt":
		return !t.Before(b.second.Add(time.Second))
	default: // gte
		return !t.Before(b.second)
	}
}

// ListQuery is the checked query of a list (§13.1).
type ListQuery struct {
	Page, PerPage int
	// OrderBy is "created_at", "updated_at", or "" for the order of creation.
	OrderBy    string
	Descending bool

	GUIDs, Types, AppGUIDs, SpaceGUIDs, OrganizationGUIDs Filter
	CreatedAts, UpdatedAts                                TimeFilter
	Selector                                              *Selector // nil: not given
	// Embed asks for process_instances.
	Embed bool
	// AppGUID makes a direct list one of that app's (the trap of §4); "" does
	// not.
	AppGUID string

	filters []string // what links repeat besides page and per_page, encoded and sorted
}

// ShowQuery is the checked query of a single process (§13.1).
type ShowQuery struct{ Embed bool }

// LastPage is the number of pages of a list of that many resources; an empty
// list has one (§13.3).
func (q ListQuery) LastPage(total int) int {
	if total <= 0 {
		return 1
	}
	return (total-1)/q.PerPage + 1
}

// Link is the query string of a pagination link to a page: all filters, then
// page and per_page, in alphabetical order and form-encoded (§13.3).
func (q ListQuery) Link(page int) string {
	if len(q.filters) == 0 { // the usual case, on the way of every plain list
		link := strconv.AppendInt(append(make([]byte, 0, 64), "page="...), int64(page), 10)
		return string(strconv.AppendInt(append(link, "&per_page="...), int64(q.PerPage), 10))
	}
	parts := append(make([]string, 0, len(q.filters)+2), q.filters...)
	parts = append(parts, "page="+strconv.Itoa(page), "per_page="+strconv.Itoa(q.PerPage))
	slices.Sort(parts)
	return strings.Join(parts, "&")
}

// Plain is the query with what a link cannot do without: page, size and order.
func (q ListQuery) Plain() ListQuery {
	plain := ListQuery{Page: q.Page, PerPage: q.PerPage}
	for _, filter := range q.filters {
		if strings.HasPrefix(filter, "order_by=") {
			plain.filters = append(plain.filters, filter)
		}
	}
	return plain
}

// repeat notes a parameter for the links.
func (q *ListQuery) repeat(key, value string) {
	q.filters = append(q.filters, url.QueryEscape(key)+"="+url.QueryEscape(value))
}

// repeatList notes a comma list; a comma within a value stays encoded.
func (q *ListQuery) repeatList(key string, values []string) {
	encoded := make([]string, len(values))
	for i, value := range values {
		encoded[i] = strings.ReplaceAll(value, ",", "%2C")
	}
	q.repeat(key, strings.Join(encoded, ","))
}
