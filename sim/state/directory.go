package state

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"example.com/capisim/sim/contract"
)

// directory finds apps, spaces and organizations, which neither come nor go. All
// forks of a load share one, which is made of the seed when it is first asked.
// Apps that are found in another way since then are their store's touched.
type directory struct {
	seed  Seed
	mixed bool // the order of some things depends on when they are loaded
	load  load // of times that must not stay open, or none

	made   sync.Once
	spaces *catalogue
	orgs   *catalogue
	mu     sync.Mutex // guards apps, which forks copy
	apps   *catalogue
}

func newDirectory(seed Seed) *directory {
	d := &directory{seed: seed}
	for _, open := range []openKeys{
		openKeysOf(seed.Apps, func(a *App) (created, updated time.Time) { return a.CreatedAt, a.UpdatedAt }),
		openKeysOf(seed.Spaces, func(s *Space) (created, updated time.Time) { return s.CreatedAt, s.UpdatedAt }),
		openKeysOf(seed.Organizations, func(o *Organization) (created, updated time.Time) { return o.CreatedAt, o.UpdatedAt }),
	} {
		d.mixed = d.mixed || open == mixed
	}
	return d
}

func (d *directory) make() {
	d.made.Do(func() {
		apps, spaces, orgs := make([]entry, len(d.seed.Apps)), make([]entry, len(d.seed.Spaces)), make([]entry, len(d.seed.Organizations))
		home := make(map[string]*Space, len(spaces))
		for i := range orgs {
			org := &d.seed.Organizations[i]
			orgs[i] = entry{resource: resourceOfOrganization(org), org: org.GUID}
		}
		for i := range spaces {
			space := &d.seed.Spaces[i]
			home[space.GUID], spaces[i] = space, entry{resource: resourceOfSpace(space), space: space.GUID, org: space.OrganizationGUID}
		}
		for i := range apps {
			apps[i] = entryOfApp(&d.seed.Apps[i], home[d.seed.Apps[i].SpaceGUID])
		}
		d.apps, d.spaces, d.orgs = d.catalogue(apps), d.catalogue(spaces), d.catalogue(orgs)
	})
}

// catalogue is one of what the seed holds.
func (d *directory) catalogue(all []entry) *catalogue {
	open := openKeysOf(all, func(e *entry) (created, updated time.Time) { return e.created, e.updated })
	if d.load != (load{}) {
		for i := range all {
			d.load.fill(&all[i].created, &all[i].updated)
		}
		open = noneOpen
	}
	return newCatalogue(d.load, open, all)
}

func resourceOfApp(app *App) resource {
	return resource{guid: app.GUID, name: app.Name, state: string(app.State), created: app.CreatedAt, updated: app.UpdatedAt, labels: app.Metadata.Labels}
}

func resourceOfSpace(space *Space) resource {
	return resource{guid: space.GUID, name: space.Name, created: space.CreatedAt, updated: space.UpdatedAt, labels: space.Metadata.Labels}
}

func resourceOfOrganization(org *Organization) resource {
	return resource{guid: org.GUID, name: org.Name, created: org.CreatedAt, updated: org.UpdatedAt, labels: org.Metadata.Labels}
}

func entryOfApp(app *App, space *Space) entry {
	return entry{resourceOfApp(app), space.GUID, space.OrganizationGUID, app.Stack}
}

// findable locks the store for a reader who looks for apps.
func (s *Store) findable() {
	for {
		s.mu.RLock()
		if s.touched.size == 0 {
			return
		}
		s.mu.RUnlock()
		s.mu.Lock()
		s.settle()
		s.mu.Unlock()
	}
}

// settle brings the catalogue of the apps up to date. It needs the write lock.
func (s *Store) settle() {
	if s.touched.size == 0 {
		return
	}
	if s.found == nil {
		s.shared.make()
		s.shared.mu.Lock()
		s.found = s.shared.apps.fork()
		s.shared.mu.Unlock()
		s.found.load = s.load
	}
	for guid, old := range s.touched.all() {
		next := s.apps.get(guid)
		if s.found.openKeys == allOpen && next.UpdatedAt.Before(s.load.created) {
			s.found = s.closed()
			break
		}
		space := s.spaces.table.get(next.SpaceGUID)
		was, is := entryOfApp(old, space), entryOfApp(next, space)
		s.found.move(&was, &is)
	}
	s.touched = table[*App]{}
}

// closed is a catalogue of the apps as they are, with the times of the load: one
// is older than that, as on a clock that was put back.
func (s *Store) closed() *catalogue {
	all := make([]entry, len(s.appOrder))
	for i, guid := range s.appOrder {
		app := s.apps.once(guid)
		all[i] = entryOfApp(app, s.spaces.table.get(app.SpaceGUID))
	}
	return newCatalogue(s.load, noneOpen, all)
}

// setApp stores a new version of an app.
func (s *Store) setApp(next *App) {
	old := s.apps.get(next.GUID)
	s.apps.set(next.GUID, next)
	if _, noted := s.touched.find(next.GUID); noted || old.Name == next.Name && old.State == next.State && old.Stack == next.Stack &&
		old.UpdatedAt.Equal(next.UpdatedAt) && slices.Equal(old.Metadata.Labels, next.Metadata.Labels) {
		return
	}
	s.touched.set(next.GUID, old)
}

// catalogues are those of apps, spaces and organizations as a reader finds them
// who made the apps findable.
func (s *Store) catalogues() (apps, spaces, orgs *catalogue) {
	d := s.shared
	d.make()
	of := func(c *catalogue) *catalogue {
		own := *c
		own.load = s.load
		return &own
	}
	if spaces, orgs = of(d.spaces), of(d.orgs); s.found != nil {
		return s.found, spaces, orgs
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return of(d.apps), spaces, orgs
}

// named are the apps that have one of these names. It is asked with the store
// locked, and with nothing touched.
func (s *Store) named(name string) (guids []string) {
	apps, _, _ := s.catalogues()
	for place := range apps.named(name).from(0, false) {
		guids = append(guids, s.appOrder[place])
	}
	return guids
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

// inPlaces narrows to what is in the spaces and organizations that a query names.
func (n *narrowing) inPlaces(c *catalogue, q contract.ResourceQuery) {
	n.toAny(&c.index, ofSpace, q.Filter("space_guids"))
	n.toAny(&c.index, ofOrg, q.Filter("organization_guids"))
}
