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
	made := d.deployment(app, state.Deployment{DropletGUID: app.DropletGUID, PreviousDroplet: app.DropletGUID, Revision: app.Deployed(), Held: true}, 0)
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

// deployment is one that is written out, with what was left out.
func (d *draft) deployment(app *state.App, made state.Deployment, place int) state.Deployment {
	made.GUID = cmp.Or(made.GUID, d.draw.of("deployment", app.GUID, strconv.Itoa(place)).UUID())
	made.AppGUID = app.GUID
	for _, at := range []*time.Time{&made.CreatedAt, &made.UpdatedAt, &made.ChangedAt, &made.HealthyAt, &made.Next} {
		*at = at.UTC()
	}
	made.State = cmp.Or(made.State, state.Deploying)
	made.Strategy, made.MaxInFlight = cmp.Or(made.Strategy, contract.Rolling), cmp.Or(made.MaxInFlight, 1)
	made.Reason = cmp.Or(made.Reason, string(made.State))
	if made.Reason == string(state.Prepaused) {
		made.Reason = string(state.Deploying)
	}
	if made.Strategy == contract.Canary {
		made.Step = max(1, made.Step)
	}
	return made
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
		if _, message := webs.find(one.ProcessGUID); one.ProcessGUID != "" && !ended && message != "" {
			c.report(message, "apps", i, "deployments", j, "process")
		}
		if !ended {
			active++
		}
		if active > 1 && !ended {
			c.report("in flight, expected one such deployment at most", "apps", i, "deployments", j)
		}
		if one.Strategy != contract.Canary && one.Steps != nil {
			c.report("expected the strategy canary", "apps", i, "deployments", j, "canary_weights")
		}
		if !slices.IsSorted(one.Steps) {
			c.report(fmt.Sprintf("%v, expected weights in ascending order", one.Steps), "apps", i, "deployments", j, "canary_weights")
		}
		if one.Step > max(1, len(one.Steps)) {
			c.report(fmt.Sprintf("%d, expected at most %d", one.Step, max(1, len(one.Steps))), "apps", i, "deployments", j, "canary_step")
		}
	}
}
