package world

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/capisim/sim/scenario"
)

// TestResolve: which world a path is for, and what is left of it (DESIGN.md
// §1.2).
func TestResolve(t *testing.T) {
	t.Parallel()
	s := written(t, frozen)
	r := registryOf(t, s)
	for _, name := range []string{"w", "release-1.2_x"} {
		if _, err := r.Create(Spec{Name: name, Scenario: s}); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ path, world, rest string }{
		{"/", Default, "/"},
		{"", Default, ""},
		{"/v3/processes", Default, "/v3/processes"},
		{"//v3", Default, "//v3"},
		{"/world", Default, "/world"},
		{"/worlds", Default, "/worlds"},
		{"/worldsw/v3", Default, "/worldsw/v3"},
		{"/v3/worlds/w", Default, "/v3/worlds/w"},
		{"/Worlds/w", Default, "/Worlds/w"},
		{"/worlds/w", "w", "/"},
		{"/worlds/w/", "w", "/"},
		{"/worlds/w//", "w", "/"},
		{"/worlds/w/v3/processes/a", "w", "/v3/processes/a"},
		{"/worlds//w//v3/x", "w", "/v3/x"},
		{"//worlds/w/v3", "w", "/v3"},
		{"/worlds/w/v3//x/", "w", "/v3//x/"},
		{"/worlds/release-1.2_x/v3", "release-1.2_x", "/v3"},
		{"/worlds/default/v3", Default, "/v3"},
		{"/worlds/w/worlds/w", "w", "/worlds/w"},
		{"/worlds/", "", "/"},
		{"/worlds//", "", "/"},
		{"/worlds/nix/v3", "", "/v3"},
		{"/worlds/W/v3", "", "/v3"},
		{"/worlds/../v3", "", "/v3"},
		{"/worlds/w.x", "", "/"},
	}
	for _, test := range tests {
		w, rest, ok := r.Resolve(test.path)
		name := ""
		if w != nil {
			name = w.Name
		}
		if name != test.world || rest != test.rest || ok != (test.world != "") {
			t.Errorf("%q is %q of world %q, %v; want %q of %q", test.path, rest, name, ok, test.rest, test.world)
		}
	}
	if w, _, _ := r.Resolve("/worlds/w"); w.Prefix != "/worlds/w" || r.Root().Prefix != "" {
		t.Errorf("prefixes are %q and %q", w.Prefix, r.Root().Prefix)
	}
}

func FuzzResolve(f *testing.F) {
	for _, path := range []string{"", "/", "//", "/worlds/w", "/worlds//w//v3/x", "/worlds/w/../..", "//worlds///", "/worlds/\x00", "/w"} {
		f.Add(path)
	}
	s := written(f, frozen)
	r := registryOf(f, s)
	if _, err := r.Create(Spec{Name: "w", Scenario: s}); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		w, rest, ok := r.Resolve(path)
		switch {
		case ok != (w != nil):
			t.Fatalf("%q: %v, %v", path, w, ok)
		case !strings.HasSuffix(path, strings.TrimPrefix(rest, "/")):
			t.Fatalf("%q ends in %q", path, rest)
		case ok && w != r.Root() && (!strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, "//")):
			t.Fatalf("%q leaves %q", path, rest)
		}
	})
}

// TestNames: what a world can be called.
func TestNames(t *testing.T) {
	t.Parallel()
	s := written(t, frozen)
	tests := []struct {
		name string
		ok   bool
	}{
		{"a", true}, {"0", true}, {"Blue-Green_1.2", true}, {strings.Repeat("x", 63), true},
		{strings.Repeat("x", 64), false}, {"../x", false}, {"a/b", false}, {"a..b", false}, {"..", false}, {".a", false}, {"-a", false}, {"_a", false},
		{"a b", false}, {"ä", false}, {"a\n", false}, {"a%2Fb", false}, {" ", false}, {Default, false},
	}
	for _, test := range tests {
		r := registryOf(t, s)
		w, err := r.Create(Spec{Name: test.name, Scenario: s})
		if (err == nil) != test.ok {
			t.Errorf("%q: %v", test.name, err)
			continue
		}
		var refused *NameError
		if !test.ok {
			if !errors.As(err, &refused) || refused.Name != test.name || !strings.Contains(err.Error(), fmt.Sprintf("%q, expected ", test.name)) {
				t.Errorf("%q is refused with %v", test.name, err)
			}
			continue
		}
		if w.Name != test.name {
			t.Errorf("%q is called %q", test.name, w.Name)
		}
		if _, err := r.Create(Spec{Name: test.name, Scenario: s}); !errors.As(err, &refused) {
			t.Errorf("%q again: %v", test.name, err)
		}
	}
}

