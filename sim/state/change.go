package state

import (
	"time"

	"example.com/capisim/sim/contract"
)

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
