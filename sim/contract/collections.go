package contract

import (
	"net/http"
	"slices"
	"strings"
)

// The actions of what is only read: lists that are data of a scenario or worked
// out from the state, and single documents of apps, spaces and organizations.
const (
	ListCollection Action = 200 + iota
	GetItem
	GetEnvironmentVariables
	GetEnvironment
	GetManifest
	ListFeatures
	GetFeature
	GetIsolationSegment
	GetItemPart
	ListEntitled
	GetEntitled
	GetSSHEnabled
	GetDefaultDomain
	ClearBuildpackCache
	ApplyManifest
	GetSpaceSummary
	DownloadDroplet
	GetDropletRelation
	AssignDroplet
	GetRevisionVariables
	GetUserInfo
	CheckToken
)

// Collection is a resource that capisim only lists. Its items are what a
// scenario gives under resources, and what follows from the state.
type Collection struct {
	Name  string // in the path and in a scenario, "service_instances"
	Title string // in the 404, "Service instance"
	List  *ResourceList
}

// named is a list that is filtered by the names of its items, and by more.
func named(more ...string) *ResourceList {
	list := &ResourceList{parameters: append([]string{"names"}, more...), columns: []string{"name"}}
	return list.filtered()
}

// filtered makes filters of all parameters but those that mean something else.
func (l *ResourceList) filtered() *ResourceList {
	for _, parameter := range l.parameters {
		switch parameter {
		case "label_selector":
			l.checksKeys = true
		case "include", "fields", "per_page", "page":
		default:
			l.filters = append(l.filters, parameter)
		}
	}
	return l
}

func filteredBy(parameters ...string) *ResourceList {
	return (&ResourceList{parameters: parameters}).filtered()
}

// including lets a list bring related resources along.
func (l *ResourceList) including(relations ...string) *ResourceList {
	l.parameters, l.include = append(l.parameters, "include"), relations
	return l
}

// offered makes a list one of what the marketplace has, which is there for
// everybody: parameters that ask for whom filter nothing.
func (l *ResourceList) offered() *ResourceList {
	l.parameters = append(l.parameters, "space_guids", "organization_guids", "available")
	return l
}

// collections is the table, in the order of the API's documentation. The
// parameters are those of the real server's list messages.
var collections = []*Collection{
	{"app_usage_events", "App usage event", filteredBy("after_guid")},
	{"buildpacks", "Buildpack", named("stacks", "lifecycle", "label_selector")},
	{"builds", "Build", filteredBy("app_guids", "package_guids", "states", "label_selector")},
	{"domains", "Domain", named("organization_guids", "label_selector")},
	{"feature_flags", "Feature flag", filteredBy()},
	{"isolation_segments", "Isolation segment", named("organization_guids", "label_selector")},
	{"organization_quotas", "Organization quota", named("organization_guids")},
	{"roles", "Role", filteredBy("organization_guids", "space_guids", "user_guids", "types").including("user", "organization", "space")},
	{"security_groups", "Security group", named("running_space_guids", "staging_space_guids", "globally_enabled_running", "globally_enabled_staging")},
	{"service_brokers", "Service broker", named("space_guids", "label_selector")},
	{"service_credential_bindings", "Service credential binding",
		named("app_guids", "app_names", "service_instance_guids", "service_instance_names", "service_plan_guids", "service_plan_names",
			"service_offering_guids", "service_offering_names", "type", "label_selector").including("app", "service_instance")},
	{"service_instances", "Service instance",
		named("space_guids", "organization_guids", "service_plan_guids", "service_plan_names", "type", "fields", "label_selector")},
	{"service_offerings", "Service offering",
		named("service_broker_guids", "service_broker_names", "fields", "label_selector").offered()},
	{"service_plans", "Service plan",
		named("service_broker_guids", "service_broker_names", "service_offering_guids", "service_offering_names", "service_instance_guids",
			"broker_catalog_ids", "fields", "label_selector").offered().including("space.organization", "service_offering")},
	{"service_route_bindings", "Service route binding",
		filteredBy("route_guids", "service_instance_guids", "service_instance_names", "label_selector").including("route", "service_instance")},
	{"service_usage_events", "Service usage event", filteredBy("after_guid", "service_instance_types", "service_offering_guids")},
	{"space_quotas", "Space quota", named("organization_guids", "space_guids")},
	{"stacks", "Stack", named("default", "label_selector")},
	{"tasks", "Task", named("states", "app_guids", "organization_guids", "space_guids", "sequence_ids", "label_selector")},
	{"users", "User", filteredBy("usernames", "partial_usernames", "origins", "label_selector")},
}

