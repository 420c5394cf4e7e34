package api

import (
	"net/http"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/state"
)

// appJSON is an app (CONTRACT.md §19).
type appJSON struct {
	GUID          string        `json:"guid"`
	CreatedAt     timeJSON      `json:"created_at"`
	UpdatedAt     timeJSON      `json:"updated_at"`
	Name          string        `json:"name"`
	State         string        `json:"state"`
	Lifecycle     lifecycleJSON `json:"lifecycle"`
	Relationships appRelations  `json:"relationships"`
	Metadata      metadataJSON  `json:"metadata"`
	Links         links         `json:"links"`
	Included      *includedJSON `json:"included,omitempty"`
}

type lifecycleJSON struct {
	Type string            `json:"type"`
	Data lifecycleDataJSON `json:"data"`
}

type lifecycleDataJSON struct {
	Buildpacks []string `json:"buildpacks"`
	Stack      *string  `json:"stack"`
}

type appRelations struct {
	Space          relationJSON `json:"space"`
	CurrentDroplet relationJSON `json:"current_droplet"`
}

func (c *call) appJSON(v state.View) appJSON {
	app := v.App
	out := appJSON{
		GUID: app.GUID, CreatedAt: timeJSON(app.CreatedAt), UpdatedAt: timeJSON(app.UpdatedAt), Name: app.Name, State: string(app.State),
		Lifecycle:     lifecycleJSON{"buildpack", lifecycleDataJSON{Buildpacks: app.Buildpacks}},
		Relationships: appRelations{relationJSON{guidOf(app.SpaceGUID)}, relationJSON{guidOrNull(app.DropletGUID)}},
		Metadata:      metadataOf(app.Metadata),
		Links:         appLinksOf(c.base(), app),
	}
	if app.Buildpacks == nil {
		out.Lifecycle.Data.Buildpacks = []string{}
	}
	if app.Stack != "" {
		out.Lifecycle.Data.Stack = &app.Stack
	}
	return out
}

func appLinksOf(base string, app *state.App) links {
	self := base + "/v3/apps/" + app.GUID
	return links{
		{"self", self, ""}, {"environment_variables", self + "/environment_variables", ""}, {"space", base + "/v3/spaces/" + app.SpaceGUID, ""},
		{"processes", self + "/processes", ""}, {"packages", self + "/packages", ""},
		{"current_droplet", self + "/droplets/current", ""}, {"droplets", self + "/droplets", ""}, {"tasks", self + "/tasks", ""},
		{"start", self + "/actions/start", http.MethodPost}, {"stop", self + "/actions/stop", http.MethodPost},
		{"clear_buildpack_cache", self + "/actions/clear_buildpack_cache", http.MethodPost},
		{"revisions", self + "/revisions", ""}, {"deployed_revisions", self + "/revisions/deployed", ""}, {"features", self + "/features", ""},
	}
}

func listApps(c *call) (reply, error) {
	query, err := c.op.List.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	page := c.snap.State.Apps(c.who, query)
	return c.listReply("/v3/apps", query, page.Total, shown(page.Views, c.appJSON), c.includedWithApps(page.Views, query))
}

func (c *call) includedWithApps(views []state.View, query contract.ResourceQuery) *includedJSON {
	return c.included(views, query.Includes("space", "space.organization"), query.Includes("org", "space.organization"))
}

// getApp looks at the query before it looks for the app.
func getApp(c *call) (reply, error) {
	query, err := c.op.List.ParseInclude(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	view, err := c.snap.State.VisibleApp(c.who, c.ref.AppGUID)
	if err != nil {
		return reply{}, err
	}
	out := c.appJSON(view)
	out.Included = c.includedWithApps([]state.View{view}, query)
	return jsonReply(http.StatusOK, out)
}
