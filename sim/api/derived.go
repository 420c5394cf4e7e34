package api

import (
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// oneUnlessGiven is what a foundation has of a collection of which a scenario says
// nothing.
func oneUnlessGiven(name string) func(*call, []document.Value) []maker {
	return func(_ *call, given []document.Value) []maker {
		if len(given) > 0 {
			return nil
		}
		return []maker{func(c *call) document.Value { return c.document(name, nil) }}
	}
}

// users are those of UAA.
func users(c *call, _ []document.Value) (made []maker) {
	all := c.snap.State.Users()
	for i := range all {
		if user := &all[i]; !user.Client {
			made = append(made, func(c *call) document.Value {
				return c.document("user", values{"guid": user.GUID, "name": user.Name, "origin": user.Origin})
			})
		}
	}
	return made
}

// ofMember are those who see a user: itself, and who has a role in an organization
// in which it has one. Who has a role in a space is a member of its organization
// (lib/cloud_controller/permissions.rb, readable_users_query).
func ofMember(c *call, i item) state.Audience {
	if _, known := c.usersByGUID()[i.guid]; !known {
		return state.Audience{Everybody: true}
	}
	return state.Audience{User: i.guid, Organizations: organizationsOfUser(c, i)}
}

func (c *call) usersByGUID() map[string]*state.User {
	return c.snap.State.Memo("users by guid", func() any {
		all := c.snap.State.Users()
		found := make(map[string]*state.User, len(all))
		for i := range all {
			found[all[i].GUID] = &all[i]
		}
		return found
	}).(map[string]*state.User)
}

// organizationsOfUser are those in which, or in a space of which, a user has a role,
// spacesOfUser the spaces.
func organizationsOfUser(c *call, i item) (guids []string) {
	if user := c.usersByGUID()[i.guid]; user != nil {
		guids = shown(user.Grants, c.snap.State.OrganizationOf)
	}
	return guids
}

func spacesOfUser(c *call, i item) (guids []string) {
	if user := c.usersByGUID()[i.guid]; user != nil {
		guids = shown(user.Grants, func(g state.Grant) string { return g.SpaceGUID })
	}
	return guids
}

// roles are those of all users.
func roles(c *call, _ []document.Value) (made []maker) {
	all := c.snap.State.Users()
	for i := range all {
		user := &all[i]
		for k := range user.Grants {
			made = append(made, func(c *call) document.Value { return c.roleJSON(user.GUID, user.Grants[k]) })
		}
	}
	return made
}

// roleJSON is a role of a user in a space or else an organization.
func (c *call) roleJSON(user string, g state.Grant) document.Value {
	guid := guidFor(c.snap.Scenario.Number, "role", user, string(g.Role), g.SpaceGUID, g.OrganizationGUID)
	organization := g.OrganizationGUID
	if g.SpaceGUID != "" {
		organization = ""
	}
	return c.document("role", values{"guid": guid, "type": string(g.Role), "user": user,
		"space": nullable(g.SpaceGUID), "space_data": guidOf(g.SpaceGUID),
		"organization": nullable(organization), "organization_data": guidOf(organization)})
}

func always(value document.Value) maker { return func(*call) document.Value { return value } }

func organizationQuotas(c *call, _ []document.Value) (quotas []maker) {
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
		quotas = append(quotas, always(c.document("organization_quota",
			values{"guid": guid, "name": name, "limits": c.quotaLimits(v.Organization.Quota), "organizations": members[guid]})))
		members[guid] = nil
	}
	return quotas
}

func spaceQuotas(c *call, _ []document.Value) (quotas []maker) {
	for _, v := range c.snap.State.LimitedSpaces(c.who) {
		quotas = append(quotas, always(c.document("space_quota", values{"guid": v.SpaceQuota(), "name": v.Space.Name,
			"limits": c.quotaLimits(v.Space.Quota), "space": v.Space.GUID, "organization": v.Space.OrganizationGUID})))
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

func featureFlags(c *call, _ []document.Value) (flags []maker) {
	features := c.snap.State.Features()
	for _, flag := range contract.FeatureFlags() {
		enabled, message := flag.Enabled, ""
		if flag.Name == contract.AppScaling {
			enabled, message = features.AppScaling, features.AppScalingMessage
		}
		flags = append(flags, always(c.document("feature_flag", values{"name": flag.Name, "enabled": enabled, "message": nullable(message)})))
	}
	return flags
}
