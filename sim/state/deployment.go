package state

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/tidwall/btree"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// DeploymentState is how far a deployment has come.
type DeploymentState string

// The states of the real server.
const (
	Deploying  DeploymentState = "DEPLOYING"
	Prepaused  DeploymentState = "PREPAUSED"
	Paused     DeploymentState = "PAUSED"
	Deployed   DeploymentState = "DEPLOYED"
	Canceling  DeploymentState = "CANCELING"
	Canceled   DeploymentState = "CANCELED"
	superseded                 = "SUPERSEDED" // a reason, not a state
)

// Deployment replaces the web process of an app by another one, instance by
// instance.
type Deployment struct {
	GUID      string          `json:"guid,omitempty"`
	AppGUID   string          `json:"-"`
	CreatedAt time.Time       `json:"created_at,omitzero"` // the zero time: when its app was
	UpdatedAt time.Time       `json:"updated_at,omitzero"` // the zero time: when it was made
	State     DeploymentState `json:"state,omitempty"`
	Reason    string          `json:"reason,omitempty"`                     // of its status
	Error     string          `json:"error,omitempty"`                      // why it could not go on, "" for nothing
	ChangedAt time.Time       `json:"last_status_change,omitzero"`          // its status did; the zero time: when it was made
	HealthyAt time.Time       `json:"last_successful_healthcheck,omitzero"` // when instances were last found well; the zero time: when it was made

	contract.DeploymentOptions
	Step int `json:"canary_step,omitempty"` // of the canary, from 1; 0 for another strategy

	DropletGUID     string            `json:"droplet,omitempty"`
	PreviousDroplet string            `json:"previous_droplet,omitempty"` // guid
	Revision        DeployedRevision  `json:"revision,omitzero"`
	ProcessGUID     string            `json:"process,omitempty"`            // of the new web process, "" when the app was not running
	Original        int               `json:"original_instances,omitempty"` // instances that the web process had
	Metadata        contract.Metadata `json:"metadata,omitzero"`

	Held bool      `json:"held,omitempty"` // does not move with the clock
	Next time.Time `json:"next,omitzero"`  // when it moves; the zero time: at once
}

// DeployedRevision is the revision of a deployment; the zero one is none.
type DeployedRevision struct {
	GUID    string `json:"guid"`
	Version int    `json:"version"`
}

// Deployed is the revision of the app that a deployment is about to run.
func (a *App) Deployed() (r DeployedRevision) {
	if latest := a.Latest(); latest != nil {
		r = DeployedRevision{latest.GUID, latest.Version}
	}
	return r
}

// Value is the value of its status.
func (d *Deployment) Value() string {
	if d.State == Deployed || d.State == Canceled {
		return "FINALIZED"
	}
	return "ACTIVE"
}

// InFlight says that the web process can be neither changed nor scaled.
func (d *Deployment) InFlight() bool {
	return d.State == Deploying || d.State == Prepaused || d.State == Paused
}

// Cancelable says that it has not ended.
func (d *Deployment) Cancelable() bool { return d.Value() == "ACTIVE" }

// desired is how many web instances the app is to have in the end.
func (d *Deployment) desired() int { return document.Or(d.WebInstances, d.Original) }

// canary is how many new and old instances the current step wants.
func (d *Deployment) canary() (fresh, old int) {
	if d.Steps == nil {
		return 1, d.Original
	}
	instances := min(d.Original, d.desired())
	weight := d.Steps[min(max(d.Step, 1), len(d.Steps))-1]
	fresh = max(1, int(math.Round(float64(instances)*float64(weight)/100)))
	if weight == 100 {
		return fresh, 0
	}
	return fresh, instances - fresh + 1
}

// DeploymentView is a deployment as an answer shows it.
type DeploymentView struct {
	Deployment
	View
}

func (s *Store) deploymentView(d *Deployment) DeploymentView {
	v := DeploymentView{*d, s.peek(Ref{AppGUID: d.AppGUID})}
	v.date(v.App)
	return v
}

// date writes the times that were left out.
func (d *Deployment) date(app *App) {
	if d.CreatedAt.IsZero() {
		d.CreatedAt = app.CreatedAt
	}
	for _, at := range []*time.Time{&d.UpdatedAt, &d.ChangedAt, &d.HealthyAt} {
		if at.IsZero() {
			*at = d.CreatedAt
		}
	}
}

