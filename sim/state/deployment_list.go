package state

import "example.com/capisim/sim/contract"

// Deployments lists the deployments of apps that a viewer may see.
func (s *Store) Deployments(who Viewer, q contract.ResourceQuery) (list []DeploymentView, total int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := s.deployed.narrowed(q)
	if apps := q.Filter("app_guids"); apps.Set {
		var guids []string
		for _, app := range apps.Values {
			guids = append(guids, s.deploymentsBy.get(app)...)
		}
		n.to(s.deployed.placed(guids))
	}
	n.toAny(&s.deployed.index, ofState, q.Filter("states"))
	n.toAny(&s.deployed.index, ofReason, q.Filter("status_reasons"))
	n.toAny(&s.deployed.index, ofStatus, q.Filter("status_values"))
	if !who.ReadsAll() {
		n.to(s.deployed.readable(who))
	}
	at := func(place uint64) *Deployment { return s.deployment(s.deploymentOrder[place]) }
	places, total := s.deployed.page(q, n, func(place uint64) resource { return s.resourceOfDeployment(at(place)) })
	for _, place := range places {
		list = append(list, s.deploymentView(at(place)))
	}
	return list, total
}

// catalogueOfDeployments finds the deployments as they are.
func (s *Store) catalogueOfDeployments() *catalogue {
	at := func(i int) *Deployment { return s.deployment(s.deploymentOrder[i]) }
	return newCatalogue(s.load, len(s.deploymentOrder),
		func(i int) resource { return s.resourceOfDeployment(at(i)) },
		func(own []attribute, i int) []attribute { return s.attributesOfDeployment(own, at(i)) })
}

func (s *Store) resourceOfDeployment(d *Deployment) resource {
	dated := *d
	dated.date(s.apps.once(d.AppGUID))
	return resource{guid: d.GUID, moments: moments{dated.CreatedAt, dated.UpdatedAt}, labels: d.Metadata.Labels}
}

func (s *Store) attributesOfDeployment(own []attribute, d *Deployment) []attribute {
	own = in(own, s.spaces.table.get(s.apps.table.get(d.AppGUID).SpaceGUID))
	return append(own, attribute{ofState, string(d.State), ""}, attribute{ofReason, d.Reason, ""}, attribute{ofStatus, d.Value(), ""})
}
