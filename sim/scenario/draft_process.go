package scenario

import (
	"cmp"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// What the real server gives a process that is created without more (§11,
// §18).
const (
	defaultMemoryInMB = 1024
	defaultDiskInMB   = 1024
	defaultLogRate    = 1048576 // bytes per second
)

// process makes the stored form of a process.
func (d *draft) process(from Process, app *state.App, kind *runtime) state.Process {
	typ := from.typeName()
	f := d.draw.of("process", app.GUID, typ, from.GUID)
	guid := from.GUID
	switch {
	case guid == "" && typ != webType:
		guid = f.UUID()
	case guid == "":
		guid = app.GUID
		fallthrough
	default: // what is drawn behind it stays what it is
		f.skipUUID()
	}
	version := from.Version
	if version == "" {
		version = f.UUID()
	}
	made := state.Process{
		GUID:               guid,
		AppGUID:            app.GUID,
		Type:               typ,
		CreatedAt:          cmp.Or(from.CreatedAt.UTC(), app.CreatedAt),
		UpdatedAt:          from.UpdatedAt.UTC(),
		Version:            version,
		Command:            from.Command,
		DetectedCommand:    document.Or(from.DetectedCommand, *kind.command(typ)),
		User:               from.User,
		Instances:          from.instances(),
		MemoryInMB:         document.Or(from.MemoryInMB, defaultMemoryInMB),
		DiskInMB:           from.disk(),
		LogRateLimit:       document.Or(from.LogRateLimit, defaultLogRate),
		HealthCheck:        from.HealthCheck.stored(checkOf(typ)),
		Readiness:          from.ReadinessHealthCheck.stored("process"),
		RevisionGUID:       from.revision(),
		RegistryCredential: d.credential(from, typ, app.GUID),
		Sidecars:           from.Sidecars,
		HasPorts:           !from.NoPorts,
		Metadata:           from.Metadata,
		History:            from.history(),
	}
	if from.DetectedCommand == nil && app.DropletGUID == "" {
		made.DetectedCommand = "" // nothing was built in which it could have been found
	}
	if h := from.History; h != nil && !h.Settled.IsZero() {
		if d.seed.Audit.Settled == nil {
			d.seed.Audit.Settled = map[string]time.Time{}
		}
		d.seed.Audit.Settled[made.GUID] = h.Settled.UTC()
	}
	return made
}

// checkOf is the health check that the real server gives a process of that
// type.
func checkOf(typ string) string {
	if typ == webType {
		return "port"
	}
	return "process"
}

func (p *Process) disk() *int {
	switch {
	case p.DiskInMB.Null:
		return nil
	case p.DiskInMB.Set:
		disk := p.DiskInMB.Value
		return &disk
	}
	return &defaultDisk
}

var defaultDisk = defaultDiskInMB // shared, and never changed

func (h *HealthCheck) stored(typ string) state.HealthCheck {
	if h == nil {
		return state.HealthCheck{Type: typ}
	}
	made := state.HealthCheck{Type: cmp.Or(h.Type, typ)}
	if data := h.Data; data != nil {
		made.Timeout = data.Timeout
		made.InvocationTimeout = data.InvocationTimeout
		made.Interval = data.Interval
		made.Endpoint = data.Endpoint
	}
	if made.Type == "http" && made.Endpoint == nil {
		// The real server keeps none without (§7); the root is cf's default.
		root := "/"
		made.Endpoint = &root
	}
	return made
}

func (p *Process) revision() string {
	if p.Revision.Set {
		return p.Revision.Value.GUID
	}
	if p.Relationships != nil {
		return p.Relationships.Revision.Value.guid()
	}
	return ""
}

// withoutRevision says that the process runs none although its app has one.
func (p *Process) withoutRevision() bool {
	return p.Revision.Null || !p.Revision.Set && p.Relationships != nil && p.Relationships.Revision.Set && p.revision() == ""
}

func (d *draft) credential(p Process, typ, app string) *state.RegistryCredential {
	guid, synced := "", p.RegistryCredentialLastSyncedAt
	if p.Relationships != nil {
		guid = p.Relationships.RegistryCredential.guid()
	}
	if own := p.RegistryCredential; own != nil {
		guid = own.GUID
		if own.LastSyncedAt != nil {
			synced = own.LastSyncedAt
		}
		if guid == "" {
			guid = d.draw.of("registry_credential", app, typ).UUID()
		}
	}
	if guid == "" && synced == nil {
		return nil
	}
	made := &state.RegistryCredential{GUID: guid}
	if synced != nil {
		at := synced.UTC()
		made.LastSyncedAt = &at
	}
	return made
}

// history is what happened to the instances. Nothing means that all were
// placed when the process was created.
func (p *Process) history() state.History {
	var made state.History
	for _, one := range p.Forced {
		if made.Forced == nil {
			made.Forced = make(map[int]state.Forced, len(p.Forced))
		}
		one.Since = one.Since.UTC()
		made.Forced[one.Index] = one.Forced
	}
	from := p.History
	if from == nil {
		return made
	}
	made.Epoch, made.Limits, made.Stopped = from.Epoch, from.Limits, from.Stopped.UTC()
	for _, batch := range from.Batches {
		batch.At = batch.At.UTC()
		made.Batches = append(made.Batches, batch)
	}
	for _, restart := range from.Restarts {
		if made.Restarts == nil {
			made.Restarts = make(map[int]state.Batch, len(from.Restarts))
		}
		restart.At = restart.At.UTC()
		made.Restarts[restart.First] = restart
	}
	return made
}
