package state

import (
	"hash/maphash"
	"iter"
	"maps"
)

// table is a map by guid whose fork costs the same whatever its size: both
// sides share all of it until one of them changes something, which copies the
// part in which that is. It needs the store's lock. The zero table is empty.
type table[V any] struct {
	parts  *[partsOfTable]part[V] // nil: nothing is there
	shared bool                   // the array, with another table
	size   int
}

type part[V any] struct {
	values map[string]V
	shared bool // with another table: it must not be changed in place
}

// partsOfTable keeps the array small and the copy of a part, of 100,000
// processes, below 2,000 entries.
const partsOfTable = 64

var tableSeed = maphash.MakeSeed()

func place(guid string) uint64 { return maphash.String(tableSeed, guid) % partsOfTable }

// named is get for a name that is not a text yet.
func (t *table[V]) named(name []byte) (value V) {
	if t.parts != nil {
		value = t.parts[maphash.Bytes(tableSeed, name)%partsOfTable].values[string(name)]
	}
	return value
}

// grow makes room in an empty table.
func (t *table[V]) grow(n int) {
	if n < partsOfTable {
		return
	}
	t.parts = new([partsOfTable]part[V])
	for i := range t.parts {
		t.parts[i].values = make(map[string]V, n/partsOfTable+n/partsOfTable/8)
	}
}

// fork returns a table of the same content that changes on its own.
func (t *table[V]) fork() table[V] {
	t.shared = true
	return *t
}

// get returns the zero value for what is not there.
func (t *table[V]) get(guid string) V {
	value, _ := t.find(guid)
	return value
}

func (t *table[V]) find(guid string) (value V, ok bool) {
	if t.parts != nil {
		value, ok = t.parts[place(guid)].values[guid]
	}
	return value, ok
}

func (t *table[V]) set(guid string, value V) {
	p := t.own(guid)
	before := len(p.values)
	p.values[guid] = value
	t.size += len(p.values) - before
}

func (t *table[V]) delete(guid string) {
	p := t.own(guid)
	before := len(p.values)
	delete(p.values, guid)
	t.size += len(p.values) - before
}

// own is the part of a guid, no longer shared.
func (t *table[V]) own(guid string) *part[V] {
	switch {
	case t.parts == nil:
		t.parts = new([partsOfTable]part[V])
	case t.shared:
		parts := *t.parts
		for i := range parts {
			parts[i].shared = true
		}
		t.parts = &parts
	}
	t.shared = false
	p := &t.parts[place(guid)]
	switch {
	case p.values == nil:
		*p = part[V]{values: map[string]V{}}
	case p.shared:
		*p = part[V]{values: maps.Clone(p.values)}
	}
	return p
}

// all yields what is there, in no order.
func (t *table[V]) all() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		if t.parts == nil {
			return
		}
		for i := range t.parts {
			for guid, value := range t.parts[i].values {
				if !yield(guid, value) {
					return
				}
			}
		}
	}
}
