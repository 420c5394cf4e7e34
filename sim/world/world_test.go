package world

import (
	"errors"
	"runtime"
	"testing"
	"time"
	"weak"

	"example.com/capisim/scenarios"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

// web is the process that the tests change.
const web = "c1000000-0000-4000-8000-000000000001"

var bounds = Bounds{Rules: 10, JournalEntries: 10, JournalBytes: 1 << 16}

// shipped loads one of the scenarios that capisim ships.
func shipped(t testing.TB, name string) *scenario.Scenario {
	t.Helper()
	library, err := scenario.NewLibrary(scenarios.FS, "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := library.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// written parses a scenario of the test's own.
func written(t testing.TB, text string) *scenario.Scenario {
	t.Helper()
	library, err := scenario.NewLibrary(scenarios.FS, "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenario.Parse("test.yaml", []byte(text), library)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const frozen = `
name: frozen
extends: default
clock: {mode: frozen, start: "2026-03-01T12:00:00Z"}
faults:
  - {id: one, match: {operations: [getProcess]}, respond: {status: 503}}
`

// registryOf makes a registry of at most five worlds beside the default one.
func registryOf(t testing.TB, s *scenario.Scenario) *Registry {
	t.Helper()
	r, err := NewRegistry(s, Options{Bounds: bounds, MaxWorlds: 5})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// change leaves a mark in each part of a world: a command, a rule, an entry and
// half an hour.
func change(t *testing.T, w *World) {
	t.Helper()
	snap := w.Current()
	body, err := contract.ParseBody("application/json", []byte(`{"command":"changed"}`))
	if err != nil {
		t.Fatal(err)
	}
	root := state.NewViewer(&state.User{Name: "root"}, []string{state.ScopeAdmin})
	if _, err := snap.State.UpdateProcess(w.Clock.Now(), root, state.Ref{GUID: web}, body); err != nil {
		t.Fatal(err)
	}
	rules, problems := fault.ParseRules([]byte(`{"id":"mark","match":{"operations":["listProcesses"]},"respond":{"status":500}}`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if err := snap.Faults.Put(w.Clock.Now(), rules...); err != nil {
		t.Fatal(err)
	}
	w.Journal.Append(entry(w))
	if _, err := w.Clock.Advance(30 * time.Minute); err != nil {
		t.Fatal(err)
	}
}

func entry(w *World) journal.Entry {
	op, _ := contract.OperationByID("getProcess")
	return journal.Entry{Operation: op, Method: "GET", Path: "/v3/processes/" + web, Status: 200}
}

// marks says which parts of a world still show what change did.
func marks(w *World) Scope {
	snap := w.Current()
	list := operation("listProcesses")
	return Scope{
		State:   *snap.State.Peek(state.Ref{GUID: web}).Process.Command == "changed",
		Faults:  snap.Faults.Watches(list),
		Journal: w.Journal.Stats().Entries > 0,
		Clock:   !w.Clock.Now().Equal(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)),
	}
}

func operation(id string) *contract.Operation {
	op, _ := contract.OperationByID(id)
	return op
}

// TestReset: each scope brings back its part and no other (DESIGN.md §7).
func TestReset(t *testing.T) {
	t.Parallel()
	scopes := []Scope{Everything, {}, {State: true}, {Faults: true}, {Journal: true}, {Clock: true}, {State: true, Clock: true}, {Faults: true, Journal: true}}
	for _, scope := range scopes {
		r := registryOf(t, written(t, frozen))
		w := r.Root()
		change(t, w)
		if got := marks(w); got != Everything {
			t.Fatalf("before: %+v", got)
		}
		before := w.Current()
		if err := w.Reset(scope); err != nil {
			t.Fatal(err)
		}
		want := Scope{State: !scope.State, Faults: !scope.Faults, Journal: !scope.Journal, Clock: !scope.Clock}
		if got := marks(w); got != want {
			t.Errorf("reset %+v leaves %+v", scope, got)
		}
		if !w.Current().Faults.Watches(operation("getProcess")) {
			t.Errorf("reset %+v takes the scenario's own rules away", scope)
		}
		if after := w.Current(); after.Generation != before.Generation+1 {
			t.Errorf("reset %+v: generation %d; before %d", scope, after.Generation, before.Generation)
		}
		if !done(before) || done(w.Current()) {
			t.Errorf("reset %+v: the old snapshot is done: %v, the new one: %v", scope, done(before), done(w.Current()))
		}
		if cell, _ := coverageOf(w, "getProcess"); cell == 0 {
			t.Errorf("reset %+v takes coverage away", scope)
		}
	}
}

// TestResetAfterReplace: the scenario whose resources are listed goes with the state:
// a reset of anything else leaves both as they were put.
func TestResetAfterReplace(t *testing.T) {
	t.Parallel()
	other := written(t, "name: other\nauth: {mode: strict}\nresources: {domains: [{name: other.example.com}]}\nclock: {mode: frozen, start: 2030-01-01T00:00:00Z}\n")
	for _, scope := range []Scope{{}, {Faults: true}, {Journal: true}, {Clock: true}, {State: true}} {
		w := registryOf(t, written(t, frozen)).Root()
		home := w.Current()
		if err := w.Replace(other); err != nil {
			t.Fatal(err)
		}
		put := w.Current()
		if err := w.Reset(scope); err != nil {
			t.Fatal(err)
		}
		want := put
		if scope.State {
			want = home
		}
		if got := w.Current(); got.Scenario != want.Scenario || got.Strict != want.Strict || got.Variant != want.Variant {
			t.Errorf("reset %+v: scenario %s, strict %t", scope, got.Scenario.Name, got.Strict)
		}
		if year := w.Clock.Now().Year(); scope.Clock != (year == 2026) {
			t.Errorf("reset %+v: the clock shows %d", scope, year)
		}
	}
}

func done(s *Snapshot) bool {
	select {
	case <-s.Done():
		return true
	default:
		return false
	}
}

func coverageOf(w *World, operation string) (real uint64, ok bool) {
	m := w.Journal.Coverage().Snapshot()
	return cellOf(&m, operation)
}

func cellOf(m *journal.Matrix, operation string) (real uint64, ok bool) {
	cell, ok := m.Cell(operation, 200)
	return uint64(cell.Real), ok
}

// TestLoad puts a world on another scenario, all of it.
func TestLoad(t *testing.T) {
	t.Parallel()
	r := registryOf(t, written(t, frozen))
	w := r.Root()
	change(t, w)
	before := w.Current()
	next := shipped(t, "vendor")
	if err := w.Load(next); err != nil {
		t.Fatal(err)
	}
	snap := w.Current()
	if snap.Scenario != next || snap.Variant != contract.Vendor || snap.State.Variant() != contract.Vendor || snap.Strict {
		t.Errorf("now %+v", snap)
	}
	if snap.Faults.Watches(operation("getProcess")) || w.Clock.Frozen() || w.Journal.Stats().Entries != 0 || !done(before) {
		t.Error("something of the old scenario is left")
	}
	if err := w.Load(written(t, "name: s\nauth: {mode: strict}\n")); err != nil || !w.Current().Strict {
		t.Errorf("strict: %v, %v", w.Current().Strict, err)
	}
}

// TestLoadRefused: a scenario whose rules are refused leaves everything as it
// was, the snapshot included.
func TestLoadRefused(t *testing.T) {
	t.Parallel()
	r := registryOf(t, written(t, frozen))
	w := r.Root()
	change(t, w)
	before, wasNow := w.Current(), w.Clock.Now()

	bad := written(t, "name: bad\nvariant: vendor\n")
	bad.Faults = []fault.Rule{{ID: "bad", Respond: &fault.Respond{Status: 418}}}
	crowd := written(t, "name: crowd\n")
	for range bounds.Rules + 1 {
		crowd.Faults = append(crowd.Faults, fault.Rule{Respond: &fault.Respond{Status: 503}})
	}
	for _, s := range []*scenario.Scenario{bad, crowd} {
		if err := w.Load(s); err == nil {
			t.Fatalf("%s is taken", s.Name)
		}
		if w.Current() != before || done(before) || !w.Clock.Now().Equal(wasNow) || marks(w) != Everything {
			t.Errorf("%s leaves %+v", s.Name, marks(w))
		}
		if _, err := r.Create(Spec{Name: "of-" + s.Name, Scenario: s}); err == nil {
			t.Errorf("a world is made of %s", s.Name)
		}
		if _, ok := r.World("of-" + s.Name); ok {
			t.Errorf("a refused world is there")
		}
		if _, err := NewRegistry(s, Options{Bounds: bounds}); err == nil {
			t.Errorf("a registry is made of %s", s.Name)
		}
	}
}

// TestClockOverride: the command line wins over the scenario (DESIGN.md §3).
func TestClockOverride(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		text     string
		override Choices
		frozen   bool
		start    time.Time
	}{
		{"as written", frozen, Choices{}, true, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)},
		{"frozen against a real one", "name: r\nextends: default\n", Choices{Clock: "frozen"}, true, DefaultStart},
		{"frozen against a frozen one", frozen, Choices{Clock: "frozen"}, true, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)},
		{"real", "name: r\nextends: default\n", Choices{}, false, time.Time{}},
		{"real against a frozen one", frozen, Choices{Clock: "real"}, false, time.Time{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, err := NewRegistry(written(t, test.text), Options{Bounds: bounds, Choices: test.override})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			w := r.Root()
			if w.Clock.Frozen() != test.frozen || (test.frozen && !w.Clock.Now().Equal(test.start)) {
				t.Errorf("frozen %v at %v", w.Clock.Frozen(), w.Clock.Now())
			}
			created := w.Current().State.Peek(state.Ref{GUID: web}).Process.CreatedAt
			if test.frozen && !created.Equal(test.start) {
				t.Errorf("made at %v", created)
			}
		})
	}
}

// TestBasesAreShared: two worlds of one scenario share the values that neither
// has changed, and see nothing of each other's changes.
func TestBasesAreShared(t *testing.T) {
	t.Parallel()
	s := written(t, frozen)
	r := registryOf(t, s)
	a, err := r.Create(Spec{Name: "a", Scenario: s})
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Create(Spec{Name: "b", Scenario: s})
	if err != nil {
		t.Fatal(err)
	}
	of := func(w *World) *state.Process { return w.Current().State.Peek(state.Ref{GUID: web}).Process }
	if of(a) != of(b) || of(a) != of(r.Root()) {
		t.Error("the worlds do not share their first values")
	}
	shared := of(b)
	change(t, a)
	if of(b) != shared || of(a) == shared {
		t.Error("a change shows in another world")
	}
	if got := marks(b); got != (Scope{}) {
		t.Errorf("a change of one world shows in another: %+v", got)
	}
	if err := a.Reset(Everything); err != nil || of(a) != shared {
		t.Errorf("after a reset the values are shared again: %v", err)
	}
}

// TestRenew: a world is put on the next version of what it plays, unless it plays
// something else by now, or is kept as clients have changed it.
func TestRenew(t *testing.T) {
	t.Parallel()
	first, next, other := written(t, frozen), written(t, frozen+"seed: 2\n"), written(t, frozen+"seed: 3\n")
	for _, test := range []struct {
		name          string
		changed, keep bool
		seen          *scenario.Scenario
		want          Renewal
		plays, resets int64 // seeds
	}{
		{"untouched", false, false, first, Loaded, 2, 2},
		{"untouched, kept", false, true, first, Loaded, 2, 2},
		{"changed", true, false, first, Lost, 2, 2},
		{"changed, kept", true, true, first, Kept, first.Number, 2},
		{"on something else by now", true, false, other, Left, first.Number, first.Number},
	} {
		w := registryOf(t, first).Root()
		before := w.Current()
		if test.changed {
			w.MarkChanged()
		}
		got, err := w.Renew(test.seen, next, test.keep)
		if err != nil || got != test.want || w.Current().Scenario.Number != test.plays {
			t.Errorf("%s: %q with seed %d, %v", test.name, got, w.Current().Scenario.Number, err)
		}
		if cut := test.plays == 2; done(before) != cut {
			t.Errorf("%s: what it held back is cut: %v", test.name, !cut)
		}
		if err := w.Reset(Everything); err != nil || w.Current().Scenario.Number != test.resets {
			t.Errorf("%s: a reset brings seed %d, %v", test.name, w.Current().Scenario.Number, err)
		}
		if again, err := w.Renew(w.Home(), other, true); again != Loaded || err != nil {
			t.Errorf("%s: changed after a reset: %q, %v", test.name, again, err)
		}
	}
}

// TestScenariosGo: of a scenario that a world played, and of a state that it was put
// into, nothing stays when it plays another.
func TestScenariosGo(t *testing.T) {
	w := registryOf(t, written(t, frozen)).Root()
	var played []weak.Pointer[scenario.Scenario]
	for _, play := range []func(*scenario.Scenario) error{w.Load, w.Replace, func(s *scenario.Scenario) error { return errors.Join(w.Load(s), w.Reset(Everything)) }} {
		s := written(t, "name: other\ngenerate: {apps: 40000}\n") // more than the changes of an era may hold
		if err := play(s); err != nil {
			t.Fatal(err)
		}
		played = append(played, weak.Make(s))
	}
	if err := w.Load(written(t, frozen)); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	for i, s := range played {
		if s.Value() != nil {
			t.Errorf("scenario %d is still there", i)
		}
	}
	runtime.KeepAlive(w)
}
