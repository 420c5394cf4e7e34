package state

import (
	"slices"
	"testing"

	"example.com/capisim/sim/contract"
)

// TestOrganizationsAndSpaces: who sees which (§15); one role in a space shows
// its organization.
func TestOrganizationsAndSpaces(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		who           Viewer
		organizations []string
		spaces        []string
	}{
		{"admin", root, []string{"one", "two"}, []string{"dev", "prod", "far"}},
		{"developer", with(Grant{Role: SpaceDeveloper, SpaceGUID: "prod"}), []string{"one"}, []string{"prod"}},
		{"manager of an organization", with(Grant{Role: OrgManager, OrganizationGUID: "one"}), []string{"one"}, []string{"dev", "prod"}},
		{"auditor of an organization", with(Grant{Role: OrgAuditor, OrganizationGUID: "two"}), []string{"two"}, nil},
		{"nobody", with(), nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf()
			var orgs, spaces []string
			for _, v := range s.Organizations(test.who, parsed(t, contract.OrganizationList, "")).Views {
				orgs = append(orgs, v.Organization.GUID)
			}
			for _, v := range s.Spaces(test.who, parsed(t, contract.SpaceList, "")).Views {
				spaces = append(spaces, v.Space.GUID)
			}
			if !slices.Equal(orgs, test.organizations) || !slices.Equal(spaces, test.spaces) {
				t.Errorf("%v, %v", orgs, spaces)
			}
			for _, guid := range []string{"one", "two", "missing"} {
				if _, err := s.Organization(test.who, guid); (err == nil) != slices.Contains(orgs, guid) || err != nil && err != error(contract.OrganizationNotFound) {
					t.Errorf("organization %s: %v", guid, err)
				}
			}
			for _, guid := range []string{"dev", "far", "missing"} {
				if _, err := s.Space(test.who, guid); (err == nil) != slices.Contains(spaces, guid) || err != nil && err != error(contract.SpaceNotFound) {
					t.Errorf("space %s: %v", guid, err)
				}
			}
		})
	}
}

func TestPlacementFilters(t *testing.T) {
	t.Parallel()
	s := storeOf()
	for query, want := range map[string]int{"": 3, "names=production": 1, "organization_guids=one": 2, "organization_guids=one&names=faraway": 0, "guids=far,dev": 2} {
		if page := s.Spaces(root, parsed(t, contract.SpaceList, query)); page.Total != want {
			t.Errorf("spaces %q: %d", query, page.Total)
		}
	}
	for query, want := range map[string]int{"": 2, "names=second": 1, "names=third": 0} {
		if page := s.Organizations(root, parsed(t, contract.OrganizationList, query)); page.Total != want {
			t.Errorf("organizations %q: %d", query, page.Total)
		}
	}
}

// TestQuotaNames: organizations without limits share one quota, spaces have
// none.
func TestQuotaNames(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) {
		seed.Organizations = append(seed.Organizations, Organization{GUID: "three", Quota: &Quota{}})
		seed.Spaces[0].Quota = &Quota{}
	})
	of := func(guid string) string {
		v, err := s.Organization(root, guid)
		if err != nil {
			t.Fatal(err)
		}
		return v.OrganizationQuota()
	}
	if of("one") != of("two") || of("one") == of("three") || len(of("one")) != 36 {
		t.Errorf("%s, %s, %s", of("one"), of("two"), of("three"))
	}
	dev, _ := s.Space(root, "dev")
	prod, _ := s.Space(root, "prod")
	if len(dev.SpaceQuota()) != 36 || prod.SpaceQuota() != "" {
		t.Errorf("%q, %q", dev.SpaceQuota(), prod.SpaceQuota())
	}
}
