package api

import (
	"net/http"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

func listDeployments(c *call) (reply, error) {
	return c.listed("/v3/deployments", func(query contract.ResourceQuery) ([]document.Value, int, error) {
		list, total := c.snap.State.Deployments(c.who, query)
		return shown(list, c.deploymentJSON), total, nil
	})
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

func (c *call) deploymentJSON(d state.DeploymentView) document.Value {
	with := values{
		"guid": d.GUID, "created_at": d.CreatedAt, "updated_at": d.UpdatedAt, "app": d.AppGUID, "metadata": metadataOf(d.Deployment.Metadata),
		"value": d.Value(), "reason": d.Reason, "error": nullable(d.Error), "healthy_at": d.HealthyAt, "changed_at": d.ChangedAt,
		"strategy": d.Strategy, "max_in_flight": d.MaxInFlight, "web_instances": d.WebInstances,
		"memory_in_mb": d.MemoryInMB, "disk_in_mb": d.DiskInMB, "log_rate_limit": d.LogRateLimit,
		"droplet": nullable(d.DropletGUID), "previous_droplet": nullable(d.PreviousDroplet), "new_processes": []any{}, "revision": nil,
		"step": nil, "steps": nil, "weights": nil, "cancel": nil, "continue": nil,
	}
	if d.ProcessGUID != "" {
		with["new_processes"] = []map[string]string{{"guid": d.ProcessGUID, "type": "web"}}
	}
	if d.Revision.GUID != "" && d.App.RevisionsEnabled {
		with["revision"] = d.Revision
	}
	if d.Strategy == contract.Canary {
		with["step"], with["steps"] = d.Step, max(1, len(d.Steps))
		if d.Steps != nil {
			with["weights"] = shown(d.Steps, func(weight int) map[string]int { return map[string]int{"instance_weight": weight} })
		}
	}
	if d.Cancelable() {
		with["cancel"] = d.GUID
	}
	if d.State == state.Paused {
		with["continue"] = d.GUID
	}
	return c.document("deployment", with)
}
