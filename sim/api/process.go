package api

import (
	"net/http"
	"strconv"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

func getProcess(c *call) (reply, error) {
	view, err := c.process()
	if err != nil {
		return reply{}, err
	}
	query, err := contract.ParseShowQuery(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	if query.Embed && !view.StatsAvailable() {
		return reply{}, contract.UnknownError // the trap of §9: embed never got the 503
	}
	doc := renderingOf(view, c.snap.Variant, c.base())
	shown := view.ShowsSecrets(c.who)
	if shown && !query.Embed {
		return reply{status: http.StatusOK, body: doc.bytes}, nil
	}
	var command, instances []byte
	if !shown {
		command = hiddenCommand
	}
	if query.Embed {
		instances = appendInstances(nil, view, c.now)
	}
	return reply{status: http.StatusOK, body: doc.appendRead(nil, command, instances)}, nil
}

func updateProcess(c *call) (reply, error) {
	view, err := c.snap.State.UpdateProcess(c.now, c.who, c.resolve(), c.body)
	return c.changedProcess(http.StatusOK, view, err)
}

func scaleProcess(c *call) (reply, error) {
	before := c.snap.State.Peek(c.resolve()).Process
	view, err := c.snap.State.ScaleProcess(c.now, c.who, c.resolve(), c.body)
	if err == nil && before != nil && before.Instances != view.Process.Instances { // Diego is told of nothing else
		c.changed = true
		err = view.RunnerError()
	}
	return c.changedProcess(http.StatusAccepted, view, err)
}

// changedProcess answers a change with the whole process, its command shown to
// whoever may change it (§10).
func (c *call) changedProcess(status int, view state.View, err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	c.changed = true
	doc := renderingOf(view, c.snap.Variant, c.base())
	if view.Process.DiskInMB == nil { // shown by changes alone (§6)
		doc = encode(view.Process, nil, view.Space.GUID, c.snap.Variant, c.base())
	}
	return reply{status: status, body: doc.bytes}, nil
}

func terminateInstance(c *call) (reply, error) {
	if _, err := c.snap.State.TerminateInstance(c.now, c.who, c.resolve(), contract.InstanceIndex(c.index)); err != nil {
		return reply{}, err
	}
	c.changed = true
	return reply{status: http.StatusNoContent}, nil
}

// resolve says which process the request is about. On a direct path a top-level
// app_guid, in the body or the query, makes the request app-nested: the trap of
// §4, copied on purpose.
func (c *call) resolve() state.Ref {
	if app := c.strayApp(); app != "" {
		return state.Ref{AppGUID: app, Type: c.strayType()}
	}
	return c.ref
}

// strayApp is the app_guid of a direct path, "" for none. The framework merges
// the body over the query.
func (c *call) strayApp() string {
	if c.op.Nested {
		return ""
	}
	if app := c.body.AppGUID(); app != "" {
		return app
	}
	return contract.QueryAppGUID(c.req.URL.RawQuery)
}

func (c *call) strayType() string {
	if value, ok := c.body.Get("type"); ok {
		return value.Text
	}
	return (*subject)(c).Query().Get("type")
}

// process finds the process that a reader's path names.
func (c *call) process() (state.View, error) { return c.snap.State.Process(c.who, c.resolve()) }

func listProcessInstances(c *call) (reply, error) {
	view, err := c.process()
	if err != nil {
		return reply{}, err
	}
	if !view.StatsAvailable() {
		return reply{}, contract.UnknownError // §9: this path never got the 503 of stats
	}
	self := c.base() + "/v3/processes/" + view.Process.GUID
	b := appendInstances([]byte(`{"resources":`), view, c.now)
	b = document.AppendQuoted(append(b, `,"links":{"self":{"href":`...), self+"/process_instances")
	b = document.AppendQuoted(append(b, `},"process":{"href":`...), self)
	return reply{status: http.StatusOK, body: append(b, "}}}"...)}, nil
}

// appendInstances writes the bare array of §14.2; since is a duration in whole
// seconds, null for an instance that the platform does not know.
func appendInstances(b []byte, view state.View, now time.Time) []byte {
	b = append(b, '[')
	for inst := range view.States(now) {
		if inst.Index > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, `{"index":`...), int64(inst.Index), 10)
		b = document.AppendQuoted(append(b, `,"state":`...), string(inst.State))
		b = append(b, `,"since":`...)
		if inst.Reported && inst.State != state.Stopping {
			b = strconv.AppendInt(b, int64(inst.For/time.Second), 10)
		} else {
			b = append(b, "null"...)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}
