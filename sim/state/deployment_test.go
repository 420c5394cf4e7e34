package state

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// steps plays moments of a deployment of front, which has two web instances,
// and spells out its status and the web processes at each.
type deploying struct {
	*testing.T
	*Store
	guid string
}

func deployed(t *testing.T, body string, bend ...func(*Seed)) deploying {
	t.Helper()
	s := storeOf(bend...)
	v, err := s.CreateDeployment(start, root, bodyOf(t, deploymentOf("front", body)))
	if err != nil {
		t.Fatal(err)
	}
	return deploying{t, s, v.GUID}
}

func deploymentOf(app, body string) string {
	return `{"relationships":{"app":{"data":{"guid":"` + app + `"}}}` + body + `}`
}

// at is the status after that many seconds, and the instances of each web
// process, oldest first.
func (d deploying) at(seconds int, want string) {
	d.Helper()
	d.Advance(later(time.Duration(seconds) * time.Second))
	v, err := d.Deployment(root, d.guid)
	if err != nil {
		d.Fatal(err)
	}
	got := v.Value() + " " + v.Reason
	for _, p := range d.webs("front") {
		got += fmt.Sprint(" ", p.Instances)
	}
	if got != want {
		d.Errorf("after %ds: %s, expected %s", seconds, got, want)
	}
}

func (d deploying) do(act func(time.Time, Viewer, string) error, seconds int, want error) {
	d.Helper()
	expect(d, act(later(time.Duration(seconds)*time.Second), root, d.guid), want)
}

// TestRolling: instances move over one by one, the old process goes at the end
// and the new one has a guid of its own.
func TestRolling(t *testing.T) {
	t.Parallel()
	d := deployed(t, "")
	d.at(0, "ACTIVE DEPLOYING 2 1")
	d.at(1, "ACTIVE DEPLOYING 1 2")
	d.at(2, "FINALIZED DEPLOYED 2")
	if web := d.webs("front")[0]; web.GUID == "front" || stored(t, d.Store, "worker").History.Epoch != 1 {
		t.Errorf("%s, and the worker was not started anew", web.GUID)
	}
	if !d.Quiet() {
		t.Error("time still has something to do")
	}
	if app, _ := d.App("front"); app.Deploying {
		t.Error("the app is deploying")
	}
}

// TestRollingOptions: how many at once, how many in the end, how long.
func TestRollingOptions(t *testing.T) {
	t.Parallel()
	d := deployed(t, `,"options":{"max_in_flight":5}`)
	d.at(0, "ACTIVE DEPLOYING 2 2")
	d.at(1, "FINALIZED DEPLOYED 2")

	d = deployed(t, `,"options":{"web_instances":4,"memory_in_mb":64}`, func(seed *Seed) { seed.Lifecycle.StartDelay, seed.Lifecycle.ReadyDelay = time.Second, 2*time.Second })
	d.at(2, "ACTIVE DEPLOYING 2 1")
	d.at(3, "ACTIVE DEPLOYING 2 2")
	d.at(6, "ACTIVE DEPLOYING 2 3")
	d.at(9, "ACTIVE DEPLOYING 1 4")
	d.at(12, "FINALIZED DEPLOYED 4")
	if web := d.webs("front")[0]; web.MemoryInMB != 64 {
		t.Errorf("%d MB", web.MemoryInMB)
	}

	d = deployed(t, `,"options":{"web_instances":10001,"max_in_flight":10001}`) // more than answers list
	d.at(0, "ACTIVE DEPLOYING 2 10001")
	d.at(1, "FINALIZED DEPLOYED 10001")

	d = deployed(t, "", loopOf("web", 0))
	d.at(1_000_000, "ACTIVE DEPLOYING 2 1")
}

