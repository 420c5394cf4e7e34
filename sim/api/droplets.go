package api

import (
	"net/http"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// commandsOf are commands by process type, in their order.
func commandsOf(list []state.Command, as func(command document.Value) document.Value) document.Value {
	out := objectOf()
	for _, one := range list {
		command := document.Value{}
		if one.Command != nil {
			command = document.Text(*one.Command)
		}
		out.Members = append(out.Members, document.Field{Key: one.Type, Value: as(command)})
	}
	return out
}

func getCurrentDroplet(c *call) (reply, error) {
	return one(http.StatusOK, c.openDroplet)(c.snap.State.CurrentDroplet(c.who, c.ref.AppGUID))
}

func getDroplet(c *call) (reply, error) {
	return one(http.StatusOK, func(d state.DropletView) document.Value { return c.dropletJSON(d, d.ShowsSecrets(c.who)) })(
		c.snap.State.Droplet(c.who, c.guid))
}

func listDroplets(c *call) (reply, error) {
	path := "/v3/droplets"
	if c.op.Nested {
		path = "/v3/apps/" + c.ref.AppGUID + "/droplets"
	}
	return c.listed(path, func(query contract.ResourceQuery) ([]document.Value, int, error) {
		droplets, total, err := c.snap.State.Droplets(c.who, c.ref.AppGUID, query)
		return shown(droplets, c.openDroplet), total, err
	})
}

func (c *call) openDroplet(d state.DropletView) document.Value { return c.dropletJSON(d, true) }

// dropletJSON shows a droplet, always one that was built of buildpacks; only the
// one that is asked for by its guid hides its commands from those who may not
// see them.
func (c *call) dropletJSON(d state.DropletView, secrets bool) document.Value {
	with := values{"guid": d.GUID, "created_at": d.CreatedAt, "checksum": d.Checksum, "app": d.App.GUID, "stack": nullable(d.Stack),
		"buildpacks": shown(d.BuiltBy(), func(b state.Buildpack) document.Value {
			return c.document("droplet_buildpack", values{"name": b.Name, "detected": b.Detected, "version": b.Version})
		}),
		"execution_metadata": nil, "commands": commandsOf(d.Commands, func(command document.Value) document.Value { return command })}
	if !secrets {
		with["execution_metadata"], with["commands"] = contract.HiddenCommand, map[string]string{"redacted_message": contract.HiddenCommand}
	}
	return c.document("droplet", with)
}

func getDropletRelation(c *call) (reply, error) {
	return one(http.StatusOK, func(d state.DropletView) document.Value {
		return c.document("current_droplet", values{"guid": d.GUID, "app": c.ref.AppGUID})
	})(c.snap.State.CurrentDroplet(c.who, c.ref.AppGUID))
}

func assignDroplet(c *call) (reply, error) {
	body, err := c.message()
	if err != nil {
		return reply{}, err
	}
	data, given := body.Get("data")
	guid := data.TextOf("guid")
	if given && guid == "" {
		return reply{}, contract.DropletNotRemoved
	}
	if err := c.snap.State.AssignDroplet(c.now, c.who, c.ref.AppGUID, guid); err != nil {
		return reply{}, err
	}
	return getDropletRelation(c)
}
