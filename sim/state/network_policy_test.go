package state

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
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

// policiesOf are so many policies, all different.
func policiesOf(count int) []NetworkPolicy {
	list := make([]NetworkPolicy, count)
	for i := range list {
		list[i] = NetworkPolicy{PolicySource{"a"}, PolicyDestination{"b", "tcp", PolicyPorts{1 + i%60_000, 60_001 + i/60_000}}}
	}
	return list
}

// TestPoliciesSentAgain: what is sent again moves to the end, once, and what is
// taken away need not be there, whatever stands in which order and how often.
func TestPoliciesSentAgain(t *testing.T) {
	t.Parallel()
	admin := NewViewer(&User{Name: "root"}, []string{ScopeAdmin})
	s, all, draw := New(Seed{}), policiesOf(12), rand.New(rand.NewPCG(7, 7))
	var want []NetworkPolicy
	for step := range 500 {
		sent := make([]NetworkPolicy, draw.IntN(8))
		for i := range sent {
			sent[i] = all[draw.IntN(len(all))]
		}
		remove := draw.IntN(3) == 0
		want = slices.DeleteFunc(want, func(p NetworkPolicy) bool { return slices.Contains(sent, p) })
		for i, p := range sent {
			if !remove && !slices.Contains(sent[:i], p) {
				want = append(want, p)
			}
		}
		if err := s.ChangeNetworkPolicies(admin, sent, remove); err != nil {
			t.Fatal(err)
		}
		if got := s.NetworkPolicies(admin); !slices.Equal(got, want) {
			t.Fatalf("step %d: %v, want %v", step, got, want)
		}
	}
}

// BenchmarkPolicies sends policies that are there already.
func BenchmarkPolicies(b *testing.B) {
	admin := NewViewer(&User{Name: "root"}, []string{ScopeAdmin})
	for _, count := range []int{1_000, 8_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			s, list := New(Seed{}), policiesOf(count)
			b.ReportAllocs()
			for b.Loop() {
				if err := s.ChangeNetworkPolicies(admin, list, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
