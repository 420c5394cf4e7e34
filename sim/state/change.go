package state

import (
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// writable finds a process for a writer: lookup, then the right as it stands at
// this moment, then the states of organization and space that forbid writing
// (§3, steps 5 and 6).
func (s *Store) writable(who Viewer, ref Ref) (View, error) {
	who = s.renewed(who)
	v, err := s.find(who, ref)
	if err != nil {
		return v, err
	}
	return v, who.writable(v.Space, v.Organization)
}

// mayScale asks the feature flag app_scaling; administrators skip it (§3,
// step 7).
func (v View) mayScale(who Viewer) error {
	f := v.settings.Features
	if f.AppScaling || who.Admin() {
		return nil
	}
	if f.AppScalingMessage != "" {
		return contract.FeatureDisabled.With(f.AppScalingMessage)
	}
	return contract.FeatureDisabled.With("app_scaling")
}

// UpdateProcess carries out a PATCH: a merge of the keys that the body has
// (§10). The version never changes, updated_at always does. Like every change
// that a client asks for it is one step: the right to it, what the body says,
// the change and its audit event belong to one moment, and an error of §3's
// steps 5 to 11 leaves everything as it was. The view has the process as the
// answer shows it.
func (s *Store) UpdateProcess(now time.Time, who Viewer, ref Ref, body contract.Body) (View, error) {
	update, invalid := contract.CheckUpdate(body, s.Variant())
	return s.change(who, ref, Event{Type: ProcessUpdated, At: now, Data: asked(body)}, update.Unstorable, func(v View, next *Process) error {
		switch {
		case invalid != nil:
			return invalid
		case next.Type == "web" && v.App.Deploying:
			return contract.UpdateWhileDeploying
		case update.Metadata.Unstorable:
			return contract.UnknownError
		}
		next.Command, next.User = update.Command.PointerOr(next.Command), update.User.PointerOr(next.User)
		next.HealthCheck = mergeHealthCheck(next.HealthCheck, update.HealthCheck)
		next.Readiness = mergeHealthCheck(next.Readiness, update.Readiness)
		next.Metadata = v.Process.Metadata.Merge(update.Metadata)
		return contract.CheckLimits(v.Process.Metadata, next.Metadata, update.Metadata)
	})
}

// ScaleProcess carries out a scale, in one step as UpdateProcess does; null
// leaves the log rate as it is (§6).
func (s *Store) ScaleProcess(now time.Time, who Viewer, ref Ref, body contract.Body) (View, error) {
	scale, invalid := contract.CheckScale(body)
	return s.change(who, ref, Event{Type: ProcessScaled, At: now, Data: asked(body)}, false, func(v View, next *Process) error {
		if err := v.mayScale(who); err != nil {
			return err
		}
		switch {
		case invalid != nil:
			return invalid
		case next.Type == "web" && v.App.Deploying:
			return contract.ScaleWhileDeploying
		case scale.Instances.Null || scale.MemoryInMB.Null:
			return contract.UnknownError // the trap of §9: null passes the messages and crashes here
		}
		s.settleCrashes(v.Process, now)
		next.History = next.History.pinned(v.Process)
		if scale.Instances.Set {
			next.History = next.History.scaled(v.Process.Instances, scale.Instances.Value, now)
			next.Instances = scale.Instances.Value
		}
		next.MemoryInMB = scale.MemoryInMB.Or(next.MemoryInMB)
		next.DiskInMB = scale.DiskInMB.PointerOr(next.DiskInMB)
		if !scale.LogRate.Null {
			next.LogRateLimit = scale.LogRate.Or(next.LogRateLimit)
		}
		return nil
	})
}

// change runs the mutation of a process that an event tells of. The mutation
// gets a copy; what it leaves there is stored when it returns no error and the
// model rules of §7 hold, else nothing of it is. What the database refuses, it
// refuses last (§9.1).
func (s *Store) change(who Viewer, ref Ref, event Event, unstorable bool, mutate func(v View, next *Process) error) (View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.writable(who, ref)
	if err != nil {
		return v, err
	}
	next := *v.Process
	next.UpdatedAt = event.At
	if err := mutate(v, &next); err != nil {
		return v, err
	}
	if err := s.checkModel(v, &next, false); err != nil {
		return v, err
	}
	if unstorable {
		return v, contract.UnknownError
	}
	v.Process = &next
	s.put(&next)
	s.audit(who, v, event)
	return v, nil
}

// TerminateInstance stops one instance, which the platform replaces (§14.3), in
// one step as UpdateProcess does. An index outside of the desired instances is
// 404; a stopped app has nothing to stop.
func (s *Store) TerminateInstance(now time.Time, who Viewer, ref Ref, index int) (View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.writable(who, ref)
	if err != nil {
		return v, err
	}
	if v.Process, err = s.restart(now, v, index); err != nil {
		return v, err
	}
	s.audit(who, v, Event{Type: ProcessTerminated, At: now, Data: []document.Field{counted("process_index", index)}})
	return v, nil
}

// RestartInstance does what TerminateInstance does, for an admin: no right is
// asked and no event tells of it.
func (s *Store) RestartInstance(now time.Time, guid string, index int) (View, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.peek(Ref{GUID: guid})
	if v.Process == nil {
		return v, contract.ProcessNotFound
	}
	var err error
	v.Process, err = s.restart(now, v, index)
	return v, err
}

func (s *Store) restart(now time.Time, v View, index int) (*Process, error) {
	switch {
	case index < 0 || index >= v.Process.Instances:
		return v.Process, contract.InstanceNotFound
	case v.App.State != Started:
		return v.Process, nil
	}
	if err := v.RunnerError(); err != nil {
		return v.Process, err
	}
	s.settleCrashes(v.Process, now)
	next := *v.Process
	next.History = next.History.restarted(index, now)
	s.put(&next)
	return &next, nil
}

// mergeHealthCheck merges at leaf level (§10): a type other than http clears
// the endpoint, even one that the same request names.
func mergeHealthCheck(check HealthCheck, u contract.HealthCheckUpdate) HealthCheck {
	check.Type = u.Type.Or(check.Type)
	check.Timeout = u.Timeout.PointerOr(check.Timeout)
	check.InvocationTimeout = u.InvocationTimeout.PointerOr(check.InvocationTimeout)
	check.Interval = u.Interval.PointerOr(check.Interval)
	check.Endpoint = u.Endpoint.PointerOr(check.Endpoint)
	if u.Type.Set && u.Type.Value != "http" {
		check.Endpoint = nil
	}
	return check
}
