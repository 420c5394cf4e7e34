package api

import (
	"slices"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// leads says by which relationships a resource is related to one of a kind that
// it does not name itself: a task to the space of its app.
var leads = map[string][]string{
	"organization":     {"space"},
	"space":            {"app", "service_instance"},
	"service_plan":     {"service_instance"},
	"service_offering": {"service_plan"},
	"service_broker":   {"service_offering"},
}

// overseer sees everything: what a resource hangs on is looked up before anybody
// asks who may see it.
var overseer = state.NewViewer(stranger, stranger.Scopes)

// relations are the guids of the resources of a kind that an item names.
func (i item) relations(kind string) (guids []string) {
	for _, name := range []string{kind, kind + "s", "shared_" + kind + "s"} {
		data, _ := i.value.Find("/relationships/" + name + "/data")
		if data.Kind == document.Object {
			guids = append(guids, data.TextOf("guid"))
			continue
		}
		for _, one := range data.Members {
			guids = append(guids, one.Value.TextOf("guid"))
		}
	}
	if destinations, _ := i.value.Get("destinations"); kind == "app" { // of a route
		for _, one := range destinations.Members {
			guid, _ := one.Value.Find("/app/guid")
			guids = append(guids, guid.Text)
		}
	}
	return guids
}

// reached are the guids of the resources of a kind that an item is related to, by
// itself or by what it names.
func (c *call) reached(i item, kind string) []string {
	guids := i.relations(kind)
	if _, named := i.value.Find("/relationships/" + kind); named || guids != nil { // null, too, is said
		return guids
	}
	for _, step := range leads[kind] {
		for _, guid := range c.reached(i, step) {
			if next, found := c.resource(step, guid); found {
				guids = append(guids, c.reached(next, kind)...)
			}
		}
	}
	return guids
}

// resource finds a resource of a kind, whoever may see it.
func (c *call) resource(kind, guid string) (found item, ok bool) {
	switch kind {
	case "app":
		v, err := c.snap.State.VisibleApp(overseer, guid)
		if err != nil {
			return item{}, false
		}
		return item{guid: guid, value: c.appJSON(v)}, true
	case "space":
		v, err := c.snap.State.Space(overseer, guid)
		if err != nil {
			return item{}, false
		}
		return item{guid: guid, value: c.spaceJSON(v)}, true
	}
	if collection := contract.CollectionNamed(kind + "s"); collection != nil {
		for _, one := range c.items(collection) {
			if one.guid == guid {
				return one, true
			}
		}
	}
	return item{}, false
}

// lists says whether the caller may see an item: what belongs to a space or to an
// organization is for those who see that.
func (c *call) lists(i item) bool {
	if c.who.ReadsAll() {
		return true
	}
	switch c.op.Collection.Name {
	case "app_usage_events", "service_usage_events":
		return false
	case "organization_quotas": // the real server shows all, with the organizations that the caller sees
		return true
	case "isolation_segments":
		return len(c.entitled(i)) > 0
	case "security_groups":
		return i.protects("running", "") || i.protects("staging", "") ||
			slices.ContainsFunc(append(i.relations("running_space"), i.relations("staging_space")...), c.seesSpace)
	case "service_brokers":
		return slices.ContainsFunc(i.relations("space"), c.seesSpace)
	}
	if spaces := c.reached(i, "space"); len(spaces) > 0 {
		return slices.ContainsFunc(spaces, c.seesSpace) || c.op.Collection.Name == "routes" && slices.ContainsFunc(c.reached(i, "organization"), c.audits)
	}
	organizations := i.relations("organization")
	return len(organizations) == 0 || slices.ContainsFunc(organizations, c.seesOrganization)
}

func (c *call) seesSpace(guid string) bool {
	_, err := c.snap.State.Space(c.who, guid)
	return err == nil
}

func (c *call) seesOrganization(guid string) bool {
	_, err := c.snap.State.Organization(c.who, guid)
	return err == nil
}

// audits says that the caller is an auditor of an organization, who reads its
// routes.
func (c *call) audits(organization string) bool {
	return slices.ContainsFunc(c.who.User.Grants, func(g state.Grant) bool {
		return g.Role == state.OrgAuditor && g.OrganizationGUID == organization
	})
}

// compared are the texts of an item that a filter looks at.
func (c *call) compared(i item, filter string) []string {
	switch filter {
	case "partial_usernames":
		return []string{i.value.TextOf("username")}
	case "broker_catalog_ids":
		id, _ := i.value.Find("/broker_catalog/id")
		return []string{id.Text}
	case "available":
		if value, given := i.value.Get(filter); given {
			return []string{value.Text}
		}
		return []string{"true"}
	case "package_guids":
		guid, _ := i.value.Find("/package/guid")
		return []string{guid.Text}
	case "globally_enabled_running", "globally_enabled_staging":
		enabled, _ := i.value.Find("/globally_enabled/" + strings.TrimPrefix(filter, "globally_enabled_"))
		return []string{enabled.Text}
	}
	if kind, ok := strings.CutSuffix(filter, "_guids"); ok {
		return c.comparedGUIDs(i, kind)
	}
	if kind, ok := strings.CutSuffix(filter, "_names"); ok {
		var names []string
		for _, guid := range c.reached(i, kind) {
			if one, found := c.resource(kind, guid); found {
				names = append(names, one.value.TextOf("name"))
			}
		}
		return names
	}
	value, given := i.value.Get(filter)
	if !given {
		value, _ = i.value.Get(strings.TrimSuffix(filter, "s"))
	}
	return []string{value.Text}
}

// comparedGUIDs are the guids of the resources of a kind that an item has to do
// with, plans by the instances of them, segments by who is entitled to them.
func (c *call) comparedGUIDs(i item, kind string) []string {
	switch {
	case kind == "service_instance" && c.op.Collection.Name == "service_plans":
		var guids []string
		for _, instance := range c.items(contract.CollectionNamed("service_instances")) {
			if slices.Contains(instance.relations("service_plan"), i.guid) {
				guids = append(guids, instance.guid)
			}
		}
		return guids
	case kind == "service_instance" && c.op.Collection.Name == "routes":
		var guids []string
		for _, binding := range c.items(contract.CollectionNamed("service_route_bindings")) {
			if slices.Contains(binding.relations("route"), i.guid) {
				guids = append(guids, binding.relations("service_instance")...)
			}
		}
		return guids
	case kind == "organization" && c.op.Collection.Name == "isolation_segments":
		return c.entitled(i)
	}
	return c.reached(i, kind)
}
