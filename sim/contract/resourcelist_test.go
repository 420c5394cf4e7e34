package contract

import (
	"slices"
	"strings"
	"testing"
)

// messages is what the real server's list messages say: the status of a refusal,
// by what a list can be ordered, and its parameters beside those of every list,
// in the order in which its class registers them (app/messages).
var messages = map[string]struct {
	status              int
	columns, parameters string
}{
	"listAppUsageEvents":                {422, "created_at", "after_guid"},
	"listBuildpacks":                    {400, "created_at updated_at position lifecycle", "stacks names lifecycle page per_page label_selector"},
	"listBuilds":                        {400, "created_at updated_at", "app_guids package_guids states label_selector"},
	"listAppBuilds":                     {400, "created_at updated_at", "states label_selector"},
	"listDomains":                       {400, "created_at updated_at", "names guids organization_guids label_selector"},
	"listOrganizationDomains":           {400, "created_at updated_at", "names guids organization_guids label_selector"},
	"listFeatureFlags":                  {400, "name", ""},
	"listIsolationSegments":             {400, "created_at updated_at name", "names organization_guids label_selector"},
	"listOrganizationQuotas":            {400, "created_at updated_at", "names organization_guids"},
	"listRoles":                         {422, "created_at updated_at", "organization_guids space_guids user_guids types include"},
	"listSecurityGroups":                {422, "created_at updated_at", "names running_space_guids staging_space_guids globally_enabled_running globally_enabled_staging"},
	"listSpaceRunningSecurityGroups":    {422, "created_at updated_at", "names"},
	"listSpaceStagingSecurityGroups":    {422, "created_at updated_at", "names"},
	"listServiceBrokers":                {400, "created_at updated_at name", "space_guids names label_selector"},
	"listServiceCredentialBindings":     {400, "created_at updated_at name", "names service_instance_guids service_instance_names service_plan_names service_plan_guids service_offering_names service_offering_guids app_guids app_names include type label_selector"},
	"listServiceInstances":              {400, "created_at updated_at name", "type fields names space_guids organization_guids service_plan_guids service_plan_names label_selector"},
	"listServiceOfferings":              {400, "created_at updated_at name", "available fields broker_catalog_ids service_broker_guids service_broker_names names space_guids organization_guids label_selector"},
	"listServicePlans":                  {400, "created_at updated_at name", "available fields broker_catalog_ids names organization_guids service_broker_guids service_broker_names service_instance_guids service_offering_guids service_offering_names space_guids include label_selector"},
	"listServiceRouteBindings":          {400, "created_at updated_at", "service_instance_guids service_instance_names route_guids include label_selector"},
	"listServiceUsageEvents":            {422, "created_at", "after_guid service_instance_types service_offering_guids"},
	"listSpaceQuotas":                   {422, "created_at updated_at", "names organization_guids space_guids"},
	"listStacks":                        {400, "created_at updated_at name", "names default label_selector"},
	"listTasks":                         {400, "created_at updated_at", "names states app_guids organization_guids space_guids app_guid sequence_ids label_selector"},
	"listAppTasks":                      {400, "created_at updated_at", "names states app_guids organization_guids space_guids app_guid sequence_ids label_selector"},
	"listUsers":                         {422, "created_at updated_at", "usernames partial_usernames origins label_selector"},
	"listSpaceUsers":                    {400, "created_at updated_at", "usernames partial_usernames origins label_selector"},
	"listOrganizationUsers":             {400, "created_at updated_at", "usernames partial_usernames origins label_selector"},
	"listApps":                          {400, "created_at updated_at name state", "names organization_guids space_guids stacks include lifecycle_type label_selector"},
	"listSpaces":                        {400, "created_at updated_at name", "names organization_guids include label_selector"},
	"listOrganizations":                 {400, "created_at updated_at name", "names isolation_segment_guid label_selector"},
	"listIsolationSegmentOrganizations": {400, "created_at updated_at name", "names isolation_segment_guid label_selector"},
	"listRoutes":                        {400, "created_at updated_at", "hosts space_guids organization_guids domain_guids paths app_guids include label_selector ports service_instance_guids"},
	"listAppRoutes":                     {400, "created_at updated_at", "hosts space_guids organization_guids domain_guids paths app_guids include label_selector ports service_instance_guids"},
	"listAppSidecars":                   {400, "created_at updated_at", ""},
	"listProcessSidecars":               {400, "created_at updated_at", ""},
	"listPackages":                      {400, "created_at updated_at", "states types app_guids app_guid space_guids organization_guids label_selector"},
	"listAppPackages":                   {400, "created_at updated_at", "states types app_guids app_guid space_guids organization_guids label_selector"},
	"listDroplets":                      {400, "created_at updated_at", "app_guid app_guids current organization_guids package_guid space_guids states label_selector"},
	"listAppDroplets":                   {400, "created_at updated_at", "app_guid app_guids current organization_guids package_guid space_guids states label_selector"},
	"listAppRevisions":                  {400, "created_at updated_at", "versions deployable label_selector"},
	"listDeployedRevisions":             {400, "created_at updated_at", ""},
	"listDeployments":                   {400, "created_at updated_at", "app_guids states status_reasons status_values label_selector"},
	"listAuditEvents":                   {400, "created_at updated_at", "types target_guids space_guids organization_guids"},
}

