package state

import (
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// complaints collects the messages of the model rules. Messages of one
// attribute (the first word) stand together, attributes in order of their
// first complaint: so does the storage layer of the real server.
type complaints struct {
	attributes []string
	messages   map[string][]string
}

func (c *complaints) add(message string) {
	attribute, _, _ := strings.Cut(message, " ")
	if c.messages == nil {
		c.messages = map[string][]string{}
	}
	if _, seen := c.messages[attribute]; !seen {
		c.attributes = append(c.attributes, attribute)
	}
	c.messages[attribute] = append(c.messages[attribute], message)
}

func (c *complaints) err() error {
	var all []string
	for _, attribute := range c.attributes {
		all = append(all, c.messages[attribute]...)
	}
	if len(all) == 0 {
		return nil
	}
	return contract.ModelErrors(all)
}

// checkModel runs the rules of the storage layer (§7) that every save runs:
// a PATCH of an unrelated field of a started app fails as well when its
// organization is over quota. Starting says that the app's state changes too.
func (s *Store) checkModel(v View, next *Process, starting bool) error {
	if next.MemoryInMB != v.Process.MemoryInMB && !s.outweighs(next) {
		return contract.UnprocessableEntity.Text(contract.SidecarsTooLarge)
	}
	var c complaints
	if next.DiskInMB != nil && *next.DiskInMB > contract.MaxDiskInMB {
		c.add(contract.DiskTooLarge(*next.DiskInMB))
	}
	if v.App.State == Started {
		s.checkQuotas(&c, v, next, starting)
	}
	checkHealth(&c, next)
	if next.User != nil && strings.TrimSpace(*next.User) != "" && !permitted(*next.User) {
		c.add(contract.UserNotPermitted(*next.User))
	}
	return c.err()
}

// outweighs says that a process has more memory than the sidecars of its type
// together.
func (s *Store) outweighs(p *Process) bool {
	sum := 0
	for _, other := range s.alike(p) {
		for _, sidecar := range other.Sidecars {
			sum += sidecar.MemoryInMB
		}
	}
	return sum < p.MemoryInMB
}

func permitted(user string) bool {
	for _, name := range contract.PermittedUsers {
		if strings.EqualFold(name, user) {
			return true
		}
	}
	return false
}

// readinessPortsEmpty is PortsEmpty for the other check; its words are read in
// the real server's readiness policy.
const readinessPortsEmpty = `ports array cannot be empty when readiness health check type is "port"`

// checkHealth runs the rules of both health checks in the real server's order:
// there the empty port list is found while the liveness check is looked at.
func checkHealth(c *complaints, p *Process) {
	live, ready := p.HealthCheck, p.Readiness
	if live.Type == contract.NoType {
		c.add(contract.TypeUnknown)
	}
	if live.Timeout != nil && *live.Timeout > contract.MaxHealthCheckTimeout {
		c.add(contract.TimeoutTooLong)
	}
	if live.Type == "port" && !p.HasPorts {
		c.add(contract.PortsEmpty)
	}
	if endpoint := document.Or(live.Endpoint, ""); live.Type == "http" && !contract.URIPath(endpoint) {
		c.add(contract.EndpointMissing + endpoint)
	}
	if ready.Type == contract.NoType {
		c.add(contract.ReadinessTypeUnknown)
	}
	if ready.Type == "port" && !p.HasPorts {
		c.add(readinessPortsEmpty)
	}
	if endpoint := document.Or(ready.Endpoint, ""); ready.Type == "http" && !contract.URIPath(endpoint) {
		c.add(contract.ReadinessEndpointMissing + endpoint)
	}
}
