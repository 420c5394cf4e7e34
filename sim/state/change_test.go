package state

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"example.com/capisim/sim/contract"
)

// grant gives a user other roles, as loading another scenario would.
func (s *Store) grant(name string, grants ...Grant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.settings
	user := *next.byName[name]
	user.Grants = grants
	next.byName = maps.Clone(next.byName)
	next.byName[name] = &user
	s.settings = &next
}

// changes are all that a client may ask for; each is refused or seen in the
// history, the version or the time of the process front.
var changes = map[string]func(t testing.TB, s *Store, who Viewer, n int) error{
	"update": func(t testing.TB, s *Store, who Viewer, n int) error {
		return errorOf(s.UpdateProcess(later(1), who, Ref{GUID: "front"}, bodyOf(t, fmt.Sprintf(`{"command":"%d"}`, n))))
	},
	"update by type": func(t testing.TB, s *Store, who Viewer, n int) error {
		return errorOf(s.UpdateProcess(later(1), who, Ref{AppGUID: "front", Type: "web"}, bodyOf(t, `{}`)))
	},
	"scale": func(t testing.TB, s *Store, who Viewer, n int) error {
		return errorOf(s.ScaleProcess(later(1), who, Ref{GUID: "front"}, bodyOf(t, fmt.Sprintf(`{"instances":%d}`, 1+n%5))))
	},
	"terminate": func(t testing.TB, s *Store, who Viewer, n int) error {
		return errorOf(s.TerminateInstance(later(1), who, Ref{GUID: "front"}, 0))
	},
	"update app": func(t testing.TB, s *Store, who Viewer, n int) error {
		return errorOf(s.UpdateApp(later(1), who, "front", bodyOf(t, fmt.Sprintf(`{"name":"app-%d"}`, n))))
	},
	"start": func(t testing.TB, s *Store, who Viewer, _ int) error {
		return errorOf(s.StartApp(later(1), who, "front"))
	},
	"stop": func(t testing.TB, s *Store, who Viewer, _ int) error {
		return errorOf(s.StopApp(later(1), who, "front"))
	},
	"restart": func(t testing.TB, s *Store, who Viewer, _ int) error {
		return errorOf(s.RestartApp(later(1), who, "front"))
	},
}

// TestRightTakenAway: dora was identified while she was a developer. What she
// still asks for after the role is gone changes nothing, however it falls
// together.
func TestRightTakenAway(t *testing.T) {
	t.Parallel()
	developer := Grant{Role: SpaceDeveloper, SpaceGUID: "dev"}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 10 {
				s := storeOf(func(seed *Seed) { seed.Users[0].Grants = []Grant{developer} })
				user, _ := s.User("dora")
				dora := NewViewer(user, []string{ScopeRead, ScopeWrite})
				started, wait := make(chan struct{}), sync.WaitGroup{}
				begin := sync.OnceFunc(func() { close(started) })
				for range 4 {
					wait.Go(func() {
						for n := 0; ; n++ {
							err := change(t, s, dora, n)
							begin()
							if err != nil {
								expect(t, err, contract.NotAuthorized)
								return
							}
						}
					})
				}
				<-started
				s.grant("dora", Grant{Role: SpaceAuditor, SpaceGUID: "dev"})
				v, total := s.Peek(Ref{GUID: "front"}), s.events.serial
				wait.Wait()
				if now := s.Peek(Ref{GUID: "front"}); now.Process != v.Process || now.App != v.App || s.events.serial != total {
					t.Fatalf("changed after the role was taken away: %+v", now.Process)
				}
			}
		})
	}
}

// TestChangeIsToldOf: each change leaves one event of its type, a refused one
// none.
func TestChangeIsToldOf(t *testing.T) {
	t.Parallel()
	for name, typ := range map[string]string{
		"update": ProcessUpdated, "update by type": ProcessUpdated, "scale": ProcessScaled, "terminate": ProcessTerminated,
		"update app": AppUpdated, "start": AppStarted, "stop": AppStopped, "restart": AppRestarted,
	} {
		s := storeOf()
		expect(t, changes[name](t, s, root, 1), nil)
		expect(t, changes[name](t, s, holder(SpaceAuditor, "dev", ""), 2), contract.NotAuthorized)
		list, _ := s.AuditEvents(start, root, parsed(t, contract.AuditEventList, ""))
		if got := types(list); !slices.Equal(got, []string{typ}) {
			t.Errorf("%s leaves %v", name, got)
		}
	}
}
