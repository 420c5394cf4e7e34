package state

import (
	"time"

	"example.com/capisim/sim/contract"
)

// Ref names a process in one of the two ways of the API: by its own guid, or by
// its app and type.
type Ref struct {
	GUID    string
	AppGUID string
	Type    string
}

// View is a process with all that it hangs on, as one moment saw it.
type View struct {
	Process      *Process
	App          *App
	Space        *Space
	Organization *Organization
	settings     *settings
}

// ShowsSecrets says whether the viewer may see the command (§12).
func (v View) ShowsSecrets(who Viewer) bool { return who.canReadSecrets(v.Space) }

// StatsUnavailable says that the stats server is down (§14.1).
func (v View) StatsUnavailable() bool { return v.settings.statsUnavailable }

// LogCacheDown says that metrics are down (§14.1).
func (v View) LogCacheDown() bool { return v.settings.logCacheDown }

// Peek finds what a path names without judging whether anyone may see it; the
// zero fields of the view are what is not there.
func (s *Store) Peek(ref Ref) View {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.peek(ref)
}

func (s *Store) peek(ref Ref) View {
	v := View{settings: s.settings}
	if ref.GUID != "" {
		v.Process = s.processes[ref.GUID]
		if v.Process == nil {
			return v
		}
		v.App = s.apps[v.Process.AppGUID]
	} else {
		v.App = s.apps[ref.AppGUID]
		if v.App == nil {
			return v
		}
		if ref.Type != "" {
			v.Process = s.newest(ref.AppGUID, ref.Type)
		}
	}
	v.Space = s.spaces[v.App.SpaceGUID]
	v.Organization = s.orgs[v.Space.OrganizationGUID]
	return v
}

// Process finds a process for a reader. What is not there and what the reader
// may not see answer the same 404 (§3, step 5).
func (s *Store) Process(who Viewer, ref Ref) (View, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.find(who, ref)
}

func (s *Store) find(who Viewer, ref Ref) (View, error) {
	v := s.peek(ref)
	visible := v.Space != nil && who.canRead(v.Space)
	switch {
	case visible && v.Process != nil:
		return v, nil
	case ref.GUID == "" && !visible:
		return v, contract.AppNotFound
	default:
		return v, contract.ProcessNotFound
	}
}

// Writable finds a process for a writer: lookup, then the right, then the
// states of organization and space that forbid writing (§3, steps 5 and 6).
func (s *Store) Writable(who Viewer, ref Ref) (View, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, err := s.find(who, ref)
	if err != nil {
		return v, err
	}
	return v, who.writable(v.Space, v.Organization)
}

// MayScale asks the feature flag app_scaling; administrators skip it (§3,
// step 7).
func (v View) MayScale(who Viewer) error {
	f := v.settings.features
	if f.AppScaling || who.Admin() {
		return nil
	}
	if f.AppScalingMessage != "" {
		return contract.FeatureDisabled.With(f.AppScalingMessage)
	}
	return contract.FeatureDisabled.With("app_scaling")
}

// change runs one mutation of a process under the lock. The mutation gets a
// copy; what it leaves there is stored when it returns no error and the model
// rules of §7 hold, else nothing of it is. The result is the answer, which is
// what is stored but for a disk of null: that is answered as it was asked for
// and read as the default ever after (§6).
func (s *Store) change(now time.Time, guid string, mutate func(v View, next *Process) error) (*Process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.peek(Ref{GUID: guid})
	if v.Process == nil {
		return nil, contract.ProcessNotFound
	}
	next := *v.Process
	next.UpdatedAt = now
	if err := mutate(v, &next); err != nil {
		return nil, err
	}
	if err := s.checkModel(v, &next, false); err != nil {
		return nil, err
	}
	answer := &next
	if next.DiskInMB == nil {
		shown := next
		shown.memo = nil
		answer = &shown
		disk := contract.DefaultDiskInMB
		next.DiskInMB = &disk
	}
	s.put(&next)
	return answer, nil
}

// UpdateProcess applies a checked PATCH body: a merge of the keys that are
// there (§10). The version never changes, updated_at always does.
func (s *Store) UpdateProcess(now time.Time, guid string, u contract.ProcessUpdate) (*Process, error) {
	return s.change(now, guid, func(v View, next *Process) error {
		if next.Type == "web" && v.App.Deploying {
			return contract.UpdateWhileDeploying
		}
		if u.Command.Set {
			next.Command = pointer(u.Command)
		}
		if u.User.Set {
			next.User = pointer(u.User)
		}
		next.HealthCheck = mergeHealthCheck(next.HealthCheck, u.HealthCheck)
		next.Readiness = mergeHealthCheck(next.Readiness, u.Readiness)
		before := next.Metadata
		next.Metadata = before.Merge(u.Metadata)
		return contract.CheckLimits(before, next.Metadata, u.Metadata)
	})
}

// ScaleProcess applies a checked scale body; null leaves the log rate as it is
// (§6).
func (s *Store) ScaleProcess(now time.Time, guid string, scale contract.ProcessScale) (*Process, error) {
	return s.change(now, guid, func(v View, next *Process) error {
		if next.Type == "web" && v.App.Deploying {
			return contract.ScaleWhileDeploying
		}
		if (scale.Instances.Set && scale.Instances.Null) || (scale.MemoryInMB.Set && scale.MemoryInMB.Null) {
			return contract.UnknownError // the trap of §9: null passes the messages and crashes here
		}
		next.History = next.History.pinned(v.Process)
		if scale.Instances.Set {
			next.History = next.History.scaled(v.Process.Instances, scale.Instances.Value, now)
			next.Instances = scale.Instances.Value
		}
		if scale.MemoryInMB.Set {
			next.MemoryInMB = scale.MemoryInMB.Value
		}
		if scale.DiskInMB.Set {
			next.DiskInMB = pointer(scale.DiskInMB)
		}
		if scale.LogRate.Set && !scale.LogRate.Null {
			next.LogRateLimit = scale.LogRate.Value
		}
		return nil
	})
}

// Terminate stops one instance, which the platform replaces (§14.3). An index
// outside of the desired instances is 404; a stopped app has nothing to stop.
func (s *Store) Terminate(now time.Time, guid string, index int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.peek(Ref{GUID: guid})
	switch {
	case v.Process == nil:
		return contract.ProcessNotFound
	case index < 0 || index >= v.Process.Instances:
		return contract.InstanceNotFound
	case v.App.State != Started:
		return nil
	}
	next := *v.Process
	next.History = next.History.restarted(index, now)
	s.put(&next)
	return nil
}

// mergeHealthCheck merges at leaf level (§10): a type other than http clears
// the endpoint, even one that the same request names.
func mergeHealthCheck(check HealthCheck, u contract.HealthCheckUpdate) HealthCheck {
	if u.Type.Set {
		check.Type = u.Type.Value
	}
	if u.Timeout.Set {
		check.Timeout = pointer(u.Timeout)
	}
	if u.InvocationTimeout.Set {
		check.InvocationTimeout = pointer(u.InvocationTimeout)
	}
	if u.Interval.Set {
		check.Interval = pointer(u.Interval)
	}
	switch {
	case u.Type.Set && u.Type.Value != "http":
		check.Endpoint = nil
	case u.Endpoint.Set:
		check.Endpoint = pointer(u.Endpoint)
	}
	return check
}

func pointer[T any](o contract.Optional[T]) *T {
	if o.Null {
		return nil
	}
	value := o.Value
	return &value
}
