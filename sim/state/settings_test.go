package state

import (
	"reflect"
	"testing"
)

// TestForcedSettings: what is set in one store is not seen in its fork, and
// what is not named has no limit.
func TestForcedSettings(t *testing.T) {
	t.Parallel()
	s := storeOf()
	wasOrgs, wasSpaces := s.Places()
	fork := s.Fork()
	org, space := wasOrgs[0].GUID, wasSpaces[0].GUID
	s.SetQuotas(map[string]*Quota{org: {TotalInstances: ptr(int64(1))}}, map[string]*Quota{space: {TotalMemoryInMB: ptr(int64(2))}})
	features := s.ChangeFeatures(func(f *Features) { f.AppScaling, f.AppScalingMessage = false, "no" })
	if features != (Features{AppScalingMessage: "no"}) || s.Features() != features {
		t.Errorf("features %+v", features)
	}
	orgs, spaces := s.Places()
	if len(orgs) != len(wasOrgs) || *orgs[0].Quota.TotalInstances != 1 || *spaces[0].Quota.TotalMemoryInMB != 2 {
		t.Errorf("quotas %+v, %+v", orgs[0].Quota, spaces[0].Quota)
	}
	orgs, spaces = fork.Places()
	if !reflect.DeepEqual(orgs, wasOrgs) || !reflect.DeepEqual(spaces, wasSpaces) || fork.Features() == features {
		t.Error("a fork was changed")
	}
	s.SetQuotas(nil, nil)
	orgs, spaces = s.Places()
	if orgs[0].Quota != nil || spaces[0].Quota != nil {
		t.Errorf("quotas %+v, %+v", orgs[0].Quota, spaces[0].Quota)
	}
}
