package state

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// askEach settles whatever may have something to tell the plain way: each process
// is asked, however little has happened.
func askEach(s *Store, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.telling() {
		s.settleCrashes(s.processes.get(k.guid), now)
	}
}

// lifecycles are those of which instances tell something by themselves.
var lifecycles = map[string]Lifecycle{
	"ready":   {StartDelay: time.Second, ReadyDelay: 3 * time.Second, RestartDelay: 2 * time.Second},
	"crash":   {RestartDelay: 2 * time.Second, CrashLoop: []CrashLoop{{"worker", document.Duration(7 * time.Second)}}},
	"flip":    {ReadinessLoop: []ReadinessLoop{{"web", document.Duration(5 * time.Second), document.Duration(50 * time.Second)}}},
	"all":     {ReadyDelay: time.Minute, CrashLoop: []CrashLoop{{"web", 0}}, ReadinessLoop: []ReadinessLoop{{"worker", document.Duration(time.Minute), document.Duration(time.Hour)}}},
	"nothing": {},
}

// twins are two stores to which the same is done. The second one has no agenda:
// nobody asks it for events by the clock.
type twins struct{ quick, plain *Store }

func (w twins) each(do func(*Store)) {
	do(w.quick)
	do(w.plain)
}

// compare asks both for events and for what is saved.
func (w twins) compare(t *testing.T, now time.Time, query string) {
	t.Helper()
	askEach(w.plain, now)
	q := parsed(t, contract.AuditEventList, query)
	got, total := w.quick.AuditEvents(now, root, q)
	want, all := w.plain.AuditEvents(time.Time{}, root, q) // when nothing has happened yet
	if total != all || !reflect.DeepEqual(got, want) {
		t.Fatalf("at %v %s: %d events, want %d\ngot  %+v\nwant %+v", now.Sub(start), query, total, all, got, want)
	}
	one, other := w.quick.Export().Audit, w.plain.Export().Audit
	if one.Count != other.Count || !maps.Equal(one.Settled, other.Settled) {
		t.Fatalf("at %v: saved as %d\n%+v, want %d\n%+v", now.Sub(start), one.Count, one.Settled, other.Count, other.Settled)
	}
	w.quick.Groups(func(g *Group) bool {
		for i, at := range g.Settled {
			if p := g.Processes[i]; !at.Equal(other.Settled[p.GUID]) {
				t.Fatalf("%s is settled up to %v, want %v", p.GUID, at, other.Settled[p.GUID])
			}
		}
		return true
	})
}

// TestAgenda: whoever asks in whatever way at whatever times, what the agenda
// leaves out has nothing to tell. The clock goes on, stands still and is set back;
// worlds are changed, forked, loaded and saved meanwhile.
func TestAgenda(t *testing.T) {
	t.Parallel()
	queries := []string{"per_page=5000", "order_by=-created_at&per_page=7&page=2", "types=app.crash", "target_guids=front", "target_guids[not]=front", "created_ats[gt]=2026-01-01T00:00:10Z"}
	steps := []time.Duration{0, 0, time.Millisecond, time.Second, time.Second, 10 * time.Second, time.Minute, 20 * time.Minute, -2 * time.Second, -10 * time.Minute}
	for name, life := range lifecycles {
		for seed := range uint64(3) {
			t.Run(fmt.Sprint(name, seed), func(t *testing.T) {
				t.Parallel()
				draw := rand.New(rand.NewPCG(seed, 1))
				make := func() *Store { return storeOf(func(of *Seed) { of.Lifecycle = life }) }
				w, aside, now := twins{make(), make()}, twins{make(), make()}, start
				for range 250 {
					now = now.Add(steps[draw.IntN(len(steps))])
					switch draw.IntN(20) {
					case 0:
						aside = twins{w.quick.Fork(), w.plain.Fork()}
					case 1:
						w, aside = aside, w
					case 2:
						aside = twins{w.quick.Fork(), w.plain.Fork()}
						aside.compare(t, now.Add(time.Minute), "")
					case 12:
						w = twins{New(w.quick.Export()), New(w.plain.Export())}
					case 3:
						w = twins{w.quick.Load(now), w.plain.Load(now)}
					case 4, 5, 6, 7, 8, 9:
						w.compare(t, now, queries[draw.IntN(len(queries))])
					case 10:
						w.each(func(s *Store) { s.ForceInstance(now, "worker", 0, nil) }) //nolint:errcheck // or it is not there
					case 11:
						w.each(func(s *Store) { s.Advance(now) })
					default:
						kind, detail := byte(draw.IntN(10)), byte(draw.IntN(256))
						w.each(func(s *Store) { operation(t, s, kind, detail, now) })
					}
				}
				w.compare(t, now, "per_page=5000")
			})
		}
	}
}

