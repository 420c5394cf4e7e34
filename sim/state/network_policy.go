package state

import (
	"errors"
	"fmt"
	"slices"

	"example.com/capisim/sim/contract"
)

// NetworkPolicy lets one app talk to some ports of another.
type NetworkPolicy struct {
	Source      PolicySource      `json:"source"`
	Destination PolicyDestination `json:"destination"`
}

// PolicySource is the app that may talk.
type PolicySource struct {
	ID string `json:"id"`
}

// PolicyDestination is the app that may be talked to, and where.
type PolicyDestination struct {
	ID       string      `json:"id"`
	Protocol string      `json:"protocol"` // tcp or udp
	Ports    PolicyPorts `json:"ports"`
}

// PolicyPorts are the ports from the first to the last.
type PolicyPorts struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Check says what the policy server finds wrong with a policy, in its words
// (api/policy_validator.go).
func (p NetworkPolicy) Check() error {
	ports := p.Destination.Ports
	switch {
	case p.Source.ID == "":
		return errors.New("missing source id")
	case p.Destination.ID == "":
		return errors.New("missing destination id")
	case p.Destination.Protocol != "udp" && p.Destination.Protocol != "tcp":
		return errors.New("invalid destination protocol, specify either udp or tcp")
	case ports.Start > ports.End:
		return fmt.Errorf("invalid port range %d-%d, start must be less than or equal to end", ports.Start, ports.End)
	case ports.Start < 0:
		return fmt.Errorf("invalid start port %d, must be in range 1-65535", ports.Start)
	case ports.Start == 0:
		return errors.New("missing start port")
	case ports.End > 65535:
		return fmt.Errorf("invalid end port %d, must be in range 1-65535", ports.End)
	}
	return nil
}

// NetworkPolicies lists the policies that a viewer may see: those between apps
// whose spaces it develops.
func (s *Store) NetworkPolicies(who Viewer) []NetworkPolicy {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.DeleteFunc(slices.Clone(s.settings.NetworkPolicies), func(p NetworkPolicy) bool {
		return !who.Admin() && (!s.develops(who, p.Source.ID) || !s.develops(who, p.Destination.ID))
	})
}

// ChangeNetworkPolicies adds policies, each once, or takes them away; one that is
// not there is none to take away. The errors are contract.PolicyForbidden and
// contract.PolicyQuota.
func (s *Store) ChangeNetworkPolicies(who Viewer, policies []NetworkPolicy, remove bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	who = s.renewed(who)
	open := make(map[NetworkPolicy]bool, len(policies)) // of what was sent, what has not been added yet
	for _, p := range policies {
		open[p] = true
	}
	next := *s.settings
	next.NetworkPolicies = slices.DeleteFunc(slices.Clone(next.NetworkPolicies), func(p NetworkPolicy) bool { return open[p] })
	perSource := map[string]int{}
	for _, p := range s.settings.NetworkPolicies {
		perSource[p.Source.ID]++
	}
	for _, p := range policies {
		if !who.Admin() && (s.refuses(who, p.Source.ID) || s.refuses(who, p.Destination.ID)) {
			return contract.PolicyForbidden
		}
		if perSource[p.Source.ID]++; !remove && !who.Admin() && perSource[p.Source.ID] > contract.MaxPoliciesPerSource {
			return contract.PolicyQuota
		}
		if !remove && open[p] {
			open[p] = false
			next.NetworkPolicies = append(next.NetworkPolicies, p)
		}
	}
	s.settings = &next
	return nil
}

// develops says that the viewer is a developer where an app is.
func (s *Store) develops(who Viewer, app string) bool {
	a := s.apps.get(app)
	return a != nil && who.User.holds(SpaceDeveloper, a.SpaceGUID)
}

// refuses says that an app is where the viewer is not a developer. The policy server
// asks for the spaces of apps, and an app that is not there has none
// (handlers/policy_guard.go).
func (s *Store) refuses(who Viewer, app string) bool {
	return s.apps.get(app) != nil && !s.develops(who, app)
}
