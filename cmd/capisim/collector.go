package main

import (
	"os"
	"runtime"
	"runtime/debug"
	readings "runtime/metrics"
	"sync/atomic"
)

const (
	leastSlack     = 10 << 20 // bytes that may always be allocated before the next collection
	mostSlack      = 24 << 20 // bytes that may be allocated in its place, as long as the heap
	roomy          = 74 << 20 // stays below so many bytes
	leastCollected = 64       // bytes: smaller things share their memory with others, and may outlive them
)

// tendCollector lets the heap grow, from one collection to the next, by what the
// collector has to look through, and not by what holds no pointers, such as the
// journal or a document that is being read: that would cost its size twice. A small
// heap may grow by more. A GOGC of the user's stands. The returned function ends that.
func tendCollector() (end func()) {
	var ended atomic.Bool
	heap := []readings.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/heap:bytes"}}
	percent := 100
	var watch func()
	watch = func() {
		// What nobody holds is cleaned up after the next collection.
		runtime.AddCleanup(new([leastCollected]byte), func(struct{}) {
			if ended.Load() {
				return
			}
			readings.Read(heap)
			if next := growth(heap[0].Value.Uint64(), heap[1].Value.Uint64()); next != percent {
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
// which so many were looked through.
func growth(live, scanned uint64) int {
	live = max(live, 1<<20)
	slack := max(leastSlack, min(mostSlack, max(roomy, live)-live))
	return int(100 * max(min(scanned, live), slack) / live)
}
