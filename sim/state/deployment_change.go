package state

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// CreateDeployment carries out POST /v3/deployments, in one step as
// UpdateProcess does. Of an app that does not run nothing is moved: it is
// started. The errors are those of the contract, in its order.
func (s *Store) CreateDeployment(now time.Time, who Viewer, body contract.Body) (DeploymentView, error) {
	message, err := contract.CheckDeployment(body)
	if err != nil {
		return DeploymentView{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.deployable(s.renewed(who), message)
	if err != nil {
		return DeploymentView{}, err
	}
	undo := s.mark(v.App.GUID)
	d, err := s.deploy(now, who, v, message)
	if err != nil {
		undo()
		return DeploymentView{}, err
	}
	s.audit(who, s.viewOfApp(d.AppGUID), Event{Type: DeploymentCreated, At: now, Data: createdData(d, message, body)})
	return s.deploymentView(d), nil
}

func createdData(d *Deployment, message contract.DeploymentCreate, body contract.Body) []document.Field {
	null := func(key, text string) document.Field {
		if text == "" {
			return document.Field{Key: key}
		}
		return said(key, text)
	}
	kind := ""
	if message.RevisionGUID != "" {
		kind = "rollback"
	}
	data := []document.Field{said("deployment_guid", d.GUID), null("droplet_guid", d.DropletGUID), null("type", kind), null("revision_guid", d.Revision.GUID)}
	return append(append(data, asked(body)...), said("strategy", d.Strategy))
}

func (s *Store) viewOfApp(guid string) View { return s.peek(Ref{AppGUID: guid}) }

// deployable finds the app of a deployment for someone who may deploy it.
func (s *Store) deployable(who Viewer, message contract.DeploymentCreate) (View, error) {
	v := s.viewOfApp(message.AppGUID)
	if v.App == nil || !who.canWrite(v.Space) {
		return v, contract.AppUnusable
	}
	if err := who.writable(v.Space, v.Organization); err != nil {
		return v, err
	}
	if message.RevisionGUID != "" && !v.App.RevisionsEnabled {
		return v, contract.RevisionsAreOff
	}
	return v, nil
}

// mark remembers the app, its processes, its deployments and the events, and
// returns what brings them back.
func (s *Store) mark(guid string) (undo func()) {
	app, list, serial := s.apps.get(guid), slices.Clip(s.events.list), s.events.serial
	processes := map[string]*Process{}
	for _, of := range s.byApp.get(guid) {
		processes[of] = s.processes.get(of)
	}
	return func() {
		s.setApp(app)
		s.events.list, s.events.serial = list, serial
		for _, of := range slices.Clone(s.byApp.get(guid)) {
			if old := processes[of]; old == nil {
				s.remove(s.processes.get(of))
			} else if s.processes.get(of) != old {
				next := *old
				s.put(&next)
			}
		}
	}
}

// deploy works out what is deployed, and begins.
func (s *Store) deploy(now time.Time, who Viewer, v View, message contract.DeploymentCreate) (*Deployment, error) {
	webs := s.webs(v.App.GUID)
	if len(webs) == 0 {
		return nil, contract.UnknownError
	}
	if v.App.State == Started && (message.WebInstances != nil || message.MemoryInMB != nil || message.LogRateLimit != nil) {
		v.Process = webs[len(webs)-1]
		next := sized(*v.Process, message)
		if err := s.checkModel(v, next, false); err != nil {
			return nil, enlarged(v, err)
		}
		v.Process = nil
	}
	previousDroplet := v.App.DropletGUID
	target, err := s.target(v.App, message)
	if err != nil {
		return nil, err
	}
	next := *v.App
	next.DropletGUID = target.droplet
	s.setApp(&next)
	v.App = &next
	s.audit(who, v, Event{Type: DropletMapped, At: now, Data: []document.Field{
		{Key: "request", Value: document.Value{Kind: document.Object, Members: []document.Field{said("droplet_guid", target.droplet)}}}}})
	if err := s.reviseTo(now, who, v, &next, target.rollback); err != nil {
		return nil, err
	}
	d := &Deployment{
		AppGUID: next.GUID, CreatedAt: now, UpdatedAt: now, ChangedAt: now, HealthyAt: now,
		DeploymentOptions: message.DeploymentOptions, DropletGUID: target.droplet, PreviousDroplet: previousDroplet, Original: webs[0].Instances,
		State: Deploying, Reason: string(Deploying), Metadata: contract.Metadata{}.Merge(message.Metadata), Next: now.Add(s.settings.Lifecycle.interval()),
	}
	d.GUID = v.drawnGUID(next.GUID, deploymentDraw, len(s.deploymentsOf(next.GUID)))
	if d.Strategy == contract.Canary {
		d.State, d.Step = Prepaused, 1
	}
	d.Revision = next.Deployed()
	if next.State == Started {
		return d, s.bringUp(now, v, d, webs, message)
	}
	return d, s.startInstead(now, who, v, d, webs[len(webs)-1], message)
}

// target is the droplet of a deployment, and the revision that it goes back to.
func (s *Store) target(app *App, message contract.DeploymentCreate) (found struct {
	droplet  string
	rollback *Revision
}, err error) {
	found.droplet = app.DropletGUID
	switch {
	case message.RevisionGUID != "":
		at := slices.IndexFunc(app.Revisions, func(r Revision) bool { return r.GUID == message.RevisionGUID })
		if at < 0 {
			return found, contract.NoSuchRevision
		}
		found.rollback, found.droplet = &app.Revisions[at], app.Revisions[at].DropletGUID
		if app.droplet(found.droplet) == nil {
			return found, contract.RevisionUnbuilt
		}
	case message.DropletGUID != "":
		found.droplet = message.DropletGUID
		if app.droplet(found.droplet) == nil {
			return found, contract.DropletForeign
		}
	case found.droplet == "":
		return found, contract.DropletInvalid
	}
	return found, nil
}

// reviseTo gives the app the revision that is deployed.
func (s *Store) reviseTo(now time.Time, who Viewer, v View, app *App, back *Revision) error {
	made := (*Revision)(nil)
	if back == nil {
		made = s.revise(now, app)
	} else {
		latest := app.Latest()
		reasons := latest.differs(*back)
		if len(reasons) == 0 {
			return contract.RollbackToItself
		}
		reasons = append(reasons, "Rolled back to revision "+strconv.Itoa(back.Version)+".")
		made = s.addRevision(app, Revision{Version: latest.Version + 1, DropletGUID: back.DropletGUID, CreatedAt: now,
			Commands: back.Commands, Description: strings.Join(reasons, " ")})
	}
	s.auditRevision(now, who, v, made)
	return nil
}

// sized is a process with what a deployment says of its size.
func sized(p Process, message contract.DeploymentCreate) *Process {
	p.Instances = document.Or(message.WebInstances, p.Instances)
	return resized(p, message)
}

func resized(p Process, message contract.DeploymentCreate) *Process {
	p.MemoryInMB, p.LogRateLimit = document.Or(message.MemoryInMB, p.MemoryInMB), document.Or(message.LogRateLimit, p.LogRateLimit)
	if message.DiskInMB != nil {
		disk := *message.DiskInMB
		p.DiskInMB = &disk
	}
	return &p
}

// bringUp makes the second web process of an app that runs.
func (s *Store) bringUp(now time.Time, v View, d *Deployment, webs []*Process, message contract.DeploymentCreate) error {
	if previous := s.active(d.AppGUID); previous != nil {
		d.Original = previous.Original
	}
	newest := webs[len(webs)-1]
	count := d.desired()
	if d.Strategy == contract.Canary {
		count, _ = d.canary()
	}
	p := resized(twin(now, v, d, newest, min(d.MaxInFlight, count)), message)
	v.Process = p
	if err := s.checkModel(v, p, true); err != nil {
		return enlarged(v, err)
	}
	s.put(p)
	if previous := s.active(d.AppGUID); previous != nil {
		next := *previous
		into := Canceled
		if next.State == Deploying {
			into = Deployed
		}
		next.settled(now, into, superseded)
		s.putDeployment(&next)
	}
	d.ProcessGUID = p.GUID
	s.putDeployment(d)
	return nil
}

// twin is a web process as a deployment brings it up beside the one there is.
func twin(now time.Time, v View, d *Deployment, of *Process, instances int) Process {
	p := *of
	p.GUID, p.CreatedAt, p.UpdatedAt = v.drawnGUID(d.GUID, deploymentDraw, 0), now, now
	p.Version, p.serial = v.drawnGUID(p.GUID, versionDraw, 0), math.MaxUint64 // after all there are
	p.Instances, p.History = instances, History{}
	if latest := v.App.Latest(); latest != nil {
		p.RevisionGUID = latest.GUID
		for _, command := range latest.Commands {
			if command.Type == "web" {
				p.Command = command.Command
			}
		}
	}
	return p
}

// holdDeployment begins a deployment that does not move with the clock.
func (s *Store) holdDeployment(now time.Time, v View) {
	webs := s.webs(v.App.GUID)
	d := &Deployment{
		AppGUID: v.App.GUID, CreatedAt: now, UpdatedAt: now, ChangedAt: now, HealthyAt: now, State: Deploying, Reason: string(Deploying),
		DeploymentOptions: contract.DeploymentOptions{Strategy: contract.Rolling, MaxInFlight: 1}, DropletGUID: v.App.DropletGUID, PreviousDroplet: v.App.DropletGUID, Held: true,
	}
	d.GUID = v.drawnGUID(v.App.GUID, deploymentDraw, len(s.deploymentsOf(v.App.GUID)))
	d.Revision = v.App.Deployed()
	if len(webs) > 0 {
		d.Original = webs[0].Instances
		p := twin(now, v, d, webs[len(webs)-1], min(1, d.Original))
		s.put(&p)
		d.ProcessGUID = p.GUID
	}
	s.putDeployment(d)
}

// callOff ends the deployments of an app at once: it is as it was before.
func (s *Store) callOff(now time.Time, app string) {
	for _, d := range s.deploymentsOf(app) {
		if d.Cancelable() {
			next := *d
			s.takeBack(now, &next)
			s.putDeployment(&next)
		}
	}
}

// active is the deployment of an app that has not ended, nil for none.
func (s *Store) active(app string) *Deployment {
	for _, d := range s.deploymentsOf(app) {
		if d.Cancelable() {
			return d
		}
	}
	return nil
}

// startInstead starts an app that does not run: nothing has to be moved.
func (s *Store) startInstead(now time.Time, who Viewer, v View, d *Deployment, web *Process, message contract.DeploymentCreate) error {
	next := sized(*web, message)
	next.History = next.History.scaled(web.Instances, next.Instances, now)
	s.put(next)
	app, err := s.startRevised(now, v)
	if err != nil {
		return enlarged(v, err)
	}
	v.App = app
	s.audit(who, v, Event{Type: AppStarted, At: now})
	d.settled(now, Deployed, string(Deployed))
	s.putDeployment(d)
	return nil
}

// enlarged adds to a quota's refusal what the real server has to say of it here.
func enlarged(v View, err error) error {
	var refusal *contract.Error
	if !errors.As(err, &refusal) {
		return err
	}
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(refusal.Detail, part) })
	}
	const hint = "quota may not be large enough to support rolling deployments or your configured max-in-flight."
	switch {
	case has("space_quota_exceeded", "space_app_instance_limit_exceeded"):
		return refusal.Text(refusal.Detail + " for space " + v.Space.Name + ". This space's " + hint)
	case has("quota_exceeded", "app_instance_limit_exceeded"):
		return refusal.Text(refusal.Detail + " for organization " + v.Organization.Name + ". This organization's " + hint)
	}
	return err
}
