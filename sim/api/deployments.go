package api

import (
	"net/http"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/state"
)

// deploymentJSON is a deployment.
type deploymentJSON struct {
	GUID            string                  `json:"guid"`
	CreatedAt       timeJSON                `json:"created_at"`
	UpdatedAt       timeJSON                `json:"updated_at"`
	Status          deploymentStatusJSON    `json:"status"`
	Strategy        string                  `json:"strategy"`
	Options         deploymentOptionsJSON   `json:"options"`
	Droplet         *guidJSON               `json:"droplet"`
	PreviousDroplet *guidJSON               `json:"previous_droplet"`
	NewProcesses    []deploymentProcessJSON `json:"new_processes"`
	Revision        *state.DeployedRevision `json:"revision"`
	Relationships   toApp                   `json:"relationships"`
	Metadata        metadataJSON            `json:"metadata"`
	Links           links                   `json:"links"`
}

type deploymentStatusJSON struct {
	Value   string                `json:"value"`
	Reason  string                `json:"reason"`
	Details deploymentDetailsJSON `json:"details"`
	Canary  *canaryStatusJSON     `json:"canary,omitempty"`
}

type deploymentDetailsJSON struct {
	LastSuccessfulHealthcheck timeJSON `json:"last_successful_healthcheck"`
	LastStatusChange          timeJSON `json:"last_status_change"`
	Error                     string   `json:"error,omitempty"`
}

type canaryStatusJSON struct {
	Steps canaryStepsJSON `json:"steps"`
}

type canaryStepsJSON struct {
	Current int `json:"current"`
	Total   int `json:"total"`
}

type deploymentOptionsJSON struct {
	MaxInFlight  int         `json:"max_in_flight"`
	WebInstances *int        `json:"web_instances,omitempty"`
	MemoryInMB   *int        `json:"memory_in_mb,omitempty"`
	DiskInMB     *int        `json:"disk_in_mb,omitempty"`
	LogRateLimit *int64      `json:"log_rate_limit_in_bytes_per_second,omitempty"`
	Canary       *canaryJSON `json:"canary,omitempty"`
}

type canaryJSON struct {
	Steps []weightJSON `json:"steps"`
}

type weightJSON struct {
	Weight int `json:"instance_weight"`
}

type deploymentProcessJSON struct {
	GUID string `json:"guid"`
	Type string `json:"type"`
}

func listDeployments(c *call) (reply, error) {
	query, err := c.op.List.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	list, total := c.snap.State.Deployments(c.who, query)
	return c.listReply("/v3/deployments", query, total, shown(list, c.deploymentJSON), nil)
}

func getDeployment(c *call) (reply, error) {
	return one(http.StatusOK, c.deploymentJSON)(c.snap.State.Deployment(c.who, c.guid))
}

func createDeployment(c *call) (reply, error) {
	deployment, err := c.snap.State.CreateDeployment(c.now, c.who, c.body)
	if err == nil { // it is made and waits, whatever Diego says
		c.changed = true
		err = c.snap.State.TellDiego(state.Ref{GUID: deployment.ProcessGUID, AppGUID: deployment.AppGUID})
	}
	return one(http.StatusCreated, c.deploymentJSON)(deployment, err)
}

func updateDeployment(c *call) (reply, error) {
	return changed(c, http.StatusOK, c.deploymentJSON)(c.snap.State.UpdateDeployment(c.now, c.who, c.guid, c.body))
}

func cancelDeployment(c *call) (reply, error) {
	return c.steered(c.snap.State.CancelDeployment(c.now, c.who, c.guid))
}

func continueDeployment(c *call) (reply, error) {
	return c.steered(c.snap.State.ContinueDeployment(c.now, c.who, c.guid))
}

// steered answers an action with a status alone.
func (c *call) steered(err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	c.changed = true
	return reply{status: http.StatusOK}, nil
}

func (c *call) deploymentJSON(d state.DeploymentView) deploymentJSON {
	self := c.base() + "/v3/deployments/" + d.GUID
	out := deploymentJSON{
		GUID: d.GUID, CreatedAt: timeJSON(d.CreatedAt), UpdatedAt: timeJSON(d.UpdatedAt),
		Status:   deploymentStatusJSON{Value: d.Value(), Reason: d.Reason, Details: deploymentDetailsJSON{timeJSON(d.HealthyAt), timeJSON(d.ChangedAt), d.Error}},
		Strategy: d.Strategy, Options: optionsOf(d), Droplet: guidOrNull(d.DropletGUID), PreviousDroplet: guidOrNull(d.PreviousDroplet),
		NewProcesses: []deploymentProcessJSON{}, Relationships: toApp{relationJSON{guidOf(d.AppGUID)}}, Metadata: metadataOf(d.Deployment.Metadata),
		Links: links{{"self", self, ""}, {"app", c.base() + "/v3/apps/" + d.AppGUID, ""}},
	}
	if d.Cancelable() {
		out.Links = append(out.Links, links{{"cancel", self + "/actions/cancel", http.MethodPost}}...)
	}
	if d.State == state.Paused {
		out.Links = append(out.Links, links{{"continue", self + "/actions/continue", http.MethodPost}}...)
	}
	if d.ProcessGUID != "" {
		out.NewProcesses = append(out.NewProcesses, deploymentProcessJSON{d.ProcessGUID, "web"})
	}
	if d.Revision.GUID != "" && !d.App.RevisionsOff {
		out.Revision = &d.Revision
	}
	if d.Strategy == contract.Canary {
		out.Status.Canary = &canaryStatusJSON{canaryStepsJSON{d.Step, max(1, len(d.Steps))}}
	}
	return out
}

func optionsOf(d state.DeploymentView) deploymentOptionsJSON {
	out := deploymentOptionsJSON{MaxInFlight: d.MaxInFlight, WebInstances: d.WebInstances, MemoryInMB: d.MemoryInMB, DiskInMB: d.DiskInMB, LogRateLimit: d.LogRateLimit}
	if d.Strategy == contract.Canary && d.Steps != nil {
		out.Canary = &canaryJSON{shown(d.Steps, func(weight int) weightJSON { return weightJSON{weight} })}
	}
	return out
}
