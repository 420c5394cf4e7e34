package api

import (
	"net/http"

	"example.com/capisim/sim/state"
)

// revisionJSON is a revision of an app.
type revisionJSON struct {
	GUID          string                `json:"guid"`
	Version       int                   `json:"version"`
	Droplet       *guidJSON             `json:"droplet"`
	Processes     revisionProcesses     `json:"processes"`
	Sidecars      []revisionSidecarJSON `json:"sidecars"`
	Description   string                `json:"description"`
	Relationships toApp                 `json:"relationships"`
	CreatedAt     timeJSON              `json:"created_at"`
	UpdatedAt     timeJSON              `json:"updated_at"`
	Links         links                 `json:"links"`
	Metadata      metadataJSON          `json:"metadata"`
	Deployable    bool                  `json:"deployable"`
}

type revisionSidecarJSON struct {
	Name         string   `json:"name"`
	Command      string   `json:"command"`
	MemoryInMB   int      `json:"memory_in_mb"`
	ProcessTypes []string `json:"process_types"`
}

// revisionProcesses are the commands of a revision by process type, each in an
// object of its own.
type revisionProcesses []state.Command

// MarshalJSON writes an object with its keys in their order.
func (p revisionProcesses) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, one := range p {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, one.Type), `:{"command":`...)
		b = append(appendOr(b, one.Command, appendString), '}')
	}
	return append(b, '}'), nil
}

func getRevision(c *call) (reply, error) {
	return one(http.StatusOK, c.revisionJSON)(c.snap.State.Revision(c.who, c.guid))
}

func listRevisions(c *call) (reply, error) { return c.revisions(false) }

func listDeployedRevisions(c *call) (reply, error) { return c.revisions(true) }

func (c *call) revisions(deployed bool) (reply, error) {
	query, err := c.op.List.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	revisions, total, err := c.snap.State.Revisions(c.who, c.ref.AppGUID, deployed, query)
	if err != nil {
		return reply{}, err
	}
	path := "/v3/apps/" + c.ref.AppGUID + "/revisions"
	if deployed {
		path += "/deployed"
	}
	return c.listReply(path, query, total, shown(revisions, c.revisionJSON), nil)
}

func (c *call) revisionJSON(r state.RevisionView) revisionJSON {
	base := c.base()
	self := base + "/v3/revisions/" + r.GUID
	return revisionJSON{
		GUID: r.GUID, Version: r.Version, Droplet: guidOf(r.DropletGUID), Processes: revisionProcesses(r.Commands), Description: r.Description,
		Sidecars: shown(r.Sidecars, func(s state.RevisionSidecar) revisionSidecarJSON {
			return revisionSidecarJSON{s.Name, s.Name, s.MemoryInMB, []string{s.ProcessType}}
		}),
		Relationships: toApp{relationJSON{guidOf(r.App.GUID)}}, CreatedAt: timeJSON(r.CreatedAt), UpdatedAt: timeJSON(r.CreatedAt),
		Links:      links{{"self", self, ""}, {"app", base + "/v3/apps/" + r.App.GUID, ""}, {"environment_variables", self + "/environment_variables", ""}},
		Deployable: true,
	}
}
