package scenario

import (
	"slices"

	"example.com/capisim/sim/document"
)

// overlay lays a scenario over the one that it extends. Objects are merged key
// by key; lists of named things are merged entry by entry, what has no
// counterpart is added; every other value, null too, replaces the one below.
// Neither tree is changed. The description is of the scenario below alone.
func overlay(below, above document.Value) document.Value {
	below.Members = slices.DeleteFunc(slices.Clone(below.Members), func(f document.Field) bool { return f.Key == "description" })
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

func overlayObject(below, above document.Value, path string) document.Value {
	merged := above
	merged.Members = nil
	find, known := document.Finder(above.Members), document.Finder(below.Members)
	for _, item := range below.Members {
		if at, changed := find(item.Key); changed {
			other := above.Members[at]
			other.Value = overlayValue(item.Value, other.Value, path+"/"+item.Key)
			item = other
		}
		merged.Members = append(merged.Members, item)
	}
	for _, item := range above.Members {
		if _, there := known(item.Key); !there {
			merged.Members = append(merged.Members, item)
		}
	}
	return merged
}

func overlayValue(below, above document.Value, path string) document.Value {
	id, named := identities[path]
	switch {
	case above.Kind == document.Object && below.Kind == document.Object:
		return overlayObject(below, above, path)
	case above.Kind == document.Array && below.Kind == document.Array && named:
		return overlayList(below, above, path, id)
	default:
		return above
	}
}

func overlayList(below, above document.Value, path string, id identity) document.Value {
	merged := above
	merged.Members = slices.Clone(below.Members)
	find := counterparts(below.Members, id)
	for _, item := range above.Members {
		at := find(item.Value)
		switch {
		case at < 0:
			merged.Members = append(merged.Members, item)
		case id.whole:
			merged.Members[at] = item
		default:
			merged.Members[at].Value = overlayObject(below.Members[at].Value, item.Value, path+"/*")
		}
	}
	return merged
}

// counterparts finds the entry below that an entry above is about: that of its
// guid, else the first of its name that no other entry has taken. It is -1
// when there is none.
func counterparts(items []document.Field, id identity) func(above document.Value) int {
	guids, names := map[string][]int{}, map[string][]int{}
	for i, item := range items {
		guids[item.Value.TextOf("guid")] = append(guids[item.Value.TextOf("guid")], i)
		names[item.Value.TextOf(id.name)] = append(names[item.Value.TextOf(id.name)], i)
	}
	taken := make([]bool, len(items))
	return func(above document.Value) int {
		guid, name, owner := above.TextOf("guid"), above.TextOf(id.name), above.TextOf(id.owner)
		for _, i := range guids[guid] {
			if guid != "" && !taken[i] {
				taken[i] = true
				return i
			}
		}
		for _, i := range names[name] {
			other := items[i].Value.TextOf(id.owner)
			if name != "" && !taken[i] && (owner == "" || other == "" || owner == other) {
				taken[i] = true
				return i
			}
		}
		return -1
	}
}
