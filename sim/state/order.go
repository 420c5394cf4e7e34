package state

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/btree"
)

// key is a place in an ordered index. Once somebody asks for processes by time there
// are two for each.
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
// (§13.2). Two things of one guid, as a listing may have them, are two all the same.
func byTime(a, b key) bool { return compareTimes(a, b) < 0 }

func compareTimes(a, b key) int {
	switch {
	case a.seconds != b.seconds:
		return cmp.Compare(a.seconds, b.seconds)
	case a.nanos != b.nanos:
		return cmp.Compare(a.nanos, b.nanos)
	}
	return cmp.Or(strings.Compare(a.guid, b.guid), cmp.Compare(a.serial, b.serial))
}

// date makes the indexes by time of an index that has none. While nothing was
// changed yet, one serves as both.
func (x *index) date(count int, at func(i int) (id uint64, guid string, m moments)) {
	x.openKeys = openKeysOf(count, func(i int) moments {
		_, _, m := at(i)
		return m
	})
	keys := make([]key, count)
	same := true
	for i := range keys {
		id, guid, m := at(i)
		keys[i] = x.timeKey(m.created, id, guid)
		same = same && m.created.Equal(m.updated)
	}
	x.byCreated = treeOf(keys, byTime, compareTimes)
	if same {
		x.byUpdated = x.byCreated.Copy()
		return
	}
	for i := range keys {
		id, guid, m := at(i)
		keys[i] = x.timeKey(m.updated, id, guid)
	}
	x.byUpdated = treeOf(keys, byTime, compareTimes)
}

// enter puts a thing into the indexes by time, leave takes it out, redate moves it,
// once these are made.
func (x *index) enter(id uint64, guid string, m moments) {
	if x.byCreated == nil {
		return
	}
	x.byCreated.Set(x.timeKey(m.created, id, guid))
	x.byUpdated.Set(x.timeKey(m.updated, id, guid))
}

func (x *index) leave(id uint64, guid string, m moments) {
	if x.byCreated == nil {
		return
	}
	x.byCreated.Delete(x.timeKey(m.created, id, guid))
	x.byUpdated.Delete(x.timeKey(m.updated, id, guid))
}

func (x *index) redate(id uint64, guid string, was, is moments) {
	if x.byCreated == nil {
		return
	}
	move := func(tree *btree.BTreeG[key], was, is time.Time) {
		if !was.Equal(is) {
			tree.Delete(x.timeKey(was, id, guid))
			tree.Set(x.timeKey(is, id, guid))
		}
	}
	move(x.byCreated, was.created, is.created)
	move(x.byUpdated, was.updated, is.updated)
}

// textKey is a place in an index by a text, then by guid.
type textKey struct {
	text, guid string
	place      uint64
}

func (k textKey) id() uint64 { return k.place }

func byText(a, b textKey) bool { return compareTexts(a, b) < 0 }

func compareTexts(a, b textKey) int {
	return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.guid, b.guid), cmp.Compare(a.place, b.place))
}

// treeOf is an index of keys, which it takes in order ten times as fast as they
// come.
func treeOf[K any](keys []K, less func(a, b K) bool, compare func(a, b K) int) *btree.BTreeG[K] {
	tree := btree.NewBTreeGOptions(less, btree.Options{NoLocks: true})
	slices.SortFunc(keys, compare)
	for _, k := range keys {
		tree.Load(k)
	}
	return packed(tree, len(keys), func(i int) K { return keys[i] })
}

// halfNode is how many keys a node of an index holds that was split.
const halfNode = 31

// packed is an index of so many keys, in their order, in half of the memory: a node
// that was split keeps what both halves took until it is copied, which writing does
// to nodes that two indexes share.
func packed[K any](tree *btree.BTreeG[K], count int, at func(i int) K) *btree.BTreeG[K] {
	tree = tree.Copy()
	for i := 0; i < count; i += halfNode {
		tree.Set(at(i))
	}
	return tree
}

// numbered is a key with the internal id of its thing.
type numbered interface{ id() uint64 }

// walk visits the keys of what was found in the order of an index, but for the
// first few, until it is told to stop.
func walk[K numbered](tree *btree.BTreeG[K], largest uint64, descending bool, n narrowing, skip int, visit func(K) bool) {
	at, each := skip, visit
	if n.narrow { // where the first one stands is not known
		found := n.found.bitmap(largest)
		at, each = 0, func(k K) bool {
			if !found.has(k.id()) {
				return true
			}
			skip--
			return skip >= 0 || visit(k)
		}
	}
	if descending {
		at = tree.Len() - 1 - at
	}
	if k, there := tree.GetAt(at); there && descending {
		tree.Descend(k, each)
	} else if there {
		tree.Ascend(k, each)
	}
}
