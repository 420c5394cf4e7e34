package api

import (
	"net/http"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/state"
)

// deploymentJSON is the deployment of an app that is deploying. Its droplets
// are unknown here, as the app's is.
type deploymentJSON struct {
	GUID            string                  `json:"guid"`
	CreatedAt       timeJSON                `json:"created_at"`
	UpdatedAt       timeJSON                `json:"updated_at"`
	Status          deploymentStatusJSON    `json:"status"`
	Strategy        string                  `json:"strategy"`
	Options         deploymentOptionsJSON   `json:"options"`
	Droplet         guidJSON                `json:"droplet"`
	PreviousDroplet guidJSON                `json:"previous_droplet"`
	NewProcesses    []deploymentProcessJSON `json:"new_processes"`
	Revision        *guidJSON               `json:"revision"`
	Relationships   toApp                   `json:"relationships"`
	Metadata        metadataJSON            `json:"metadata"`
	Links           deploymentLinks         `json:"links"`
}

type deploymentStatusJSON struct {
	Value   string                `json:"value"`
	Reason  string                `json:"reason"`
	Details deploymentDetailsJSON `json:"details"`
}

type deploymentDetailsJSON struct {
	LastSuccessfulHealthcheck timeJSON `json:"last_successful_healthcheck"`
	LastStatusChange          timeJSON `json:"last_status_change"`
}

type deploymentOptionsJSON struct {
	MaxInFlight int `json:"max_in_flight"`
}

type deploymentProcessJSON struct {
	GUID string `json:"guid"`
	Type string `json:"type"`
}

type deploymentLinks struct {
	Self   linkJSON `json:"self"`
	App    linkJSON `json:"app"`
	Cancel linkJSON `json:"cancel"`
}

func listDeployments(c *call) (reply, error) {
	query, err := contract.DeploymentList.Parse(c.req.URL.RawQuery)
	if err != nil {
		return reply{}, err
	}
	page := c.snap.State.Deployments(c.who, query)
	return c.listReply("/v3/deployments", query, page.Total, shown(page.Views, c.deploymentJSON), nil)
}

func (c *call) deploymentJSON(v state.View) deploymentJSON {
	begun := timeJSON(v.App.UpdatedAt)
	self := c.base() + "/v3/deployments/" + v.DeploymentGUID()
	return deploymentJSON{
		GUID: v.DeploymentGUID(), CreatedAt: begun, UpdatedAt: begun,
		Status:   deploymentStatusJSON{state.DeploymentActive, state.DeploymentDeploying, deploymentDetailsJSON{begun, begun}},
		Strategy: "rolling", Options: deploymentOptionsJSON{MaxInFlight: 1},
		NewProcesses: shown(c.snap.State.NewProcesses(v.App.GUID), func(p *state.Process) deploymentProcessJSON {
			return deploymentProcessJSON{p.GUID, p.Type}
		}),
		Relationships: toApp{relationJSON{guidOf(v.App.GUID)}},
		Links: deploymentLinks{
			Self: linkJSON{Href: self}, App: linkJSON{Href: c.base() + "/v3/apps/" + v.App.GUID},
			Cancel: linkJSON{self + "/actions/cancel", http.MethodPost},
		},
	}
}
