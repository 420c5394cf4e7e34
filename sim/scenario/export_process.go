package scenario

import (
	"maps"
	"slices"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// exportProcess writes down a process and up to when its crashes are among the
// audit events.
func exportProcess(p *state.Process, settled time.Time) Process {
	out := Process{
		Type:                 p.Type,
		GUID:                 p.GUID,
		CreatedAt:            p.CreatedAt.UTC(),
		UpdatedAt:            p.UpdatedAt.UTC(),
		Version:              p.Version,
		Command:              p.Command,
		DetectedCommand:      &p.DetectedCommand,
		User:                 p.User,
		Instances:            &p.Instances,
		MemoryInMB:           &p.MemoryInMB,
		DiskInMB:             contract.Optional[int]{Set: true, Null: p.DiskInMB == nil, Value: document.Or(p.DiskInMB, 0)},
		LogRateLimit:         &p.LogRateLimit,
		HealthCheck:          exportCheck(p.HealthCheck),
		ReadinessHealthCheck: exportCheck(p.Readiness),
		Metadata:             p.Metadata,
		Revision:             contract.Optional[Reference]{Set: true, Null: p.RevisionGUID == "", Value: Reference{GUID: p.RevisionGUID}},
		Sidecars:             p.Sidecars,
		NoPorts:              !p.HasPorts,
		Forced:               exportForced(p.History.Forced),
		History:              exportHistory(p.History, settled),
	}
	switch c := p.RegistryCredential; {
	case c == nil:
	case c.GUID == "": // a time without a credential, which only the API's own key can say
		out.RegistryCredentialLastSyncedAt = c.LastSyncedAt
	default:
		out.RegistryCredential = c
	}
	return out
}

func exportCheck(h state.HealthCheck) *HealthCheck {
	out := &HealthCheck{Type: h.Type}
	if h.Timeout != nil || h.InvocationTimeout != nil || h.Interval != nil || h.Endpoint != nil {
		out.Data = &HealthCheckData{
			Timeout:           h.Timeout,
			InvocationTimeout: h.InvocationTimeout,
			Interval:          h.Interval,
			Endpoint:          h.Endpoint,
		}
	}
	return out
}

func exportHistory(h state.History, settled time.Time) *History {
	if h.Epoch == 0 && h.Limits == nil && len(h.Batches) == 0 && len(h.Restarts) == 0 && h.Stopped.IsZero() && settled.IsZero() {
		return nil
	}
	out := &History{Epoch: h.Epoch, Limits: h.Limits, Batches: h.Batches, Stopped: h.Stopped.UTC(), Settled: settled.UTC()}
	for _, index := range slices.Sorted(maps.Keys(h.Restarts)) {
		restart := h.Restarts[index]
		restart.First = index
		out.Restarts = append(out.Restarts, restart)
	}
	return out
}
