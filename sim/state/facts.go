package state

import (
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// Facts are what an admin or a scenario says of one instance beside its state.
// What is not set is as the platform would have it.
type Facts struct {
	Routable         contract.Optional[bool]       `json:"routable,omitzero"` // null: the platform does not tell
	Host             *string                       `json:"host,omitempty"`
	IP               *string                       `json:"instance_internal_ip,omitempty"`
	MemoryQuota      contract.Optional[int64]      `json:"mem_quota,omitzero"`      // bytes
	DiskQuota        contract.Optional[int64]      `json:"disk_quota,omitzero"`     // bytes
	LogRateLimit     contract.Optional[int64]      `json:"log_rate_limit,omitzero"` // bytes per second
	IsolationSegment contract.Optional[string]     `json:"isolation_segment,omitzero"`
	Ports            []Port                        `json:"instance_ports,omitzero"` // nil: not set; else all there are
	Usage            contract.Optional[UsageFacts] `json:"usage,omitzero"`
}

// UsageFacts are figures of an instance that were set; nil is not set.
type UsageFacts struct {
	CPU            *float64                   `json:"cpu,omitempty"`
	CPUEntitlement contract.Optional[float64] `json:"cpu_entitlement,omitzero"`
	Memory         *int64                     `json:"mem,omitempty"`      // bytes
	Disk           *int64                     `json:"disk,omitempty"`     // bytes
	LogRate        *int64                     `json:"log_rate,omitempty"` // bytes per second
}

// Port leads from a port of the cell to one of the container, and to that of
// the TLS proxy beside it (§14.1).
type Port struct {
	External    int  `json:"external"` // 0: reached inside the container network alone
	Internal    int  `json:"internal"`
	ExternalTLS *int `json:"external_tls_proxy_port"`
	InternalTLS *int `json:"internal_tls_proxy_port"`
}

// apply lays the facts over what the platform says of an instance. Quotas,
// ports and usage are left to the reader: what they are depends on metrics.
func (f *Facts) apply(inst *Instance) {
	if f == nil {
		return
	}
	inst.Facts = f
	inst.Routable, inst.IsolationSegment = f.Routable.PointerOr(inst.Routable), f.IsolationSegment.Or(inst.IsolationSegment)
	inst.Host, inst.IP = document.Or(f.Host, inst.Host), document.Or(f.IP, inst.IP)
}
