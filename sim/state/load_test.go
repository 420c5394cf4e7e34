package state

import (
	"fmt"
	"math/rand"
	"reflect"
	"sync"
	"testing"
	"time"
)

// opened is the test seed with times left out: of every process whose place in
// the list has its bit set.
func opened(bits int) Seed {
	seed := testSeed()
	for i := range seed.Apps {
		seed.Apps[i].CreatedAt = time.Time{}
	}
	for i := range seed.Processes {
		p := &seed.Processes[i]
		p.CreatedAt = start.Add(time.Duration(i-2) * time.Minute)
		p.UpdatedAt = p.CreatedAt
		if bits>>i&1 == 1 {
			p.CreatedAt, p.UpdatedAt = time.Time{}, time.Time{}
		}
	}
	seed.Processes[worker].History.Forced = map[int]Forced{0: {State: Crashed}}
	return seed
}

// TestLoadIsAsIfWritten: a store whose times are written when they are read is
// the one whose times were written before, whatever is done to it, on a clock
// that is put back as well.
func TestLoadIsAsIfWritten(t *testing.T) {
	t.Parallel()
	for bits := range 16 {
		for n := range int64(12) {
			chance := rand.New(rand.NewSource(n))
			now := start.Add(1500 * time.Millisecond)
			lazy, written := New(opened(bits)).Load(now), New(New(opened(bits)).Load(now).Export())
			if n%3 == 0 {
				lazy = lazy.Fork()
			}
			for step := range 20 {
				kind, detail := byte(chance.Intn(256)), byte(chance.Intn(256))
				at := start.Add(time.Duration(chance.Intn(6)-2) * time.Second)
				if chance.Intn(3) > 0 {
					operation(t, lazy, kind, detail, at)
					operation(t, written, kind, detail, at)
				}
				if chance.Intn(4) > 0 {
					continue // what is not read is not written
				}
				if a, b := orders(t, lazy), orders(t, written); a != b {
					t.Fatalf("open %04b, program %d, step %d: ordered\n%s, want\n%s", bits, n, step, a, b)
				}
				if a, b := lazy.Export(), written.Export(); !reflect.DeepEqual(a, b) {
					t.Fatalf("open %04b, program %d, step %d:\n%+v, want\n%+v", bits, n, step, a, b)
				}
				checkIndexes(t, lazy)
			}
		}
	}
}

// TestLoadsAreApart: stores loaded at two moments have their own times, and what
// is read of one is one value, on both sides of a fork.
func TestLoadsAreApart(t *testing.T) {
	t.Parallel()
	base := New(opened(0b1111))
	first, second := base.Load(start), base.Load(later(time.Hour))
	fork := first.Fork()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for _, guid := range []string{"front", "worker", "back", "away"} {
				if a, b := stored(t, first, guid), stored(t, fork, guid); a != b || !a.CreatedAt.Equal(start) {
					t.Errorf("%s: created %v and %v", guid, a.CreatedAt, b.CreatedAt)
				}
				if v := second.Peek(Ref{GUID: guid}); !v.Process.UpdatedAt.Equal(later(time.Hour)) || !v.App.CreatedAt.Equal(later(time.Hour)) {
					t.Errorf("%s: updated %v", guid, v.Process.UpdatedAt)
				}
			}
		})
	}
	wait.Wait()
	if since := stored(t, second, "worker").History.Forced[0].Since; !since.Equal(later(time.Hour)) {
		t.Errorf("forced since %v", since)
	}
	if p := stored(t, base, "front"); !p.CreatedAt.IsZero() {
		t.Errorf("the base was written to: %v", p.CreatedAt)
	}
}

// BenchmarkLoad makes stores at moments that differ; the cost is the same at
// any size.
func BenchmarkLoad(b *testing.B) {
	for _, count := range []int{10, 10_000} {
		seed := opened(0b1111)
		pattern := seed.Processes[back]
		for i := range count {
			pattern.GUID = fmt.Sprint("p-", i)
			seed.Processes = append(seed.Processes, pattern)
		}
		base := New(seed)
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				base.Load(later(time.Duration(i) * time.Second))
			}
		})
	}
}
