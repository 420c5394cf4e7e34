package state

import (
	"hash/maphash"
	"iter"
	"maps"
)

// table is a map by guid whose fork costs the same whatever its size: both
// sides share its parts until one of them changes a part, which copies that
// part alone. It needs the store's lock.
type table[V any] struct {
	parts [partsOfTable]part[V]
	size  int
}

type part[V any] struct {
	values map[string]V
	shared bool // with another table: it must not be changed in place
}

// partsOfTable keeps a fork small and the copy of a part, of 100,000 processes,
// below 2,000 entries.
const partsOfTable = 64

var tableSeed = maphash.MakeSeed()

func (t *table[V]) part(guid string) *part[V] {
	return &t.parts[maphash.String(tableSeed, guid)%partsOfTable]
}

// fork returns a table of the same content that changes on its own.
func (t *table[V]) fork() table[V] {
	for i := range t.parts {
		t.parts[i].shared = true
	}
	return *t
}

// get returns the zero value for what is not there.
func (t *table[V]) get(guid string) V { return t.part(guid).values[guid] }

func (t *table[V]) find(guid string) (V, bool) {
	value, ok := t.part(guid).values[guid]
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
	p := t.part(guid)
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
		for i := range t.parts {
			for guid, value := range t.parts[i].values {
				if !yield(guid, value) {
					return
				}
			}
		}
	}
}
