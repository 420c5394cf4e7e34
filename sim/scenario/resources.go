package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// listed is an item of a collection that is only listed.
type listed struct {
	collection string
	at         int // its place there
	value      document.Value
}

// related is what an item is related to, by its guid.
type related struct {
	kind  string
	guid  document.Value
	steps []any  // from the item to the guid
	entry string // of the list that it stands in, "" for none
}

// targets are the things of one kind that an item may be related to.
type targets struct {
	*names                   // their guids
	called map[string]string // guid by name
}

func (t *targets) note(index int, guid, name string) {
	t.add(index, guid)
	if name != "" {
		t.called[name] = guid
	}
}

// relatable are the kinds of things that a scenario can have: those of keys of
// their own, and all that is listed.
var relatable = []string{"app", "organization", "space"}

func init() {
	for _, collection := range contract.Collections() {
		relatable = append(relatable, strings.TrimSuffix(collection.Name, "s"))
	}
}

// resources checks what is only listed. What is inherited goes with what it hung
// on: an app that was dropped takes its routes along.
func (c *checker) resources() {
	all := c.listed()
	if len(all) == 0 {
		return
	}
	items := slices.Clone(all)
	for before := -1; before != len(items) && c.left == nil; {
		before, c.targets = len(items), c.relatable(items)
		items = slices.DeleteFunc(items, c.orphaned)
	}
	guids, addresses := map[string]string{}, map[string]string{}
	lost, first := len(items) < len(all), firstDomain(items)
	for _, one := range items {
		if c.leaves() {
			return
		}
		guid := one.value.TextOf("guid")
		if guid != "" {
			c.uniqueIn(guids, one.collection+" "+guid, guid, "guid", "resources", one.collection, one.at, "guid")
		}
		if one.collection == "routes" {
			c.address(addresses, one, first)
		} else {
			c.misspelt(one)
		}
		for _, to := range one.related() {
			if c.orphan(to) {
				lost = true
			} else if !c.there(to) {
				c.report(c.targets[to.kind].missing(to.guid.Text), append([]any{"resources", one.collection, one.at}, to.steps...)...)
			}
		}
	}
	if lost {
		c.keep(items)
	}
}

// listed are the items of all collections.
func (c *checker) listed() (all []listed) {
	collections, _ := c.root.Get("resources")
	for _, collection := range collections.Members {
		for i, item := range collection.Value.Members {
			all = append(all, listed{collection.Key, i, item.Value.Unfolded()})
		}
	}
	return all
}

// relatable are the things that items may be related to, by their kinds.
func (c *checker) relatable(items []listed) map[string]*targets {
	found := make(map[string]*targets, len(relatable))
	for _, kind := range relatable {
		article := "a "
		if strings.ContainsRune("aio", rune(kind[0])) {
			article = "an "
		}
		found[kind] = &targets{newNames("guid of " + article + strings.ReplaceAll(kind, "_", " ")), map[string]string{}}
	}
	for i, org := range c.doc.Organizations {
		found["organization"].note(i, org.GUID, org.Name)
	}
	for i, space := range c.doc.Spaces {
		found["space"].note(i, space.GUID, space.Name)
	}
	for i, app := range c.doc.Apps {
		if c.leaves() {
			break
		}
		found["app"].note(i, app.GUID, app.Name)
	}
	if c.doc.Auth != nil {
		for i, user := range c.doc.Auth.Users {
			found["user"].note(i, user.GUID, user.Name)
		}
	}
	for _, one := range items {
		if of := found[strings.TrimSuffix(one.collection, "s")]; of != nil {
			of.note(one.at, one.value.TextOf("guid"), one.value.TextOf("name"))
		}
	}
	return found
}

// missing says of a guid that nothing has it.
func (t *targets) missing(guid string) string {
	own, isName := t.called[guid]
	switch {
	case isName && own != "":
		return fmt.Sprintf("%q, a name, expected the guid: %q", guid, own)
	case isName:
		return fmt.Sprintf("%q, a name, expected the guid, which has to be written out there", guid)
	}
	_, message := t.find(guid)
	return message
}

