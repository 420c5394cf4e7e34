package state

import (
	"testing"

	"example.com/capisim/sim/contract"
)

// TestRoles is the table of CONTRACT.md §15 and the redaction of §12, by role
// and operation.
func TestRoles(t *testing.T) {
	t.Parallel()
	scoped := func(scope string) Viewer { return NewViewer(&User{Name: scope}, []string{scope}) }
	tests := []struct {
		role   string
		who    Viewer
		listed int   // of the four processes
		read   error // of one in the space of the role
		shown  bool  // its command
		write  error
	}{
		{"admin", root, 4, nil, true, nil},
		{"admin_read_only", scoped(ScopeAdminReadOnly), 4, nil, true, contract.NotAuthorized},
		{"global_auditor", scoped(ScopeGlobalAuditor), 4, nil, false, contract.NotAuthorized},
		{"space_developer", holder(SpaceDeveloper, "dev", ""), 2, nil, true, nil},
		{"space_supporter", holder(SpaceSupporter, "dev", ""), 2, nil, false, nil},
		{"space_manager", holder(SpaceManager, "dev", ""), 2, nil, false, contract.NotAuthorized},
		{"space_auditor", holder(SpaceAuditor, "dev", ""), 2, nil, false, contract.NotAuthorized},
		{"org_manager", holder(OrgManager, "", "one"), 3, nil, false, contract.NotAuthorized},
		{"org_auditor", holder(OrgAuditor, "", "one"), 0, contract.ProcessNotFound, false, contract.ProcessNotFound},
		{"org_billing_manager", holder(OrgBillingManager, "", "one"), 0, contract.ProcessNotFound, false, contract.ProcessNotFound},
		{"org_user", holder(OrgUser, "", "one"), 0, contract.ProcessNotFound, false, contract.ProcessNotFound},
		{"developer elsewhere", holder(SpaceDeveloper, "far", ""), 1, contract.ProcessNotFound, false, contract.ProcessNotFound},
		{"manager of another org", holder(OrgManager, "", "two"), 1, contract.ProcessNotFound, false, contract.ProcessNotFound},
		{"none", NewViewer(&User{Name: "none"}, []string{ScopeRead, ScopeWrite}), 0, contract.ProcessNotFound, false, contract.ProcessNotFound},
	}
	for _, test := range tests {
		t.Run(test.role, func(t *testing.T) {
			t.Parallel()
			s := storeOf()
			page, err := s.List(test.who, "", contract.ListQuery{Page: 1, PerPage: 50}, nil)
			if err != nil || page.Total != test.listed || len(page.Views) != test.listed {
				t.Errorf("lists %d of %d, %v; want %d", len(page.Views), page.Total, err, test.listed)
			}
			view, err := s.Process(test.who, Ref{GUID: "worker"})
			expect(t, err, test.read)
			if err == nil && view.ShowsSecrets(test.who) != test.shown {
				t.Errorf("command shown: %v, want %v", !test.shown, test.shown)
			}
			_, err = s.writable(test.who, Ref{GUID: "worker"})
			expect(t, err, test.write)

			// The app-nested twins hide the app where the direct ones hide the process.
			hidden := test.read
			if hidden != nil {
				hidden = contract.AppNotFound
			}
			_, err = s.Process(test.who, Ref{AppGUID: "front", Type: "worker"})
			expect(t, err, hidden)
			_, err = s.List(test.who, "front", contract.ListQuery{Page: 1, PerPage: 50}, nil)
			expect(t, err, hidden)
		})
	}
}

