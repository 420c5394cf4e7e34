package state

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/btree"
)

// key is a place in an ordered index. There are three for each process.
type key struct {
	seconds int64 // of Unix time
	nanos   int32
	serial  uint32
	guid    string
}

func keyAt(at time.Time, serial uint64, guid string) key {
	return key{at.Unix(), int32(at.Nanosecond()), uint32(serial), guid}
}

func (k key) id() uint64 { return uint64(k.serial) }

func (k key) time() time.Time { return time.Unix(k.seconds, int64(k.nanos)).UTC() }

func bySerial(a, b key) bool { return a.serial < b.serial }

// byTime orders by the column, then by guid: the real server's tie-breaker
// (§13.2).
func byTime(a, b key) bool { return compareTimes(a, b) < 0 }

func compareTimes(a, b key) int {
	switch {
	case a.seconds != b.seconds:
		return cmp.Compare(a.seconds, b.seconds)
	case a.nanos != b.nanos:
		return cmp.Compare(a.nanos, b.nanos)
	}
	return strings.Compare(a.guid, b.guid)
}

// textKey is a place in an index by a text, then by guid.
type textKey struct {
	text, guid string
	place      uint64
}

func (k textKey) id() uint64 { return k.place }

func byText(a, b textKey) bool { return compareTexts(a, b) < 0 }

func compareTexts(a, b textKey) int {
	return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.guid, b.guid))
}

// treeOf is an index of keys, which it takes in order ten times as fast as they
// come.
func treeOf[K any](keys []K, less func(a, b K) bool, compare func(a, b K) int) *btree.BTreeG[K] {
	tree := btree.NewBTreeGOptions(less, btree.Options{NoLocks: true})
	slices.SortFunc(keys, compare)
	for _, k := range keys {
		tree.Load(k)
	}
	return tree
}

// walk yields what was found in the order of an index, but for the first few.
func walk[K interface{ id() uint64 }](tree *btree.BTreeG[K], largest uint64, descending bool, n narrowing, skip int) iter.Seq[uint64] {
	found := n.found.bitmap(largest)
	return func(yield func(uint64) bool) {
		visit := func(k K) bool {
			switch {
			case n.narrow && !found.has(k.id()):
				return true
			case n.narrow && skip > 0:
				skip--
				return true
			}
			return yield(k.id())
		}
		at := 0
		if !n.narrow {
			at = skip
		}
		if descending {
			at = tree.Len() - 1 - at
		}
		if k, there := tree.GetAt(at); there && descending {
			tree.Descend(k, visit)
		} else if there {
			tree.Ascend(k, visit)
		}
	}
}
