package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// OrFalse is a value in whose place false may stand: there is none.
type OrFalse[T any] struct {
	None  bool
	Value T
}

// DocumentValue is false or the value.
func (o OrFalse[T]) DocumentValue(m *document.Maker) (document.Value, error) {
	if o.None {
		return m.Part(false)
	}
	return m.Part(&o.Value)
}

// MarshalJSON writes false or the value.
func (o OrFalse[T]) MarshalJSON() ([]byte, error) { return document.MarshalJSON(o) }

// TakeValue reads false or the value.
func (o *OrFalse[T]) TakeValue(v document.Value) error {
	if o.None = v.Kind == document.Bool && v.Text == "false"; o.None {
		return nil
	}
	return v.Decode(&o.Value)
}

// UnmarshalJSON reads false or the value.
func (o *OrFalse[T]) UnmarshalJSON(raw []byte) error { return document.UnmarshalJSON(raw, o) }

// built says whether the app has a droplet.
func (a *App) built() bool { return a.Droplet == nil || !a.Droplet.None }

// built gives an app its droplets: those that are written out, else one that
// its buildpacks made.
func (d *draft) built(app *state.App, from App) {
	for i, droplet := range from.Droplets {
		droplet.GUID = cmp.Or(droplet.GUID, d.draw.of("droplet", app.GUID, strconv.Itoa(i)).UUID())
		droplet.CreatedAt, droplet.Stack = droplet.CreatedAt.UTC(), cmp.Or(droplet.Stack, app.Stack)
		if droplet.Buildpacks == nil {
			droplet.Buildpacks = app.Buildpacks
		}
		app.Droplets = append(app.Droplets, droplet)
	}
	if !from.built() {
		return
	}
	named := ""
	if from.Droplet != nil {
		named = from.Droplet.Value
	}
	if len(app.Droplets) == 0 {
		guid := cmp.Or(named, d.draw.of("droplet", app.GUID, "0").UUID())
		app.Droplets = []state.Droplet{{GUID: guid, Stack: app.Stack, Buildpacks: app.Buildpacks}}
	}
	app.DropletGUID = cmp.Or(named, app.Droplets[len(app.Droplets)-1].GUID)
}

// started gives an app its revisions, and its processes the one that they run.
// A started app that names none has a first one, under the guid that one of its
// processes knows it by.
func (d *draft) started(app *state.App, from App, written []Process, processes []state.Process) {
	app.RevisionsEnabled = from.Revisions == nil || !from.Revisions.None
	if r := from.Revisions; r != nil {
		for i, revision := range r.Value {
			revision.GUID = cmp.Or(revision.GUID, d.draw.of("revision", app.GUID, strconv.Itoa(i)).UUID())
			revision.Version = cmp.Or(revision.Version, i+1)
			revision.DropletGUID = cmp.Or(revision.DropletGUID, app.DropletGUID)
			revision.Description = cmp.Or(revision.Description, state.InitialRevision)
			revision.CreatedAt = revision.CreatedAt.UTC()
			switch {
			case revision.Commands == nil:
				revision.Commands = commandsOf(processes)
			case len(revision.Commands) == 0:
				revision.Commands = nil
			}
			app.Revisions = append(app.Revisions, revision)
		}
	}
	runs := app.State == state.Started && app.DropletGUID != "" && app.RevisionsEnabled
	for i := range processes {
		if guid := processes[i].RevisionGUID; guid != "" && app.RevisionsEnabled && !hasRevision(app, guid) {
			d.addRevision(app, guid, processes)
		}
	}
	if runs && len(app.Revisions) == 0 && (from.Revisions == nil || from.Revisions.Value == nil) {
		d.addRevision(app, d.draw.of("revision", app.GUID, "0").UUID(), processes)
	}
	if latest := app.Latest(); runs && latest != nil {
		for i := range processes {
			if processes[i].RevisionGUID == "" && !written[i].withoutRevision() {
				processes[i].RevisionGUID = latest.GUID
			}
		}
	}
}

func (d *draft) addRevision(app *state.App, guid string, processes []state.Process) {
	app.Revisions = append(app.Revisions, state.Revision{
		GUID: guid, Version: len(app.Revisions) + 1, DropletGUID: app.DropletGUID, Description: state.InitialRevision, Commands: commandsOf(processes),
	})
}

func hasRevision(app *state.App, guid string) bool {
	return slices.ContainsFunc(app.Revisions, func(r state.Revision) bool { return r.GUID == guid })
}

// commandsOf are the commands of processes by type, of several of one type the
// newest's.
func commandsOf(processes []state.Process) (list []state.Command) {
	for i, p := range processes {
		newer := slices.ContainsFunc(processes[i+1:], func(other state.Process) bool { return other.Type == p.Type })
		if !newer {
			list = append(list, state.Command{Type: p.Type, Command: p.Command})
		}
	}
	return list
}

func exportDroplets(app *state.App) (current *OrFalse[string], list []state.Droplet) {
	for _, droplet := range app.Droplets {
		droplet.Buildpacks = append([]string{}, droplet.Buildpacks...)
		list = append(list, droplet)
	}
	return &OrFalse[string]{None: app.DropletGUID == "", Value: app.DropletGUID}, list
}

func exportRevisions(app *state.App) *OrFalse[[]state.Revision] {
	out := &OrFalse[[]state.Revision]{None: !app.RevisionsEnabled, Value: []state.Revision{}}
	for _, r := range app.Revisions {
		r.Commands = append(state.Commands{}, r.Commands...)
		out.Value = append(out.Value, r)
	}
	return out
}

// built checks what the droplets and revisions of an app refer to. The maps
// hold the guids of all apps.
func (c *checker) built(app App, i int, droplets, revisions map[string]string) {
	known := newNames("droplet of the app")
	for j, droplet := range app.Droplets {
		c.unique(droplets, droplet.GUID, "guid", "apps", i, "droplets", j, "guid")
		known.add(j, droplet.GUID)
	}
	refer := func(guid string, steps ...any) {
		if _, message := known.find(guid); guid != "" && len(app.Droplets) > 0 && message != "" {
			c.report(message, append([]any{"apps", i}, steps...)...)
		}
	}
	if app.Droplet != nil {
		refer(app.Droplet.Value, "droplet")
	}
	if app.Revisions == nil {
		return
	}
	last := 0
	for j, revision := range app.Revisions.Value {
		c.unique(revisions, revision.GUID, "guid", "apps", i, "revisions", j, "guid")
		refer(revision.DropletGUID, "revisions", j, "droplet")
		version := cmp.Or(revision.Version, j+1)
		if version <= last {
			c.report(fmt.Sprintf("%d, expected more than the %d of the revision before", version, last), "apps", i, "revisions", j, "version")
		}
		last = version
	}
}