// TestScopes is §3, step 3: what a token must carry before anything is looked
// up.
func TestScopes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		scopes      []string
		read, write bool
	}{
		{nil, false, false},
		{[]string{"openid", "cloud_controller"}, false, false},
		{[]string{ScopeRead}, true, false},
		{[]string{ScopeWrite}, false, true},
		{[]string{ScopeRead, ScopeWrite}, true, true},
		{[]string{ScopeAdmin}, true, true},
		{[]string{ScopeAdminReadOnly}, true, false},
		{[]string{ScopeGlobalAuditor}, true, false},
		{[]string{ScopeGlobalAuditor, ScopeWrite}, true, true},
	}
	for _, test := range tests {
		who := NewViewer(&User{}, test.scopes)
		if got := who.MayCall(contract.Read); got != test.read {
			t.Errorf("%v may read: %v", test.scopes, got)
		}
		if got := who.MayCall(contract.Write); got != test.write {
			t.Errorf("%v may write: %v", test.scopes, got)
		}
		if !who.MayCall(contract.Anonymous) {
			t.Errorf("%v may not call what everyone may", test.scopes)
		}
	}
}

// TestLookup is §3, step 5: which 404 it is.
func TestLookup(t *testing.T) {
	t.Parallel()
	developer := holder(SpaceDeveloper, "dev", "")
	tests := []struct {
		name string
		who  Viewer
		ref  Ref
		want error
	}{
		{"direct", developer, Ref{GUID: "worker"}, nil},
		{"direct, missing", root, Ref{GUID: "nix"}, contract.ProcessNotFound},
		{"direct, unreadable", developer, Ref{GUID: "away"}, contract.ProcessNotFound},
		{"nested", developer, Ref{AppGUID: "front", Type: "web"}, nil},
		{"nested, app missing", root, Ref{AppGUID: "nix", Type: "web"}, contract.AppNotFound},
		{"nested, app unreadable", developer, Ref{AppGUID: "away", Type: "web"}, contract.AppNotFound},
		{"nested, type missing", developer, Ref{AppGUID: "front", Type: "clock"}, contract.ProcessNotFound},
		{"nested, app unreadable and type missing", developer, Ref{AppGUID: "away", Type: "clock"}, contract.AppNotFound},
		{"nested, type in other case", root, Ref{AppGUID: "front", Type: "WEB"}, contract.ProcessNotFound},
		{"nothing named", root, Ref{}, contract.AppNotFound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf()
			_, err := s.Process(test.who, test.ref)
			expect(t, err, test.want)
			_, err = s.writable(test.who, test.ref)
			expect(t, err, test.want)
		})
	}
}

// TestNewestOfAType is §11: a rolling deployment leaves several web processes,
// and the nested route takes the one made last.
func TestNewestOfAType(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) {
		second := seed.Processes[front]
		second.GUID, second.CreatedAt = "a-second", start.Add(-1) // neither guid nor time decides
		seed.Processes = append(seed.Processes, second)
	})
	view, err := s.Process(root, Ref{AppGUID: "front", Type: "web"})
	if err != nil || view.Process.GUID != "a-second" {
		t.Errorf("found %v, %v", view.Process, err)
	}
	if !s.DeleteProcess("a-second") || s.DeleteProcess("a-second") {
		t.Error("a process is deleted once")
	}
	if view, err = s.Process(root, Ref{AppGUID: "front", Type: "web"}); err != nil || view.Process.GUID != "front" {
		t.Errorf("then found %v, %v", view.Process, err)
	}
}

// TestManagerWrites: a manager of the organization who may write does so in a
// space that is suspended or being deleted, not in such an organization
// (lib/cloud_controller/permissions.rb, writable_space_state).
func TestManagerWrites(t *testing.T) {
	t.Parallel()
	who := NewViewer(&User{Name: "both", Grants: []Grant{{Role: SpaceDeveloper, SpaceGUID: "dev"}, {Role: OrgManager, OrganizationGUID: "one"}}}, []string{ScopeRead, ScopeWrite})
	for _, c := range []struct {
		bend func(*Seed)
		want error
	}{
		{func(seed *Seed) { seed.Spaces[dev].Deleting, seed.Spaces[dev].Suspended = true, true }, nil},
		{func(seed *Seed) { seed.Organizations[one].Suspended = true }, contract.OrgSuspended},
		{func(seed *Seed) { seed.Organizations[one].Deleting = true }, contract.ResourceBeingDeleted.With("organization")},
	} {
		_, err := storeOf(c.bend).writable(who, Ref{GUID: "worker"})
		expect(t, err, c.want)
	}
}

