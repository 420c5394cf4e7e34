package state

import (
	"sync/atomic"
	"time"

	"example.com/capisim/sim/contract"
)

// Process is one version of a process. A stored one is never changed; a change
// stores another.
type Process struct {
	GUID               string
	AppGUID            string
	Type               string
	CreatedAt          time.Time
	UpdatedAt          time.Time
	Version            string
	Command            *string // nil: the detected one shows
	DetectedCommand    string
	User               *string // nil: vcap
	Instances          int
	MemoryInMB         int
	DiskInMB           *int // nil after scaling to null: shown by changes, read as the default (§6)
	LogRateLimit       int64
	HealthCheck        HealthCheck
	Readiness          HealthCheck
	RevisionGUID       string // "": revisions are off
	RegistryCredential *RegistryCredential
	Sidecars           []Sidecar
	Metadata           contract.Metadata
	History            History

	serial uint64 // internal id: order of creation
	memo   *memo  // what readers derived from this version

	HasPorts bool // false: the port list is explicitly empty (§7)
	// hasOpenTimes says that some of its times derive from the load.
	hasOpenTimes bool
}

// HealthCheck is how the platform tells a live or a ready instance. Nil
// numbers and an empty endpoint are "not set".
type HealthCheck struct {
	Type              string // port, process, http or none
	Timeout           *int   // seconds; for readiness served by variant vendor only
	InvocationTimeout *int   // seconds
	Interval          *int   // seconds
	Endpoint          *string
}

// RegistryCredential is the vendor's link to the credential an image is pulled
// with.
type RegistryCredential struct {
	GUID         string     `json:"guid,omitempty"`
	LastSyncedAt *time.Time `json:"last_synced_at,omitempty"`
}

// memo keeps what a reader derived from one version of a process.
type memo struct{ value atomic.Value }

// Memo returns what build made of this version of the process, calling it at
// most a few times when several ask at once, and afterwards never again. There
// is one memo a version: all callers must build the same type.
func (p *Process) Memo(build func(*Process) any) any {
	if p.memo == nil { // an answer that is not stored, such as a null disk
		return build(p)
	}
	if value := p.memo.value.Load(); value != nil {
		return value
	}
	value := build(p)
	p.memo.value.Store(value)
	return value
}
