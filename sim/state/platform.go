package state

import (
	"strings"

	"example.com/capisim/sim/contract"
)

// Platform is how what the Cloud Controller leans on is doing.
type Platform struct {
	Database Health `json:"database,omitempty"`
	UAA      Health `json:"uaa,omitempty"`
	Diego    Health `json:"diego,omitempty"`
	LogCache Health `json:"log_cache,omitempty"`
}

// Health is the state of a part of the platform; the zero value is well.
type Health string

// What may be wrong, each with parts of its own (docs/CONTRACT.md §9.3).
const (
	PartDown   Health = "down"        // it cannot be reached
	Erring     Health = "erring"      // Diego answers with errors
	KeysDown   Health = "keys_down"   // UAA's keys cannot be had
	IssuerDown Health = "issuer_down" // UAA's issuer cannot be looked up
)

// Platform tells how the platform is doing.
func (s *Store) Platform() Platform { return s.current().Platform }

// ChangePlatform changes how the platform is doing and returns how it is then.
// The function must not use the store.
func (s *Store) ChangePlatform(change func(*Platform)) Platform {
	return s.changed(func(next *settings) { change(&next.Platform) }).Platform
}

// RunnerError is what Diego answers to a change of the view's process, nil when
// all is well or the app is not started (§3, step 12).
func (v View) RunnerError() error {
	if v.App.State != Started {
		return nil
	}
	return v.toldDiego()
}

// TellDiego is what Diego answers to a request about a process, of an app about
// the first of its processes: the others are not told of any more.
func (s *Store) TellDiego(ref Ref) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.tellDiego(ref)
}

func (s *Store) tellDiego(ref Ref) error {
	v := s.peek(ref)
	if guids := s.byApp.get(ref.AppGUID); v.Process == nil && len(guids) > 0 {
		v.Process = s.processes.get(guids[0])
	}
	if v.Process == nil {
		return nil
	}
	return v.toldDiego()
}

func (v View) toldDiego() error {
	process := "Process Guid: " + v.Process.GUID + "-" + v.Process.Version + ": "
	switch v.settings.Platform.Diego {
	case PartDown:
		return contract.RunnerUnavailable.With(process + "Connection refused")
	case Erring:
		return contract.RunnerError.With(process + "UnknownError")
	}
	return nil
}

// String names the parts that are not well.
func (p Platform) String() string {
	var broken []string
	for _, part := range []struct {
		name   string
		health Health
	}{{"database", p.Database}, {"uaa", p.UAA}, {"diego", p.Diego}, {"log_cache", p.LogCache}} {
		if part.health != "" {
			broken = append(broken, part.name+" "+string(part.health))
		}
	}
	return strings.Join(broken, ", ")
}
