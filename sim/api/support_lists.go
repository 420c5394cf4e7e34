package api

import (
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// listPackages shows no packages, by which the cf CLI sees that there is
// nothing to stage (CLIENTS.md §1).
func listPackages(c *call) (reply, error) {
	path := "/v3/packages"
	if c.op.Nested {
		path = "/v3/apps/" + c.ref.AppGUID + "/packages"
	}
	return c.listed(path, func(contract.ResourceQuery) (none []document.Value, total int, err error) {
		if c.op.Nested {
			_, err = c.visibleApp()
		}
		return nil, 0, err
	})
}

// listSidecars shows the sidecars of a process, or of an app. A scenario knows no
// command of one, so its name stands there.
func listSidecars(c *call) (reply, error) {
	query, err := c.op.List.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	var view state.View
	path := "/v3/apps/" + c.ref.AppGUID + "/sidecars"
	if c.op.Nested {
		view, err = c.visibleApp()
	} else {
		view, err = c.snap.State.Process(c.who, c.ref)
		path = "/v3/processes/" + c.ref.GUID + "/sidecars"
	}
	if err != nil {
		return reply{}, err
	}
	list, total := c.snap.State.Sidecars(view, query)
	// Its links repeat no filters (app/controllers/v3/sidecars_controller.rb).
	plain := contract.ResourceQuery{ListQuery: query.Plain()}
	return c.listReply(path, plain, total, shown(list, func(s state.SidecarView) document.Value {
		return c.document("sidecar", values{"guid": s.GUID, "name": s.Name, "type": s.Process.Type, "memory_in_mb": s.MemoryInMB, "app": s.Process.AppGUID, "created_at": s.Process.CreatedAt})
	}), document.Value{})
}