// TestAgendaForgetsWhoLeft: a process that came and went has nothing to tell on a
// clock that was set back to before.
func TestAgendaForgetsWhoLeft(t *testing.T) {
	t.Parallel()
	make := func() *Store { return storeOf(func(of *Seed) { of.Lifecycle = lifecycles["ready"] }) }
	w := twins{make(), make()}
	w.compare(t, later(time.Hour), "")
	w.each(func(s *Store) {
		p := Process{GUID: "new", AppGUID: "front", Type: "web", CreatedAt: later(time.Hour), UpdatedAt: later(time.Hour), Instances: 1}
		if _, err := s.ReplaceProcess(later(time.Hour), nil, Replacement{Process: p}); err != nil || !s.DeleteProcess("new") {
			t.Fatalf("it did not come and go: %v", err)
		}
	})
	w.compare(t, later(time.Minute), "")
	w.compare(t, later(2*time.Hour), "")
}

// crowd is a seed of so many processes of running apps, which were made a
// millisecond after each other.
func crowd(count int, life Lifecycle) Seed {
	seed := Seed{
		Organizations: []Organization{{GUID: "o"}}, Spaces: []Space{{GUID: "s", OrganizationGUID: "o"}},
		Apps: make([]App, count), Processes: make([]Process, count), Lifecycle: life,
	}
	for i := range count {
		guid := fmt.Sprint("p-", i)
		seed.Apps[i] = App{GUID: guid, Name: guid, SpaceGUID: "s", State: Started}
		seed.Processes[i] = Process{GUID: guid, AppGUID: guid, Type: "web", Instances: 1, MemoryInMB: 1, CreatedAt: later(time.Duration(i) * time.Millisecond), UpdatedAt: start}
	}
	return seed
}

// TestAgendaIsShort: after the first look those alone are asked that crash or were
// changed, and what stands in the agenda of versions that are gone is forgotten.
func TestAgendaIsShort(t *testing.T) {
	t.Parallel()
	const count = 100
	s := New(crowd(count, Lifecycle{CrashLoop: []CrashLoop{{"web", document.Duration(time.Minute)}}}))
	asked := func(now time.Time) int {
		keys, few := s.Fork().overdue(now)
		if !few {
			return count
		}
		return len(keys)
	}
	for _, test := range []struct {
		at   time.Duration
		want int
	}{{0, count}, {time.Minute - 1, 0}, {time.Minute, 1}, {time.Minute, 0}, {time.Minute + 10*time.Millisecond, 10}, {2 * time.Minute, count}} {
		if got := asked(later(test.at)); got != test.want {
			t.Errorf("after %v %d processes are asked, want %d", test.at, got, test.want)
		}
		s.AuditEvents(later(test.at), root, contract.ResourceQuery{})
	}
	for i := range 10 * count {
		now := later(2*time.Minute + time.Duration(i))
		expect(t, errorOf(s.RestartInstance(now, "p-7", 0)), nil)
		if got := asked(now); got != 1 && got != count {
			t.Fatalf("%d processes are asked after the restart of one", got)
		}
		s.AuditEvents(now, root, contract.ResourceQuery{})
		if moments := s.events.agenda.next.Len(); moments > 2*count+1 {
			t.Fatalf("%d moments of %d processes", moments, count)
		}
	}
}

// BenchmarkAuditEvents asks for the events of a world whose processes make them
// by themselves: for the first time when all have, again at the same moment, and a
// millisecond later each time.
func BenchmarkAuditEvents(b *testing.B) {
	query := parsed(b, contract.AuditEventList, "order_by=-created_at")
	for name, life := range map[string]Lifecycle{
		"ready": {ReadyDelay: time.Second},
		"crash": {CrashLoop: []CrashLoop{{"web", document.Duration(time.Minute)}}},
	} {
		for _, count := range []int{1_000, 10_000, 100_000} {
			base := New(crowd(count, life))
			b.Run(fmt.Sprint(name, "/", count, "/first"), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					base.Fork().AuditEvents(later(time.Hour), root, query)
				}
			})
			s, now := base.Fork(), later(time.Hour)
			s.AuditEvents(now, root, query)
			for _, step := range []time.Duration{0, time.Millisecond} {
				b.Run(fmt.Sprint(name, "/", count, "/", step), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						now = now.Add(step)
						s.AuditEvents(now, root, query)
					}
				})
			}
		}
	}
}
