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
	s.findable()
	defer s.mu.RUnlock()
	_, _, orgs := s.catalogues()
	n := orgs.narrowed(q)
	if !who.ReadsAll() {
		var seen ids
		for _, g := range who.User.Grants {
			seen = seen.or(orgs.having(attribute{ofOrg, s.organizationOf(g), ""}))
		}
		n.to(seen)
	}
	places, total := orgs.page(q, n, func(place uint64) resource { return resourceOfOrganization(s.orgs.get(s.orgOrder[place])) })
	views := make([]View, len(places))
	for i, place := range places {
		views[i] = View{Organization: s.orgs.get(s.orgOrder[place]), settings: s.settings}
	}
	return Page{Views: views, Total: total}
}

// OrganizationOf is the guid of the organization in which, or in a space of which,
// a role is.
func (s *Store) OrganizationOf(g Grant) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.organizationOf(g)
}

func (s *Store) organizationOf(g Grant) string {
	if space, found := s.spaces.table.find(g.SpaceGUID); found {
		return space.OrganizationGUID
	}
	return g.OrganizationGUID
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
	s.findable()
	defer s.mu.RUnlock()
	_, spaces, _ := s.catalogues()
	n := spaces.narrowed(q)
	n.inPlaces(spaces, q)
	if !who.ReadsAll() {
		n.to(spaces.readable(who))
	}
	places, total := spaces.page(q, n, func(place uint64) resource { return resourceOfSpace(s.spaces.get(s.spaceOrd[place])) })
	views := make([]View, len(places))
	for i, place := range places {
		views[i] = s.viewOfSpace(s.spaces.get(s.spaceOrd[place]))
	}
	return Page{Views: views, Total: total}
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

// Founded is when the first organization was made, false when there is none.
func (s *Store) Founded() (time.Time, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.orgOrder) == 0 {
		return time.Time{}, false
	}
	return s.orgs.get(s.orgOrder[0]).CreatedAt, true
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
