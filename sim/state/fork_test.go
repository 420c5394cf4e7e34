package state

import (
	"fmt"
	"maps"
	"reflect"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// orders lists a store in all its orders and by app, which checks the indexes
// as the exported seed does not.
func orders(t testing.TB, s *Store) string {
	t.Helper()
	text := ""
	for _, query := range []string{"", "order_by=created_at", "order_by=-updated_at"} {
		page, err := s.List(root, "", queryOf(t, query, false), nil)
		if err != nil {
			t.Fatal(err)
		}
		text += names(page) + "|"
	}
	for _, app := range []string{"front", "back", "away"} {
		page, err := s.List(root, app, queryOf(t, "", true), nil)
		if err != nil {
			t.Fatal(err)
		}
		text += names(page) + "|"
	}
	return text
}

// operation changes a store in one of the ways there are, as two bytes say;
// that it may be refused does not matter here.
func operation(t testing.TB, s *Store, kind, detail byte, now time.Time) {
	guids := []string{"front", "worker", "back", "away", "new-0", "new-1", "nix"}
	guid := guids[int(detail)%len(guids)]
	apps := []string{"front", "back", "away"}
	app := apps[int(detail)%len(apps)]
	number := int(detail >> 4)
	switch kind % 10 {
	case 0:
		s.UpdateProcess(now, root, Ref{GUID: guid}, bodyOf(t, fmt.Sprintf(`{"command":"run %d","metadata":{"labels":{"l%d":"x","l%d":null}}}`, detail, number, number+1))) //nolint:errcheck
	case 1:
		s.ScaleProcess(now, root, Ref{GUID: guid}, bodyOf(t, fmt.Sprintf(`{"instances":%d,"memory_in_mb":%d}`, number, number+1))) //nolint:errcheck
	case 2:
		s.ScaleProcess(now, root, Ref{GUID: guid}, bodyOf(t, `{"disk_in_mb":null}`)) //nolint:errcheck
	case 3:
		s.TerminateInstance(now, root, Ref{GUID: guid}, number%3) //nolint:errcheck
	case 4:
		s.ForceInstance(now, guid, number%3, &Forced{State: Crashed, Details: "x", Since: now}) //nolint:errcheck
	case 5:
		state := []AppState{Started, Stopped}[number%2]
		s.ForceApp(now, app, AppChange{State: &state, Deploying: ptr(number%4 > 1)}) //nolint:errcheck
	case 6:
		s.DeleteProcess(guid)
	case 7:
		p := Process{GUID: fmt.Sprintf("new-%d", number%2), AppGUID: app, Type: "web", CreatedAt: now, UpdatedAt: now, Instances: 1, MemoryInMB: 1, DiskInMB: ptr(1)}
		s.ReplaceProcess(now, nil, Replacement{Process: p}) //nolint:errcheck
	case 8:
		if old := s.Peek(Ref{GUID: guid}).Process; old != nil {
			next := *old
			next.AppGUID = app
			s.ReplaceProcess(now, old, Replacement{Process: next, KeepHistory: true, KeepForced: true}) //nolint:errcheck
		}
	case 9:
		s.SetQuotas(map[string]*Quota{"one": {TotalInstances: ptr(int64(number * 4))}}, nil)
		s.ChangeFeatures(func(f *Features) { f.AppScaling = number%2 == 0 })
	}
}

// play runs a program of two bytes a step on a store and its fork; the highest
// bit of the first says on which. Neither sees what the other does.
func play(t *testing.T, program []byte) {
	parent := storeOf()
	fork := parent.Fork()
	if !reflect.DeepEqual(parent.Export(), fork.Export()) {
		t.Fatal("the fork is not like its parent")
	}
	for step := 0; step+1 < len(program); step += 2 {
		acting, watching := parent, fork
		if program[step]&0x80 != 0 {
			acting, watching = fork, parent
		}
		before, beforeOrders := watching.Export(), orders(t, watching)
		operation(t, acting, program[step]&0x7f, program[step+1], later(time.Duration(step)*time.Second))
		if !reflect.DeepEqual(watching.Export(), before) || orders(t, watching) != beforeOrders {
			t.Fatalf("step %d of %v is seen by the other side", step/2, program)
		}
	}
	for _, s := range []*Store{parent, fork} {
		again := New(s.Export())
		if !reflect.DeepEqual(again.Export(), s.Export()) || orders(t, again) != orders(t, s) {
			t.Fatalf("after %v a store does not come back from its export", program)
		}
		checkIndexes(t, s)
	}
}

// checkIndexes: each index holds each process once.
func checkIndexes(t *testing.T, s *Store) {
	t.Helper()
	inApps := 0
	for app, guids := range s.byApp.all() {
		for _, guid := range guids {
			inApps++
			if p := s.processes.get(guid); p == nil || p.AppGUID != app {
				t.Errorf("app %s lists %s", app, guid)
			}
		}
	}
	s.timely(contract.ListQuery{OrderBy: "created_at"})
	defer s.mu.RUnlock()
	ordered := 0
	for k := range s.inOrder() {
		ordered++
		if p := s.processes.get(k.guid); p == nil || uint32(p.serial) != k.serial {
			t.Errorf("%v is not there", k)
		}
	}
	if n := s.processes.size; inApps != n || ordered != n || s.byCreated.Len() != n || s.byUpdated.Len() != n {
		t.Errorf("%d processes, indexed %d, %d, %d and %d times", n, inApps, ordered, s.byCreated.Len(), s.byUpdated.Len())
	}
	var again Store
	again.spaces, again.apps = s.spaces, s.apps
	var processes []Process
	for _, p := range s.processes.all() {
		processes = append(processes, *p)
	}
	again.indexAll(processes)
	if is, want := maps.Collect(s.sets.all()), maps.Collect(again.sets.all()); !reflect.DeepEqual(is, want) {
		t.Errorf("by attribute %v, want %v", is, want)
	}
}

// FuzzFork plays programs of operations on a store and its fork.
func FuzzFork(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{7, 0x10, 0x87, 0x10, 6, 4, 0x88, 5})                            // create on both sides, delete, move
	f.Add([]byte{1, 0x30, 0x83, 0x10, 4, 0, 0x81, 0x00, 5, 0x10, 0x85, 0x00})    // scale, terminate, force, start, stop
	f.Add([]byte{9, 0x30, 0x81, 0xf0, 0x89, 0x00, 1, 0xf0, 2, 0, 0x82, 1, 0, 3}) // quotas and features on both sides
	all := make([]byte, 0, 512)
	for kind := range 10 {
		for detail := range 12 {
			all = append(all, byte(kind)|byte(detail&1)<<7, byte(detail*37))
		}
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, program []byte) {
		if len(program) > 400 {
			return // long enough
		}
		play(t, program)
	})
}

