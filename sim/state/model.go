package state

import (
	"math"
	"strings"

	"example.com/capisim/sim/contract"
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
	if next.MemoryInMB != v.Process.MemoryInMB && !outweighs(next) {
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

// outweighs says that a process has more memory than its sidecars together.
func outweighs(p *Process) bool {
	sum := 0
	for _, sidecar := range p.Sidecars {
		sum += sidecar.MemoryInMB
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
	if live.Timeout != nil && *live.Timeout > contract.MaxHealthCheckTimeout {
		c.add(contract.TimeoutTooLong)
	}
	if live.Type == "port" && p.NoPorts {
		c.add(contract.PortsEmpty)
	}
	if endpoint := deref(live.Endpoint); live.Type == "http" && !contract.URIPath(endpoint) {
		c.add(contract.EndpointMissing + endpoint)
	}
	if ready.Type == "port" && p.NoPorts {
		c.add(readinessPortsEmpty)
	}
	if endpoint := deref(ready.Endpoint); ready.Type == "http" && !contract.URIPath(endpoint) {
		c.add(contract.ReadinessEndpointMissing + endpoint)
	}
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// usage is what the started processes of a space or organization take.
type usage struct{ memory, instances, logRate int64 }

func (u *usage) add(p *Process) {
	u.memory = plus(u.memory, times(int64(p.MemoryInMB), int64(p.Instances)))
	u.instances = plus(u.instances, int64(p.Instances))
	u.logRate = plus(u.logRate, rate(p))
}

// unlimitedRate is the log rate limit that is none.
const unlimitedRate = -1

// rate is what a process may log, in bytes per second; an unlimited one counts
// nothing.
func rate(p *Process) int64 {
	if p.LogRateLimit == unlimitedRate {
		return 0
	}
	return times(p.LogRateLimit, int64(p.Instances))
}

// plus and times stay at the largest number instead of wrapping around: a log
// rate of 2^63-1 is legal, and so are 2^31-1 instances of it.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func times(a, b int64) int64 {
	if b != 0 && a > math.MaxInt64/b {
		return math.MaxInt64
	}
	return a * b
}

// checkQuotas compares what the new version would take with the limits of the
// space and the organization, in the order of §7.
func (s *Store) checkQuotas(c *complaints, v View, next *Process, starting bool) {
	space, org := v.Space.Quota, v.Organization.Quota
	if space == nil && org == nil {
		return
	}
	inSpace, inOrg := s.othersUse(next, starting)
	if next.LogRateLimit == unlimitedRate && !starting {
		// An unlimited need is compared as -1 with what the old version leaves.
		inSpace.logRate = plus(inSpace.logRate, rate(v.Process)) - 1
		inOrg.logRate = plus(inOrg.logRate, rate(v.Process)) - 1
	}
	inSpace.add(next)
	inOrg.add(next)

	if space != nil && exceeds(inSpace.memory, space.TotalMemoryInMB) {
		c.add(contract.QuotaSpaceMemory)
	}
	if org != nil && exceeds(inOrg.memory, org.TotalMemoryInMB) {
		c.add(contract.QuotaOrgMemory)
	}
	if org != nil && exceeds(int64(next.MemoryInMB), org.InstanceMemoryInMB) {
		c.add(contract.QuotaOrgInstanceMemory)
	}
	if space != nil && exceeds(int64(next.MemoryInMB), space.InstanceMemoryInMB) {
		c.add(contract.QuotaSpaceInstanceMemory)
	}
	if org != nil && exceeds(inOrg.instances, org.TotalInstances) {
		c.add(contract.QuotaOrgInstances)
	}
	if space != nil && exceeds(inSpace.instances, space.TotalInstances) {
		c.add(contract.QuotaSpaceInstances)
	}
	old := v.Process
	if old.Instances != next.Instances || old.LogRateLimit != next.LogRateLimit || starting {
		checkLogRate(c, next, space, inSpace, contract.LogRateUnlimited("space", v.Space.Name), contract.QuotaSpaceLogRate)
		checkLogRate(c, next, org, inOrg, contract.LogRateUnlimited("organization", v.Organization.Name), contract.QuotaOrgLogRate)
	}
}

func checkLogRate(c *complaints, next *Process, quota *Quota, used usage, unlimited, exceeded string) {
	if quota == nil || quota.LogRateLimit == nil || *quota.LogRateLimit < 0 {
		return
	}
	if next.LogRateLimit == unlimitedRate {
		c.add(unlimited)
	}
	if used.logRate > *quota.LogRateLimit {
		c.add(exceeded)
	}
}

func exceeds(value int64, limit *int64) bool {
	return limit != nil && *limit >= 0 && value > *limit
}

// othersUse sums up the started processes beside one. It walks the whole store
// and runs only where a quota is set. The processes of an app that is starting
// are started one after the other: the later ones do not count yet.
func (s *Store) othersUse(p *Process, starting bool) (inSpace, inOrg usage) {
	home := s.spaces[s.apps[p.AppGUID].SpaceGUID]
	for guid, other := range s.processes {
		app := s.apps[other.AppGUID]
		later := starting && other.AppGUID == p.AppGUID && other.serial > p.serial
		if guid == p.GUID || app.State != Started || later {
			continue
		}
		space := s.spaces[app.SpaceGUID]
		if space.GUID == home.GUID {
			inSpace.add(other)
		}
		if space.OrganizationGUID == home.OrganizationGUID {
			inOrg.add(other)
		}
	}
	return inSpace, inOrg
}
