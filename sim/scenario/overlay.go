package scenario

// overlay lays a scenario over the one that it extends. Objects are merged key
// by key; lists of named things are merged entry by entry, what has no
// counterpart is added; every other value, null too, replaces the one below.
// Neither tree is changed.
func overlay(below, above *node) *node {
	return overlayObject(below, above, "")
}

// identities are the lists that are merged, by their path without indexes,
// with the key that tells their entries apart and the key of the thing that
// they belong to: two spaces of one name may stand in two organizations. An
// expectation has no name: those of both scenarios hold.
var identities = map[string]identity{
	"/organizations":    {name: "name"},
	"/spaces":           {name: "name", owner: "organization"},
	"/apps":             {name: "name", owner: "space"},
	"/apps/*/processes": {name: "type"},
	"/auth/users":       {name: "name"},
	"/faults":           {name: "id", whole: true},
	"/expectations":     {},
}

type identity struct {
	name, owner string
	whole       bool // an entry replaces its counterpart, parts are not mixed
}

func overlayObject(below, above *node, path string) *node {
	merged := shell(above)
	for _, item := range below.items {
		if above.get(item.key) == nil {
			merged.items = append(merged.items, item)
		} else {
			merged.items = append(merged.items, overlayValue(item, above.get(item.key), path+"/"+item.key))
		}
	}
	for _, item := range above.items {
		if below.get(item.key) == nil {
			merged.items = append(merged.items, item)
		}
	}
	return merged
}

func overlayValue(below, above *node, path string) *node {
	id, named := identities[path]
	switch {
	case above.kind == objectKind && below.kind == objectKind:
		return overlayObject(below, above, path)
	case above.kind == listKind && below.kind == listKind && named:
		return overlayList(below, above, path, id)
	default:
		return above
	}
}

func overlayList(below, above *node, path string, id identity) *node {
	merged := shell(above)
	merged.items = append(merged.items, below.items...)
	taken := make([]bool, len(below.items))
	for _, item := range above.items {
		at := counterpart(below.items, taken, item, id)
		if at < 0 {
			merged.items = append(merged.items, item)
			continue
		}
		taken[at] = true
		merged.items[at] = item
		if !id.whole {
			merged.items[at] = overlayObject(below.items[at], item, path+"/*")
		}
	}
	return merged
}

// counterpart finds the entry below that an entry above is about: that of its
// guid, else the first of its name that no other entry has taken. It is -1
// when there is none.
func counterpart(items []*node, taken []bool, above *node, id identity) int {
	guid, name, owner := above.text("guid"), above.text(id.name), above.text(id.owner)
	for i, item := range items {
		if !taken[i] && guid != "" && item.text("guid") == guid {
			return i
		}
	}
	for i, item := range items {
		other := item.text(id.owner)
		if !taken[i] && name != "" && item.text(id.name) == name && (owner == "" || other == "" || owner == other) {
			return i
		}
	}
	return -1
}

// shell is a node without its items, at the same place of the same file.
func shell(n *node) *node {
	empty := *n
	empty.items = nil
	return &empty
}
