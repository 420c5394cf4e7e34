package scenario

import (
	"cmp"
	"fmt"
	"slices"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// draft is the state of a scenario with everything drawn and only the times
// open: a zero time is one that derives from the load.
type draft struct {
	stop  *document.Stop
	left  error // of the stop
	doc   *Document
	draw  *drawer
	names directory
	seed  state.Seed
}

// newDraft draws the state of a checked and completed document. The error is that
// of stop.
func newDraft(stop *document.Stop, doc *Document) (*draft, error) {
	d := &draft{stop: stop, doc: doc, draw: newDrawer(doc.number()), names: newDirectory(doc)}
	d.seed = state.Seed{
		Number:          doc.number(),
		Variant:         doc.Variant,
		Tokens:          doc.Auth.Tokens,
		Lifecycle:       doc.Lifecycle.stored(),
		Features:        state.Features{AppScaling: true},
		StatsAvailable:  document.Or(doc.StatsAvailable, true),
		Platform:        doc.Platform,
		NetworkPolicies: doc.NetworkPolicies,
	}
	if !document.Or(doc.LogCacheAvailable, true) {
		d.seed.Platform.LogCache = state.PartDown
	}
	d.features()
	d.organizations()
	d.spaces()
	d.quotas()
	d.apps()
	d.users()
	d.audit()
	return d, d.left
}

func (d *draft) features() {
	if f := d.doc.Features; f != nil {
		d.seed.Features = state.Features{AppScaling: document.Or(f.AppScaling, true), AppScalingMessage: f.AppScalingMessage}
	}
}

func (d *draft) organizations() {
	for _, org := range d.doc.Organizations {
		org.GUID = cmp.Or(org.GUID, d.draw.of("organization", org.Name).UUID())
		org.CreatedAt, org.UpdatedAt = org.CreatedAt.UTC(), org.UpdatedAt.UTC()
		d.seed.Organizations = append(d.seed.Organizations, org)
	}
}

func (d *draft) spaces() {
	for _, space := range d.doc.Spaces {
		at, _ := d.names.organization(space.Organization)
		org := d.seed.Organizations[at]
		d.seed.Spaces = append(d.seed.Spaces, state.Space{
			Name:             space.Name,
			GUID:             cmp.Or(space.GUID, d.draw.of("space", org.Name, space.Name).UUID()),
			OrganizationGUID: org.GUID,
			CreatedAt:        space.CreatedAt.UTC(),
			UpdatedAt:        space.UpdatedAt.UTC(),
			Suspended:        space.Suspended,
			Deleting:         space.Deleting,
			IsolationSegment: space.IsolationSegment,
			Metadata:         space.Metadata,
		})
	}
}

func (d *draft) quotas() {
	if d.doc.Quotas == nil {
		return
	}
	for name, quota := range d.doc.Quotas.Organizations {
		at, _ := d.names.organization(name)
		d.seed.Organizations[at].Quota = &quota
	}
	for name, quota := range d.doc.Quotas.Spaces {
		at, _ := d.names.space(name)
		d.seed.Spaces[at].Quota = &quota
	}
}

// apps makes the apps that are written out and, after them, the generated
// ones, which are dealt to the spaces in turn.
func (d *draft) apps() {
	apps, processes := len(d.doc.Apps), 0
	for i := range d.doc.Apps {
		processes += max(1, len(d.doc.Apps[i].Processes))
		if d.doc.Apps[i].Deploying {
			processes++ // beside the one there is
		}
	}
	if g := d.doc.Generate; g != nil {
		apps, processes = apps+g.Apps, processes+g.Apps*len(g.types())
	}
	d.seed.Apps, d.seed.Processes = slices.Grow(d.seed.Apps, apps), slices.Grow(d.seed.Processes, processes)
	orders := make([]int, 0, processes)
	for i, app := range d.doc.Apps {
		if d.left = d.stop.Step(); d.left != nil {
			return
		}
		at, _ := d.names.space(app.Space)
		orders = append(orders, d.app(app, at, fmt.Sprint(i))...)
	}
	if g := d.doc.Generate; g != nil {
		processes := make([]Process, 0, len(g.types()))
		for i := range g.Apps {
			if d.left = d.stop.Step(); d.left != nil {
				return
			}
			d.app(g.app(d.draw, i, processes), i%len(d.seed.Spaces), "")
		}
	}
	d.reorder(orders)
}

// reorder brings processes into the order of creation that an exported world
// wrote down; without one it is that of the file.
func (d *draft) reorder(orders []int) {
	if !slices.ContainsFunc(orders, func(order int) bool { return order > 0 }) {
		return
	}
	type placed struct {
		process state.Process
		order   int
	}
	list := make([]placed, len(d.seed.Processes))
	for i, process := range d.seed.Processes {
		list[i] = placed{process: process}
		if i < len(orders) {
			list[i].order = orders[i]
		}
	}
	slices.SortStableFunc(list, func(a, b placed) int {
		if (a.order == 0) != (b.order == 0) { // those without come last
			return cmp.Compare(b.order, a.order)
		}
		return cmp.Compare(a.order, b.order)
	})
	for i := range list {
		d.seed.Processes[i] = list[i].process
	}
}

// app makes one app and its processes and returns the order of creation that
// is written at each of them. The place names an app that has no name.
func (d *draft) app(app App, space int, place string) (orders []int) {
	home := &d.seed.Spaces[space]
	f := d.draw.of("app", home.Name, cmp.Or(app.Name, place))
	guid := cmp.Or(app.GUID, f.UUID())
	kind := runtimeOf(app.Buildpacks, f.Rand)
	if app.Name == "" {
		app.Name = f.name(place)
	}
	d.seed.Apps = append(d.seed.Apps, state.App{
		Name:       app.Name,
		GUID:       guid,
		SpaceGUID:  home.GUID,
		State:      app.state(),
		CreatedAt:  app.CreatedAt.UTC(),
		UpdatedAt:  app.UpdatedAt.UTC(),
		Buildpacks: app.Buildpacks,
		Stack:      cmp.Or(app.Stack, contract.DefaultStack),
		Metadata:   app.Metadata,
	})
	made := &d.seed.Apps[len(d.seed.Apps)-1]
	if made.Buildpacks == nil {
		made.Buildpacks = kind.buildpacks
	}
	d.built(made, app)

	processes := app.Processes
	if processes == nil {
		processes = []Process{{Type: webType}}
	}
	first := len(d.seed.Processes)
	for _, process := range processes {
		d.left = d.stop.Step()
		d.seed.Processes = append(d.seed.Processes, d.process(process, made, kind))
		orders = append(orders, process.Order)
	}
	d.started(made, app, processes, d.seed.Processes[first:])
	if second := d.deployments(made, app, d.seed.Processes[first:]); second != nil {
		d.seed.Processes = append(d.seed.Processes, *second)
		orders = append(orders, 0)
	}
	return orders
}

// state is what the app is desired to be: started, unless there is nothing to
// start.
func (a *App) state() state.AppState {
	switch {
	case a.State != "":
		return a.State
	case !a.built():
		return state.Stopped
	}
	return state.Started
}

func (d *draft) users() {
	for _, user := range d.doc.Auth.Users {
		if d.left = d.stop.Step(); d.left != nil {
			return
		}
		made := state.User{
			Name:     user.Name,
			GUID:     cmp.Or(user.GUID, d.draw.of("user", user.Name).UUID()),
			Password: document.Or(user.Password, user.Name),
			Origin:   user.Origin,
			Scopes:   user.Scopes,
			Client:   user.Client,
		}
		if made.Origin == "" && !user.Client {
			made.Origin = "uaa"
		}
		if made.Scopes == nil {
			made.Scopes = []string{state.ScopeRead, state.ScopeWrite}
		}
		for _, role := range user.Roles {
			made.Grants = append(made.Grants, d.grant(role))
		}
		d.seed.Users = append(d.seed.Users, made)
	}
}

func (d *draft) grant(role Role) state.Grant {
	if role.inSpace() {
		at, _ := d.names.space(role.Space)
		return state.Grant{Role: role.Role, SpaceGUID: d.seed.Spaces[at].GUID}
	}
	at, _ := d.names.organization(role.Organization)
	return state.Grant{Role: role.inFull(), OrganizationGUID: d.seed.Organizations[at].GUID}
}