// TestCanary: it stops after its steps and goes on when it is told to.
func TestCanary(t *testing.T) {
	t.Parallel()
	four := func(seed *Seed) { seed.Processes[front].Instances = 4 }
	d := deployed(t, `,"strategy":"canary"`, four)
	d.at(0, "ACTIVE DEPLOYING 4 1")
	d.do(d.ContinueDeployment, 0, contract.DeploymentRefused("continue", "ACTIVE", "DEPLOYING"))
	d.at(1, "ACTIVE PAUSED 4 1")
	d.at(100, "ACTIVE PAUSED 4 1")
	d.do(d.ContinueDeployment, 100, nil)
	d.at(100, "ACTIVE DEPLOYING 4 1")
	d.at(101, "ACTIVE DEPLOYING 3 2")
	d.at(104, "FINALIZED DEPLOYED 4")
	d.do(d.ContinueDeployment, 105, contract.DeploymentRefused("continue", "FINALIZED", "DEPLOYED"))

	d = deployed(t, `,"strategy":"canary","options":{"canary":{"steps":[{"instance_weight":50},{"instance_weight":100}]}}`, four)
	d.at(1, "ACTIVE DEPLOYING 4 2")
	d.at(2, "ACTIVE PAUSED 3 2")
	d.do(d.ContinueDeployment, 2, nil)
	d.at(3, "ACTIVE DEPLOYING 2 3")
	d.at(5, "ACTIVE PAUSED 0 4")
	d.do(d.ContinueDeployment, 5, nil)
	d.at(6, "FINALIZED DEPLOYED 4")
}

// TestCancel: the way back, and what can no longer be called off.
func TestCancel(t *testing.T) {
	t.Parallel()
	d := deployed(t, "")
	d.at(1, "ACTIVE DEPLOYING 1 2")
	d.do(d.CancelDeployment, 1, nil)
	d.at(1, "ACTIVE CANCELING 1 2")
	d.do(d.CancelDeployment, 1, nil)
	d.at(2, "FINALIZED CANCELED 2")
	d.do(d.CancelDeployment, 2, contract.DeploymentRefused("cancel", "FINALIZED", "CANCELED"))
	if d.webs("front")[0].GUID != "front" {
		t.Error("another process is left")
	}
}

// TestSuperseded: a second deployment takes the place of the first.
func TestSuperseded(t *testing.T) {
	t.Parallel()
	d := deployed(t, "")
	second, err := d.CreateDeployment(start, root, bodyOf(t, deploymentOf("front", "")))
	if err != nil {
		t.Fatal(err)
	}
	d.at(0, "FINALIZED SUPERSEDED 2 1 1")
	d.guid = second.GUID
	d.at(1, "ACTIVE DEPLOYING 0 1 2")
	d.at(2, "FINALIZED DEPLOYED 2")
}

// TestCreateDeployment: who may, and what is refused, after which all is as it
// was.
func TestCreateDeployment(t *testing.T) {
	t.Parallel()
	quota := func(seed *Seed) { seed.Spaces[dev].Quota = &Quota{TotalMemoryInMB: ptr(int64(800))} }
	for _, test := range []struct {
		name, app, body string
		who             Viewer
		bend            func(*Seed)
		want            string
	}{
		{"no such app", "nix", "", root, nil, contract.AppUnusable.Detail},
		{"auditor", "front", "", holder(SpaceAuditor, "dev", ""), nil, contract.AppUnusable.Detail},
		{"suspended", "front", "", holder(SpaceDeveloper, "dev", ""), func(seed *Seed) { seed.Organizations[one].Suspended = true }, contract.OrgSuspended.Detail},
		{"strategy", "front", `,"strategy":"blue"`, root, nil, "Strategy 'blue' is not a supported deployment strategy"},
		{"revisions are off", "front", `,"revision":{"guid":"x"}`, root, nil, contract.RevisionsAreOff.Detail},
		{"no such revision", "back", `,"revision":{"guid":"x"}`, root, nil, contract.NoSuchRevision.Detail},
		{"foreign droplet", "front", `,"droplet":{"guid":"droplet-of-away"}`, root, nil, contract.DropletForeign.Detail},
		{"no droplet", "front", "", root, func(seed *Seed) { seed.Apps[0].DropletGUID = "" }, contract.DropletInvalid.Detail},
		{"quota", "front", "", root, quota, "memory space_quota_exceeded for space development. This space's quota may not be large enough to support rolling deployments or your configured max-in-flight."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf()
			if test.bend != nil {
				s = storeOf(test.bend)
			}
			_, err := s.CreateDeployment(start, test.who, bodyOf(t, deploymentOf(test.app, test.body)))
			if err == nil || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("%v", err)
			}
			events, _ := s.AuditEvents(start, root, parsed(t, contract.AuditEventList, ""))
			list, total := s.Deployments(root, parsed(t, contract.DeploymentList, ""))
			if len(s.webs("front")) != 1 || total != 0 || len(events) != 0 {
				t.Errorf("left behind: %v, %v", list, types(events))
			}
		})
	}
}

