package admin

import (
	"errors"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

// ProcessView is a process in the scenario form, which is also what PUT takes.
type ProcessView struct {
	App string `json:"app"` // guid
	scenario.Process
}

func processView(v state.View) ProcessView {
	doc := scenario.FromState(state.New(alone(v)), &scenario.Scenario{Name: "process"})
	return ProcessView{App: v.App.GUID, Process: doc.Apps[0].Processes[0]}
}

// alone is a state with nothing but one process and what it hangs on.
func alone(v state.View) state.Seed {
	return state.Seed{
		Organizations: []state.Organization{*v.Organization}, Spaces: []state.Space{*v.Space},
		Apps: []state.App{*v.App}, Processes: []state.Process{*v.Process},
	}
}

func (c *call) getProcess() (reply, error) {
	v := c.snap.State.Peek(state.Ref{GUID: c.params["guid"]})
	if v.Process == nil {
		return reply{}, noProcess(c.params["guid"])
	}
	return ok(processView(v)), nil
}

func noProcess(guid string) error { return notFound("no process %q", guid) }

func (c *call) deleteProcess() (reply, error) {
	if !c.snap.State.DeleteProcess(c.params["guid"]) {
		return reply{}, noProcess(c.params["guid"])
	}
	c.changed(stateEvent)
	return deleted(), nil
}

// patchProcess merges the body into the process: objects key by key, lists and
// values as a whole; null takes a field back to what it is when left out, and
// makes a disk null and a revision none. updated_at moves unless the body names it.
func (c *call) patchProcess() (reply, error) { return c.force(true) }

// putProcess replaces the process by the body, or creates it. What the body
// leaves out is as in a scenario file; a process that exists keeps its app when
// the body names none.
func (c *call) putProcess() (reply, error) { return c.force(false) }

func (c *call) force(merge bool) (reply, error) {
	o, err := c.object(maxBody).read()
	if err != nil {
		return reply{}, err
	}
	guid := c.params["guid"]
	for {
		v := c.snap.State.Peek(state.Ref{GUID: guid})
		if v.Process == nil && merge {
			return reply{}, noProcess(guid)
		}
		next, err := c.forced(o.value, v, merge)
		if err != nil {
			return reply{}, err
		}
		stored, err := c.snap.State.ReplaceProcess(c.now, v.Process, *next)
		switch {
		case errors.Is(err, state.ErrChanged): // a client was faster: look again
			if err := c.request.Context().Err(); err != nil {
				return reply{}, err
			}
			continue
		case errors.Is(err, state.ErrTaken):
			return reply{}, invalid("/guid", "%q, expected a guid that no other process has", next.Process.GUID)
		case err != nil:
			return reply{}, err
		}
		c.changed(stateEvent)
		c.params["guid"] = stored.GUID
		return c.getProcess()
	}
}

// forced works out what a process shall be. The reader of scenario files does
// the checking: the process is shown to it in a document of its own.
func (c *call) forced(body document.Value, v state.View, merge bool) (*state.Replacement, error) {
	app, body, err := c.home(body, v)
	if err != nil {
		return nil, err
	}
	full := body
	now := c.now
	if merge {
		full = document.Merge(base(body, v), body, "disk_in_mb", "revision")
		if _, named := body.Get("updated_at"); !named {
			full = full.With("updated_at", valueOf(now.UTC().Truncate(time.Second)))
		}
	}
	if full, err = c.identified(full, v); err != nil {
		return nil, err
	}
	made, err := c.check(full, app, now)
	if err != nil {
		return nil, err
	}
	_, history := body.Get("history")
	_, forced := body.Get("forced")
	return &state.Replacement{Process: *made, KeepHistory: merge && !history, KeepForced: merge && !forced}, nil
}

// identified gives a process that is put the guid of the path.
func (c *call) identified(full document.Value, v state.View) (document.Value, error) {
	guid, named := full.Get("guid")
	path := document.Text(c.params["guid"])
	switch {
	case !named:
		full = full.With("guid", path)
	case v.Process == nil && !guid.Same(path):
		return full, invalid("/guid", "%s, expected %s as in the path, or no such key", document.Found(guid), path)
	}
	return full, nil
}

// base is the process that a patch is laid over. Instances are left out: what
// the patch does not say of them stays as it is. Where a field has two forms
// and the patch uses the API's, so does the base: the other one would win.
func base(body document.Value, v state.View) document.Value {
	view := processView(v).Process
	view.Forced, view.History = nil, nil
	inside, _ := body.Get("relationships")
	if revision, named := inside.Get("revision"); named && revision.Kind == document.Null {
		view.Revision = contract.Optional[scenario.Reference]{Set: true, Null: true}
	} else if named {
		if own := view.Revision.Value; !view.Revision.Null {
			view.Relationships = &scenario.Relationships{Revision: contract.Optional[scenario.Relationship]{Set: true, Value: scenario.Relationship{Data: &own}}}
		}
		view.Revision = contract.Optional[scenario.Reference]{}
	}
	_, synced := body.Get("registry_credential_last_synced_at")
	_, related := inside.Get("registry_credential")
	if credential := view.RegistryCredential; credential != nil && (synced || related) {
		if view.Relationships == nil {
			view.Relationships = &scenario.Relationships{}
		}
		view.Relationships.RegistryCredential = &scenario.Relationship{Data: &scenario.Reference{GUID: credential.GUID}}
		view.RegistryCredentialLastSyncedAt = credential.LastSyncedAt
		view.RegistryCredential = nil
	}
	return valueOf(view)
}

// home finds the app of a process: the one that the body names by its key app
// or its relationship, else the one it has, else the one that has its guid, as
// web processes do. It returns the body without the key app.
func (c *call) home(body document.Value, v state.View) (*state.App, document.Value, error) {
	name, pointer := "", "/app"
	related, _ := body.Find("/relationships/app/data/guid")
	if app, named := body.Get("app"); named {
		if name = app.Text; app.Kind != document.String || name == "" {
			return nil, body, invalid("/app", "%s, expected the name or the guid of an app", document.Found(app))
		}
	} else if related.Kind == document.String && related.Text != "" {
		name, pointer = related.Text, "/relationships/app/data/guid"
	}
	rest := body.Without("app")
	switch {
	case name == "" && v.App != nil:
		return v.App, rest, nil
	case name == "":
		name = c.params["guid"]
	}
	found := c.snap.State.AppsNamed(name)
	switch {
	case len(found) == 1:
		return found[0], rest, nil
	case len(found) > 1:
		return nil, body, invalid(pointer, "%q, the name of %d apps; say which one by its guid", name, len(found))
	case name == c.params["guid"]:
		return nil, body, invalid("/app", "left out, expected the name or the guid of an app")
	}
	return nil, body, invalid(pointer, "%q, no such app", name)
}

// processPointer is where the process is in the document that is made for its
// check.
const processPointer = "/apps/0/processes/0"

// check reads a process in the scenario form, as that of an app.
func (c *call) check(process document.Value, app *state.App, now time.Time) (*state.Process, error) {
	v := c.snap.State.Peek(state.Ref{AppGUID: app.GUID})
	if v.App == nil {
		return nil, contract.AppNotFound
	}
	seed := state.Seed{
		Number: c.snap.State.Number(), Variant: c.snap.Variant,
		Organizations: []state.Organization{*v.Organization}, Spaces: []state.Space{*v.Space}, Apps: []state.App{*v.App},
	}
	doc := scenario.FromState(state.New(seed), &scenario.Scenario{Name: "process"})
	// The process goes in as it was written: decoding it here would lose what
	// is wrong with it.
	one := valueOf(doc.Apps[0]).With("processes", document.List(process))
	s, err := scenario.FromValue(nil, valueOf(doc).With("apps", document.List(one)), nil)
	if err != nil {
		return nil, moved(err, processPointer)
	}
	return &s.State(now).Processes[0], nil
}
