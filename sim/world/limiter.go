package world

import (
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"example.com/capisim/sim/scenario"
)

// Limiter counts the requests of each caller in windows of the world's clock,
// as the real server's rate limiter does (CONTRACT.md §2, §16). Safe for
// concurrent use.
type Limiter struct {
	limit    int
	window   time.Duration
	together bool // one count for the whole world

	mu       sync.Mutex
	counters map[string]*window
}

type window struct {
	ends  time.Time
	count int
}

// maxCounters bounds the callers that are told apart; expired ones go first.
const maxCounters = 10000

// newLimiter makes the limiter of a scenario, nil when it has none.
func newLimiter(r *scenario.RateLimit) *Limiter {
	if r == nil {
		return nil
	}
	return &Limiter{limit: r.Limit, window: r.Window, together: r.Per == scenario.PerWorld, counters: map[string]*window{}}
}

// fork returns a limiter that goes on counting where this one is; nil for nil.
func (l *Limiter) fork() *Limiter {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	next := &Limiter{limit: l.limit, window: l.window, together: l.together, counters: make(map[string]*window, len(l.counters))}
	for caller, w := range l.counters {
		copied := *w
		next.counters[caller] = &copied
	}
	return next
}

// taken tells what each caller has taken, in order of their names.
func (l *Limiter) taken() (list []scenario.Taken) {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, caller := range slices.Sorted(maps.Keys(l.counters)) {
		w := l.counters[caller]
		list = append(list, scenario.Taken{Caller: caller, Count: w.count, Ends: w.ends.UTC()})
	}
	return list
}

// resume lets a limiter go on from what was taken.
func (l *Limiter) resume(list []scenario.Taken) {
	if l == nil {
		return
	}
	for _, one := range list {
		l.counters[one.Caller] = &window{ends: one.Ends.UTC(), count: one.Count}
	}
}

// Allowance is what a caller has left after a request.
type Allowance struct {
	Exceeded  bool
	Limit     int
	Remaining int // an estimate: rounded down to tenths of the limit
	Reset     time.Time
}

// PerWorld says that all callers share one count, administrators included.
func (l *Limiter) PerWorld() bool { return l.together }

// Take counts one request of a caller.
func (l *Limiter) Take(now time.Time, caller string) Allowance {
	if l.together {
		caller = ""
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.counters[caller]
	if w == nil || !now.Before(w.ends) {
		l.makeRoom(now)
		w = &window{ends: l.end(now, caller)}
		l.counters[caller] = w
	}
	w.count++
	left := math.Floor(10*float64(l.limit-w.count)/float64(l.limit)) / 10 * float64(l.limit)
	return Allowance{Exceeded: w.count > l.limit, Limit: l.limit, Remaining: max(0, int(left)), Reset: w.ends}
}

// end is when the window of a caller ends that is open by now. Windows lie on a
// grid of their own for each caller, so the first is shorter than the others
// (middleware/mixins/user_reset_interval.rb).
func (l *Limiter) end(now time.Time, caller string) time.Time {
	var offset int64
	if seconds := int64(l.window / time.Second); seconds > 0 {
		offset = int64(xxhash.Sum64String(caller)%uint64(seconds)) * int64(time.Second)
	}
	return now.Add(l.window - time.Duration((now.UnixNano()-offset)%int64(l.window)))
}

// makeRoom forgets the windows that are over, and all when that is not enough.
func (l *Limiter) makeRoom(now time.Time) {
	if len(l.counters) < maxCounters {
		return
	}
	for caller, w := range l.counters {
		if !now.Before(w.ends) {
			delete(l.counters, caller)
		}
	}
	if len(l.counters) >= maxCounters {
		clear(l.counters)
	}
}
