package api

import (
	"net/http"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// appJSON is an app (CONTRACT.md §19).
func (c *call) appJSON(v state.View) document.Value { return c.document("app", appValues(v.App)) }

func appValues(app *state.App) values {
	return values{"guid": app.GUID, "created_at": app.CreatedAt, "updated_at": app.UpdatedAt,
		"name": app.Name, "state": string(app.State), "buildpacks": app.Buildpacks, "stack": nullable(app.Stack),
		"space": app.SpaceGUID, "droplet": nullable(app.DropletGUID), "metadata": metadataOf(app.Metadata)}
}

func listApps(c *call) (reply, error) {
	query, err := c.op.List.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	page := c.snap.State.Apps(c.who, query)
	return c.pageReply("/v3/apps", query, page.Total, c.includedWithApps(page.Views, query), len(page.Views),
		func(b []byte, i int) []byte { return c.appendDocument(b, "app", appValues(page.Views[i].App)) })
}

func (c *call) includedWithApps(views []state.View, query contract.ResourceQuery) document.Value {
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
	return jsonReply(http.StatusOK, including(c.appJSON(view), c.includedWithApps([]state.View{view}, query))), nil
}
