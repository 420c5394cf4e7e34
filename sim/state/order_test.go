package state

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"unsafe"

	"example.com/capisim/sim/contract"
)

// TestWalkCompares: to come to a page of a whole order takes no more comparisons
// deep inside than at its beginning.
func TestWalkCompares(t *testing.T) {
	t.Parallel()
	const many, shown = 20_000, 10
	compared, keys := 0, make([]key, many)
	for i := range keys {
		keys[i] = key{serial: uint32(i), guid: fmt.Sprintf("%05d", i)}
	}
	tree := treeOf(keys, func(a, b key) bool {
		compared++
		return byTime(a, b)
	}, compareTimes)
	for _, descending := range []bool{false, true} {
		for _, skip := range []int{0, 1, many / 2, many - shown} {
			want := slices.Clone(keys)
			if descending {
				slices.Reverse(want)
			}
			compared = 0
			var got []key
			walk(tree, many, descending, narrowing{}, skip, func(k key) bool {
				got = append(got, k)
				return len(got) < shown
			})
			if !slices.Equal(got, want[skip:skip+shown]) || compared > 40 {
				t.Errorf("from %d, descending %t: %v by %d comparisons", skip, descending, got, compared)
			}
		}
	}
}

// TestListAllocates: what a page takes does not depend on how many there are, nor
// on where it is. It is not parallel: others would be counted.
func TestListAllocates(t *testing.T) {
	stores := map[int]*Store{}
	for _, many := range []int{600, 6_000} {
		stores[many] = storeOf(func(seed *Seed) {
			for i := range many {
				seed.Processes = append(seed.Processes, Process{GUID: fmt.Sprint("p-", i), AppGUID: "front", Type: "web", CreatedAt: start, UpdatedAt: start})
			}
		})
	}
	least := testing.AllocsPerRun(10, func() { stores[600].List(root, "", contract.ListQuery{Page: 1, PerPage: 50}, nil) }) //nolint:errcheck
	for _, order := range []string{"", "created_at", "-updated_at"} {
		for many, s := range stores {
			for _, page := range []int{1, many / 100, many / 50} {
				q := queryOf(t, fmt.Sprintf("order_by=%s&page=%d", order, page), false)
				if got := testing.AllocsPerRun(10, func() { s.List(root, "", q, nil) }); got > least { //nolint:errcheck
					t.Errorf("%q, page %d of %d processes: %v allocations, of the first of a few %v", order, page, many, got, least)
				}
			}
		}
	}
}

// TestTreesArePacked: an index of sorted keys keeps little more than these. It is not
// parallel: others would be counted.
func TestTreesArePacked(t *testing.T) {
	const many, size = 50_000, int(unsafe.Sizeof(key{}))
	keys := make([]key, many)
	for i := range keys {
		keys[i] = key{serial: uint32(i), seconds: int64(i)}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tree := treeOf(keys, byTime, compareTimes)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := int(after.HeapAlloc-before.HeapAlloc) / many; each > size*5/4 || tree.Len() != many {
		t.Errorf("%d bytes for each of %d keys of %d", each, tree.Len(), size)
	}
	runtime.KeepAlive(keys)
}
