package bench_test

import (
	"context"
	"net/http"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// recorder notes how long each frame of a page takes, and each task that holds
// the page up for longer than 50 ms.
const recorder = `
	window.frameTimes = []; window.longTasks = [];
	let before = performance.now();
	const frame = (now) => { frameTimes.push(now - before); before = now; requestAnimationFrame(frame); };
	requestAnimationFrame(frame);
	new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((e) => e.duration))).observe({ type: "longtask" });`

// reader scrolls a list to its end, and turns the pages of a table.
const reader = `setInterval(() => {
	document.querySelector(".list")?.scrollBy(0, 400);
	document.querySelector(".pager button:last-child:enabled")?.click();
}, 100)`

// BenchmarkFrames measures how smooth a part of the console stays for somebody who
// reads it while 5,000 requests a second reach its world of 10,000 processes. A
// turn is a second.
func BenchmarkFrames(b *testing.B) {
	path := build(b, b.TempDir(), "cmd/capisim")
	flags := chromedp.DefaultExecAllocatorOptions[:]
	if shell, err := exec.LookPath("/usr/lib/chromium/chromium-headless-shell"); err == nil {
		flags = append(flags, chromedp.ExecPath(shell))
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(flags, chromedp.NoSandbox)...)
	defer stop()
	for _, part := range []string{"answers", "requests", "processes"} {
		b.Run(part, func(b *testing.B) {
			server := spawn(b, path, "serve", "--listen", "127.0.0.1:0", "--scenario", "large")
			req := request("GET", "/v3/info", "")
			server.load(b, req, http.StatusOK, 10_000)
			tab, _ := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
			defer chromedp.Cancel(tab) //nolint:errcheck // it has ended by itself
			must := func(actions ...chromedp.Action) {
				b.Helper()
				if err := chromedp.Run(tab, actions...); err != nil {
					b.Fatal(err)
				}
			}
			must(chromedp.EmulateViewport(1440, 900), chromedp.Navigate("http://"+server.address+"/console/#"+part),
				chromedp.WaitVisible("#"+part+"-title, #matrix-title", chromedp.ByQuery), chromedp.Evaluate(recorder, nil),
				chromedp.Evaluate(reader, nil))
			sent := 0
			for b.Loop() {
				sent += server.paced(b, req, 5000, time.Second)
			}
			var frames, tasks []float64
			must(chromedp.Evaluate(`frameTimes`, &frames), chromedp.Evaluate(`longTasks`, &tasks))
			slices.Sort(frames)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(sent)/float64(b.N), "requests/s")
			b.ReportMetric(frames[len(frames)/2], "frame-ms")
			b.ReportMetric(frames[len(frames)*99/100], "frame-p99-ms")
			b.ReportMetric(slices.Max(append(tasks, 0)), "longest-task-ms")
		})
	}
}

// paced sends so many requests in that time, by all connections, and returns how
// many there was time for.
func (s *spawned) paced(b *testing.B, req []byte, count int, long time.Duration) int {
	var sent atomic.Int64
	var wait sync.WaitGroup
	end := time.Now().Add(long)
	for _, c := range s.clients {
		wait.Go(func() {
			each := time.NewTicker(long * time.Duration(len(s.clients)) / time.Duration(count))
			defer each.Stop()
			for now := range each.C {
				if now.After(end) {
					return
				}
				if status, _, err := c.do(req); err != nil || status != http.StatusOK {
					b.Errorf("status %d, %v", status, err)
					return
				}
				sent.Add(1)
			}
		})
	}
	wait.Wait()
	return int(sent.Load())
}
