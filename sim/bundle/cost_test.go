package bundle

import (
	"bytes"
	"runtime"
	"testing"
	"time"

	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/world"
)

// TestCostOfLarge: a large world is written and read at a cost of a few times the
// text that it comes to. It is not parallel: others would be counted. The race
// detector, under which pools forget, adds a fifth.
func TestCostOfLarge(t *testing.T) {
	s, err := scenario.Parse("", []byte("name: x\ngenerate: {apps: 2000, processes: [web, worker]}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	worlds, err := world.NewRegistry(s, world.Options{Bounds: world.Bounds{Rules: 1, JournalEntries: 1, JournalBytes: 1 << 10}})
	if err != nil {
		t.Fatal(err)
	}
	var file []byte
	size := uint64(1)
	cost := func(what string, most uint64, work func() error) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := work(); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > most*size { // in sum, not at one time
			t.Errorf("%s: %d bytes for a text of %d", what, grown, size)
		}
	}
	cost("measured", 1<<40, func() (err error) {
		b, err := Make(worlds.Root(), Server{}, "1", time.Time{})
		size = uint64(len(b.Scenario))
		return err
	})
	cost("written", 12, func() (err error) {
		b, err := Make(worlds.Root(), Server{}, "1", time.Time{})
		if err == nil {
			file, err = Encode(b)
		}
		return err
	})
	cost("read", 9, func() error {
		_, err := Read(bytes.NewReader(file))
		return err
	})
}
