package api

import (
	"net/url"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/state"
)

// nothing is the resources of a list that is always empty.
var nothing = []struct{}{}

// listRoutes shows no routes: none can be made. An app's list says so only to
// those who may see the app.
func listRoutes(c *call) (reply, error) {
	raw, path := c.req.URL.RawQuery, "/v3/routes"
	if c.op.Nested {
		// The real server puts the app's guid over whatever the query says.
		raw += "&app_guids=" + url.QueryEscape(c.ref.AppGUID)
		path = "/v3/apps/" + c.ref.AppGUID + "/routes"
	}
	query, err := c.op.List.Parse(raw)
	if err != nil {
		return reply{}, err
	}
	if c.op.Nested {
		if _, err := c.snap.State.VisibleApp(c.who, c.ref.AppGUID); err != nil {
			return reply{}, err
		}
	}
	return c.listReply(path, query, 0, nothing, includedWithRoutes(query))
}

// includedWithRoutes are the resources that come along with no routes.
func includedWithRoutes(query contract.ResourceQuery) *includedJSON {
	if len(query.Include) == 0 {
		return nil
	}
	out := &includedJSON{}
	if query.Includes("domain") {
		out.Domains = nothing
	}
	if query.Includes("space", "space.organization") {
		out.Spaces = []spaceJSON{}
	}
	if query.Includes("space.organization") {
		out.Organizations = []organizationJSON{}
	}
	if query.Includes("route_policies") {
		out.RoutePolicies = nothing
	}
	return out
}

// listPackages shows no packages, by which the cf CLI sees that there is
// nothing to stage (CLIENTS.md §1).
func listPackages(c *call) (reply, error) {
	query, err := c.op.List.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	path := "/v3/packages"
	if c.op.Nested {
		if _, err := c.visibleApp(); err != nil {
			return reply{}, err
		}
		path = "/v3/apps/" + c.ref.AppGUID + "/packages"
	}
	return c.listReply(path, query, 0, nothing, nil)
}

// sidecarJSON is a sidecar of a process. A scenario knows no command of it, so
// its name stands there.
type sidecarJSON struct {
	GUID          string   `json:"guid"`
	Name          string   `json:"name"`
	Command       string   `json:"command"`
	ProcessTypes  []string `json:"process_types"`
	MemoryInMB    int      `json:"memory_in_mb"`
	Origin        string   `json:"origin"`
	Relationships toApp    `json:"relationships"`
	CreatedAt     timeJSON `json:"created_at"`
	UpdatedAt     timeJSON `json:"updated_at"`
}

// toApp is the relationships of what belongs to an app alone.
type toApp struct {
	App relationJSON `json:"app"`
}

func listSidecars(c *call) (reply, error) {
	query, err := c.op.List.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	view, err := c.snap.State.Process(c.who, c.ref)
	if err != nil {
		return reply{}, err
	}
	p := view.Process
	list, total := c.snap.State.Sidecars(view, query)
	// Its links repeat no filters (app/controllers/v3/sidecars_controller.rb).
	plain := contract.ResourceQuery{ListQuery: query.Plain()}
	return c.listReply("/v3/processes/"+p.GUID+"/sidecars", plain, total, shown(list, func(s state.SidecarView) sidecarJSON {
		return sidecarJSON{
			GUID: s.GUID, Name: s.Name, Command: s.Name, ProcessTypes: []string{p.Type}, MemoryInMB: s.MemoryInMB, Origin: "user",
			Relationships: toApp{relationJSON{guidOf(p.AppGUID)}}, CreatedAt: timeJSON(p.CreatedAt), UpdatedAt: timeJSON(p.CreatedAt),
		}
	}), nil)
}
