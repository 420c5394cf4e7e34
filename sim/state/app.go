package state

import (
	"slices"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// AppState is the desired state of an app.
type AppState string

// The two states an app can be asked to be in.
const (
	Started AppState = "STARTED"
	Stopped AppState = "STOPPED"
)

// App owns processes.
type App struct {
	GUID, Name string
	SpaceGUID  string
	State      AppState
	CreatedAt  time.Time
	UpdatedAt  time.Time
	Buildpacks []string
	Stack      string
	Metadata   contract.Metadata

	Droplets         []Droplet  // oldest first
	DropletGUID      string     // of the current one, "" for none
	Revisions        []Revision // oldest first
	RevisionsEnabled bool       // starts make revisions
	// Deploying says that a deployment is in flight: the web process cannot be
	// updated or scaled (§3, step 9).
	Deploying bool
}

// buildpackLifecycle is the only one that apps have here.
const buildpackLifecycle = "buildpack"

// Apps lists the apps that a viewer may see.
func (s *Store) Apps(who Viewer, q contract.ResourceQuery) Page {
	s.findable()
	defer s.mu.RUnlock()
	if q.OrderBy == "" && who.ReadsAll() && q.Unfiltered() { // needs no catalogue
		guids, total := cut(q.ListQuery, s.appOrder)
		return Page{Views: s.viewsOfApps(guids), Total: total}
	}
	apps, _, _ := s.catalogues()
	n := apps.narrowed(q)
	n.inPlaces(apps, q)
	n.toAny(&apps.index, ofStack, q.Filter("stacks"))
	if !q.Match("lifecycle_type", buildpackLifecycle) {
		n.to(nil)
	}
	if !who.ReadsAll() {
		n.to(apps.readable(who))
	}
	places, total := apps.page(q, n, func(place uint64) resource {
		return resourceOfApp(s.apps.once(s.appOrder[place]))
	})
	guids := make([]string, len(places))
	for i, place := range places {
		guids[i] = s.appOrder[place]
	}
	return Page{Views: s.viewsOfApps(guids), Total: total}
}

func (s *Store) viewsOfApps(guids []string) []View {
	views := make([]View, len(guids))
	for i, guid := range guids {
		views[i] = s.viewOfApp(guid)
	}
	return views
}

// App finds an app by its guid, without judging whether anyone may see it.
func (s *Store) App(guid string) (*App, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	app, ok := s.apps.find(guid)
	return app, ok
}

// AppsNamed finds the apps that have this guid or, when none has, this name.
func (s *Store) AppsNamed(name string) []*App {
	s.findable()
	defer s.mu.RUnlock()
	if app, ok := s.apps.find(name); ok {
		return []*App{app}
	}
	var found []*App
	for _, guid := range s.named(name) {
		if app := s.apps.get(guid); app.Name == name {
			found = append(found, app)
		}
	}
	return found
}

// VisibleApp finds an app for a reader. The error is contract.AppNotFound.
func (s *Store) VisibleApp(who Viewer, guid string) (View, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.visibleApp(who, guid)
}

func (s *Store) visibleApp(who Viewer, guid string) (View, error) {
	v := s.peek(Ref{AppGUID: guid})
	if v.App == nil || !who.canRead(v.Space) {
		return View{}, contract.AppNotFound
	}
	return v, nil
}

// writableApp finds an app for someone who wants to change it. With manage the
// change is a start or a stop, which supporters may make as they may with
// processes (§15); the app itself they may not change.
func (s *Store) writableApp(who Viewer, guid string, manage bool) (View, error) {
	who = s.renewed(who)
	v, err := s.visibleApp(who, guid)
	if err != nil {
		return v, err
	}
	if !manage && !who.Admin() && !who.User.holds(SpaceDeveloper, v.Space.GUID) {
		return v, contract.NotAuthorized
	}
	return v, who.writable(v.Space, v.Organization)
}

// UpdateApp carries out a PATCH of an app, in one step as UpdateProcess does.
// Other than there the body is looked at before the app is looked for. The last
// errors are those of the storage layer: limits of metadata, then the name.
func (s *Store) UpdateApp(now time.Time, who Viewer, guid string, body contract.Body) (View, error) {
	update, err := contract.CheckAppUpdate(body)
	if err != nil {
		return View{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.writableApp(who, guid, false)
	if err != nil {
		return v, err
	}
	if v.App, err = s.updated(v.App, now, update); err != nil {
		return v, err
	}
	s.setApp(v.App)
	if update.Name.Set { // the processes carry the name in their metrics (app/actions/app_update.rb)
		for _, process := range s.byApp.get(guid) {
			next := *s.processes.get(process)
			next.UpdatedAt = now
			s.put(&next)
		}
	}
	s.audit(who, v, Event{Type: AppUpdated, At: now, Data: asked(body)})
	return v, nil
}

// updated is the next version of an app.
func (s *Store) updated(app *App, now time.Time, u contract.AppUpdate) (*App, error) {
	kind := u.LifecycleType
	if !kind.Set || kind.Value == buildpackLifecycle {
		if err := s.checkLifecycle(app, u); err != nil {
			return app, err
		}
	} else {
		return app, contract.LifecycleChanged(buildpackLifecycle, kind.Value)
	}
	next := *app
	next.UpdatedAt = now
	next.Metadata = app.Metadata.Merge(u.Metadata)
	if err := contract.CheckLimits(app.Metadata, next.Metadata, u.Metadata); err != nil {
		return app, err
	}
	if u.Name.Set {
		name, err := s.freeName(app, u.Name.Value)
		if err != nil {
			return app, err
		}
		next.Name = name
	}
	next.Buildpacks, next.Stack = u.Buildpacks.Or(next.Buildpacks), u.Stack.Or(next.Stack)
	return &next, nil
}

// checkLifecycle refuses a stack and buildpacks that are not there
// (lib/cloud_controller/diego/lifecycles/buildpack_lifecycle_data_validator.rb).
// What an app of the world has is there.
func (s *Store) checkLifecycle(app *App, u contract.AppUpdate) error {
	if !u.Stack.Set && len(u.Buildpacks.Value) == 0 {
		return nil
	}
	stack := u.Stack.Or(app.Stack)
	known := stack == "" || stack == contract.DefaultStack
	buildpacks := slices.Clone(contract.Buildpacks)
	for _, other := range s.apps.table.all() {
		known = known || other.Stack == stack
		buildpacks = append(buildpacks, other.Buildpacks...)
	}
	var problems []string
	for _, name := range u.Buildpacks.Value {
		if !slices.Contains(buildpacks, name) && !contract.BuildpackURI(name) {
			problems = append(problems, contract.BuildpackUnknown(name, stack, known))
		}
	}
	if !known {
		problems = append(problems, contract.StackUnknown)
	}
	if len(problems) == 0 {
		return nil
	}
	return contract.ModelErrors(problems)
}

// freeName checks a new name of an app: no other app of its space has it.
func (s *Store) freeName(app *App, name string) (string, error) {
	name, err := contract.AppName(name)
	if err != nil {
		return "", err
	}
	s.settle()
	for _, guid := range s.named(name) {
		if other := s.apps.table.get(guid); guid != app.GUID && other.SpaceGUID == app.SpaceGUID && strings.EqualFold(other.Name, name) {
			return "", contract.AppNameTaken(name)
		}
	}
	return name, nil
}

// WritableApp finds an app for someone who would change it.
func (s *Store) WritableApp(who Viewer, guid string) (View, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.writableApp(who, guid, true)
}

// AppChange is what an admin changes of an app; nil leaves a part as it is.
type AppChange struct {
	State     *AppState
	Deploying *bool
}

// ForceApp changes an app without asking quotas. An app that comes to STARTED
// places the instances of its processes anew and gives them new versions (§10).
// One that is deploying has a deployment that stands still until it is called
// off.
// The error is contract.AppNotFound.
func (s *Store) ForceApp(now time.Time, guid string, change AppChange) (*App, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.apps.find(guid)
	if !ok {
		return nil, contract.AppNotFound
	}
	next := *old
	next.State = document.Or(change.State, next.State)
	if next.State != old.State {
		next.UpdatedAt = now
		if next.State == Started {
			s.revise(now, &next)
		}
		s.setApp(&next)
		s.turn(&next, old.State, now)
	}
	switch {
	case change.Deploying == nil || *change.Deploying == old.Deploying:
	case *change.Deploying:
		s.holdDeployment(now, s.viewOfApp(guid))
	default:
		s.callOff(now, guid)
	}
	return s.apps.get(guid), nil
}
