package state

import (
	"math"
	"math/big"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// Quota limits what the started processes of an organization or space may
// take (§7). A nil limit means no limit.
type Quota struct {
	TotalMemoryInMB    *int64 `json:"total_memory_in_mb,omitempty"`
	InstanceMemoryInMB *int64 `json:"instance_memory_in_mb,omitempty"`
	TotalInstances     *int64 `json:"total_instances,omitempty"`
	LogRateLimit       *int64 `json:"log_rate_limit_in_bytes_per_second,omitempty"`
}

// usage is what the started processes of a space or organization take.
type usage struct {
	memory, instances int64
	logRate           *big.Int // a rate of 2^63-1 is legal, and so are many instances of it
}

func (u *usage) add(p *Process) {
	u.memory = plus(u.memory, times(int64(p.MemoryInMB), int64(p.Instances)))
	u.instances = plus(u.instances, int64(p.Instances))
	u.logRate.Add(u.logRate, rate(p))
}

// unlimitedRate is the log rate limit that is none.
const unlimitedRate = -1

// rate is what a process may log, in bytes per second; an unlimited one counts
// nothing.
func rate(p *Process) *big.Int {
	if p.LogRateLimit == unlimitedRate {
		return new(big.Int)
	}
	return new(big.Int).Mul(big.NewInt(p.LogRateLimit), big.NewInt(int64(p.Instances)))
}

// plus and times stay at the largest number instead of wrapping around.
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
	inSpace, inOrg := s.othersUse(v, next, starting)
	if next.LogRateLimit == unlimitedRate && !starting {
		// An unlimited need is compared as -1 with what the old version leaves.
		old := new(big.Int).Sub(rate(v.Process), big.NewInt(1))
		inSpace.logRate.Add(inSpace.logRate, old)
		inOrg.logRate.Add(inOrg.logRate, old)
	}
	inSpace.add(next)
	inOrg.add(next)

	ofSpace, ofOrg, memory := document.Or(space, Quota{}), document.Or(org, Quota{}), int64(next.MemoryInMB)
	for _, one := range []struct {
		taken    int64
		limit    *int64
		exceeded string
	}{
		{inSpace.memory, ofSpace.TotalMemoryInMB, contract.QuotaSpaceMemory},
		{inOrg.memory, ofOrg.TotalMemoryInMB, contract.QuotaOrgMemory},
		{memory, ofOrg.InstanceMemoryInMB, contract.QuotaOrgInstanceMemory},
		{memory, ofSpace.InstanceMemoryInMB, contract.QuotaSpaceInstanceMemory},
		{inOrg.instances, ofOrg.TotalInstances, contract.QuotaOrgInstances},
		{inSpace.instances, ofSpace.TotalInstances, contract.QuotaSpaceInstances},
	} {
		if one.limit != nil && *one.limit >= 0 && one.taken > *one.limit {
			c.add(one.exceeded)
		}
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
	if used.logRate.Cmp(big.NewInt(*quota.LogRateLimit)) > 0 {
		c.add(exceeded)
	}
}

// othersUse sums up the started processes beside one. It walks over those of
// the space, and over those of the organization where that has a quota. The
// processes of an app that is starting are started one after the other: the
// later ones do not count yet.
func (s *Store) othersUse(v View, p *Process, starting bool) (inSpace, inOrg usage) {
	inSpace.logRate, inOrg.logRate = new(big.Int), new(big.Int)
	add := func(to *usage, of ids) {
		for k := range s.each(of.from(0, false)) {
			other := s.processes.table.get(k.guid)
			later := starting && other.AppGUID == p.AppGUID && other.serial > p.serial
			if k.guid != p.GUID && !later && s.apps.table.get(other.AppGUID).State == Started {
				to.add(other)
			}
		}
	}
	if v.Space.Quota != nil {
		add(&inSpace, s.having(attribute{ofSpace, v.Space.GUID, ""}))
	}
	if v.Organization.Quota != nil {
		add(&inOrg, s.having(attribute{ofOrg, v.Organization.GUID, ""}))
	}
	return inSpace, inOrg
}

// OrganizationQuota is the guid of the quota that an organization is under. All
// that have no limits of their own share the default one, as they do in the
// real server.
func (v View) OrganizationQuota() string {
	if v.Organization.Quota == nil {
		return v.drawnGUID("default", quotaDraw, 0)
	}
	return v.drawnGUID(v.Organization.GUID, quotaDraw, 0)
}

// SpaceQuota is the guid of the quota that a space is under, "" for none.
func (v View) SpaceQuota() string {
	if v.Space.Quota == nil {
		return ""
	}
	return v.drawnGUID(v.Space.GUID, quotaDraw, 0)
}

// SetQuotas limits organizations and spaces, by guid. Those that are not named
// have no limit afterwards.
func (s *Store) SetQuotas(organizations, spaces map[string]*Quota) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for guid, org := range s.orgs.all() {
		next := *org
		next.Quota = organizations[guid]
		s.orgs.set(guid, &next)
	}
	for guid, space := range s.spaces.all() {
		next := *space
		next.Quota = spaces[guid]
		s.spaces.set(guid, &next)
	}
	s.findLimited()
}

func (s *Store) findLimited() {
	s.limited = nil
	for _, guid := range s.spaceOrd {
		if s.spaces.table.get(guid).Quota != nil {
			s.limited = append(s.limited, guid)
		}
	}
}

// LimitedSpaces are the spaces with a quota that a viewer may see.
func (s *Store) LimitedSpaces(who Viewer) (views []View) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, guid := range s.limited {
		if space := s.spaces.get(guid); who.canRead(space) {
			views = append(views, s.viewOfSpace(space))
		}
	}
	return views
}
