package admin

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

// InstanceView is an instance as it was forced to be, or as the lifecycle has
// it.
type InstanceView struct {
	Process  string              `json:"process"` // guid
	Index    int                 `json:"index"`
	State    state.InstanceState `json:"state"`
	Routable *bool               `json:"routable"`
	Details  string              `json:"details"` // placement error, or why it crashed
	Forced   bool                `json:"forced"`
	Set      *scenario.Forced    `json:"set,omitempty"` // what was forced, in the form that PUT takes
}

var instanceStates = []string{
	string(state.Running), string(state.Starting), string(state.Crashed),
	string(state.Stopping), string(state.Down), string(state.Unknown),
}

func instanceView(v state.View, now time.Time, index int) InstanceView {
	is := v.Instance(now, index)
	out := InstanceView{Process: v.Process.GUID, Index: index, State: is.State, Routable: is.Routable, Details: cmp.Or(is.Details, is.Reason)}
	if forced, held := v.Process.History.Forced[index]; held {
		out.Forced, out.Set = true, &scenario.Forced{Index: index, Forced: forced}
	}
	return out
}

// listInstances pages through the instances of a process, by index.
func (c *call) listInstances() (reply, error) {
	p := c.parameters()
	number, size := p.page(defaultPerPage)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	v := c.snap.State.Peek(state.Ref{GUID: c.params["guid"]})
	if v.Process == nil {
		return reply{}, noProcess(c.params["guid"])
	}
	total := v.Process.Instances
	out := client.List[InstanceView]{Pagination: c.pagination(total, number, size), Resources: []InstanceView{}}
	now := c.now
	if first := int64(number-1) * int64(size); first < int64(total) {
		for i := int(first); i < min(int(first)+size, total); i++ {
			out.Resources = append(out.Resources, instanceView(v, now, i))
		}
	}
	return ok(out), nil
}

// forceInstance holds an instance in a state, or sets what else stats say of
// it; {"state": null} gives it back.
func (c *call) forceInstance() (reply, error) {
	o, err := c.object(maxBody).read()
	if err != nil {
		return reply{}, err
	}
	held, given := o.get("state")
	release := given && held.Kind == document.Null
	switch {
	case len(o.value.Members) == 0:
		o.add("state", "left out, expected null, one of %s, or something else to set", strings.Join(instanceStates, ", "))
	case release && len(o.value.Members) > 1:
		o.add("state", "null beside something else, expected it alone: the instance is given back")
	}
	if len(*o.problems) > 0 {
		return reply{}, *o.problems
	}
	if release {
		return c.holdInstance(func(*state.Process, int) (*state.Forced, error) { return nil, nil })
	}
	return c.holdInstance(func(p *state.Process, index int) (*state.Forced, error) { return c.forcedInto(p, index, o.value) })
}

func (c *call) releaseInstance() (reply, error) {
	if _, err := c.holdInstance(func(*state.Process, int) (*state.Forced, error) { return nil, nil }); err != nil {
		return reply{}, err
	}
	return deleted(), nil
}

// holdInstance forces the instance of the path into what is worked out.
func (c *call) holdInstance(into func(*state.Process, int) (*state.Forced, error)) (reply, error) {
	v, index, err := c.instance()
	if err != nil {
		return reply{}, err
	}
	forced, err := into(v.Process, index)
	if err != nil {
		return reply{}, err
	}
	if v, err = c.snap.State.ForceInstance(c.now, v.Process.GUID, index, forced); err != nil {
		return reply{}, c.noInstance(v, index, err)
	}
	c.changed(stateEvent)
	return ok(instanceView(v, c.now, index)), nil
}

// forcedInto reads what an instance shall be. The reader of scenario files does
// the checking: the instance is shown to it in a process of its own.
func (c *call) forcedInto(p *state.Process, index int, body document.Value) (*state.Forced, error) {
	if _, given := body.Get("index"); given {
		return nil, invalid("/index", "the index stands in the path")
	}
	app, found := c.snap.State.App(p.AppGUID)
	if !found {
		return nil, noProcess(p.GUID)
	}
	process := document.Value{}.With("type", document.Text(p.Type)).With("instances", document.Int(index+1)).
		With("forced", document.List(body.With("index", document.Int(index))))
	made, err := c.check(process, app, c.now)
	if err != nil {
		return nil, moved(err, "/forced/0")
	}
	forced := made.History.Forced[index]
	return &forced, nil
}

// restartInstance ends an instance, which the platform replaces, as a client's
// DELETE does, without a trace in journal and coverage. What it was forced into
// ends with it. That of a stopped app stays as it is.
func (c *call) restartInstance() (reply, error) {
	v, index, err := c.instance()
	if err != nil {
		return reply{}, err
	}
	now := c.now
	v, err = c.snap.State.RestartInstance(now, v.Process.GUID, index)
	if err != nil || v.Process == nil {
		return reply{}, c.noInstance(v, index, err)
	}
	c.changed(stateEvent)
	return ok(instanceView(v, now, index)), nil
}

// instance finds the process and the index that the path names.
func (c *call) instance() (state.View, int, error) {
	index, err := strconv.Atoi(c.params["index"])
	if err != nil || index < 0 {
		return state.View{}, 0, notFound("no instance %q, expected an index from 0", c.params["index"])
	}
	v := c.snap.State.Peek(state.Ref{GUID: c.params["guid"]})
	switch {
	case v.Process == nil:
		return v, 0, noProcess(c.params["guid"])
	case index >= v.Process.Instances:
		return v, 0, c.noInstance(v, index, contract.InstanceNotFound)
	}
	return v, index, nil
}

// noInstance says in the admin API's words what the state refused.
func (c *call) noInstance(v state.View, index int, err error) error {
	switch {
	case v.Process == nil:
		return noProcess(c.params["guid"])
	case errors.Is(err, contract.InstanceNotFound):
		return notFound("no instance %d, process %q has %d", index, v.Process.GUID, v.Process.Instances)
	}
	return err
}
