package api

import (
	"slices"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// derived are the items of a collection that follow from the state, and those
// that a foundation has of which a scenario says nothing.
func (c *call) derived(name string) (items []document.Value) {
	given := c.snap.Scenario.Document.Resources[name]
	switch name {
	case "users":
		return c.users()
	case "roles":
		return c.roles()
	case "organization_quotas":
		return c.organizationQuotas()
	case "space_quotas":
		return c.spaceQuotas()
	case "isolation_segments":
		return c.segmentsBeside(given)
	case "feature_flags":
		return c.featureFlags()
	case "stacks", "domains":
		if len(given) == 0 {
			return []document.Value{c.document(name, nil)}
		}
	}
	return nil
}

// users are those that the caller may see: itself, and who has a role in an
// organization in which it has one. Who has a role in a space is a member of its
// organization (lib/cloud_controller/permissions.rb, readable_users_query).
func (c *call) users() (users []document.Value) {
	for _, user := range c.snap.State.Users() {
		if !user.Client && (c.who.ReadsAll() || user.GUID == c.who.User.GUID || slices.ContainsFunc(user.Grants, c.sharesOrganization)) {
			users = append(users, c.document("user", values{"guid": user.GUID, "name": user.Name, "origin": user.Origin}))
		}
	}
	return users
}

// sharesOrganization says whether the caller sees the organization in which a
// role is.
func (c *call) sharesOrganization(grant state.Grant) bool {
	return c.seesOrganization(c.organizationOf(grant))
}

// organizationOf is the organization in which, or in a space of which, a role is.
func (c *call) organizationOf(grant state.Grant) string {
	if space, err := c.snap.State.Space(overseer, grant.SpaceGUID); err == nil {
		return space.Organization.GUID
	}
	return grant.OrganizationGUID
}

// granted says whether a user has a role that is such a one.
func (c *call) granted(user string, such func(state.Grant) bool) bool {
	return slices.ContainsFunc(c.snap.State.Users(), func(u state.User) bool {
		return u.GUID == user && slices.ContainsFunc(u.Grants, such)
	})
}

// roles are those of all users in what the caller may see.
func (c *call) roles() (roles []document.Value) {
	for _, user := range c.snap.State.Users() {
		for _, grant := range user.Grants {
			if c.visible(grant) {
				roles = append(roles, c.roleJSON(user, grant))
			}
		}
	}
	return roles
}

// visible says whether the caller may see what a role is in.
func (c *call) visible(grant state.Grant) bool {
	if grant.SpaceGUID != "" {
		return c.seesSpace(grant.SpaceGUID)
	}
	return c.seesOrganization(grant.OrganizationGUID)
}

// roleJSON is a role of a user in a space or else an organization.
func (c *call) roleJSON(u state.User, g state.Grant) document.Value {
	guid := guidFor(c.snap.Scenario.Number, "role", u.GUID, string(g.Role), g.SpaceGUID, g.OrganizationGUID)
	organization := g.OrganizationGUID
	if g.SpaceGUID != "" {
		organization = ""
	}
	return c.document("role", values{"guid": guid, "type": string(g.Role), "user": u.GUID,
		"space": nullable(g.SpaceGUID), "space_data": guidOf(g.SpaceGUID),
		"organization": nullable(organization), "organization_data": guidOf(organization)})
}

func (c *call) organizationQuotas() (quotas []document.Value) {
	members := map[string][]document.Value{}
	organizations := c.snap.State.Organizations(c.who, everything).Views
	for _, v := range organizations {
		members[v.OrganizationQuota()] = append(members[v.OrganizationQuota()], guidOf(v.Organization.GUID))
	}
	for _, v := range organizations {
		guid, name := v.OrganizationQuota(), "default"
		if members[guid] == nil { // shown before
			continue
		}
		if v.Organization.Quota != nil {
			name = v.Organization.Name
		}
		quotas = append(quotas, c.document("organization_quota",
			values{"guid": guid, "name": name, "limits": c.quotaLimits(v.Organization.Quota), "organizations": members[guid]}))
		members[guid] = nil
	}
	return quotas
}

func (c *call) spaceQuotas() (quotas []document.Value) {
	for _, v := range c.snap.State.Spaces(c.who, everything).Views {
		if guid := v.SpaceQuota(); guid != "" {
			quotas = append(quotas, c.document("space_quota", values{"guid": guid, "name": v.Space.Name, "limits": c.quotaLimits(v.Space.Quota),
				"space": v.Space.GUID, "organization": v.Space.OrganizationGUID}))
		}
	}
	return quotas
}

// quotaLimits are those that a quota sets to apps.
func (c *call) quotaLimits(q *state.Quota) document.Value {
	if q == nil {
		q = &state.Quota{}
	}
	return c.document("quota_limits", values{"memory": q.TotalMemoryInMB, "instance_memory": q.InstanceMemoryInMB,
		"log_rate_limit": q.LogRateLimit, "instances": q.TotalInstances})
}

// segmentsBeside are the isolation segments of spaces that were not given.
func (c *call) segmentsBeside(given []document.Value) (segments []document.Value) {
	var names []string
	for _, segment := range given {
		names = append(names, segment.TextOf("name"))
	}
	_, spaces := c.snap.State.Places()
	for _, space := range spaces {
		if segment := space.IsolationSegment; segment != "" && !slices.Contains(names, segment) {
			names = append(names, segment)
			segments = append(segments, c.document("isolation_segment", values{"name": segment}))
		}
	}
	return segments
}

func (c *call) featureFlags() (flags []document.Value) {
	features := c.snap.State.Features()
	for _, flag := range contract.FeatureFlags() {
		enabled, message := flag.Enabled, ""
		if flag.Name == contract.AppScaling {
			enabled, message = features.AppScaling, features.AppScalingMessage
		}
		flags = append(flags, c.document("feature_flag", values{"name": flag.Name, "enabled": enabled, "message": nullable(message)}))
	}
	return flags
}
