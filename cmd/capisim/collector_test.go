package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestGrowth(t *testing.T) {
	for _, c := range []struct {
		live, scanned uint64
		want          int
	}{
		{0, 0, 2400},
		{1 << 20, 1 << 20, 2400},
		{16 << 20, 16 << 20, 150},
		{16 << 20, 1 << 20, 150},
		{32 << 20, 30 << 20, 93}, // as much as is looked through
		{56 << 20, 1 << 20, 32},
		{64 << 20, 1 << 20, 15},
		{100 << 20, 100 << 20, 100},
		{100 << 20, 40 << 20, 40},
		{100 << 20, 1 << 20, 10},
		{64 << 20, 128 << 20, 100}, // what has come since, too
	} {
		if got := growth(c.live, c.scanned); got != c.want {
			t.Errorf("growth(%d, %d) = %d, want %d", c.live, c.scanned, got, c.want)
		}
	}
}

// TestTendCollector is not parallel: it sets what holds for the whole process.
func TestTendCollector(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	journal := make([]byte, 128<<20)
	defer tendCollector()()
	for range 1000 { // collections, each of which may set it a moment later
		runtime.GC()
		if debug.SetGCPercent(100) < 100 {
			return
		}
	}
	t.Error("nothing has come of it")
	runtime.KeepAlive(journal)
}
