package main

import (
	"os"
	"runtime"
	"runtime/debug"
	readings "runtime/metrics"
	"sync/atomic"
)

const (
	leastSlack     = 16 << 20 // bytes that may always be allocated before the next collection
	leastCollected = 64       // bytes: smaller things share their memory with others, and may outlive them
)

// tendCollector lets the heap grow, from one collection to the next, by what the
// collector has to follow, and not by the journal's bytes, which hold no pointers:
// a full journal would cost its size twice. A GOGC of the user's stands. The
// returned function ends that.
func tendCollector(journal func() int64) (end func()) {
	var ended atomic.Bool
	live := []readings.Sample{{Name: "/gc/heap/live:bytes"}}
	percent := 100
	var watch func()
	watch = func() {
		// What nobody holds is cleaned up after the next collection.
		runtime.AddCleanup(new([leastCollected]byte), func(struct{}) {
			if ended.Load() {
				return
			}
			readings.Read(live)
			if next := growth(int64(live[0].Value.Uint64()), journal()); next != percent {
				percent = next
				debug.SetGCPercent(percent)
			}
			watch()
		}, struct{}{})
	}
	if os.Getenv("GOGC") == "" {
		watch()
	}
	return func() { ended.Store(true) }
}

// growth is the percentage by which a heap of so many live bytes may grow, of
// which so many are the journal's.
func growth(live, journal int64) int {
	return int(min(100, 100*max(live-journal, leastSlack)/max(live, 1)))
}
