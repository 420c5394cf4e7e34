package state

import "example.com/capisim/sim/contract"

// Facts are what an admin or a scenario says of one instance beside its state.
// What is not set is as the platform would have it.
type Facts struct {
	Routable         contract.Optional[bool] // null: the platform does not tell
	Ports            []Port                  // nil: not set; else all there are
	Usage            contract.Optional[UsageFacts]
	MemoryQuota      contract.Optional[int64] // bytes
	DiskQuota        contract.Optional[int64] // bytes
	LogRateLimit     contract.Optional[int64] // bytes per second
	Host             *string
	IP               *string
	IsolationSegment contract.Optional[string]
}

// UsageFacts are figures of an instance that were set; nil is not set.
type UsageFacts struct {
	CPU            *float64
	CPUEntitlement contract.Optional[float64]
	Memory         *int64 // bytes
	Disk           *int64 // bytes
	LogRate        *int64 // bytes per second
}

// Port leads from a port of the cell to one of the container, and to that of
// the TLS proxy beside it (§14.1). A proxy's port of 0 is none.
type Port struct {
	External    int // 0: reached inside the container network alone
	Internal    int
	ExternalTLS int
	InternalTLS int
}

// apply lays the facts over what the platform says of an instance. Quotas,
// ports and usage are left to the reader: what they are depends on metrics.
func (f *Facts) apply(inst *Instance) {
	if f == nil {
		return
	}
	inst.Facts = f
	if f.Routable.Set {
		inst.Routable = pointer(f.Routable)
	}
	if f.Host != nil {
		inst.Host = *f.Host
	}
	if f.IP != nil {
		inst.IP = *f.IP
	}
	if f.IsolationSegment.Set {
		inst.IsolationSegment = f.IsolationSegment.Value
	}
}
