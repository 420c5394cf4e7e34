package state

import (
	"fmt"
	"slices"
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
	if d.CreatedAt.IsZero() {
		d.CreatedAt = v.App.CreatedAt
	}
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
	for _, app := range s.apps.table.all() {
		if d := app.droplet(guid); d != nil {
			if v, err := s.visibleApp(who, app.GUID); err == nil {
				return s.dropletView(v, *d), nil
			}
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
	apps := s.appOrder
	if app != "" {
		if _, err := s.visibleApp(who, app); err != nil {
			return nil, 0, err
		}
		apps = []string{app}
	}
	var all []DropletView
	for one := range s.appsOf(who, apps, func(a *App, space *Space) bool {
		return len(a.Droplets) > 0 && q.Match("app_guids", a.GUID) && q.Match("space_guids", space.GUID) &&
			q.Match("organization_guids", space.OrganizationGUID) && q.Match("states", Staged)
	}) {
		v := s.viewOfApp(one.GUID)
		for _, d := range v.App.Droplets {
			all = append(all, s.dropletView(v, d))
		}
	}
	list, total = paged(q, slices.Values(all), func(d DropletView) resource {
		return resource{guid: d.GUID, moments: moments{d.CreatedAt, d.CreatedAt}}
	})
	return list, total, nil
}