// TestMadeNames: a name is made when it is left out, and never a taken one.
func TestMadeNames(t *testing.T) {
	t.Parallel()
	s := written(t, frozen)
	r := registryOf(t, s)
	if _, err := r.Create(Spec{Name: "world-2", Scenario: s}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"world-1", "world-3"} {
		if w, err := r.Create(Spec{Name: "", Scenario: s}); err != nil || w.Name != want {
			t.Errorf("made %v, %v; want %s", w, err, want)
		}
	}
	if !r.Delete("world-3") {
		t.Fatal("not deleted")
	}
	// A name is not used again: who still has the old address gets 404, not
	// another's world.
	if w, err := r.Create(Spec{Name: "", Scenario: s}); err != nil || w.Name != "world-4" {
		t.Errorf("made %v, %v", w, err)
	}
}

// TestWorldsLimit: past the bound an error that names it, nothing half-done.
func TestWorldsLimit(t *testing.T) {
	t.Parallel()
	s := written(t, frozen)
	r := registryOf(t, s)
	for range 5 {
		if _, err := r.Create(Spec{Name: "", Scenario: s}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Create(Spec{Name: "more", Scenario: s}); err == nil || !strings.Contains(err.Error(), "--max-worlds") {
		t.Errorf("the sixth: %v", err)
	}
	if !r.Delete("world-1") || r.Delete("world-1") || r.Delete(Default) || r.Delete("nix") {
		t.Error("only a world that is there and not the default one can be deleted, once")
	}
	if _, err := r.Create(Spec{Name: "more", Scenario: s}); err != nil {
		t.Errorf("after a deletion: %v", err)
	}
	var got []string
	for _, w := range r.Worlds() {
		got = append(got, w.Name)
	}
	if strings.Join(got, " ") != "default more world-2 world-3 world-4 world-5" {
		t.Errorf("worlds are %v", got)
	}
}

// TestDelete cuts what the world holds back and keeps its coverage in the sum
// (DESIGN.md §8).
func TestDelete(t *testing.T) {
	t.Parallel()
	s := written(t, frozen)
	r := registryOf(t, s)
	for i, name := range []string{"a", "b"} {
		w, err := r.Create(Spec{Name: name, Scenario: s})
		if err != nil {
			t.Fatal(err)
		}
		for range i + 1 {
			w.Journal.Append(entry(w))
		}
		snap := w.Current()
		if !r.Delete(name) || !done(snap) {
			t.Errorf("world %s still holds back", name)
		}
		if _, _, ok := r.Resolve("/worlds/" + name); ok {
			t.Errorf("world %s is still there", name)
		}
	}
	sum := r.past.Coverage().Snapshot()
	if real, _ := cellOf(&sum, "getProcess"); real != 3 {
		t.Errorf("the sum knows %d answers, want 3", real)
	}
	if real, _ := coverageOf(r.Root(), "getProcess"); real != 0 {
		t.Errorf("the default world got %d of them", real)
	}
	w, err := r.Create(Spec{Name: "a", Scenario: s})
	if err != nil {
		t.Fatal(err)
	}
	if real, _ := coverageOf(w, "getProcess"); real != 0 {
		t.Error("a new world of that name begins with the old one's coverage")
	}
}

// TestTimeToLive: an idle world ends, one that is used lives on.
func TestTimeToLive(t *testing.T) {
	t.Parallel()
	s := written(t, frozen)
	r := registryOf(t, s)
	idle := func(w *World, by time.Duration) { w.touch(Wall().Add(-by)) }
	w, err := r.Create(Spec{Name: "short", Scenario: s, TTL: time.Minute})
	if err != nil || w.TTL() != time.Minute {
		t.Fatal(w, err)
	}
	forever, err := r.Create(Spec{Name: "forever", Scenario: s})
	if err != nil {
		t.Fatal(err)
	}
	idle(forever, 1000*time.Hour)
	idle(w, 59*time.Second)
	if _, _, ok := r.Resolve("/worlds/short/v3"); !ok {
		t.Fatal("ended too soon")
	}
	if w.expired(Wall().Add(59 * time.Second)) {
		t.Error("a request does not keep the world alive")
	}
	idle(w, 59*time.Second)
	if !r.Use(w) || w.expired(Wall().Add(59*time.Second)) {
		t.Error("a request on its port does not keep the world alive")
	}
	w.Begin()
	if idle(w, time.Hour); !r.Use(w) {
		t.Error("ended while a request is under way")
	}
	if idle(w, time.Hour); w.expired(Wall()) {
		t.Error("ended while a request is under way")
	}
	if w.End(); w.expired(Wall().Add(59 * time.Second)) {
		t.Error("ended at once after a long request")
	}
	for _, by := range []time.Duration{-time.Hour, time.Hour} {
		if w.expired(afterSetting(Wall(), by)) {
			t.Errorf("ended by a clock that was set by %v", by)
		}
		if w.touch(afterSetting(Wall(), by)); w.expired(Wall().Add(59*time.Second)) || !w.expired(Wall().Add(2*time.Minute)) {
			t.Errorf("lives shorter or longer by a clock that was set by %v", by)
		}
	}
	w.Journal.Append(entry(w))
	idle(w, 2*time.Minute)
	snap := w.Current()
	if _, _, ok := r.Resolve("/worlds/short/v3"); ok || !done(snap) {
		t.Error("an idle world is still there")
	}
	sum := r.past.Coverage().Snapshot()
	if real, _ := cellOf(&sum, "getProcess"); real != 1 {
		t.Error("its coverage is lost")
	}
	gone := w
	if w, err = r.Create(Spec{Name: "short", Scenario: s, TTL: time.Minute}); err != nil {
		t.Fatal(err)
	}
	if r.Use(gone) {
		t.Error("a world that has ended is used again")
	}
	idle(w, 2*time.Minute)
	if r.Use(w) || !done(w.Current()) {
		t.Error("a request on the port of an idle world brings it back")
	}
	if w, err = r.Create(Spec{Name: "short", Scenario: s, TTL: time.Minute}); err != nil {
		t.Fatal(err)
	}
	idle(w, 2*time.Minute)
	if got := len(r.Worlds()); got != 2 {
		t.Errorf("%d worlds are listed", got)
	}
	if _, ok := r.World("forever"); !ok {
		t.Error("a world without a time to live ended")
	}
}

// TestClose cuts all worlds and makes no more.
func TestClose(t *testing.T) {
	t.Parallel()
	s := written(t, frozen)
	r := registryOf(t, s)
	w, err := r.Create(Spec{Name: "w", Scenario: s})
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	if !done(r.Root().Current()) || !done(w.Current()) {
		t.Error("a closed registry still holds back")
	}
	if _, err := r.Create(Spec{Name: "x", Scenario: s}); err == nil || !strings.Contains(err.Error(), "shutting down") {
		t.Errorf("then: %v", err)
	}
}

// TestManyHands: worlds are made, used, reset and deleted by many at once.
func TestManyHands(t *testing.T) {
	t.Parallel()
	s := written(t, frozen)
	r, err := NewRegistry(s, Options{Bounds: bounds, MaxWorlds: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var wait sync.WaitGroup
	for hand := range 8 {
		wait.Go(func() {
			for i := range 20 {
				name := fmt.Sprintf("w-%d-%d", hand, i)
				if _, err := r.Create(Spec{Name: name, Scenario: s, TTL: time.Hour}); err != nil {
					t.Error(err)
					return
				}
				w, _, ok := r.Resolve("/worlds/" + name + "/v3")
				if !ok || w.Name != name {
					t.Errorf("%s resolves to %v", name, w)
					return
				}
				w.Journal.Append(entry(w))
				if err := w.Reset(Everything); err != nil {
					t.Error(err)
				}
				r.Worlds()
				if !r.Delete(name) {
					t.Errorf("%s is gone", name)
				}
			}
		})
	}
	wait.Wait()
	sum := r.past.Coverage().Snapshot()
	if real, _ := cellOf(&sum, "getProcess"); real != 160 || len(r.Worlds()) != 1 {
		t.Errorf("%d answers in the sum, %d worlds left", real, len(r.Worlds()))
	}
}

// heapAfterGC is what the program holds on to.
func heapAfterGC() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// crowd makes worlds of a scenario and says how many bytes each of them holds.
func crowd(t testing.TB, count int) uint64 {
	s := shipped(t, "default")
	r, err := NewRegistry(s, Options{Bounds: Bounds{Rules: 10000, JournalEntries: 10000, JournalBytes: 64 << 20}, MaxWorlds: count})
	if err != nil {
		t.Fatal(err)
	}
	before := heapAfterGC()
	for range count {
		if _, err := r.Create(Spec{Name: "", Scenario: s}); err != nil {
			t.Fatal(err)
		}
	}
	grown := heapAfterGC() - min(before, heapAfterGC())
	r.Close()
	return grown / uint64(count)
}

// TestWorldsAreSmall: ten thousand idle worlds take well under 300 MB. It is not
// parallel: others would be counted.
func TestWorldsAreSmall(t *testing.T) {
	if each := crowd(t, 1000); each > 20_000 {
		t.Errorf("a world takes %d bytes", each)
	}
}

// TestCostAtAnySize: a world of the running clock is made, reset and forked in as
// much memory when it holds a hundred times as much, and so is a change in a
// fork, up to the parts that it copies. It is not parallel: others would be
// counted.
func TestCostAtAnySize(t *testing.T) {
	var costs [2]uint64
	for i, apps := range []int{50, 5000} {
		s := written(t, fmt.Sprintf("name: crowd\nextends: default\ngenerate: {apps: %d, processes: [web, worker]}\n", apps))
		r := registryOf(t, s)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for round := range 50 {
			s.Loaded(time.Unix(int64(round), 0), true) // as if a second had gone by
			w, err := r.Create(Spec{Name: "made", Scenario: s})
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Reset(Everything); err != nil {
				t.Fatal(err)
			}
			fork, err := r.Create(Spec{Name: "fork", From: w})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fork.Current().State.RestartInstance(fork.Clock.Now(), web, round%2); err != nil {
				t.Fatal(err)
			}
			r.Delete("made")
			r.Delete("fork")
		}
		runtime.ReadMemStats(&after)
		costs[i] = (after.TotalAlloc - before.TotalAlloc) / 50
	}
	if costs[1] > costs[0]+50_000 {
		t.Errorf("%d bytes with 10,000 processes, %d with a hundred", costs[1], costs[0])
	}
}

// BenchmarkWorlds tells the bytes of a world of the default scenario.
func BenchmarkWorlds(b *testing.B) {
	for b.Loop() {
		b.ReportMetric(float64(crowd(b, 1000)), "bytes/world")
	}
}

// BenchmarkCreate makes and ends a world. The aims are 1 ms for 100 processes
// and 20 ms for 10,000 (DESIGN.md §7).
func BenchmarkCreate(b *testing.B) {
	scenarios := map[string]*scenario.Scenario{
		"default": shipped(b, "default"),
		"hundred": written(b, "name: hundred\ngenerate: {apps: 100, processes: [web]}\n"),
		"large":   shipped(b, "large"),
	}
	for name, s := range scenarios {
		b.Run(name, func(b *testing.B) {
			r, err := NewRegistry(s, Options{Bounds: bounds, MaxWorlds: 10})
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Create(Spec{Name: "w", Scenario: s}); err != nil {
					b.Fatal(err)
				}
				r.Delete("w")
			}
		})
	}
}