// TestDeployStopped: an app that does not run is started, and that is all.
func TestDeployStopped(t *testing.T) {
	t.Parallel()
	s := storeOf()
	v, err := s.CreateDeployment(start, root, bodyOf(t, deploymentOf("back", `,"options":{"web_instances":3}`)))
	if err != nil || v.Value() != "FINALIZED" || v.ProcessGUID != "" || v.App.State != Started || v.Revision.Version != 1 || stored(t, s, "back").Instances != 3 {
		t.Errorf("%+v, %v", v, err)
	}
	events, _ := s.AuditEvents(start, root, parsed(t, contract.AuditEventList, ""))
	if got := fmt.Sprint(types(events)); got != "[audit.app.droplet.mapped audit.app.revision.create audit.app.start audit.app.deployment.create]" {
		t.Error(got)
	}
}

// TestRollback: a deployment of an old revision makes a new one of its content.
func TestRollback(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) {
		seed.Apps[0].RevisionsEnabled = true
		seed.Apps[0].Revisions = []Revision{
			{GUID: "r1", Version: 1, DropletGUID: "droplet-of-front", Commands: []Command{{"web", ptr("old")}, {"worker", ptr("run worker")}}},
			{GUID: "r2", Version: 2, DropletGUID: "droplet-of-front", Commands: []Command{{"web", ptr("run front")}, {"worker", ptr("run worker")}}},
		}
	})
	_, err := s.CreateDeployment(start, root, bodyOf(t, deploymentOf("front", `,"revision":{"guid":"r2"}`)))
	expect(t, err, contract.RollbackToItself)
	v, err := s.CreateDeployment(start, root, bodyOf(t, deploymentOf("front", `,"revision":{"guid":"r1"}`)))
	if err != nil || v.Revision.Version != 3 {
		t.Fatalf("%+v, %v", v, err)
	}
	s.Advance(later(time.Minute))
	if web := s.webs("front")[0]; *web.Command != "old" || web.RevisionGUID != v.Revision.GUID {
		t.Errorf("runs %q of %s", *web.Command, web.RevisionGUID)
	}
	r, err := s.Revision(root, v.Revision.GUID)
	if err != nil || r.Description != "Custom start command updated for 'web' process. Rolled back to revision 1." {
		t.Errorf("%q, %v", r.Description, err)
	}
}

// TestHeld: a deployment that an admin begins stands still until it is called
// off, and then everything is as before.
func TestHeld(t *testing.T) {
	t.Parallel()
	s := storeOf()
	force := func(deploying bool) {
		t.Helper()
		if app, err := s.ForceApp(start, "front", AppChange{Deploying: &deploying}); err != nil || app.Deploying != deploying {
			t.Fatalf("%+v, %v", app, err)
		}
		s.Advance(later(time.Hour))
	}
	force(true)
	force(true)
	if webs := s.webs("front"); len(webs) != 2 || webs[0].Instances != 2 || webs[1].Instances != 1 {
		t.Errorf("%+v", webs)
	}
	_, err := s.ScaleProcess(start, root, Ref{GUID: "front"}, bodyOf(t, `{"instances":3}`))
	expect(t, err, contract.ScaleWhileDeploying)
	force(false)
	if webs := s.webs("front"); len(webs) != 1 || webs[0].GUID != "front" || webs[0].Instances != 2 {
		t.Errorf("%+v", webs)
	}
	for query, want := range map[string]int{"": 1, "app_guids=front": 1, "app_guids=away": 0, "status_values=ACTIVE": 0, "status_values=FINALIZED": 1,
		"states=CANCELED,DEPLOYED": 1, "status_reasons=CANCELING": 0, "label_selector=env": 0} {
		if _, total := s.Deployments(root, parsed(t, contract.DeploymentList, query)); total != want {
			t.Errorf("%q: %d", query, total)
		}
	}
	if _, total := s.Deployments(with(), parsed(t, contract.DeploymentList, "")); total != 0 {
		t.Errorf("someone without a role sees %d", total)
	}
}

// TestAdvanceInAFork: a fork moves on its own, and at its own times.
func TestAdvanceInAFork(t *testing.T) {
	t.Parallel()
	d := deployed(t, "")
	fork := deploying{t, d.Fork(), d.guid}
	fork.at(100, "FINALIZED DEPLOYED 2")
	d.at(1, "ACTIVE DEPLOYING 1 2")
	if again := New(d.Export()); again.due.Load() != d.due.Load() {
		t.Error("a saved world moves at other times")
	}
}
