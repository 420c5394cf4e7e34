package state

import "example.com/capisim/sim/contract"

// Deployments lists the deployments in flight: one for each app that is
// deploying. Those that have ended are forgotten.
func (s *Store) Deployments(who Viewer, q contract.ResourceQuery) Page {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return page(q, s.appsOf(who, func(app *App, _ *Space) bool {
		return app.Deploying && q.Match("app_guids", app.GUID) && q.Match("states", DeploymentDeploying) &&
			q.Match("status_reasons", DeploymentDeploying) && q.Match("status_values", DeploymentActive)
	}), func(v View) resource {
		return resource{guid: v.DeploymentGUID(), created: v.App.UpdatedAt, updated: v.App.UpdatedAt}
	})
}

// What is known of the deployment of an app that is deploying.
const (
	DeploymentActive    = "ACTIVE"    // its status
	DeploymentDeploying = "DEPLOYING" // its state, and the reason of its status
)

// DeploymentGUID is the guid of the deployment that the app is in.
func (v View) DeploymentGUID() string { return v.drawnGUID(v.App.GUID, deploymentDraw, 0) }

// NewProcesses are the processes that the deployment of an app has brought up
// beside those before it: the web processes but for the oldest.
func (s *Store) NewProcesses(app string) (found []*Process) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, guid := range s.byApp.get(app) {
		if p := s.processes.get(guid); p.Type == "web" {
			found = append(found, p)
		}
	}
	return found[min(1, len(found)):]
}
