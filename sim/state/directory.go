package state

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"example.com/capisim/sim/contract"
)

// directory finds apps. Apps neither come nor go and stay in their spaces, so all
// forks of a store share one, which is made when it is first asked. Its names are
// those of the seed: whoever changes one asks it before, and notes the app in its
// store's renamed.
type directory struct {
	made    sync.Once
	places  map[string]int      // in the order of creation, by guid
	bySpace map[string][]string // guids in that order
	byName  map[string][]string // the same, the name folded
}

// directory must be asked with the store locked.
func (s *Store) directory() *directory {
	d := s.shared
	d.made.Do(func() {
		d.places = make(map[string]int, len(s.appOrder))
		d.bySpace, d.byName = map[string][]string{}, make(map[string][]string, len(s.appOrder))
		for i, guid := range s.appOrder {
			app := s.apps.table.get(guid)
			d.places[guid] = i
			d.bySpace[app.SpaceGUID] = append(d.bySpace[app.SpaceGUID], guid)
			name := folded(app.Name)
			d.byName[name] = append(d.byName[name], guid)
		}
	})
	return d
}

// folded is the same for all names that differ in case alone.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, name)
}

// inOrder are the apps among some guids, each once, in the order of creation.
func (d *directory) inOrder(guids []string) []string {
	known := slices.DeleteFunc(slices.Clone(guids), func(guid string) bool {
		_, ok := d.places[guid]
		return !ok
	})
	slices.SortFunc(known, func(a, b string) int { return cmp.Compare(d.places[a], d.places[b]) })
	return slices.Compact(known)
}

// named are the apps that may have one of these names.
func (s *Store) named(names ...string) []string {
	d, found := s.directory(), slices.Clone(s.renamed)
	for _, name := range names {
		found = append(found, d.byName[folded(name)]...)
	}
	return d.inOrder(found)
}

// among are the apps that a viewer's query can find, by the narrowest filter
// that has an index; which of them pass is to be asked.
func (s *Store) among(who Viewer, q contract.ResourceQuery) []string {
	names := q.Filter("names")
	switch {
	case q.GUIDs.Set:
		return s.directory().inOrder(q.GUIDs.Values)
	case names.Set:
		return s.named(names.Values...)
	case who.ReadsAll() && !q.Filter("space_guids").Set && !q.Filter("organization_guids").Set:
		return s.appOrder
	}
	d := s.directory()
	var found []string
	for _, guid := range s.spaceOrd {
		space := s.spaces.table.get(guid)
		if q.Match("space_guids", guid) && q.Match("organization_guids", space.OrganizationGUID) && who.canRead(space) {
			found = append(found, d.bySpace[guid]...)
		}
	}
	return d.inOrder(found)
}