// related is all that an item is related to and that a scenario can have.
func (l listed) related() (found []related) {
	relationships, _ := l.value.Get("relationships")
	for _, relationship := range relationships.Members {
		kind := relationship.Key
		for _, prefix := range []string{"shared_", "running_", "staging_"} {
			kind = strings.TrimPrefix(kind, prefix)
		}
		data, _ := relationship.Value.Get("data")
		found = append(found, related{kind: strings.TrimSuffix(kind, "s"), guid: data, steps: []any{"relationships", relationship.Key, "data"}}.each("guid")...)
	}
	if destinations, given := l.value.Get("destinations"); given && l.collection == "routes" {
		found = append(found, related{kind: "app", guid: destinations, steps: []any{"destinations"}}.each("app", "guid")...)
	}
	return slices.DeleteFunc(found, func(r related) bool { return r.guid.Kind != document.String || !slices.Contains(relatable, r.kind) })
}

// each is what a value, or each item of a list, says under some keys.
func (r related) each(keys ...any) (found []related) {
	if r.guid.Kind != document.Array {
		r.guid, _ = r.guid.Find(document.Pointer(keys...))
		r.steps = append(r.steps, keys...)
		return []related{r}
	}
	for i, item := range r.guid.Members {
		steps := slices.Concat(r.steps, []any{i})
		one := related{r.kind, item.Value, steps, document.Pointer(steps...)}
		found = append(found, one.each(keys...)...)
	}
	return found
}

func (c *checker) there(r related) bool { return len(c.targets[r.kind].places[r.guid.Text]) > 0 }

// orphan says that it was inherited and that its thing is not there any more.
func (c *checker) orphan(r related) bool {
	return !document.SameFile(r.guid, c.root) && !c.there(r)
}

// orphaned says that an item goes with what is not there any more: any one thing,
// or all that a route leads to.
func (c *checker) orphaned(l listed) bool {
	led, kept := false, false
	for _, to := range l.related() {
		orphan := c.orphan(to)
		if orphan && to.entry == "" {
			return true
		}
		if to.steps[0] == "destinations" {
			led, kept = true, kept || !orphan
		}
	}
	return led && !kept
}

// own are the keys that capisim reads of an item, of which others are data.
var own = []string{"guid", "name", "created_at", "updated_at", "metadata", "relationships", "links", "internal", "supported_protocols", "available",
	"position", "globally_enabled"}

// misspelt reports keys that are own ones but for a slip. No field of the real
// server's lists is that near to one.
func (c *checker) misspelt(l listed) {
	for _, member := range l.value.Members {
		key := member.Key
		near := slices.IndexFunc(own, func(one string) bool {
			return max(len(key)-len(one), len(one)-len(key)) <= 1 && document.Distance(key, one) <= 1
		})
		if near >= 0 && len(key) > 3 && own[near] != key {
			c.report(document.MeantKey(key, own[near:near+1]), "resources", l.collection, l.at, key)
		}
	}
}

// address reports a route that stands where another does.
func (c *checker) address(seen map[string]string, route listed, first string) {
	domain, _ := route.value.Find("/relationships/domain/data/guid")
	port, _ := route.value.Get("port")
	address := strings.ToLower(route.value.TextOf("host") + route.value.TextOf("path"))
	if port.Text != "" && port.Text != "0" {
		address = ":" + port.Text
	}
	of := cmp.Or(domain.Text, first)
	c.uniqueIn(seen, of+" "+address, cmp.Or(address, of), "address", "resources", "routes", route.at)
}

// firstDomain is the guid of the domain of routes that name none.
func firstDomain(items []listed) string {
	for _, one := range items {
		if internal, _ := one.value.Get("internal"); one.collection == "domains" && internal.Text != "true" {
			return one.value.TextOf("guid")
		}
	}
	return ""
}

// keep makes these items, without what they have lost, the document's.
func (c *checker) keep(items []listed) {
	kept := make(map[string][]document.Value, len(c.doc.Resources))
	for collection := range c.doc.Resources {
		kept[collection] = []document.Value{}
	}
	for _, one := range items {
		lost := map[string]bool{}
		for _, to := range one.related() {
			lost[to.entry] = lost[to.entry] || c.orphan(to)
		}
		kept[one.collection] = append(kept[one.collection], pruned(one.value, "", lost))
	}
	c.doc.Resources = kept
}

// pruned is a value without what stands at some places.
func pruned(v document.Value, at string, lost map[string]bool) document.Value {
	members := make([]document.Field, 0, len(v.Members))
	for i, member := range v.Members {
		place := at + document.Pointer(member.Key)
		if v.Kind == document.Array {
			place = at + document.Pointer(i)
		}
		if !lost[place] {
			member.Value = pruned(member.Value, place, lost)
			members = append(members, member)
		}
	}
	v.Members = members
	return v
}
