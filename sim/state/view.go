package state

import (
	"sync"

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

// NamedProcess is the process of the view as fault rules ask for one; false when
// it has none.
func (v View) NamedProcess() (guid, typ string, labels contract.Pairs, ok bool) {
	if v.Process == nil {
		return "", "", nil, false
	}
	return v.Process.GUID, v.Process.Type, v.Process.Metadata.Labels, true
}

// NamedApp is the same for the app.
func (v View) NamedApp() (guid, name string, ok bool) {
	if v.App == nil {
		return "", "", false
	}
	return v.App.GUID, v.App.Name, true
}

// ShowsSecrets says whether the viewer may see the command (§12).
func (v View) ShowsSecrets(who Viewer) bool { return who.canReadSecrets(v.Space) }

// StatsAvailable says that there are stats (§14.1).
func (v View) StatsAvailable() bool {
	return v.settings.StatsAvailable && v.settings.Platform.Diego == ""
}

// HasMetrics says that stats come with what Log Cache measures (§14.1).
func (v View) HasMetrics() bool { return v.settings.Platform.LogCache == "" }

// Memo returns what build made under that name, once for all forks of this load: of
// what never changes, such as where apps are. It must not ask for the same name.
func (s *Store) Memo(name string, build func() any) any {
	memo, made := s.memos.Load(name)
	if !made {
		memo, _ = s.memos.LoadOrStore(name, sync.OnceValue(build))
	}
	return memo.(func() any)()
}

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
		v.Process = s.processes.get(ref.GUID)
		if v.Process == nil {
			return v
		}
		v.App = s.apps.get(v.Process.AppGUID)
	} else {
		v.App = s.apps.get(ref.AppGUID)
		if v.App == nil {
			return v
		}
		if ref.Type != "" {
			v.Process = s.newest(ref.AppGUID, ref.Type)
		}
	}
	v.Space = s.spaces.get(v.App.SpaceGUID)
	v.Organization = s.orgs.get(v.Space.OrganizationGUID)
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

// RegistryCredential finds the process that has the registry credential, for a
// reader. The error is contract.RegistryCredentialNotFound.
func (s *Store) RegistryCredential(who Viewer, guid string) (View, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for k := range s.each(s.having(attribute{ofRegistry, guid, ""}).from(0, false)) {
		if v, err := s.find(who, Ref{GUID: k.guid}); err == nil {
			return v, nil
		}
	}
	return View{}, contract.RegistryCredentialNotFound
}
