package state

import (
	"time"

	"example.com/capisim/sim/contract"
)

// Organization holds spaces and may limit them.
type Organization struct {
	Name      string            `json:"name"`
	GUID      string            `json:"guid,omitempty"`
	CreatedAt time.Time         `json:"created_at,omitzero"`
	UpdatedAt time.Time         `json:"updated_at,omitzero"`
	Suspended bool              `json:"suspended,omitempty"`
	Deleting  bool              `json:"deleting,omitempty"`
	Quota     *Quota            `json:"-"` // nil: unlimited
	Metadata  contract.Metadata `json:"metadata,omitzero"`
}

// Space holds apps and may limit them.
type Space struct {
	GUID, Name       string
	OrganizationGUID string
	CreatedAt        time.Time
	UpdatedAt        time.Time
	Suspended        bool
	Deleting         bool
	Quota            *Quota // nil: unlimited
	IsolationSegment string
	Metadata         contract.Metadata
}

// Organizations lists the organizations that a viewer may see.
func (s *Store) Organizations(who Viewer, q contract.ResourceQuery) Page {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []View
	for _, guid := range s.orgOrder {
		if org := s.orgs.get(guid); q.Match("names", org.Name) && who.canReadOrganization(org, &s.spaces) {
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
	org := s.orgs.get(guid)
	if org == nil || !who.canReadOrganization(org, &s.spaces) {
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
		space := s.spaces.get(guid)
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
	space := s.spaces.get(guid)
	if space == nil || !who.canRead(space) {
		return View{}, contract.SpaceNotFound
	}
	return s.viewOfSpace(space), nil
}

func (s *Store) viewOfSpace(space *Space) View {
	return View{Space: space, Organization: s.orgs.get(space.OrganizationGUID), settings: s.settings}
}

// Places returns all organizations and spaces, in order of creation.
func (s *Store) Places() ([]Organization, []Space) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	orgs := make([]Organization, len(s.orgOrder))
	for i, guid := range s.orgOrder {
		orgs[i] = *s.orgs.get(guid)
	}
	spaces := make([]Space, len(s.spaceOrd))
	for i, guid := range s.spaceOrd {
		spaces[i] = *s.spaces.get(guid)
	}
	return orgs, spaces
}
