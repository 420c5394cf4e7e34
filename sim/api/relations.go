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

// relation is the guid of a related resource, "" when there is none.
func (i item) relation(name string) string {
	value, _ := i.value.At([]string{"relationships", name, "data", "guid"})
	return value.Text
}

// relations are the guids of the resources of a kind that an item names.
func (i item) relations(kind string) (guids []string) {
	named := func(one document.Value) { guids = append(guids, one.TextOf("guid")) }
	if relationships, given := i.value.Get("relationships"); given {
		for _, name := range []string{kind, kind + "s", "shared_" + kind + "s"} {
			data, _ := relationships.At([]string{name, "data"})
			if data.Kind == document.Object {
				named(data)
				continue
			}
			for _, one := range data.Members {
				named(one.Value)
			}
		}
	}
	if destinations, _ := i.value.Get("destinations"); kind == "app" { // of a route
		for _, one := range destinations.Members {
			guid, _ := one.Value.At([]string{"app", "guid"})
			guids = append(guids, guid.Text)
		}
	}
	return guids
}

// reached are the guids of the resources of a kind that an item is related to, by
// itself or by what it names of other kinds than its own.
func (c *call) reached(i item, kind string) []string {
	guids := i.relations(kind)
	if _, named := i.value.At([]string{"relationships", kind}); named || guids != nil { // null, too, is said
		return guids
	}
	for _, step := range leads[kind] {
		if step == i.kind {
			continue
		}
		for _, guid := range c.reached(i, step) {
			guids = append(guids, c.beyond(step, guid, kind)...)
		}
	}
	return guids
}

// beyond are those that a resource of a kind leads to.
func (c *call) beyond(step, guid, kind string) []string {
	switch step {
	case "app":
		if v, err := c.snap.State.VisibleApp(overseer, guid); err == nil {
			return []string{v.App.SpaceGUID}
		}
	case "space":
		if v, err := c.snap.State.Space(overseer, guid); err == nil {
			return []string{v.Space.OrganizationGUID}
		}
	default:
		if next, found := c.resource(step, guid); found {
			return c.reached(next, kind)
		}
	}
	return nil
}

// resource finds an item by its guid, as it is written, whoever may see it.
func (c *call) resource(kind, guid string) (item, bool) {
	s := c.shelf(kind + "s")
	place, found := s.listing.Place(guid)
	if !found {
		return item{}, false
	}
	return c.written(s, place), true
}

// guidsNamed are the guids of the resources of a kind whose names pass a filter.
func (c *call) guidsNamed(kind string, f contract.Filter) (guids []string) {
	if kind == "app" {
		for _, v := range c.snap.State.Apps(overseer, everything.With("names", f.Values...)).Views {
			if f.Match(v.App.Name) {
				guids = append(guids, v.App.GUID)
			}
		}
		return guids
	}
	s := c.shelf(kind + "s")
	places, _ := c.find(s, overseer, everything, state.Having{Key: "names", Filter: f})
	return shown(places, func(place int) string { return s.listing.Item(place).GUID })
}

// textsAt are where filters find their texts, when that is not where they say.
var textsAt = map[string]string{
	"partial_usernames":        "/username",
	"broker_catalog_ids":       "/broker_catalog/id",
	"package_guids":            "/package/guid",
	"globally_enabled_running": "/globally_enabled/running",
	"globally_enabled_staging": "/globally_enabled/staging",
}

// compared are the texts of an item that a filter looks at.
func (c *call) compared(s *shelf, i item, filter string) []string {
	if own := s.texts[filter]; own != nil {
		return own(c, i)
	}
	if pointer := textsAt[filter]; pointer != "" {
		value, _ := i.value.Find(pointer)
		return []string{value.Text}
	}
	if kind, ok := strings.CutSuffix(filter, "_guids"); ok {
		return c.reached(i, kind)
	}
	value, given := i.value.Get(filter)
	if !given {
		value, _ = i.value.Get(strings.TrimSuffix(filter, "s"))
	}
	return []string{value.Text}
}

// neighbours are those who see an item since they see where it is: in a space, or
// else in an organization, or else nowhere.
func (c *call) neighbours(i item) state.Audience {
	if spaces := c.reached(i, "space"); len(spaces) > 0 {
		return state.Audience{Spaces: spaces}
	}
	organizations := i.relations("organization")
	return state.Audience{Organizations: organizations, Everybody: len(organizations) == 0}
}

func ofBroker(_ *call, i item) state.Audience { return state.Audience{Spaces: i.relations("space")} }

// ofGroup are those of a security group: who sees a space where it is in force.
func ofGroup(c *call, i item) state.Audience {
	spaces := append(inForce("running")(c, i), inForce("staging")(c, i)...)
	return state.Audience{Everybody: slices.Contains(spaces, everywhere), Spaces: spaces}
}

// inForce are the spaces in which a security group is in force, for what runs or
// for what is being staged there.
func inForce(phase string) func(*call, item) []string {
	return func(_ *call, i item) []string {
		if all, _ := i.value.Find("/globally_enabled/" + phase); all.Text == "true" {
			return []string{everywhere}
		}
		return i.relations(phase + "_space")
	}
}

// offered says that what the marketplace has is available, unless it says
// otherwise.
func offered(_ *call, i item) []string {
	if value, given := i.value.Get("available"); given {
		return []string{value.Text}
	}
	return []string{"true"}
}

// plansOf are the plans of service instances.
func plansOf(c *call, f contract.Filter) state.Having {
	var plans []string
	for _, guid := range f.Values {
		if instance, found := c.resource("service_instance", guid); found {
			plans = append(plans, instance.relations("service_plan")...)
		}
	}
	return wants("", plans...)
}
