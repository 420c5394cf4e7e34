package state

import (
	"slices"
	"strings"
	"sync"
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
	mu     sync.Mutex // guards apps and timed, which forks copy
	apps   *catalogue
	timed  index // of the processes, by time alone; guarded by mu
}

func newDirectory(seed Seed) *directory {
	d := &directory{seed: seed}
	for _, open := range []openKeys{
		openKeysOf(len(seed.Apps), func(i int) moments { return seed.Apps[i].moments() }),
		openKeysOf(len(seed.Spaces), func(i int) moments { return seed.Spaces[i].moments() }),
		openKeysOf(len(seed.Organizations), func(i int) moments { return seed.Organizations[i].moments() }),
		openKeysOf(len(seed.Processes), func(i int) moments { return seed.Processes[i].moments() }),
	} {
		d.mixed = d.mixed || open == mixed
	}
	return d
}

func (d *directory) make() {
	d.made.Do(func() {
		home := make(map[string]*Space, len(d.seed.Spaces))
		for i := range d.seed.Spaces {
			home[d.seed.Spaces[i].GUID] = &d.seed.Spaces[i]
		}
		d.orgs = newCatalogue(d.load, len(d.seed.Organizations),
			func(i int) resource { return resourceOfOrganization(&d.seed.Organizations[i]) },
			func(own []attribute, i int) []attribute {
				return append(own, attribute{ofOrg, d.seed.Organizations[i].GUID, ""})
			}, "name")
		d.spaces = newCatalogue(d.load, len(d.seed.Spaces),
			func(i int) resource { return resourceOfSpace(&d.seed.Spaces[i]) },
			func(own []attribute, i int) []attribute { return in(own, &d.seed.Spaces[i]) }, "name")
		d.apps = newCatalogue(d.load, len(d.seed.Apps),
			func(i int) resource { return resourceOfApp(&d.seed.Apps[i]) },
			func(own []attribute, i int) []attribute {
				return attributesOfApp(own, &d.seed.Apps[i], home[d.seed.Apps[i].SpaceGUID])
			}, "name", "state")
	})
}

// times are the indexes by time of the processes, for a store that may change them.
func (d *directory) times() index {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed.byCreated == nil {
		d.timed.date(len(d.seed.Processes), func(i int) (uint64, string, moments) {
			p := &d.seed.Processes[i]
			return p.serial, p.GUID, d.load.dated(p.moments())
		})
	}
	return d.timed.fork()
}

func resourceOfApp(app *App) resource {
	return resource{guid: app.GUID, name: app.Name, state: string(app.State), moments: app.moments(), labels: app.Metadata.Labels}
}

func resourceOfSpace(space *Space) resource {
	return resource{guid: space.GUID, name: space.Name, moments: space.moments(), labels: space.Metadata.Labels}
}

func resourceOfOrganization(org *Organization) resource {
	return resource{guid: org.GUID, name: org.Name, moments: org.moments(), labels: org.Metadata.Labels}
}

func attributesOfApp(own []attribute, app *App, space *Space) []attribute {
	return append(in(own, space), attribute{ofStack, app.Stack, ""})
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
		if s.found.outrun(next.moments()) {
			s.found = s.closed()
			break
		}
		space := s.spaces.table.get(next.SpaceGUID)
		s.found.move(resourceOfApp(old), resourceOfApp(next), attributesOfApp(nil, old, space), attributesOfApp(nil, next, space))
	}
	s.touched = table[*App]{}
}

// closed is a catalogue of the apps as they are, with the times of the load: one
// is older than that, as on a clock that was put back.
func (s *Store) closed() *catalogue {
	app := func(i int) *App { return s.apps.once(s.appOrder[i]) }
	return newCatalogue(s.load, len(s.appOrder),
		func(i int) resource { return resourceOfApp(app(i)) },
		func(own []attribute, i int) []attribute {
			return attributesOfApp(own, app(i), s.spaces.table.get(app(i).SpaceGUID))
		}, "name", "state")
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
