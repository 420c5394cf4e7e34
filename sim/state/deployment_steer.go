package state

import (
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// UpdateDeployment carries out PATCH of a deployment: metadata alone.
func (s *Store) UpdateDeployment(now time.Time, who Viewer, guid string, body contract.Body) (DeploymentView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who = s.renewed(who)
	v, err := s.readableDeployment(who, guid)
	if err != nil {
		return v, err
	}
	if !who.Admin() && !who.User.holds(SpaceDeveloper, v.Space.GUID) {
		return v, contract.NotAuthorized
	}
	if err := who.writable(v.Space, v.Organization); err != nil {
		return v, err
	}
	update, err := contract.CheckDeploymentUpdate(body)
	if err != nil {
		return v, err
	}
	next := *s.deployment(guid)
	next.Metadata = next.Metadata.Merge(update)
	if err := contract.CheckLimits(v.Deployment.Metadata, next.Metadata, update); err != nil {
		return v, err
	}
	next.UpdatedAt = now
	s.putDeployment(&next)
	return s.deploymentView(&next), nil
}

// CancelDeployment begins the way back: the app has its old droplet at once, the
// processes follow with the clock.
func (s *Store) CancelDeployment(now time.Time, who Viewer, guid string) error {
	return s.steer(now, who, guid, "cancel", DeploymentCanceled, func(d *Deployment) bool {
		if !d.Cancelable() {
			return false
		}
		d.settled(now, Canceling, string(Canceling))
		return true
	})
}

// ContinueDeployment lets a paused canary go on to its next step, or to all
// instances.
func (s *Store) ContinueDeployment(now time.Time, who Viewer, guid string) error {
	return s.steer(now, who, guid, "continue", DeploymentContinued, func(d *Deployment) bool {
		if d.State != Paused {
			return false
		}
		into := Deploying
		if d.Steps != nil && d.Step < len(d.Steps) {
			into = Prepaused
			d.Step++
		}
		d.settled(now, into, string(Deploying))
		return true
	})
}

// steer carries out an action on a deployment, which those who may not manage
// its app do not find.
func (s *Store) steer(now time.Time, who Viewer, guid, action, event string, act func(*Deployment) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	who = s.renewed(who)
	d := s.deployment(guid)
	if d == nil || !who.canWrite(s.viewOfApp(d.AppGUID).Space) {
		return contract.DeploymentNotFound
	}
	v := s.viewOfApp(d.AppGUID)
	if err := who.writable(v.Space, v.Organization); err != nil {
		return err
	}
	next := *d
	if !act(&next) {
		return contract.DeploymentRefused(action, d.Value(), d.Reason)
	}
	next.Next = now.Add(s.settings.Lifecycle.interval())
	if event == DeploymentCanceled {
		app := *v.App
		if app.droplet(d.PreviousDroplet) == nil {
			return contract.DropletForeign
		}
		app.DropletGUID = d.PreviousDroplet
		s.setApp(&app)
		v.App = &app
		s.audit(who, v, Event{Type: DropletMapped, At: now, Data: []document.Field{
			{Key: "request", Value: document.Value{Kind: document.Object, Members: []document.Field{said("droplet_guid", d.PreviousDroplet)}}}}})
	}
	s.audit(who, v, Event{Type: event, At: now, Data: []document.Field{said("deployment_guid", d.GUID), said("droplet_guid", d.DropletGUID)}})
	s.putDeployment(&next)
	return nil
}
