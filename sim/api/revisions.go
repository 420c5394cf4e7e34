package api

import (
	"net/http"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

func getRevision(c *call) (reply, error) {
	return one(http.StatusOK, c.revisionJSON)(c.snap.State.Revision(c.who, c.guid))
}

func listRevisions(c *call) (reply, error) { return c.revisions(false) }

func listDeployedRevisions(c *call) (reply, error) { return c.revisions(true) }

func (c *call) revisions(deployed bool) (reply, error) {
	path := "/v3/apps/" + c.ref.AppGUID + "/revisions"
	if deployed {
		path += "/deployed"
	}
	return c.listed(path, func(query contract.ResourceQuery) ([]document.Value, int, error) {
		revisions, total, err := c.snap.State.Revisions(c.who, c.ref.AppGUID, deployed, query)
		return shown(revisions, c.revisionJSON), total, err
	})
}

func (c *call) revisionJSON(r state.RevisionView) document.Value {
	return c.document("revision", values{"guid": r.GUID, "version": r.Version, "droplet": r.DropletGUID, "description": r.Description,
		"app": r.App.GUID, "created_at": r.CreatedAt,
		"processes": commandsOf(r.Commands, func(command document.Value) document.Value {
			return objectOf(document.Field{Key: "command", Value: command})
		}),
		"sidecars": shown(r.Sidecars, func(s state.RevisionSidecar) document.Value {
			return c.document("revision_sidecar", values{"name": s.Name, "memory_in_mb": s.MemoryInMB, "type": s.ProcessType})
		})})
}
