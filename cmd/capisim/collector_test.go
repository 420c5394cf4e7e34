package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestGrowth(t *testing.T) {
	for _, c := range []struct {
		live, journal int64
		want          int
	}{
		{0, 0, 100},
		{10 << 20, 0, 100},
		{10 << 20, 9 << 20, 100},
		{100 << 20, 0, 100},
		{100 << 20, 60 << 20, 40},
		{100 << 20, 99 << 20, 16},
		{64 << 20, 128 << 20, 25}, // the journal has grown since
	} {
		if got := growth(c.live, c.journal); got != c.want {
			t.Errorf("growth(%d, %d) = %d, want %d", c.live, c.journal, got, c.want)
		}
	}
}

// TestTendCollector is not parallel: it sets what holds for the whole process.
func TestTendCollector(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	journal := make([]byte, 128<<20)
	defer tendCollector(func() int64 { return int64(len(journal)) })()
	for range 1000 { // collections, each of which may set it a moment later
		runtime.GC()
		if debug.SetGCPercent(100) < 100 {
			return
		}
	}
	t.Error("nothing has come of it")
	runtime.KeepAlive(journal)
}
