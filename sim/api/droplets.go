package api

import (
	"encoding/json"
	"net/http"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/state"
)

// dropletJSON is a droplet: always one that was built of buildpacks.
type dropletJSON struct {
	GUID              string          `json:"guid"`
	CreatedAt         timeJSON        `json:"created_at"`
	UpdatedAt         timeJSON        `json:"updated_at"`
	State             string          `json:"state"`
	Error             *string         `json:"error"`
	Lifecycle         dropletLife     `json:"lifecycle"`
	Checksum          checksumJSON    `json:"checksum"`
	Buildpacks        []buildpackJSON `json:"buildpacks"`
	Stack             *string         `json:"stack"`
	Image             *string         `json:"image"`
	ExecutionMetadata *string         `json:"execution_metadata"`
	ProcessTypes      commandsJSON    `json:"process_types"`
	Relationships     toApp           `json:"relationships"`
	Metadata          metadataJSON    `json:"metadata"`
	Links             links           `json:"links"`
}

type dropletLife struct {
	Type string   `json:"type"`
	Data struct{} `json:"data"`
}

type checksumJSON struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

type buildpackJSON struct {
	Name         string `json:"name"`
	DetectOutput string `json:"detect_output"`
	Buildpack    string `json:"buildpack_name"`
	Version      string `json:"version"`
}

// commandsJSON are commands by process type, in their order; hidden they are a
// word that says so.
type commandsJSON struct {
	list   []state.Command
	hidden bool
}

// MarshalJSON writes an object with its keys in their order.
func (c commandsJSON) MarshalJSON() ([]byte, error) {
	if c.hidden {
		return json.Marshal(map[string]string{"redacted_message": contract.HiddenCommand})
	}
	b := []byte{'{'}
	for i, one := range c.list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, one.Type), ':')
		b = appendOr(b, one.Command, appendString)
	}
	return append(b, '}'), nil
}

func getCurrentDroplet(c *call) (reply, error) {
	return one(http.StatusOK, c.openDroplet)(c.snap.State.CurrentDroplet(c.who, c.ref.AppGUID))
}

func getDroplet(c *call) (reply, error) {
	return one(http.StatusOK, func(d state.DropletView) dropletJSON { return c.dropletJSON(d, d.ShowsSecrets(c.who)) })(
		c.snap.State.Droplet(c.who, c.guid))
}

func listDroplets(c *call) (reply, error) {
	path := "/v3/droplets"
	if c.op.Nested {
		path = "/v3/apps/" + c.ref.AppGUID + "/droplets"
	}
	query, err := c.op.List.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	droplets, total, err := c.snap.State.Droplets(c.who, c.ref.AppGUID, query)
	if err != nil {
		return reply{}, err
	}
	return c.listReply(path, query, total, shown(droplets, c.openDroplet), nil)
}

func (c *call) openDroplet(d state.DropletView) dropletJSON { return c.dropletJSON(d, true) }

// dropletJSON shows a droplet; only the one that is asked for by its guid hides
// its commands from those who may not see them.
func (c *call) dropletJSON(d state.DropletView, secrets bool) dropletJSON {
	base := c.base()
	self, app := base+"/v3/droplets/"+d.GUID, base+"/v3/apps/"+d.App.GUID
	out := dropletJSON{
		GUID: d.GUID, CreatedAt: timeJSON(d.CreatedAt), UpdatedAt: timeJSON(d.CreatedAt), State: state.Staged,
		Lifecycle: dropletLife{Type: "buildpack"}, Checksum: checksumJSON{"sha256", d.Checksum},
		Buildpacks:   shown(d.BuiltBy(), func(b state.Buildpack) buildpackJSON { return buildpackJSON{b.Name, b.Detected, b.Detected, b.Version} }),
		ProcessTypes: commandsJSON{d.Commands, !secrets}, Relationships: toApp{relationJSON{guidOf(d.App.GUID)}},
		Links: links{{"self", self, ""}, {"app", app, ""},
			{"assign_current_droplet", app + "/relationships/current_droplet", http.MethodPatch}, {"download", self + "/download", ""}},
	}
	if d.Stack != "" {
		out.Stack = &d.Stack
	}
	if !secrets {
		hidden := contract.HiddenCommand
		out.ExecutionMetadata = &hidden
	}
	return out
}

// linkedJSON is a relationship by itself, with its links.
type linkedJSON struct {
	Data  *guidJSON `json:"data"`
	Links links     `json:"links"`
}

func getDropletRelation(c *call) (reply, error) {
	app := c.base() + "/v3/apps/" + c.ref.AppGUID
	return one(http.StatusOK, func(d state.DropletView) linkedJSON {
		return linkedJSON{guidOf(d.GUID), links{{"self", app + "/relationships/current_droplet", ""}, {"related", app + "/droplets/current", ""}}}
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