// TestForkOfFork: generations do not see each other either, and appending to
// the list of an app's processes on both sides does not write into one array.
func TestForkOfFork(t *testing.T) {
	t.Parallel()
	first := storeOf()
	second := first.Fork()
	third := second.Fork()
	for i, s := range []*Store{first, second, third} {
		p := Process{GUID: fmt.Sprintf("of-%d", i), AppGUID: "front", Type: "clock", CreatedAt: start, UpdatedAt: start}
		if _, err := s.ReplaceProcess(start, nil, Replacement{Process: p}); err != nil {
			t.Fatal(err)
		}
	}
	for i, s := range []*Store{first, second, third} {
		view, err := s.Process(root, Ref{AppGUID: "front", Type: "clock"})
		if err != nil || view.Process.GUID != fmt.Sprintf("of-%d", i) {
			t.Errorf("store %d finds %v, %v", i, view.Process, err)
		}
		if got := s.Counts().Processes; got != 5 {
			t.Errorf("store %d holds %d", i, got)
		}
	}
}

// TestExport: settings come back as well, and a reader's changes to the export
// do not reach the store.
func TestExport(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) {
		seed.Variant, seed.StatsAvailable, seed.Platform.LogCache = contract.Vendor, false, PartDown
		seed.Lifecycle = Lifecycle{StartDelay: 1, CrashLoop: []CrashLoop{{"web", 2}}}
		seed.Features = Features{AppScalingMessage: "no"}
	})
	exported := s.Export()
	again := New(s.Export())
	if !reflect.DeepEqual(again.Export(), s.Export()) {
		t.Error("the export does not make the same store")
	}
	if again.Variant() != contract.Vendor || again.Number() != 7 || again.Peek(Ref{GUID: "front"}).StatsAvailable() || again.Peek(Ref{GUID: "front"}).HasMetrics() {
		t.Errorf("settings are lost: %+v", again.settings)
	}
	exported.Users[0].Name, exported.Apps[0].Name, exported.Tokens["new"] = "mallory", "mallory", "dora"
	if _, ok := s.User("dora"); !ok || stored(t, s, "front") == nil {
		t.Error("the export reaches into the store")
	}
	if _, ok := s.TokenUser("new"); ok {
		t.Error("the tokens of the export are those of the store")
	}
	if got := storeOf().Variant(); got != contract.Default {
		t.Errorf("a seed without a variant gives %q", got)
	}
}
