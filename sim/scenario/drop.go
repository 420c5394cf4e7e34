package scenario

import (
	"fmt"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
)

// droppable is a kind of things that a scenario may leave out of the one that it
// extends.
type droppable struct {
	key, noun string
	paths     [][]string // of the lists and maps that have them
	names     []string   // keys of what an entry of a list goes by
}

var droppables = []droppable{
	{"organizations", "organization", [][]string{{"organizations"}}, []string{"name", "guid"}},
	{"spaces", "space", [][]string{{"spaces"}}, []string{"name", "guid"}},
	{"apps", "app", [][]string{{"apps"}}, []string{"name", "guid"}},
	{"processes", "process", [][]string{{"apps", "*", "processes"}}, []string{"type", "guid"}},
	{"users", "user", [][]string{{"auth", "users"}}, []string{"name", "guid"}},
	{"tokens", "token", [][]string{{"auth", "tokens"}}, nil},
	{"quotas", "quota", [][]string{{"quotas", "organizations"}, {"quotas", "spaces"}}, nil},
	{"faults", "fault rule", [][]string{{"faults"}}, []string{"id"}},
}

// without is what a scenario takes over from the one below it. What it drops has
// to be there.
func without(below document.Value, above document.Value) (document.Value, document.Violations) {
	wish, _ := above.Get("drop")
	var found document.Violations
	for _, kind := range droppables {
		list, _ := wish.Get(kind.key)
		if len(list.Members) == 0 {
			continue
		}
		met := make(map[string]bool, len(list.Members))
		for _, named := range list.Members {
			met[named.Value.Text] = false
		}
		var known, gone []string
		below, known, gone = kind.leftOut(below, met)
		for i, named := range list.Members {
			if !met[named.Value.Text] && len(found) <= document.Told {
				found = append(found, document.Violation{Pointer: document.Pointer("drop", kind.key, i),
					Message: fmt.Sprintf("%s, the scenario that this one extends has no such %s%s", document.Quote(named.Value.Text), kind.noun,
						document.DidYouMean(named.Value.Text, known))})
			}
		}
		if kind.key == "users" {
			below = withoutTokensOf(below, gone)
		}
	}
	return below, found
}

// leftOut is a scenario without the entries that go by one of some names, which
// are marked as met, and the first names of all entries and of those.
func (d droppable) leftOut(below document.Value, met map[string]bool) (rest document.Value, known, gone []string) {
	for _, path := range d.paths {
		below = changed(below, "", path, func(v document.Value, at string) document.Value {
			prefix := ""
			if d.key == "processes" { // each app has a list of them
				app, _ := below.Find(strings.TrimSuffix(at, "/processes"))
				prefix = app.TextOf("name") + "/"
			}
			v.Members = slices.DeleteFunc(slices.Clone(v.Members), func(m document.Field) (wanted bool) {
				all := d.namesOf(m, prefix)
				known = append(known, all[0])
				for _, name := range all {
					if _, wished := met[name]; wished {
						met[name], wanted = true, true
					}
				}
				if wanted {
					gone = append(gone, all[0])
				}
				return wanted
			})
			return v
		})
	}
	return below, known, gone
}

// namesOf are the names of an entry, that of people first.
func (d droppable) namesOf(m document.Field, prefix string) []string {
	if d.names == nil {
		return []string{m.Key}
	}
	all := []string{prefix + m.Value.TextOf(d.names[0])}
	if d.key == "processes" && m.Value.TextOf("type") == "" {
		all[0] = prefix + webType
	}
	for _, key := range d.names[1:] {
		if name := m.Value.TextOf(key); name != "" {
			all = append(all, name)
		}
	}
	return all
}

// withoutTokensOf leaves out the tokens of users who are not there any more.
func withoutTokensOf(root document.Value, users []string) document.Value {
	return changed(root, "", []string{"auth", "tokens"}, func(v document.Value, _ string) document.Value {
		v.Members = slices.DeleteFunc(slices.Clone(v.Members), func(m document.Field) bool { return slices.Contains(users, m.Value.Text) })
		return v
	})
}
