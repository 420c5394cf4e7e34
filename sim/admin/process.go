package admin

import (
	"encoding/json"
	"errors"
	"fmt"
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
	doc := scenario.FromState(alone(v), &scenario.Scenario{Name: "process"})
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
	o, err := c.object()
	if err != nil {
		return reply{}, err
	}
	if len(*o.problems) > 0 {
		return reply{}, *o.problems
	}
	guid := c.params["guid"]
	for {
		v := c.snap.State.Peek(state.Ref{GUID: guid})
		if v.Process == nil && merge {
			return reply{}, noProcess(guid)
		}
		next, err := c.forced(o.members, v, merge)
		if err != nil {
			return reply{}, err
		}
		stored, err := c.snap.State.ReplaceProcess(c.world.Clock.Now(), v.Process, *next)
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
func (c *call) forced(body []member, v state.View, merge bool) (*state.Replacement, error) {
	app, body, err := c.home(body, v)
	if err != nil {
		return nil, err
	}
	full := objectJSON(body)
	now := c.world.Clock.Now()
	if merge {
		full = mergeJSON(base(body, v), full, func(key string) bool { return key == "disk_in_mb" || key == "revision" })
		if _, named := find(body, "updated_at"); !named {
			full = mergeJSON(full, compact(map[string]time.Time{"updated_at": now.UTC().Truncate(time.Second)}), neverKept)
		}
	}
	if full, err = c.identified(full, v); err != nil {
		return nil, err
	}
	made, err := c.check(full, app, now)
	if err != nil {
		return nil, err
	}
	_, history := find(body, "history")
	_, forced := find(body, "forced")
	return &state.Replacement{Process: *made, KeepHistory: merge && !history, KeepForced: merge && !forced}, nil
}

// identified gives a process that is put the guid of the path.
func (c *call) identified(full json.RawMessage, v state.View) (json.RawMessage, error) {
	list, _ := members(full)
	guid, named := find(list, "guid")
	path := compact(c.params["guid"])
	switch {
	case !named:
		list = with(list, "guid", path)
	case v.Process == nil && string(guid) != string(path):
		return nil, invalid("/guid", "%s, expected %s as in the path, or no such key", brief(guid), path)
	}
	return objectJSON(list), nil
}

// base is the process that a patch is laid over. Instances are left out: what
// the patch does not say of them stays as it is. Where a field has two forms
// and the patch uses the API's, so does the base: the other one would win.
func base(body []member, v state.View) json.RawMessage {
	view := processView(v).Process
	view.Forced, view.History = nil, nil
	relationships, _ := find(body, "relationships")
	inside, _ := members(relationships)
	if raw, named := find(inside, "revision"); named && string(raw) == "null" {
		view.Revision = scenario.Nullable[scenario.Reference]{Set: true, Null: true}
	} else if named {
		if own := view.Revision.Value; !view.Revision.Null {
			view.Relationships = &scenario.Relationships{Revision: scenario.Nullable[scenario.Relationship]{Set: true, Value: scenario.Relationship{Data: &own}}}
		}
		view.Revision = scenario.Nullable[scenario.Reference]{}
	}
	_, synced := find(body, "registry_credential_last_synced_at")
	_, related := find(inside, "registry_credential")
	if credential := view.RegistryCredential; credential != nil && (synced || related) {
		if view.Relationships == nil {
			view.Relationships = &scenario.Relationships{}
		}
		view.Relationships.RegistryCredential = &scenario.Relationship{Data: &scenario.Reference{GUID: credential.GUID}}
		view.RegistryCredentialLastSyncedAt = credential.LastSyncedAt
		view.RegistryCredential = nil
	}
	return compact(view)
}

// home finds the app of a process: the one that the body names by its key app
// or its relationship, else the one it has, else the one that has its guid, as
// web processes do. It returns the body without the key app.
func (c *call) home(body []member, v state.View) (*state.App, []member, error) {
	name, pointer := "", "/app"
	if raw, named := find(body, "app"); named {
		if json.Unmarshal(raw, &name) != nil || name == "" {
			return nil, nil, invalid("/app", "%s, expected the name or the guid of an app", brief(raw))
		}
	} else if name = relatedApp(body); name != "" {
		pointer = "/relationships/app/data/guid"
	}
	rest := without(append([]member(nil), body...), "app")
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
		return nil, nil, invalid(pointer, "%q, the name of %d apps; say which one by its guid", name, len(found))
	case name == c.params["guid"]:
		return nil, nil, invalid("/app", "left out, expected the name or the guid of an app")
	}
	return nil, nil, invalid(pointer, "%q, no such app", name)
}

func relatedApp(body []member) string {
	var relationships struct {
		App struct {
			Data struct {
				GUID string `json:"guid"`
			} `json:"data"`
		} `json:"app"`
	}
	raw, _ := find(body, "relationships")
	if json.Unmarshal(raw, &relationships) != nil { // the scenario's reader says what is wrong
		return ""
	}
	return relationships.App.Data.GUID
}

// What the process is in the document that is made for its check.
const (
	processPointer = "/apps/0/processes/0"
)

// check reads a process in the scenario form, as that of an app.
func (c *call) check(process json.RawMessage, app *state.App, now time.Time) (*state.Process, error) {
	v := c.snap.State.Peek(state.Ref{AppGUID: app.GUID})
	if v.App == nil {
		return nil, contract.AppNotFound
	}
	seed := state.Seed{
		Number: c.snap.State.Number(), Variant: c.snap.Variant,
		Organizations: []state.Organization{*v.Organization}, Spaces: []state.Space{*v.Space}, Apps: []state.App{*v.App},
	}
	doc := scenario.FromState(seed, &scenario.Scenario{Name: "process"})
	// The process goes in as it was written: decoding it here would lose what
	// is wrong with it.
	one, _ := members(compact(doc.Apps[0]))
	one = with(one, "processes", fmt.Appendf(nil, "[%s]", process))
	full, _ := members(compact(doc))
	full = with(full, "apps", fmt.Appendf(nil, "[%s]", objectJSON(one)))
	s, err := scenario.FromBody(objectJSON(full), nil)
	var violations document.Violations
	if errors.As(err, &violations) {
		return nil, moved(violations, processPointer)
	}
	if err != nil {
		return nil, err
	}
	return &s.State(now).Processes[0], nil
}
