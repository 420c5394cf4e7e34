package scenario

import (
	"maps"
	"slices"

	"example.com/capisim/sim/state"
)

func exportProcess(p *state.Process) Process {
	out := Process{
		Type:                 p.Type,
		GUID:                 p.GUID,
		CreatedAt:            moment(p.CreatedAt),
		UpdatedAt:            moment(p.UpdatedAt),
		Version:              p.Version,
		Command:              p.Command,
		DetectedCommand:      &p.DetectedCommand,
		User:                 p.User,
		Instances:            &p.Instances,
		MemoryInMB:           &p.MemoryInMB,
		DiskInMB:             Nullable[int]{Set: true, Null: p.DiskInMB == nil},
		LogRateLimit:         &p.LogRateLimit,
		HealthCheck:          exportCheck(p.HealthCheck),
		ReadinessHealthCheck: exportCheck(p.Readiness),
		Metadata:             exportMetadata(p.Metadata),
		Revision:             Nullable[Reference]{Set: true, Null: p.RevisionGUID == "", Value: Reference{GUID: p.RevisionGUID}},
		NoPorts:              p.NoPorts,
		Forced:               exportForced(p.History.Forced),
		History:              exportHistory(p.History),
	}
	if p.DiskInMB != nil {
		out.DiskInMB.Value = *p.DiskInMB
	}
	out.exportCredential(p.RegistryCredential)
	for _, sidecar := range p.Sidecars {
		out.Sidecars = append(out.Sidecars, Sidecar(sidecar))
	}
	return out
}

// exportCredential uses the API's own key for a time without a credential,
// which the short form cannot say.
func (p *Process) exportCredential(c *state.RegistryCredential) {
	if c == nil {
		return
	}
	var synced *Time
	if c.LastSyncedAt != nil {
		synced = &Time{*c.LastSyncedAt}
	}
	if c.GUID == "" {
		p.RegistryCredentialLastSyncedAt = synced
		return
	}
	p.RegistryCredential = &RegistryCredential{GUID: c.GUID, LastSyncedAt: synced}
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

func exportHistory(h state.History) *History {
	if h.Epoch == 0 && h.Limits == nil && len(h.Batches) == 0 && len(h.Restarts) == 0 && h.Stopped.IsZero() {
		return nil
	}
	out := &History{Epoch: h.Epoch, Stopped: moment(h.Stopped)}
	if h.Limits != nil {
		limits := Limits(*h.Limits)
		out.Limits = &limits
	}
	for _, batch := range h.Batches {
		out.Batches = append(out.Batches, Placement{Index: batch.First, At: Time{batch.At.UTC()}, Epoch: batch.Epoch})
	}
	for _, index := range slices.Sorted(maps.Keys(h.Restarts)) {
		restart := h.Restarts[index]
		out.Restarts = append(out.Restarts, Placement{Index: index, At: Time{restart.At.UTC()}, Epoch: restart.Epoch})
	}
	return out
}
