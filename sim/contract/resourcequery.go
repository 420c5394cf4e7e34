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

// MatchName is Match for names, whose case does not count: their columns are
// made so (lib/vcap/sequel_case_insensitive_string_monkeypatch.rb).
func (q ResourceQuery) MatchName(name string) bool {
	filter := q.matches["names"]
	return !filter.Set || slices.ContainsFunc(filter.Values, func(value string) bool { return strings.EqualFold(value, name) })
}

// Match says whether a value passes the filter of that parameter.
func (q ResourceQuery) Match(key, value string) bool {
	if excluded := q.excludes[key]; excluded.Set && slices.Contains(excluded.Values, value) {
		return false
	}
	return q.matches[key].Match(value)
}

// Includes says that one of these related resources was asked for.
func (q ResourceQuery) Includes(names ...string) bool {
	return slices.ContainsFunc(q.Include, func(name string) bool { return slices.Contains(names, name) })
}

// ResourceList says which parameters a list of a supporting resource takes. Its
// methods' errors are those of ParseListQuery.
type ResourceList struct {
	parameters []string // beside those of every list, in the order of the message
	columns    []string // to order by, beside the times
	include    []string // resources that can be included
	filters    []string // in the order in which the server checks them
	checksKeys bool     // label_selector is checked, not only passed on
}

// commonParameters are those of every list.
var commonParameters = []string{"page", "per_page", "order_by", "created_ats", "updated_ats", "guids"}

// The lists of the supporting resources, as the real server's messages describe
// them.
var (
	AppList = &ResourceList{
		parameters: []string{"names", "organization_guids", "space_guids", "stacks", "include", "lifecycle_type", "label_selector"},
		columns:    []string{"name", "state"}, include: []string{"space", "org", "space.organization"},
		filters: []string{"names", "organization_guids", "space_guids", "stacks"}, checksKeys: true}
	SpaceList = &ResourceList{
		parameters: []string{"names", "organization_guids", "include", "label_selector"},
		columns:    []string{"name"}, include: []string{"org", "organization"},
		filters: []string{"names", "organization_guids"}, checksKeys: true}
	OrganizationList = &ResourceList{
		parameters: []string{"names", "isolation_segment_guid", "label_selector"},
		columns:    []string{"name"}, filters: []string{"names"}, checksKeys: true}
	RouteList = &ResourceList{
		parameters: []string{"hosts", "space_guids", "organization_guids", "domain_guids", "paths", "app_guids", "include", "label_selector",
			"ports", "service_instance_guids"},
		include: []string{"domain", "space", "space.organization", "route_policies"},
		filters: []string{"hosts", "paths", "app_guids", "space_guids", "organization_guids", "domain_guids", "ports", "service_instance_guids"}}
	SidecarList = &ResourceList{}
	PackageList = &ResourceList{
		parameters: []string{"states", "types", "app_guids", "app_guid", "space_guids", "organization_guids", "label_selector"},
		filters:    []string{"states", "types", "app_guids", "space_guids", "organization_guids"}, checksKeys: true}
	DropletList = &ResourceList{
		parameters: []string{"app_guid", "app_guids", "current", "organization_guids", "package_guid", "space_guids", "states", "label_selector"},
		filters:    []string{"app_guids", "states", "space_guids", "organization_guids"}, checksKeys: true}
	RevisionList         = &ResourceList{parameters: []string{"versions", "deployable", "label_selector"}, filters: []string{"versions"}, checksKeys: true}
	DeployedRevisionList = &ResourceList{}
	DeploymentList       = &ResourceList{
		parameters: []string{"app_guids", "states", "status_reasons", "status_values", "label_selector"},
		filters:    []string{"app_guids", "states", "status_reasons", "status_values"}, checksKeys: true}
	AuditEventList = &ResourceList{
		parameters: []string{"types", "target_guids", "space_guids", "organization_guids"},
		filters:    []string{"target_guids", "types", "space_guids", "organization_guids"}}
)

// Labelled says that what is listed has metadata, and is selected by it.
func (l *ResourceList) Labelled() bool { return l.checksKeys }

// Parse reads and checks the query of the list.
func (l *ResourceList) Parse(rawQuery string) (ResourceQuery, error) {
	q := ResourceQuery{ListQuery: ListQuery{Page: 1, PerPage: defaultPerPage}}
	if rawQuery == "" {
		return q, nil
	}
	members, err := rails.ParseParams(rawQuery)
	if err != nil {
		return ResourceQuery{}, Malformed
	}
	r := listReader{members: members, query: q.ListQuery}
	r.pages()
	r.order(slices.Concat(timeColumns, l.columns))
	r.query.CreatedAts = r.times("created_ats", "Created ats")
	r.query.UpdatedAts = r.times("updated_ats", "Updated ats")
	r.query.GUIDs = r.filter("guids", "Guids")
	if l.checksKeys {
		r.selector()
	} else if value, given := document.Get(members, "label_selector"); given && slices.Contains(l.parameters, "label_selector") {
		r.query.repeat("label_selector", value.Text)
	}
	valid := slices.Concat(commonParameters, l.parameters)
	r.problems = append(r.problems, unknownParameters(members, valid, quoted(valid))...)
	if l.include != nil {
		q.Include = r.resources("include", "included", l.include)
	}
	l.filter(&r, &q)
	if q.ListQuery, err = r.result(); err != nil {
		return ResourceQuery{}, err
	}
	return q, nil
}

// filter reads the list's own filters.
func (l *ResourceList) filter(r *listReader, q *ResourceQuery) {
	q.matches, q.excludes = make(map[string]Filter, len(l.filters)), map[string]Filter{}
	if slices.Contains(l.parameters, "lifecycle_type") {
		q.matches["lifecycle_type"] = r.lifecycleType()
	}
	for _, key := range l.filters {
		if value, _ := document.Get(r.members, key); key == "target_guids" && value.Kind == document.Object {
			q.excludes[key] = r.exclusion(key, value)
			continue
		}
		q.matches[key] = r.filter(key, humanized(key))
	}
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
// which takes include and nothing else.
func (l *ResourceList) ParseInclude(rawQuery string) (ResourceQuery, error) {
	if rawQuery == "" {
		return ResourceQuery{}, nil
	}
	members, err := rails.ParseParams(rawQuery)
	if err != nil {
		return ResourceQuery{}, Malformed
	}
	r := listReader{members: members, problems: unknownParameters(members, []string{"include"}, "'include'")}
	q := ResourceQuery{Include: r.resources("include", "included", l.include)}
	_, err = r.result()
	return q, err
}