// Deployment finds a deployment for a reader. The error is
// contract.DeploymentNotFound.
func (s *Store) Deployment(who Viewer, guid string) (DeploymentView, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.readableDeployment(who, guid)
}

func (s *Store) readableDeployment(who Viewer, guid string) (DeploymentView, error) {
	d := s.deployment(guid)
	if d == nil || !who.canRead(s.spaces.get(s.apps.get(d.AppGUID).SpaceGUID)) {
		return DeploymentView{}, contract.DeploymentNotFound
	}
	return s.deploymentView(d), nil
}

// turnOf is the place of a deployment among those that move.
func (s *Store) turnOf(d *Deployment) key {
	return keyAt(d.Next, uint64(s.deployed.places.get(d.GUID)), d.GUID)
}

// byTurn orders by the time of the next move, then by creation.
func byTurn(a, b key) bool {
	a.guid, b.guid = "", ""
	return byTime(a, b)
}

// deployment is nil for what is not there.
func (s *Store) deployment(guid string) *Deployment { return s.deployments.get(guid) }

// takeDeployments fills a store that has none.
func (s *Store) takeDeployments(all []Deployment) {
	s.moving = btree.NewBTreeGOptions(byTurn, btree.Options{NoLocks: true})
	for i := range all {
		d := &all[i]
		s.deployments.set(d.GUID, d)
		s.deploymentOrder = append(s.deploymentOrder, d.GUID)
		s.deploymentsBy.set(d.AppGUID, append(s.deploymentsBy.get(d.AppGUID), d.GUID))
	}
	s.deployed = s.catalogueOfDeployments()
	for i := range all {
		d := &all[i]
		if d.moves() {
			s.moving.Set(s.turnOf(d))
		}
		if s.deploymentsBy.get(d.AppGUID)[0] == d.GUID {
			s.tellApp(d.AppGUID)
		}
	}
	s.schedule()
}

// putDeployment stores a deployment and tells its app whether one is in flight.
func (s *Store) putDeployment(d *Deployment) {
	next, more := s.resourceOfDeployment(d), s.attributesOfDeployment(nil, d)
	if s.deployed.outrun(next.moments) {
		s.deployed = s.catalogueOfDeployments()
	}
	if old := s.deployment(d.GUID); old == nil {
		s.deployed.add(next, more)
		s.deploymentOrder = append(s.deploymentOrder, d.GUID)
		s.deploymentsBy.set(d.AppGUID, append(slices.Clip(s.deploymentsBy.get(d.AppGUID)), d.GUID))
	} else {
		s.deployed.move(s.resourceOfDeployment(old), next, s.attributesOfDeployment(nil, old), more)
		if old.moves() {
			s.moving.Delete(s.turnOf(old))
		}
	}
	if d.moves() {
		s.moving.Set(s.turnOf(d))
	}
	s.deployments.set(d.GUID, d)
	s.tellApp(d.AppGUID)
	s.schedule()
}

// tellApp tells an app whether one of its deployments is in flight.
func (s *Store) tellApp(guid string) {
	app := *s.apps.get(guid)
	app.Deploying = slices.ContainsFunc(s.deploymentsOf(guid), (*Deployment).InFlight)
	if app.Deploying != s.apps.get(guid).Deploying {
		s.setApp(&app)
	}
}

// deploymentsOf are the deployments of an app, oldest first.
func (s *Store) deploymentsOf(app string) (list []*Deployment) {
	for _, guid := range s.deploymentsBy.get(app) {
		list = append(list, s.deployment(guid))
	}
	return list
}

// webs are the web processes of an app, oldest first.
func (s *Store) webs(app string) (list []*Process) {
	for _, guid := range s.byApp.get(app) {
		if p := s.processes.get(guid); p.Type == "web" {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b *Process) int { return cmp.Compare(a.serial, b.serial) })
	return list
}

// settled changes the status of a deployment.
func (d *Deployment) settled(now time.Time, into DeploymentState, reason string) {
	d.UpdatedAt = now
	if d.Reason != reason || d.State != into && (&Deployment{State: into}).Value() != d.Value() {
		d.ChangedAt = now
	}
	d.State, d.Reason = into, reason
}
