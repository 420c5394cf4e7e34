package api

import (
	"example.com/capisim/sim/state"
)

// sharedDomain is the domain of a foundation that a scenario says nothing of.
var sharedDomain = struct {
	Name          string         `json:"name"`
	Internal      bool           `json:"internal"`
	RouterGroup   *string        `json:"router_group"`
	Protocols     []string       `json:"supported_protocols"`
	Relationships map[string]any `json:"relationships"`
	Metadata      metadataJSON   `json:"metadata"`
}{"apps.example.com", false, nil, []string{"http"},
	map[string]any{"organization": map[string]any{"data": nil}, "shared_organizations": map[string]any{"data": []any{}}}, metadataJSON{}}

// userJSON is a user as the API shows one.
type userJSON struct {
	GUID         string       `json:"guid"`
	Username     string       `json:"username"`
	Presentation string       `json:"presentation_name"`
	Origin       string       `json:"origin"`
	Metadata     metadataJSON `json:"metadata"`
}

func (c *call) userJSON(u state.User) userJSON {
	return userJSON{GUID: u.GUID, Username: u.Name, Presentation: u.Name, Origin: u.Origin}
}

// roleJSON is a role of a user in a space or an organization.
type roleJSON struct {
	GUID          string        `json:"guid"`
	Type          string        `json:"type"`
	Relationships roleRelations `json:"relationships"`
	Links         links         `json:"links"`
}

type roleRelations struct {
	User         relationJSON `json:"user"`
	Organization relationJSON `json:"organization"`
	Space        relationJSON `json:"space"`
}

func (c *call) roleJSON(u state.User, g state.Grant) roleJSON {
	guid, base := guidFor(c.snap.Scenario.Number, "role", u.GUID, string(g.Role), g.SpaceGUID, g.OrganizationGUID), c.base()
	out := roleJSON{GUID: guid, Type: string(g.Role), Relationships: roleRelations{User: relationJSON{guidOf(u.GUID)}},
		Links: links{{"self", base + "/v3/roles/" + guid, ""}, {"user", base + "/v3/users/" + u.GUID, ""}}}
	if g.SpaceGUID != "" {
		out.Relationships.Space.Data = guidOf(g.SpaceGUID)
		out.Links = append(out.Links, links{{"space", base + "/v3/spaces/" + g.SpaceGUID, ""}}...)
		return out
	}
	out.Relationships.Organization.Data = guidOf(g.OrganizationGUID)
	out.Links = append(out.Links, links{{"organization", base + "/v3/organizations/" + g.OrganizationGUID, ""}}...)
	return out
}

// quotaAppsJSON are the limits that a quota sets to apps.
type quotaAppsJSON struct {
	TotalMemory      *int64 `json:"total_memory_in_mb"`
	PerProcessMemory *int64 `json:"per_process_memory_in_mb"`
	LogRateLimit     *int64 `json:"log_rate_limit_in_bytes_per_second"`
	TotalInstances   *int64 `json:"total_instances"`
	PerAppTasks      *int64 `json:"per_app_tasks"`
}

// quotaJSON is the quota of an organization or a space.
type quotaJSON struct {
	GUID          string         `json:"guid"`
	Name          string         `json:"name"`
	Apps          quotaAppsJSON  `json:"apps"`
	Services      map[string]any `json:"services"`
	Routes        map[string]any `json:"routes"`
	Domains       map[string]any `json:"domains,omitempty"`
	Relationships map[string]any `json:"relationships"`
	Links         links          `json:"links"`
}

func limits(q *state.Quota) quotaAppsJSON {
	if q == nil {
		return quotaAppsJSON{}
	}
	return quotaAppsJSON{TotalMemory: q.TotalMemoryInMB, PerProcessMemory: q.InstanceMemoryInMB, LogRateLimit: q.LogRateLimit, TotalInstances: q.TotalInstances}
}

var (
	noServiceLimits = map[string]any{"paid_services_allowed": true, "total_service_instances": nil, "total_service_keys": nil}
	noRouteLimits   = map[string]any{"total_routes": nil, "total_reserved_ports": nil}
)

func (c *call) organizationQuotaJSON(guid string, v state.View) quotaJSON {
	name := "default"
	if v.Organization.Quota != nil {
		name = v.Organization.Name
	}
	members := []*guidJSON{}
	for _, other := range c.snap.State.Organizations(c.who, everything).Views {
		if other.OrganizationQuota() == guid {
			members = append(members, guidOf(other.Organization.GUID))
		}
	}
	return quotaJSON{GUID: guid, Name: name, Apps: limits(v.Organization.Quota), Services: noServiceLimits, Routes: noRouteLimits,
		Domains:       map[string]any{"total_domains": nil},
		Relationships: map[string]any{"organizations": map[string]any{"data": members}},
		Links:         links{{"self", c.base() + "/v3/organization_quotas/" + guid, ""}}}
}

func (c *call) spaceQuotaJSON(v state.View) quotaJSON {
	guid, organization := v.SpaceQuota(), v.Space.OrganizationGUID
	return quotaJSON{GUID: guid, Name: v.Space.Name, Apps: limits(v.Space.Quota), Services: noServiceLimits, Routes: noRouteLimits,
		Relationships: map[string]any{"organization": relationJSON{guidOf(organization)}, "spaces": map[string]any{"data": []*guidJSON{guidOf(v.Space.GUID)}}},
		Links:         links{{"self", c.base() + "/v3/space_quotas/" + guid, ""}, {"organization", c.base() + "/v3/organizations/" + organization, ""}}}
}

// featureFlagJSON is a feature flag of the platform.
type featureFlagJSON struct {
	Name      string    `json:"name"`
	Enabled   bool      `json:"enabled"`
	UpdatedAt *timeJSON `json:"updated_at"`
	Message   *string   `json:"custom_error_message"`
	Links     links     `json:"links"`
}

// bindingDetailsJSON is what a binding gives to its app.
type bindingDetailsJSON struct {
	Credentials    struct{}   `json:"credentials"`
	SyslogDrainURL *string    `json:"syslog_drain_url"`
	VolumeMounts   []struct{} `json:"volume_mounts"`
}

// featureJSON is a feature of an app or a space.
type featureJSON struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Enabled     bool   `json:"enabled"`
}

// appFeatures are those of an app; what they say is the real server's.
func appFeatures(revisions bool) []featureJSON {
	return []featureJSON{
		{"ssh", "Enable SSHing into the app.", true},
		{"revisions", "Enable versioning of an application", revisions},
		{"service-binding-k8s", "Enable k8s service bindings for the app", false},
		{"file-based-vcap-services", "Enable file-based VCAP service bindings for the app", false},
	}
}

var spaceFeatures = []featureJSON{{"ssh", "Enable SSHing into apps in the space.", true}}
