package contract

import (
	"slices"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

// ResourceQuery is the checked query of a list of a supporting resource.
type ResourceQuery struct {
	ListQuery
	// Include names the related resources to send along.
	Include []string
	// Fields are the fields of related resources to send along, by the path of
	// relationships that leads to these.
	Fields map[string][]string

	matches  map[string]Filter // the filters that ListQuery has no field for
	excludes map[string]Filter // given as key[not]=...
}

// Filters lists the list's own filters that were given.
func (q ResourceQuery) Filters() (keys []string) {
	for key, filter := range q.matches {
		if filter.Set {
			keys = append(keys, key)
		}
	}
	return keys
}

// Filter is the filter of one of the list's own parameters.
func (q ResourceQuery) Filter(key string) Filter { return q.matches[key] }

// Unfiltered says that everything passes.
func (q ResourceQuery) Unfiltered() bool {
	for _, filters := range []map[string]Filter{q.matches, q.excludes} {
		for _, filter := range filters {
			if filter.Set {
				return false
			}
		}
	}
	return !q.GUIDs.Set && !q.CreatedAts.Set && !q.UpdatedAts.Set && q.Selector == nil
}

// Match says whether a value passes the filter of that parameter.
func (q ResourceQuery) Match(key, value string) bool {
	if excluded := q.excludes[key]; excluded.Set && slices.Contains(excluded.Values, value) {
		return false
	}
	return q.matches[key].Match(value)
}

// Among is the query of a list that holds no more than these.
func (q ResourceQuery) Among(guids []string) ResourceQuery {
	if q.GUIDs.Set {
		guids = slices.DeleteFunc(guids, func(guid string) bool { return !q.GUIDs.Match(guid) })
	}
	q.GUIDs = Filter{Set: true, Values: guids}
	return q
}

// With is the query with one of the list's own filters.
func (q ResourceQuery) With(key string, values ...string) ResourceQuery {
	matches := map[string]Filter{key: {Set: true, Values: values}}
	for other, filter := range q.matches {
		if other != key {
			matches[other] = filter
		}
	}
	q.matches = matches
	return q
}

// Includes says that one of these related resources was asked for.
func (q ResourceQuery) Includes(names ...string) bool {
	return slices.ContainsFunc(q.Include, func(name string) bool { return slices.Contains(names, name) })
}

// Parse reads and checks the query of the list.
func (l *ResourceList) Parse(rawQuery string) (ResourceQuery, error) {
	q := ResourceQuery{ListQuery: ListQuery{Page: 1, PerPage: defaultPerPage}}
	if rawQuery == "" && l.order == "" {
		return q, nil
	}
	members, err := rails.ParseParams(rawQuery)
	if err != nil {
		return ResourceQuery{}, Malformed
	}
	r := listReader{members: members, query: q.ListQuery, refusal: l.refusal}
	r.pages()
	r.order(l.columns)
	if value, _ := document.Get(members, "order_by"); l.order != "" && value.Kind == document.Null {
		r.query.OrderBy = l.order
		r.query.repeat("order_by", "+"+l.order)
	}
	r.query.CreatedAts = r.times("created_ats", "Created ats")
	r.query.UpdatedAts = r.times("updated_ats", "Updated ats")
	r.query.GUIDs = r.filter("guids", "Guids")
	if l.checksKeys || l.Takes("label_selector") {
		r.selector(l.checksKeys)
	}
	valid := slices.Concat(commonParameters, l.parameters)
	r.problems = append(r.problems, unknownParameters(members, valid, quoted(valid))...)
	if _, given := document.Get(members, l.refused); given {
		r.refuse("Filtering by '" + l.refused + "' is not allowed on this resource.")
	}
	if l.include != nil {
		q.Include = r.resources("include", "included", l.include)
	}
	l.filter(&r, &q)
	q.Fields = r.fields(l.fields)
	l.nested(&r)
	if q.ListQuery, err = r.result(); err != nil {
		return ResourceQuery{}, err
	}
	return q, nil
}

// filter reads the list's own filters.
func (l *ResourceList) filter(r *listReader, q *ResourceQuery) {
	q.matches, q.excludes = make(map[string]Filter, len(l.filters)), map[string]Filter{}
	if l.Takes("lifecycle_type") {
		q.matches["lifecycle_type"] = r.lifecycleType()
	}
	if l.Takes("usernames") {
		r.usernames()
	}
	for _, key := range l.filters {
		value, _ := document.Get(r.members, key)
		switch limits, limited := l.choices[key]; {
		case limited:
			q.matches[key] = r.choice(key, limits)
		case key == "target_guids" && value.Kind == document.Object:
			q.excludes[key] = r.exclusion(key, value)
		default:
			filter := r.filter(key, humanized(key))
			filter.Folded, filter.Partial = slices.Contains(l.folded, key), slices.Contains(l.partial, key)
			filter.Set = filter.Set && !slices.Contains(l.open, key)
			q.matches[key] = filter
			if key == "after_guid" && value.Kind != document.Null && len(filter.Values) != 1 {
				r.refuse("After guid filter accepts only one guid")
			}
		}
	}
}

// choice reads a filter that takes one of a few values.
func (r *listReader) choice(key string, of choice) Filter {
	value, given := document.Get(r.members, key)
	if !given {
		return Filter{}
	}
	if value.Kind != document.Null && (value.Kind != document.String || !slices.Contains(of.values, value.Text)) {
		r.refuse(humanized(key) + " " + of.refusal)
	}
	r.query.repeat(key, value.Text)
	return Filter{Set: true, Values: []string{value.Text}}
}

// usernames refuses filters of users that do not go together.
func (r *listReader) usernames() {
	given := func(key string) bool {
		value, _ := document.Get(r.members, key)
		return value.Kind != document.Null
	}
	whole, partial := given("usernames"), given("partial_usernames")
	if given("origins") && !whole && !partial {
		r.refuse("Origins filter cannot be provided without usernames or partial_usernames filter.")
	}
	if whole && partial {
		r.refuse("Usernames filter cannot be provided with both usernames and partial_usernames filter.")
	}
}

// fields reads which fields of related resources are to come along.
func (r *listReader) fields(valid []shown) (asked map[string][]string) {
	value, given := document.Get(r.members, "fields")
	if valid == nil || !given || value.Kind == document.Null {
		return nil
	}
	if value.Kind != document.Object {
		r.refuse("Fields must be an object")
		return nil
	}
	asked = make(map[string][]string, len(value.Members))
	var paths []string
	for _, one := range valid {
		paths = append(paths, one.path)
	}
	for _, member := range value.Members {
		keys := commaList(member.Value)
		switch at := slices.Index(paths, member.Key); {
		case at < 0:
			r.refuse("Fields [" + member.Key + "] valid resources are: " + quoted(paths))
		case slices.ContainsFunc(keys, func(key string) bool { return !slices.Contains(valid[at].keys, key) }):
			r.refuse("Fields valid keys for '" + member.Key + "' are: " + quoted(valid[at].keys))
		default:
			r.query.repeat("fields["+member.Key+"]", strings.Join(keys, ","))
			asked[member.Key] = keys
		}
	}
	return asked
}

// nested refuses what does not go with the list of one app, and what goes with
// that alone.
func (l *ResourceList) nested(r *listReader) {
	refused := l.appOnly
	if textOf(r.members, "app_guid") != "" {
		refused = l.apart
		if value, _ := document.Get(r.members, "current"); l.Takes("current") && value.Kind != document.Null && value.Text != "true" {
			r.refuse("Current only accepts the value 'true'")
		}
	}
	r.refuseGiven(refused)
}

// humanized is an attribute's name as messages begin with it (§5).
func humanized(key string) string {
	return strings.ToUpper(key[:1]) + strings.ReplaceAll(key[1:], "_", " ")
}

// lifecycleType reads the one filter that takes a single value.
func (r *listReader) lifecycleType() Filter {
	value, given := document.Get(r.members, "lifecycle_type")
	if !given {
		return Filter{}
	}
	if !knownLifecycle(value) {
		r.refuse("Invalid lifecycle_type: '" + rails.RenderedParam(value) + "'")
	}
	r.query.repeat("lifecycle_type", value.Text)
	return Filter{Set: true, Values: []string{value.Text}}
}

// exclusion reads target_guids[not]=..., whose text repeats the attribute's
// name as the real server's does.
func (r *listReader) exclusion(key string, value document.Value) Filter {
	not, _ := document.Get(value.Members, "not")
	if !rails.Present(not) {
		r.refuse(humanized(key) + " " + key + " has an invalid operator")
		return Filter{}
	}
	if not.Kind == document.Object {
		r.refuse(humanized(key) + " " + key + " must be an array")
		return Filter{}
	}
	values := commaList(not)
	for _, value := range values {
		r.query.repeat(key+"[not][]", value)
	}
	return Filter{Set: true, Values: values}
}

// ParseInclude reads and checks the query of a single resource of the list,
// which takes include and fields, as far as the list does, and nothing else.
func (l *ResourceList) ParseInclude(rawQuery string) (ResourceQuery, error) {
	if rawQuery == "" {
		return ResourceQuery{}, nil
	}
	members, err := rails.ParseParams(rawQuery)
	if err != nil {
		return ResourceQuery{}, Malformed
	}
	r, valid := listReader{members: members}, l.item
	if valid != nil {
		r.refusal = UnprocessableEntity
	}
	for _, key := range l.parameters {
		if l.item == nil && (key == "fields" || key == "include") {
			valid = append(valid, key)
		}
	}
	r.problems = unknownParameters(members, valid, quoted(valid))
	q := ResourceQuery{Include: r.resources("include", "included", l.include), Fields: r.fields(l.fields)}
	_, err = r.result()
	return q, err
}