// TestWriteRight is §3, step 6: the right, then what forbids writing, in order;
// each row takes away what the one before ran into.
func TestWriteRight(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                                           string
		orgDeleting, spaceDeleting, orgOff, spaceIsOff bool
		want                                           error
	}{
		{"all at once", true, true, true, true, contract.ResourceBeingDeleted.With("organization")},
		{"org lives", false, true, true, true, contract.OrgSuspended},
		{"org active", false, true, false, true, contract.ResourceBeingDeleted.With("space")},
		{"space lives", false, false, false, true, contract.SpaceSuspended},
		{"space active", false, false, false, false, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf(func(seed *Seed) {
				seed.Organizations[one].Deleting, seed.Organizations[one].Suspended = test.orgDeleting, test.orgOff
				seed.Spaces[dev].Deleting, seed.Spaces[dev].Suspended = test.spaceDeleting, test.spaceIsOff
			})
			for _, role := range []Role{SpaceDeveloper, SpaceSupporter} {
				_, err := s.writable(holder(role, "dev", ""), Ref{GUID: "worker"})
				expect(t, err, test.want)
			}
			_, err := s.writable(holder(SpaceAuditor, "dev", ""), Ref{GUID: "worker"})
			expect(t, err, contract.NotAuthorized) // the right comes first
			_, err = s.writable(holder(OrgManager, "", "one"), Ref{GUID: "worker"})
			expect(t, err, contract.NotAuthorized)
			_, err = s.writable(root, Ref{GUID: "worker"})
			expect(t, err, nil) // administrators skip all four
			_, err = s.Process(holder(SpaceAuditor, "dev", ""), Ref{GUID: "worker"})
			expect(t, err, nil) // reading is not touched
		})
	}
}

// TestScalingFlag is §3, step 7.
func TestScalingFlag(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		features Features
		who      Viewer
		want     error
	}{
		{"on", Features{AppScaling: true}, holder(SpaceDeveloper, "dev", ""), nil},
		{"off", Features{}, holder(SpaceDeveloper, "dev", ""), contract.FeatureDisabled.With("app_scaling")},
		{"off with words", Features{AppScalingMessage: "ask the operator"}, holder(SpaceDeveloper, "dev", ""), contract.FeatureDisabled.With("ask the operator")},
		{"off, admin", Features{}, root, nil},
		{"off, read-only admin", Features{}, NewViewer(&User{}, []string{ScopeAdminReadOnly, ScopeWrite}), contract.FeatureDisabled.With("app_scaling")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf()
			if got := s.ChangeFeatures(func(f *Features) { *f = test.features }); got != test.features || s.Features() != got {
				t.Errorf("features are %v", got)
			}
			view, err := s.Process(root, Ref{GUID: "front"})
			if err != nil {
				t.Fatal(err)
			}
			expect(t, view.mayScale(test.who), test.want)
		})
	}
}

func TestUsersAndTokens(t *testing.T) {
	t.Parallel()
	s := storeOf()
	if user, ok := s.User("dora"); !ok || user.GUID != "user-dora" {
		t.Errorf("dora is %v, %v", user, ok)
	}
	if _, ok := s.User("DORA"); ok {
		t.Error("names are matched as they are")
	}
	if user, ok := s.TokenUser("token-of-dora"); !ok || user.Name != "dora" {
		t.Errorf("the token is of %v, %v", user, ok)
	}
	for _, token := range []string{"", "dora", "token-of-nobody"} {
		if user, ok := s.TokenUser(token); ok {
			t.Errorf("token %q is of %v", token, user)
		}
	}
}
