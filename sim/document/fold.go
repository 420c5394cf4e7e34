package document

import (
	"math"
	"slices"
)

// The items of lists of a large text are read again when somebody looks into them,
// one after the other: all values at once would take three times the text's memory.
const (
	foldsFrom = 1 << 20 // bytes of a text
	mostFold  = 1 << 16 // bytes of an item; of a larger one the lists are folded
)

// folds says that a value of so many bytes is better read when it is asked for.
func (v *Value) folds(size int) bool {
	return size <= mostFold && len(v.Members) > 0
}

// Unfolded is the object or the array that a Folded value is, and any other as it
// is.
func (v Value) Unfolded() Value {
	if v.Kind != Folded {
		return v
	}
	return new(Unfolder).unfold(v, nil)
}

// Whole is a value without anything folded in it.
func (v Value) Whole() Value {
	v = v.Unfolded()
	v.Members = slices.Clone(v.Members)
	for i := range v.Members {
		v.Members[i].Value = v.Members[i].Value.Whole()
	}
	return v
}

// Unfolder unfolds many values in the same memory, until its Stop, which may be nil.
type Unfolder struct {
	Stop    *Stop
	scanner jsonScanner
	maker   Maker
}

// Unfold is Value.Unfolded; what it returned before is no longer good.
func (u *Unfolder) Unfold(v Value) Value {
	if v.Kind != Folded {
		return v
	}
	u.maker.used = 0
	return u.unfold(v, &u.maker)
}

func (u *Unfolder) unfold(v Value, kept *Maker) Value {
	s := &u.scanner
	if s.reader == nil {
		s.reader = &reader{Document: &Document{}, most: math.MaxInt}
	}
	s.stop, s.doubles, s.kept, s.text, s.at, s.from = u.Stop, true, kept, v.Text, 0, int(v.at)
	return s.value()
}

// mark is how far the memory is taken.
func (m *Maker) mark() (mark Maker) {
	if m != nil {
		mark = *m
	}
	return mark
}

// back gives back what was taken since.
func (m *Maker) back(mark Maker) {
	switch {
	case m == nil:
	case len(mark.slab) == len(m.slab) && len(m.slab) > 0 && &mark.slab[0] == &m.slab[0]:
		m.used = mark.used
	default: // in a piece that began since
		m.used = 0
	}
}
