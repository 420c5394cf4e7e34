package scenario

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/state"
)

// Forced holds one instance in a state, whatever the lifecycle would say, or
// sets something else that stats say of it. What is left out is as the platform
// would have it.
type Forced struct {
	Index            int                 `json:"index"`
	State            state.InstanceState `json:"state,omitempty"`
	Details          string              `json:"details,omitempty"`
	Since            *Time               `json:"since,omitempty"`
	Routable         Nullable[bool]      `json:"routable,omitzero"`
	Host             *string             `json:"host,omitempty"`
	InternalIP       *string             `json:"instance_internal_ip,omitempty"`
	MemoryQuota      Nullable[int64]     `json:"mem_quota,omitzero"`
	DiskQuota        Nullable[int64]     `json:"disk_quota,omitzero"`
	LogRateLimit     Nullable[int64]     `json:"log_rate_limit,omitzero"`
	IsolationSegment Nullable[string]    `json:"isolation_segment,omitzero"`
	Ports            []Port              `json:"instance_ports,omitzero"`
	Usage            Nullable[Usage]     `json:"usage,omitzero"`
}

// Port is a port mapping of an instance in the API's form.
type Port struct {
	External    int  `json:"external"`
	Internal    int  `json:"internal"`
	ExternalTLS *int `json:"external_tls_proxy_port"`
	InternalTLS *int `json:"internal_tls_proxy_port"`
}

// Usage is what an instance takes, in the API's form.
type Usage struct {
	CPU            *float64          `json:"cpu,omitempty"`
	CPUEntitlement Nullable[float64] `json:"cpu_entitlement,omitzero"`
	Memory         *int64            `json:"mem,omitempty"`
	Disk           *int64            `json:"disk,omitempty"`
	LogRate        *int64            `json:"log_rate,omitempty"`
}

func (f *Forced) stored() state.Forced {
	made := state.Forced{State: f.State, Details: f.Details, Since: f.Since.or(time.Time{})}
	if !f.facts() {
		return made
	}
	made.Facts = &state.Facts{
		Routable: contract.Optional[bool](f.Routable), Host: f.Host, IP: f.InternalIP,
		MemoryQuota: contract.Optional[int64](f.MemoryQuota), DiskQuota: contract.Optional[int64](f.DiskQuota),
		LogRateLimit:     contract.Optional[int64](f.LogRateLimit),
		IsolationSegment: contract.Optional[string](f.IsolationSegment),
	}
	if f.Ports != nil {
		made.Facts.Ports = []state.Port{}
		for _, port := range f.Ports {
			made.Facts.Ports = append(made.Facts.Ports, state.Port{
				External: port.External, Internal: port.Internal, ExternalTLS: orZero(port.ExternalTLS), InternalTLS: orZero(port.InternalTLS)})
		}
	}
	if u := f.Usage; u.Set {
		made.Facts.Usage = contract.Optional[state.UsageFacts]{Set: true, Null: u.Null, Value: state.UsageFacts{
			CPU: u.Value.CPU, CPUEntitlement: contract.Optional[float64](u.Value.CPUEntitlement),
			Memory: u.Value.Memory, Disk: u.Value.Disk, LogRate: u.Value.LogRate,
		}}
	}
	return made
}

// facts says that more is set than a state.
func (f *Forced) facts() bool {
	return f.Routable.Set || f.Host != nil || f.InternalIP != nil || f.MemoryQuota.Set || f.DiskQuota.Set || f.LogRateLimit.Set ||
		f.IsolationSegment.Set || f.Ports != nil || f.Usage.Set
}

func orZero(port *int) int {
	if port == nil {
		return 0
	}
	return *port
}

func orNull(port int) *int {
	if port == 0 {
		return nil
	}
	return &port
}

// ForcedFrom is the wire form of a forced instance.
func ForcedFrom(index int, one state.Forced) Forced {
	out := Forced{Index: index, State: one.State, Details: one.Details, Since: moment(one.Since)}
	f := one.Facts
	if f == nil {
		return out
	}
	out.Routable, out.Host, out.InternalIP = Nullable[bool](f.Routable), f.Host, f.IP
	out.MemoryQuota, out.DiskQuota, out.LogRateLimit = Nullable[int64](f.MemoryQuota), Nullable[int64](f.DiskQuota), Nullable[int64](f.LogRateLimit)
	out.IsolationSegment = Nullable[string](f.IsolationSegment)
	if f.Ports != nil {
		out.Ports = []Port{}
		for _, port := range f.Ports {
			out.Ports = append(out.Ports, Port{port.External, port.Internal, orNull(port.ExternalTLS), orNull(port.InternalTLS)})
		}
	}
	if u := f.Usage; u.Set {
		out.Usage = Nullable[Usage]{Set: true, Null: u.Null, Value: Usage{
			u.Value.CPU, Nullable[float64](u.Value.CPUEntitlement), u.Value.Memory, u.Value.Disk, u.Value.LogRate}}
	}
	return out
}

func exportForced(forced map[int]state.Forced) (out []Forced) {
	for _, index := range slices.Sorted(maps.Keys(forced)) {
		out = append(out, ForcedFrom(index, forced[index]))
	}
	return out
}

func (c *checker) forced(process Process, i, j int) {
	seen := map[int]bool{}
	for k, one := range process.Forced {
		at := func(key string) []any { return []any{"apps", i, "processes", j, "forced", k, key} }
		if count := process.instances(); one.Index >= count {
			c.report(fmt.Sprintf("%d, expected an index below the %d instances", one.Index, count), at("index")...)
		}
		if seen[one.Index] {
			c.report(fmt.Sprintf("%d, forced already", one.Index), at("index")...)
		}
		seen[one.Index] = true
		if one.Since != nil && one.State == "" {
			c.report("without a state, expected a state that began then", at("since")...)
		}
	}
}
