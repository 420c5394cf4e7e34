package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/state"
)

// Deployment replaces the web process of an app by another one.
type Deployment struct {
	GUID             string                `json:"guid,omitempty"`
	CreatedAt        *Time                 `json:"created_at,omitempty"`
	UpdatedAt        *Time                 `json:"updated_at,omitempty"`
	State            state.DeploymentState `json:"state,omitempty"`
	Reason           string                `json:"reason,omitempty"`
	Error            string                `json:"error,omitempty"`
	LastStatusChange *Time                 `json:"last_status_change,omitempty"`
	LastHealthCheck  *Time                 `json:"last_successful_healthcheck,omitempty"`
	Strategy         string                `json:"strategy,omitempty"`
	MaxInFlight      int                   `json:"max_in_flight,omitempty"`
	WebInstances     *int                  `json:"web_instances,omitempty"`
	MemoryInMB       *int                  `json:"memory_in_mb,omitempty"`
	DiskInMB         *int                  `json:"disk_in_mb,omitempty"`
	LogRateLimit     *int64                `json:"log_rate_limit_in_bytes_per_second,omitempty"`
	Weights          []int                 `json:"canary_weights,omitempty"`
	Step             int                   `json:"canary_step,omitempty"`
	Droplet          string                `json:"droplet,omitempty"`
	PreviousDroplet  string                `json:"previous_droplet,omitempty"`
	Revision         *DeployedRevision     `json:"revision,omitempty"`
	Process          string                `json:"process,omitempty"` // guid of the new one
	Original         int                   `json:"original_instances,omitempty"`
	Metadata         *Metadata             `json:"metadata,omitempty"`
	Held             bool                  `json:"held,omitempty"`
	Next             *Time                 `json:"next,omitempty"`
}

// DeployedRevision is the revision of a deployment.
type DeployedRevision struct {
	GUID    string `json:"guid"`
	Version int    `json:"version"`
}

// deployments gives an app the deployments that are written out; deploying is
// short for one in flight that stands still, and for its web process beside the
// one there is. It returns that process, nil for none.
func (d *draft) deployments(app *state.App, from App, processes []state.Process) *state.Process {
	for i, one := range from.Deployments {
		d.seed.Deployments = append(d.seed.Deployments, d.deployment(app, one, i))
	}
	for _, one := range d.seed.Deployments[len(d.seed.Deployments)-len(from.Deployments):] {
		app.Deploying = app.Deploying || one.InFlight()
	}
	if !from.Deploying || app.Deploying {
		return nil
	}
	app.Deploying = true
	made := d.deployment(app, Deployment{Droplet: app.DropletGUID, PreviousDroplet: app.DropletGUID, Held: true}, 0)
	if latest := app.Latest(); latest != nil {
		made.RevisionGUID, made.RevisionVersion = latest.GUID, latest.Version
	}
	var webs []*state.Process
	for i := range processes {
		if processes[i].Type == webType {
			webs = append(webs, &processes[i])
		}
	}
	var second *state.Process
	switch len(webs) {
	case 0:
	case 1:
		f := d.draw.of("deployed", app.GUID)
		next := *webs[0]
		next.GUID, next.Version = f.UUID(), f.UUID()
		next.Instances, next.History = min(1, webs[0].Instances), state.History{}
		second = &next
		fallthrough
	default:
		made.Original, made.ProcessGUID = webs[0].Instances, webs[len(webs)-1].GUID
		if second != nil {
			made.ProcessGUID = second.GUID
		}
	}
	d.seed.Deployments = append(d.seed.Deployments, made)
	return second
}

func (d *draft) deployment(app *state.App, from Deployment, place int) state.Deployment {
	made := state.Deployment{
		GUID: cmp.Or(from.GUID, d.draw.of("deployment", app.GUID, strconv.Itoa(place)).UUID()), AppGUID: app.GUID,
		CreatedAt: from.CreatedAt.or(time.Time{}), UpdatedAt: from.UpdatedAt.or(time.Time{}),
		ChangedAt: from.LastStatusChange.or(time.Time{}), HealthyAt: from.LastHealthCheck.or(time.Time{}),
		State: cmp.Or(from.State, state.Deploying), Error: from.Error,
		Strategy: cmp.Or(from.Strategy, contract.Rolling), MaxInFlight: cmp.Or(from.MaxInFlight, 1),
		WebInstances: from.WebInstances, MemoryInMB: from.MemoryInMB, DiskInMB: from.DiskInMB, LogRateLimit: from.LogRateLimit,
		Steps: from.Weights, Step: from.Step, DropletGUID: from.Droplet, PreviousDroplet: from.PreviousDroplet,
		ProcessGUID: from.Process, Original: from.Original, Metadata: from.Metadata.stored(), Held: from.Held, Next: from.Next.or(time.Time{}),
	}
	made.Reason = cmp.Or(from.Reason, string(made.State))
	if made.Reason == string(state.Prepaused) {
		made.Reason = string(state.Deploying)
	}
	if made.Strategy == contract.Canary {
		made.Step = max(1, made.Step)
	}
	if from.Revision != nil {
		made.RevisionGUID, made.RevisionVersion = from.Revision.GUID, from.Revision.Version
	}
	return made
}

func exportDeployment(d state.Deployment) Deployment {
	out := Deployment{
		GUID: d.GUID, CreatedAt: moment(d.CreatedAt), UpdatedAt: moment(d.UpdatedAt), State: d.State, Reason: d.Reason, Error: d.Error,
		LastStatusChange: moment(d.ChangedAt), LastHealthCheck: moment(d.HealthyAt), Strategy: d.Strategy, MaxInFlight: d.MaxInFlight,
		WebInstances: d.WebInstances, MemoryInMB: d.MemoryInMB, DiskInMB: d.DiskInMB, LogRateLimit: d.LogRateLimit,
		Weights: d.Steps, Step: d.Step, Droplet: d.DropletGUID, PreviousDroplet: d.PreviousDroplet, Process: d.ProcessGUID, Original: d.Original,
		Metadata: exportMetadata(d.Metadata), Held: d.Held, Next: moment(d.Next),
	}
	if d.RevisionGUID != "" {
		out.Revision = &DeployedRevision{d.RevisionGUID, d.RevisionVersion}
	}
	return out
}

// deployments checks what the deployments of an app refer to.
func (c *checker) deployments(app App, i int, guids map[string]string) {
	webs := newNames("web process of the app")
	for j, process := range app.Processes {
		if process.typeName() == webType {
			webs.add(j, process.guid(app))
		}
	}
	active := 0
	for j, one := range app.Deployments {
		c.unique(guids, one.GUID, "guid", "apps", i, "deployments", j, "guid")
		ended := one.State == state.Deployed || one.State == state.Canceled
		if _, message := webs.find(one.Process); one.Process != "" && !ended && message != "" {
			c.report(message, "apps", i, "deployments", j, "process")
		}
		if !ended {
			active++
		}
		if active > 1 && !ended {
			c.report("in flight, expected one such deployment at most", "apps", i, "deployments", j)
		}
		if one.Strategy != contract.Canary && one.Weights != nil {
			c.report("expected the strategy canary", "apps", i, "deployments", j, "canary_weights")
		}
		if !slices.IsSorted(one.Weights) {
			c.report(fmt.Sprintf("%v, expected weights in ascending order", one.Weights), "apps", i, "deployments", j, "canary_weights")
		}
		if one.Step > max(1, len(one.Weights)) {
			c.report(fmt.Sprintf("%d, expected at most %d", one.Step, max(1, len(one.Weights))), "apps", i, "deployments", j, "canary_step")
		}
	}
}
