package contract

import "slices"

// ResourceList says which parameters a list of a supporting resource takes. Its
// methods' errors are those of ParseListQuery.
type ResourceList struct {
	parameters []string // beside those of every list, in the order of the message
	columns    []string // to order by
	order      string   // the column, when the query names none
	include    []string // resources that can be included
	fields     []shown  // resources of which fields can be included
	filters    []string // in the order in which the server checks them
	open       []string // filters that let everything pass
	choices    map[string]choice
	folded     []string // filters to which case is nothing
	partial    []string // filters that are met by more than a whole value
	refused    string   // the parameter of every list that this one does not take
	apart      []string // refused in the list of one app
	appOnly    []string // refused in any other
	checksKeys bool     // label_selector is checked, not only passed on
	refusal    *Error   // nil for BadQueryParameter
	item       []string // the parameters of an item that is refused with 422; nil for the usual ones
}

// choice is a filter that takes one of a few values.
type choice struct {
	refusal string
	values  []string
}

// shown are the fields of a related resource that a list can show.
type shown struct {
	path string
	keys []string
}

func shows(path string, keys ...string) shown { return shown{path, keys} }

// commonParameters are those of every list.
var commonParameters = []string{"page", "per_page", "order_by", "created_ats", "updated_ats", "guids"}

// list makes a list that is filtered by all its parameters but those that mean
// something else.
func list(parameters ...string) *ResourceList {
	l := &ResourceList{parameters: parameters, columns: timeColumns}
	for _, parameter := range parameters {
		switch parameter {
		case "label_selector":
			l.checksKeys = true
		case "include", "fields", "per_page", "page", "guids", "app_guid":
		default:
			l.filters = append(l.filters, parameter)
		}
	}
	return l
}

// by lets a list be ordered by more columns.
func (l *ResourceList) by(columns ...string) *ResourceList {
	l.columns = slices.Concat(l.columns, columns)
	return l
}

// onlyBy lets a list be ordered by these columns alone.
func (l *ResourceList) onlyBy(columns ...string) *ResourceList {
	l.columns = columns
	return l
}

// sorted orders a list by a column unless the query names another.
func (l *ResourceList) sorted(column string) *ResourceList {
	l.order = column
	return l
}

// checking says in which order the filters are checked, and which there are.
func (l *ResourceList) checking(filters ...string) *ResourceList {
	l.filters = filters
	return l
}

// including lets a list bring related resources along.
func (l *ResourceList) including(relations ...string) *ResourceList {
	l.include = relations
	return l
}

// showing lets a list bring fields of related resources along.
func (l *ResourceList) showing(fields ...shown) *ResourceList {
	l.fields = fields
	return l
}

// choosing makes a filter one of a few values, with what is said of others.
func (l *ResourceList) choosing(filter, refusal string, values ...string) *ResourceList {
	if l.choices == nil {
		l.choices = map[string]choice{}
	}
	l.choices[filter] = choice{refusal, values}
	return l
}

// either makes filters true or false.
func (l *ResourceList) either(filters ...string) *ResourceList {
	for _, filter := range filters {
		l.choosing(filter, "must be 'true' or 'false'", "true", "false")
	}
	return l
}

// folding compares filters without regard to case: their columns are made so
// (lib/vcap/sequel_case_insensitive_string_monkeypatch.rb).
func (l *ResourceList) folding(filters ...string) *ResourceList {
	l.folded = filters
	return l
}

// containing lets filters pass what holds a wanted value, in whatever case.
func (l *ResourceList) containing(filters ...string) *ResourceList {
	l.partial = filters
	return l
}

// offered makes a list one of what the marketplace has, which is there for
// everybody: parameters that ask for whom filter nothing.
func (l *ResourceList) offered() *ResourceList {
	l.open = []string{"space_guids", "organization_guids"}
	return l
}

// without takes a parameter of every list away.
func (l *ResourceList) without(parameter string) *ResourceList {
	l.refused = parameter
	return l
}

// ofOneApp are the parameters that the list of one app refuses, alone those that
// any other does.
func (l *ResourceList) ofOneApp(refused ...string) *ResourceList {
	l.apart = refused
	return l
}

func (l *ResourceList) alone(refused ...string) *ResourceList {
	l.appOnly = refused
	return l
}

// unprocessable makes the refusals of a list 422.
func (l *ResourceList) unprocessable() *ResourceList {
	l.refusal = UnprocessableEntity
	return l
}

// ofItem are the parameters of an item whose refusals are 422.
func (l *ResourceList) ofItem(parameters ...string) *ResourceList {
	l.item = parameters
	return l
}

// unchecked passes label_selector on as it is.
func (l *ResourceList) unchecked() *ResourceList {
	l.checksKeys = false
	return l
}

// Labelled says that what is listed has metadata, and is selected by it.
func (l *ResourceList) Labelled() bool { return slices.Contains(l.parameters, "label_selector") }

// Columns are those that a list can be ordered by beside the times.
func (l *ResourceList) Columns() []string {
	return slices.DeleteFunc(slices.Clone(l.columns), func(column string) bool { return slices.Contains(timeColumns, column) })
}

// Takes says that the list has this parameter of its own.
func (l *ResourceList) Takes(parameter string) bool { return slices.Contains(l.parameters, parameter) }

// The lists of the supporting resources, as the real server's messages describe
// them.
var (
	AppList = list("names", "organization_guids", "space_guids", "stacks", "include", "lifecycle_type", "label_selector").
		by("name", "state").including("space", "org", "space.organization").checking("names", "organization_guids", "space_guids", "stacks").folding("names")
	SpaceList        = list("names", "organization_guids", "include", "label_selector").by("name").including("org", "organization").folding("names")
	OrganizationList = list("names", "isolation_segment_guid", "label_selector").by("name").checking("names").folding("names")
	RouteList        = list("hosts", "space_guids", "organization_guids", "domain_guids", "paths", "app_guids", "include", "label_selector", "ports",
		"service_instance_guids").unchecked().including("domain", "space", "space.organization", "route_policies").
		checking("hosts", "paths", "app_guids", "space_guids", "organization_guids", "domain_guids", "ports", "service_instance_guids").
		folding("hosts", "paths").ofItem("guid", "include")
	SidecarList = list()
	PackageList = list("states", "types", "app_guids", "app_guid", "space_guids", "organization_guids", "label_selector").
			ofOneApp("app_guids", "organization_guids", "space_guids")
	DropletList = list("app_guid", "app_guids", "current", "organization_guids", "package_guid", "space_guids", "states", "label_selector").
			checking("app_guids", "states", "space_guids", "organization_guids").ofOneApp("app_guids", "organization_guids", "space_guids").alone("current")
	RevisionList         = list("versions", "deployable", "label_selector").choosing("deployable", "must be a boolean") // which no text is
	DeployedRevisionList = list()
	DeploymentList       = list("app_guids", "states", "status_reasons", "status_values", "label_selector")
	AuditEventList       = list("types", "target_guids", "space_guids", "organization_guids").
				checking("target_guids", "types", "space_guids", "organization_guids")
)
