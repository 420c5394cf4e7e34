package state

import (
	"cmp"
	"iter"
	"math/bits"
	"slices"
)

// ids is a set of processes by their internal ids, in blocks that lie next to
// each other. One that is stored is never changed: forks share it. Of 100,000
// processes the largest takes 16 KB, and putting two together microseconds.
type ids []block

// block holds the ids from number times blockSize on, at least one.
type block struct {
	number uint64
	words  [blockSize / 64]uint64
}

const blockSize = 256

func (b *block) word(id uint64) *uint64 { return &b.words[id%blockSize/64] }

func (b *block) count() (n int) {
	for _, word := range b.words {
		n += bits.OnesCount64(word)
	}
	return n
}

// find is the place of the block of an id.
func (s ids) find(id uint64) (int, bool) {
	return slices.BinarySearchFunc(s, id/blockSize, func(b block, number uint64) int { return cmp.Compare(b.number, number) })
}

// add puts an id into a set that nobody else has.
func (s *ids) add(id uint64) {
	if last := len(*s) - 1; last >= 0 && (*s)[last].number == id/blockSize { // they mostly come in order
		*(*s)[last].word(id) |= 1 << (id % 64)
		return
	}
	at, found := s.find(id)
	if !found {
		*s = slices.Insert(*s, at, block{number: id / blockSize})
	}
	*(*s)[at].word(id) |= 1 << (id % 64)
}

func (s ids) has(id uint64) bool {
	at, found := s.find(id)
	return found && *s[at].word(id)&(1<<(id%64)) != 0
}

// with returns the set and an id more.
func (s ids) with(id uint64) ids {
	next := append(make(ids, 0, len(s)+1), s...)
	next.add(id)
	return next
}

// without returns the set and an id less.
func (s ids) without(id uint64) ids {
	at, found := s.find(id)
	if !found {
		return s
	}
	next := slices.Clone(s)
	*next[at].word(id) &^= 1 << (id % 64)
	if next[at].count() == 0 {
		next = slices.Delete(next, at, at+1)
	}
	return next
}

func (s ids) count() (n int) {
	for i := range s {
		n += s[i].count()
	}
	return n
}

// or returns what is in one of two sets.
func (s ids) or(other ids) ids {
	switch {
	case len(s) == 0:
		return other
	case len(other) == 0:
		return s
	}
	made := make(ids, 0, len(s)+len(other))
	for len(s) > 0 && len(other) > 0 {
		switch cmp.Compare(s[0].number, other[0].number) {
		case -1:
			made, s = append(made, s[0]), s[1:]
		case 1:
			made, other = append(made, other[0]), other[1:]
		default:
			both := s[0]
			for i, word := range other[0].words {
				both.words[i] |= word
			}
			made, s, other = append(made, both), s[1:], other[1:]
		}
	}
	return append(append(made, s...), other...)
}

// and returns what is in both of two sets.
func (s ids) and(other ids) ids {
	return s.kept(other, false)
}

// minus returns what is in the first of two sets alone.
func (s ids) minus(other ids) ids {
	return s.kept(other, true)
}

func (s ids) kept(other ids, outside bool) ids {
	var made ids
	for _, b := range s {
		for len(other) > 0 && other[0].number < b.number {
			other = other[1:]
		}
		met := len(other) > 0 && other[0].number == b.number
		if !met && !outside {
			continue
		}
		if met {
			for i, word := range other[0].words {
				if outside {
					word = ^word
				}
				b.words[i] &= word
			}
		}
		if b.count() > 0 {
			made = append(made, b)
		}
	}
	return made
}

// from yields the ids but for the first few, ascending or descending.
func (s ids) from(skip int, descending bool) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for i := range s {
			b := &s[i]
			if descending {
				b = &s[len(s)-1-i]
			}
			if n := b.count(); n <= skip {
				skip -= n
				continue
			}
			for k := range uint64(blockSize) {
				if descending {
					k = blockSize - 1 - k
				}
				switch {
				case *b.word(k)&(1<<(k%64)) == 0:
				case skip > 0:
					skip--
				case !yield(b.number*blockSize + k):
					return
				}
			}
		}
	}
}

// bitmap is a set with room for every id up to a largest one, for what is made or
// asked in no order.
type bitmap []block

func (m bitmap) add(id uint64) {
	b := &m[id/blockSize]
	b.number = id / blockSize
	*b.word(id) |= 1 << (id % 64)
}

func (m bitmap) has(id uint64) bool { return *m[id/blockSize].word(id)&(1<<(id%64)) != 0 }

func (m bitmap) ids() ids {
	return slices.DeleteFunc(ids(m), func(b block) bool { return b.count() == 0 })
}

// bitmap is the set with room up to a largest id.
func (s ids) bitmap(largest uint64) bitmap {
	m := make(bitmap, largest/blockSize+1)
	for _, b := range s {
		m[b.number] = b
	}
	return m
}
