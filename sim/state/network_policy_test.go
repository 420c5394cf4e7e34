package state

import (
	"errors"
	"testing"

	"example.com/capisim/sim/contract"
)

// TestPolicyQuota: a developer may give an app so many policies as their source
// and no more, an admin any number; policies are part of what is exported, and a
// fork has its own.
func TestPolicyQuota(t *testing.T) {
	t.Parallel()
	s := New(Seed{
		Organizations: []Organization{{GUID: "o"}}, Spaces: []Space{{GUID: "s", OrganizationGUID: "o"}},
		Apps: []App{{GUID: "a", SpaceGUID: "s"}},
	})
	developer := NewViewer(&User{Name: "dev", Grants: []Grant{{Role: SpaceDeveloper, SpaceGUID: "s"}}}, nil)
	list := make([]NetworkPolicy, contract.MaxPoliciesPerSource)
	for i := range list {
		list[i] = NetworkPolicy{PolicySource{"a"}, PolicyDestination{"a", "tcp", PolicyPorts{i + 1, i + 1}}}
	}
	more := []NetworkPolicy{{PolicySource{"a"}, PolicyDestination{"a", "udp", PolicyPorts{1, 1}}}}
	if err := s.ChangeNetworkPolicies(developer, list, false); err != nil {
		t.Fatal(err)
	}
	if err := s.ChangeNetworkPolicies(developer, more, false); !errors.Is(err, contract.PolicyQuota) {
		t.Errorf("over the quota: %v", err)
	}
	if got := len(s.NetworkPolicies(developer)); got != len(list) {
		t.Errorf("%d policies", got)
	}
	other := s.Fork()
	if err := s.ChangeNetworkPolicies(NewViewer(&User{Name: "root"}, []string{ScopeAdmin}), more, false); err != nil {
		t.Error(err)
	}
	if got := len(New(s.Export()).NetworkPolicies(developer)); got != len(list)+1 {
		t.Errorf("%d policies of an exported state", got)
	}
	if err := other.ChangeNetworkPolicies(developer, list, true); err != nil || len(other.NetworkPolicies(developer)) != 0 || len(s.NetworkPolicies(developer)) != len(list)+1 {
		t.Errorf("%v: a fork shares its policies", err)
	}
}
