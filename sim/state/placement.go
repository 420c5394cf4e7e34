package state

import "example.com/capisim/sim/contract"

// These stand where the index of an instance stands in other draws, so that no
// two kinds of names are alike.
const (
	quotaDraw = -2 - iota
	deploymentDraw
	sidecarDraw
	eventDraw
)

// Organizations lists the organizations that a viewer may see.
func (s *Store) Organizations(who Viewer, q contract.ResourceQuery) Page {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []View
	for _, guid := range s.orgOrder {
		if org := s.orgs[guid]; q.Match("names", org.Name) && who.canReadOrganization(org, s.spaces) {
			all = append(all, View{Organization: org, settings: s.settings})
		}
	}
	return page(q, all, func(v View) resource {
		org := v.Organization
		return resource{guid: org.GUID, name: org.Name, created: org.CreatedAt, updated: org.UpdatedAt, labels: org.Metadata.Labels}
	})
}

// Organization finds an organization for a reader. The error is
// contract.OrganizationNotFound.
func (s *Store) Organization(who Viewer, guid string) (View, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	org := s.orgs[guid]
	if org == nil || !who.canReadOrganization(org, s.spaces) {
		return View{}, contract.OrganizationNotFound
	}
	return View{Organization: org, settings: s.settings}, nil
}

// Spaces lists the spaces that a viewer may see.
func (s *Store) Spaces(who Viewer, q contract.ResourceQuery) Page {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []View
	for _, guid := range s.spaceOrd {
		space := s.spaces[guid]
		if q.Match("names", space.Name) && q.Match("organization_guids", space.OrganizationGUID) && who.canRead(space) {
			all = append(all, s.viewOfSpace(space))
		}
	}
	return page(q, all, func(v View) resource {
		return resource{guid: v.Space.GUID, name: v.Space.Name, created: v.Space.CreatedAt, updated: v.Space.UpdatedAt, labels: v.Space.Metadata.Labels}
	})
}

// Space finds a space for a reader. The error is contract.SpaceNotFound.
func (s *Store) Space(who Viewer, guid string) (View, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	space := s.spaces[guid]
	if space == nil || !who.canRead(space) {
		return View{}, contract.SpaceNotFound
	}
	return s.viewOfSpace(space), nil
}

func (s *Store) viewOfSpace(space *Space) View {
	return View{Space: space, Organization: s.orgs[space.OrganizationGUID], settings: s.settings}
}

// drawnGUID is the guid of something that the seed does not name, but that
// belongs to a thing with a guid.
func (v View) drawnGUID(guid string, kind, number int) string {
	return newDraw(v.settings.number, guid, kind, number).uuid()
}

// OrganizationQuota is the guid of the quota that an organization is under. All
// that have no limits of their own share the default one, as they do in the
// real server.
func (v View) OrganizationQuota() string {
	if v.Organization.Quota == nil {
		return v.drawnGUID("default", quotaDraw, 0)
	}
	return v.drawnGUID(v.Organization.GUID, quotaDraw, 0)
}

// SpaceQuota is the guid of the quota that a space is under, "" for none.
func (v View) SpaceQuota() string {
	if v.Space.Quota == nil {
		return ""
	}
	return v.drawnGUID(v.Space.GUID, quotaDraw, 0)
}
