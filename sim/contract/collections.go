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
	ListDestinations
	GetReservations
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

// collections is the table, in the order of the API's documentation. The
// parameters are those of the real server's list messages, in their order.
var collections = []*Collection{
	{"app_usage_events", "App usage event", list("after_guid").onlyBy("created_at").without("updated_ats").unprocessable()},
	{"buildpacks", "Buildpack", list("stacks", "names", "lifecycle", "page", "per_page", "label_selector").by("position", "lifecycle").
		choosing("lifecycle", `must be either "buildpack" or "cnb"`, "buildpack", "cnb")},
	{"builds", "Build", list("app_guids", "package_guids", "states", "label_selector")},
	{"domains", "Domain", list("names", "guids", "organization_guids", "label_selector").folding("names")},
	{"feature_flags", "Feature flag", list().onlyBy("name").without("created_ats")},
	{"isolation_segments", "Isolation segment", list("names", "organization_guids", "label_selector").by("name").folding("names")},
	{"organization_quotas", "Organization quota", list("names", "organization_guids").folding("names")},
	{"roles", "Role", list("organization_guids", "space_guids", "user_guids", "types", "include").including("user", "organization", "space").
		sorted("created_at").unprocessable().ofItem("include")},
	{"routes", "Route", RouteList},
	{"security_groups", "Security group",
		list("names", "running_space_guids", "staging_space_guids", "globally_enabled_running", "globally_enabled_staging").
			either("globally_enabled_running", "globally_enabled_staging").unprocessable()},
	{"service_brokers", "Service broker", list("space_guids", "names", "label_selector").by("name")},
	{"service_credential_bindings", "Service credential binding",
		list("names", "service_instance_guids", "service_instance_names", "service_plan_names", "service_plan_guids", "service_offering_names",
			"service_offering_guids", "app_guids", "app_names", "include", "type", "label_selector").by("name").including("app", "service_instance").
			choosing("type", "must be one of 'app', 'key'", "app", "key")},
	{"service_instances", "Service instance",
		list("type", "fields", "names", "space_guids", "organization_guids", "service_plan_guids", "service_plan_names", "label_selector").by("name").
			choosing("type", "must be one of 'managed', 'user-provided'", "managed", "user-provided").
			showing(shows("space", "guid", "name", "relationships.organization"), shows("space.organization", "name", "guid"),
				shows("service_plan", "guid", "name", "relationships.service_offering"),
				shows("service_plan.service_offering", "name", "guid", "description", "documentation_url", "tags", "relationships.service_broker"),
				shows("service_plan.service_offering.service_broker", "name", "guid")).
			folding("names", "service_plan_names")},
	{"service_offerings", "Service offering",
		list("available", "fields", "broker_catalog_ids", "service_broker_guids", "service_broker_names", "names", "space_guids",
			"organization_guids", "label_selector").by("name").offered().either("available").
			showing(shows("service_broker", "guid", "name")).folding("names")},
	{"service_plans", "Service plan",
		list("available", "fields", "broker_catalog_ids", "names", "organization_guids", "service_broker_guids", "service_broker_names",
			"service_instance_guids", "service_offering_guids", "service_offering_names", "space_guids", "include", "label_selector").by("name").
			including("space.organization", "service_offering").offered().either("available").
			showing(shows("service_offering.service_broker", "guid", "name")).folding("names", "service_offering_names")},
	{"service_route_bindings", "Service route binding",
		list("service_instance_guids", "service_instance_names", "route_guids", "include", "label_selector").including("route", "service_instance")},
	{"service_usage_events", "Service usage event", list("after_guid", "service_instance_types", "service_offering_guids").
		onlyBy("created_at").without("updated_ats").unprocessable()},
	{"space_quotas", "Space quota", list("names", "organization_guids", "space_guids").unprocessable()},
	{"stacks", "Stack", list("names", "default", "label_selector").by("name").either("default")},
	{"tasks", "Task", list("names", "states", "app_guids", "organization_guids", "space_guids", "app_guid", "sequence_ids", "label_selector").
		ofOneApp("space_guids", "organization_guids", "app_guids").alone("sequence_ids").folding("names")},
	{"users", "User", userList().unprocessable()},
}

// userList is filtered by what UAA says of users, to whom case is nothing.
func userList() *ResourceList {
	return list("usernames", "partial_usernames", "origins", "label_selector").folding("usernames").containing("partial_usernames")
}

// The lists of collections that have a message of their own in one place.
var (
	appBuilds     = list("states", "label_selector")
	membersOf     = userList() // refuses as most lists do
	groupsOfSpace = list("names").unprocessable()
)

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
		by(appBuilds, ofApp(of(CollectionNamed("builds"), aside("listAppBuilds", "GET", "/v3/apps/{guid}/builds", ListCollection, Read, "resource-list", noApp)))),
		ofApp(of(CollectionNamed("routes"), aside("listAppRoutes", "GET", "/v3/apps/{guid}/routes", ListCollection, Read, "resource-list", noApp))),
		part("getRouteDestinations", "routes", "/destinations", ListDestinations, "route-destinations"),
		part("getDomainRouteReservations", "domains", "/route_reservations", GetReservations, "route-reservations"),
		part("getRouteSharedSpaces", "routes", "/relationships/shared_spaces", GetItemPart, "to-many"),
		by(SidecarList, ofApp(aside("listAppSidecars", "GET", "/v3/apps/{guid}/sidecars", ListSidecars, Read, "sidecar-list", noApp))),
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
		by(membersOf, of(CollectionNamed("users"), aside("listSpaceUsers", "GET", "/v3/spaces/{guid}/users", ListCollection, Read, "resource-list", noSpace))),
		part("getServiceInstanceParameters", "service_instances", "/parameters", GetItemPart, "parameters"),
		part("getServiceInstanceCredentials", "service_instances", "/credentials", GetItemPart, "parameters"),
		part("getServiceInstancePermissions", "service_instances", "/permissions", GetItemPart, "permissions"),
		part("getServiceInstanceSharedSpaces", "service_instances", "/relationships/shared_spaces", GetItemPart, "to-many"),
		part("getServiceCredentialBindingDetails", "service_credential_bindings", "/details", GetItemPart, "binding-details"),
		part("getServiceCredentialBindingParameters", "service_credential_bindings", "/parameters", GetItemPart, "parameters"),
		by(groupsOfSpace, of(CollectionNamed("security_groups"), aside("listSpaceRunningSecurityGroups", "GET", "/v3/spaces/{guid}/running_security_groups", ListCollection, Read, "resource-list", noSpace))),
		by(groupsOfSpace, of(CollectionNamed("security_groups"), aside("listSpaceStagingSecurityGroups", "GET", "/v3/spaces/{guid}/staging_security_groups", ListCollection, Read, "resource-list", noSpace))),
		of(CollectionNamed("domains"), aside("listOrganizationDomains", "GET", "/v3/organizations/{guid}/domains", ListCollection, Read, "resource-list", noOrg)),
		by(membersOf, of(CollectionNamed("users"), aside("listOrganizationUsers", "GET", "/v3/organizations/{guid}/users", ListCollection, Read, "resource-list", noOrg))),
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
	if strings.HasPrefix(o.ID, "list") || strings.HasSuffix(o.Path, "}") && (c.List.include != nil || c.List.fields != nil) {
		o.List = c.List
	}
	return o
}