// Collections lists the resources that are only listed. Read only.
func Collections() []*Collection { return collections }

// CollectionNamed finds a collection, nil for none.
func CollectionNamed(name string) *Collection {
	if at := slices.IndexFunc(collections, func(c *Collection) bool { return c.Name == name }); at >= 0 {
		return collections[at]
	}
	return nil
}

// Item is the 404 of a collection's item.
func (c *Collection) Item() *Error { return ResourceNotFound.With(c.Title) }

// operationName turns a name in a path into the form of operation ids.
func operationName(verb, name string) string {
	var out strings.Builder
	out.WriteString(verb)
	for word := range strings.SplitSeq(name, "_") {
		out.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return out.String()
}

// listed are the rows of the collections, two each, and of the documents that
// the links of an app, a space and an organization lead to.
func listed() (rows []*Operation) {
	for _, c := range collections {
		one := strings.TrimSuffix(c.Name, "s")
		rows = append(rows,
			of(c, aside(operationName("list", c.Name), "GET", "/v3/"+c.Name, ListCollection, Read, "resource-list", noEndpoint)),
			of(c, aside(operationName("get", one), "GET", "/v3/"+c.Name+"/{guid}", GetItem, Read, "resource", []*Error{c.Item(), NotFound})))
	}
	return append(rows,
		ofApp(aside("getAppEnvironmentVariables", "GET", "/v3/apps/{guid}/environment_variables", GetEnvironmentVariables, Read, "environment-variables", noApp)),
		ofApp(aside("getAppEnvironment", "GET", "/v3/apps/{guid}/env", GetEnvironment, Read, "app-environment", noApp)),
		ofApp(aside("getAppManifest", "GET", "/v3/apps/{guid}/manifest", GetManifest, Read, "", noApp)),
		ofApp(of(CollectionNamed("tasks"), aside("listAppTasks", "GET", "/v3/apps/{guid}/tasks", ListCollection, Read, "resource-list", noApp))),
		ofApp(of(CollectionNamed("builds"), aside("listAppBuilds", "GET", "/v3/apps/{guid}/builds", ListCollection, Read, "resource-list", noApp))),
		by(PackageList, ofApp(aside("listAppPackages", "GET", "/v3/apps/{guid}/packages", ListPackages, Read, "empty-list", noApp))),
		ofApp(aside("listAppFeatures", "GET", "/v3/apps/{guid}/features", ListFeatures, Read, "feature-list", noApp)),
		ofApp(aside("getAppFeature", "GET", "/v3/apps/{guid}/features/{name}", GetFeature, Read, "feature", []*Error{FeatureNotFound, AppNotFound})),
		answering(http.StatusAccepted, ofApp(aside("clearBuildpackCache", "POST", "/v3/apps/{guid}/actions/clear_buildpack_cache", ClearBuildpackCache, Write, "", noApp))),
		ofApp(aside("getAppSSHEnabled", "GET", "/v3/apps/{guid}/ssh_enabled", GetSSHEnabled, Read, "ssh-enabled", noApp)),
		aside("listSpaceFeatures", "GET", "/v3/spaces/{guid}/features", ListFeatures, Read, "space-features", noSpace),
		aside("getSpaceFeature", "GET", "/v3/spaces/{guid}/features/{name}", GetFeature, Read, "feature", []*Error{FeatureNotFound, SpaceNotFound}),
		aside("getSpaceIsolationSegment", "GET", "/v3/spaces/{guid}/relationships/isolation_segment", GetIsolationSegment, Read, "to-one", noSpace),
		aside("getOrganizationDefaultIsolationSegment", "GET", "/v3/organizations/{guid}/relationships/default_isolation_segment", GetIsolationSegment, Read, "to-one", noOrg),
		by(OrganizationList, part("listIsolationSegmentOrganizations", "isolation_segments", "/organizations", ListEntitled, "organization-list")),
		part("getIsolationSegmentOrganizations", "isolation_segments", "/relationships/organizations", GetEntitled, "to-many"),
		answering(http.StatusAccepted, aside("applyManifest", "POST", "/v3/spaces/{guid}/actions/apply_manifest", ApplyManifest, Write, "", noSpace)),
		of(CollectionNamed("users"), aside("listSpaceUsers", "GET", "/v3/spaces/{guid}/users", ListCollection, Read, "resource-list", noSpace)),
		part("getServiceInstanceParameters", "service_instances", "/parameters", GetItemPart, "parameters"),
		part("getServiceInstanceCredentials", "service_instances", "/credentials", GetItemPart, "parameters"),
		part("getServiceInstancePermissions", "service_instances", "/permissions", GetItemPart, "permissions"),
		part("getServiceInstanceSharedSpaces", "service_instances", "/relationships/shared_spaces", GetItemPart, "to-many"),
		part("getServiceCredentialBindingDetails", "service_credential_bindings", "/details", GetItemPart, "binding-details"),
		part("getServiceCredentialBindingParameters", "service_credential_bindings", "/parameters", GetItemPart, "parameters"),
		of(CollectionNamed("security_groups"), aside("listSpaceRunningSecurityGroups", "GET", "/v3/spaces/{guid}/running_security_groups", ListCollection, Read, "resource-list", noSpace)),
		of(CollectionNamed("security_groups"), aside("listSpaceStagingSecurityGroups", "GET", "/v3/spaces/{guid}/staging_security_groups", ListCollection, Read, "resource-list", noSpace)),
		of(CollectionNamed("domains"), aside("listOrganizationDomains", "GET", "/v3/organizations/{guid}/domains", ListCollection, Read, "resource-list", noOrg)),
		of(CollectionNamed("users"), aside("listOrganizationUsers", "GET", "/v3/organizations/{guid}/users", ListCollection, Read, "resource-list", noOrg)),
		aside("getDefaultDomain", "GET", "/v3/organizations/{guid}/domains/default", GetDefaultDomain, Read, "resource", noOrg),
		ofApp(aside("getCurrentDropletRelationship", "GET", "/v3/apps/{guid}/relationships/current_droplet", GetDropletRelation, Read, "to-one", noDroplet)),
		changing(ofApp(aside("assignCurrentDroplet", "PATCH", "/v3/apps/{guid}/relationships/current_droplet", AssignDroplet, Write, "to-one", noApp)), "droplet-assignment", []*Error{DropletNotAssigned}),
		aside("downloadDroplet", "GET", "/v3/droplets/{guid}/download", DownloadDroplet, Read, "", []*Error{DropletNotFound, NotFound}),
		aside("getRevisionEnvironmentVariables", "GET", "/v3/revisions/{guid}/environment_variables", GetRevisionVariables, Read, "environment-variables", []*Error{RevisionNotFound, NotFound}),
		aside("getSpaceSummary", "GET", "/v2/spaces/{guid}/summary", GetSpaceSummary, Read, "space-summary", noSpace),
		uaa("getUserInfo", "GET", "/userinfo", GetUserInfo, "", "user-info"),
		uaa("checkToken", "POST", "/check_token", CheckToken, "token-check", "token-claims"),
		uaa("introspectToken", "POST", "/introspect", CheckToken, "token-check", "token-claims"),
	)
}

// part is the row of what belongs to an item.
func part(id, collection, path string, action Action, schema string) *Operation {
	c := CollectionNamed(collection)
	return of(c, aside(id, "GET", "/v3/"+collection+"/{guid}"+path, action, Read, schema, []*Error{c.Item(), NotFound}))
}

// of gives a row its collection.
func of(c *Collection, o *Operation) *Operation {
	o.Collection = c
	if strings.HasPrefix(o.ID, "list") {
		o.List = c.List
	}
	return o
}
