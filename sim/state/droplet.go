package state

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
)

// Droplet is what an app was built into.
type Droplet struct {
	GUID       string    `json:"guid,omitempty"`
	CreatedAt  time.Time `json:"created_at,omitzero"` // the zero time: when its app was
	Stack      string    `json:"stack,omitempty"`
	Buildpacks []string  `json:"buildpacks,omitzero"`
}

// droplet finds a droplet of the app, nil when it has none of that guid.
func (a *App) droplet(guid string) *Droplet {
	for i := range a.Droplets {
		if a.Droplets[i].GUID == guid {
			return &a.Droplets[i]
		}
	}
	return nil
}

// DropletView is a droplet as an answer shows it.
type DropletView struct {
	Droplet
	View
	Commands []Command // that the build found, by process type
	Checksum string    // SHA-256
}

// Buildpack is a buildpack that made a droplet.
type Buildpack struct{ Name, Detected, Version string }

func (s *Store) dropletView(v View, d Droplet) DropletView {
	d.CreatedAt = cmp.Or(d.CreatedAt, v.App.CreatedAt)
	view := DropletView{Droplet: d, View: v}
	for _, guid := range s.byApp.get(v.App.GUID) {
		if p := s.processes.get(guid); p.DetectedCommand != "" && p == s.newest(v.App.GUID, p.Type) {
			view.Commands = append(view.Commands, Command{p.Type, &p.DetectedCommand})
		}
	}
	sum := newStream(v.settings.Number, d.GUID, dropletDraw, 0)
	view.Checksum = fmt.Sprintf("%016x%016x%016x%016x", sum.Uint64(), sum.Uint64(), sum.Uint64(), sum.Uint64())
	return view
}

// BuiltBy tells the buildpacks of a droplet, with what they found and the
// release that did.
func (d DropletView) BuiltBy() (list []Buildpack) {
	for i, name := range d.Buildpacks {
		release := newStream(d.settings.Number, name, dropletDraw, i)
		version := fmt.Sprintf("1.%d.%d", release.Uint64()%90, release.Uint64()%60)
		list = append(list, Buildpack{name, strings.TrimSuffix(name, "_buildpack"), version})
	}
	return list
}

// AssignDroplet makes a droplet of the app the one that its next start runs. An
// empty guid is one that is not there. Like StartApp it is one step.
func (s *Store) AssignDroplet(now time.Time, who Viewer, app, droplet string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.writableApp(who, app, true)
	switch {
	case err != nil:
		return err
	case v.App.droplet(droplet) == nil:
		return contract.DropletNotAssigned
	case v.App.DropletGUID == droplet:
		return nil
	}
	next := *v.App
	next.DropletGUID, next.UpdatedAt = droplet, now
	s.setApp(&next)
	return nil
}

// CurrentDroplet finds the droplet that an app is started with. The errors are
// contract.AppNotFound and contract.DropletNotFound.
func (s *Store) CurrentDroplet(who Viewer, app string) (DropletView, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, err := s.visibleApp(who, app)
	if err != nil {
		return DropletView{}, err
	}
	if d := v.App.droplet(v.App.DropletGUID); d != nil {
		return s.dropletView(v, *d), nil
	}
	return DropletView{}, contract.DropletNotFound
}

// Droplet finds a droplet by its guid. The error is contract.DropletNotFound.
func (s *Store) Droplet(who Viewer, guid string) (DropletView, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := s.droplets()
	if place, known := all.places.find(guid); known {
		app, droplet := all.of(s, uint64(place))
		if v, err := s.visibleApp(who, app.GUID); err == nil {
			return s.dropletView(v, *droplet), nil
		}
	}
	return DropletView{}, contract.DropletNotFound
}

// Staged is the state of every droplet: what failed to be built is not known
// here.
const Staged = "STAGED"

// Droplets lists the droplets that a viewer may see, with app given those of
// that app. The error is contract.AppNotFound.
func (s *Store) Droplets(who Viewer, app string, q contract.ResourceQuery) (list []DropletView, total int, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := s.droplets()
	n := all.narrowed(q)
	n.inPlaces(all.catalogue, q)
	if app != "" {
		if _, err := s.visibleApp(who, app); err != nil {
			return nil, 0, err
		}
		n.to(all.ofApps(s, app))
	}
	if apps := q.Filter("app_guids"); apps.Set {
		n.to(all.ofApps(s, apps.Values...))
	}
	if !q.Match("states", Staged) {
		n.to(nil)
	}
	if !who.ReadsAll() {
		n.to(all.readable(who))
	}
	places, total := all.page(q, n, func(place uint64) resource { return resourceOfDroplet(all.of(s, place)) })
	for _, place := range places {
		app, droplet := all.of(s, place)
		list = append(list, s.dropletView(s.viewOfApp(app.GUID), *droplet))
	}
	return list, total, nil
}

// droplets finds those of all apps, which neither come nor go.
type droplets struct {
	*catalogue
	at []dropletPlace // in order of creation of the apps, then of their own
}

type dropletPlace struct{ app, at uint32 }

// droplets are made when they are first asked for.
func (s *Store) droplets() *droplets {
	return s.Memo("droplets", func() any {
		var d droplets
		for i, guid := range s.appOrder {
			for k := range s.apps.table.get(guid).Droplets {
				d.at = append(d.at, dropletPlace{uint32(i), uint32(k)})
			}
		}
		d.catalogue = newCatalogue(load{}, len(d.at),
			func(i int) resource { return resourceOfDroplet(d.of(s, uint64(i))) },
			func(own []attribute, i int) []attribute {
				app, _ := d.of(s, uint64(i))
				return in(own, s.spaces.table.get(app.SpaceGUID))
			})
		return &d
	}).(*droplets)
}

// of is the droplet at a place in the order of creation, with its app.
func (d *droplets) of(s *Store, place uint64) (*App, *Droplet) {
	at := d.at[place]
	app := s.apps.once(s.appOrder[at.app])
	return app, &app.Droplets[at.at]
}

// ofApps are the places of the droplets of some apps.
func (d *droplets) ofApps(s *Store, guids ...string) (found ids) {
	for _, guid := range guids {
		if app := s.apps.table.get(guid); app != nil {
			for i := range app.Droplets {
				found.add(uint64(d.places.get(app.Droplets[i].GUID)))
			}
		}
	}
	return found
}

func resourceOfDroplet(app *App, d *Droplet) resource {
	created := cmp.Or(d.CreatedAt, app.CreatedAt)
	return resource{guid: d.GUID, moments: moments{created, created}}
}