// TestListMessages: every supporting list refuses what it does not take in the
// words of its class.
func TestListMessages(t *testing.T) {
	t.Parallel()
	named := func(spaced string) string { return "'" + strings.ReplaceAll(spaced, " ", "', '") + "'" }
	for _, o := range Operations() {
		if !o.Supporting || o.List == nil || !strings.HasPrefix(o.ID, "list") {
			continue
		}
		want, known := messages[o.ID]
		if !known {
			t.Errorf("%s is not in the table", o.ID)
			continue
		}
		valid := named(strings.TrimSpace("page per_page order_by created_ats updated_ats guids " + want.parameters))
		for query, text := range map[string]string{
			"order_by=nonsense": "Order by can only be: " + named(want.columns),
			"nonsense=1":        "Unknown query parameter(s): 'nonsense'. Valid parameters are: " + valid,
		} {
			_, err := o.List.Parse(query)
			if refused, ok := err.(*Error); !ok || refused.Status != want.status || strings.TrimPrefix(refused.Detail, invalidQuery) != text {
				t.Errorf("%s?%s: %v\nwant %d %s", o.ID, query, err, want.status, text)
			}
		}
		for column := range strings.SplitSeq(want.columns, " ") {
			if q, err := o.List.Parse("order_by=-" + column); err != nil || q.OrderBy != column || !q.Descending {
				t.Errorf("%s by %s: %v", o.ID, column, err)
			}
		}
	}
}

// TestCollectionMessages: the words about values, and what goes together.
func TestCollectionMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ collection, query, want string }{
		{"stacks", "default=yes", "Default must be 'true' or 'false'"},
		{"stacks", "default=true&names=a", ""},
		{"security_groups", "globally_enabled_running=1&globally_enabled_staging=", "Globally enabled running must be 'true' or 'false', Globally enabled staging must be 'true' or 'false'"},
		{"service_credential_bindings", "type=x", "Type must be one of 'app', 'key'"},
		{"service_instances", "type=managed&fields[space]=guid,name&fields[space.organization]=name", ""},
		{"service_instances", "type=x&fields[space]=url", "Type must be one of 'managed', 'user-provided', Fields valid keys for 'space' are: 'guid', 'name', 'relationships.organization'"},
		{"service_offerings", "fields[space]=guid", "Fields [space] valid resources are: 'service_broker'"},
		{"service_offerings", "fields=guid", "Fields must be an object"},
		{"service_plans", "available=x", "Available must be 'true' or 'false'"},
		{"buildpacks", "lifecycle=docker", `Lifecycle must be either "buildpack" or "cnb"`},
		{"users", "origins=uaa", "Origins filter cannot be provided without usernames or partial_usernames filter."},
		{"users", "usernames=a&partial_usernames=b", "Usernames filter cannot be provided with both usernames and partial_usernames filter."},
		{"tasks", "sequence_ids=1", "Unknown query parameter(s): 'sequence_ids'"},
		{"tasks", "app_guid=a&sequence_ids=1", ""},
		{"tasks", "app_guid=a&app_guids=1&space_guids=2", "Unknown query parameter(s): 'space_guids', 'app_guids'"},
		{"app_usage_events", "after_guid=a,b&updated_ats=2026-01-01T00:00:00Z", "Filtering by 'updated_ats' is not allowed on this resource., After guid filter accepts only one guid"},
		{"feature_flags", "created_ats=2026-01-01T00:00:00Z", "Filtering by 'created_ats' is not allowed on this resource."},
	} {
		_, err := CollectionNamed(c.collection).List.Parse(c.query)
		if got := strings.TrimPrefix(detailOf(t, err), invalidQuery); got != c.want {
			t.Errorf("%s?%s\n got %q\nwant %q", c.collection, c.query, got, c.want)
		}
	}
	for query, want := range map[string]string{"": "order_by=%2Bcreated_at&page=1&per_page=50", "order_by=-updated_at": "order_by=-updated_at&page=1&per_page=50"} {
		if q, err := CollectionNamed("roles").List.Parse(query); err != nil || q.Link(1) != want {
			t.Errorf("roles?%s: %v %s", query, err, q.Link(1))
		}
	}
	offerings, fields := CollectionNamed("service_offerings").List, "fields[service_broker]=guid,%20name"
	if q, err := offerings.Parse(fields); err != nil || q.Link(1) != "fields%5Bservice_broker%5D=guid%2Cname&page=1&per_page=50" || !slices.Equal(q.Fields["service_broker"], []string{"guid", "name"}) {
		t.Errorf("%v %s %v", err, q.Link(1), q.Fields)
	}
	if q, err := offerings.ParseInclude(fields); err != nil || !slices.Equal(q.Fields["service_broker"], []string{"guid", "name"}) {
		t.Errorf("%v %v", err, q.Fields)
	}
}
