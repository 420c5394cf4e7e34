package document

import (
	"slices"
)

// Same compares two values by meaning: numbers exactly, whatever their notation,
// and objects whatever the order of their members.
func (v Value) Same(other Value) bool {
	if v.Kind != other.Kind || len(v.Members) != len(other.Members) {
		return false
	}
	switch v.Kind {
	case Null:
		return true
	case Number:
		return CompareNumbers(v.Text, other.Text) == 0
	case Array:
		return slices.EqualFunc(v.Members, other.Members, func(a, b Field) bool { return a.Value.Same(b.Value) })
	case Object:
		find := Finder(other.Members)
		for _, member := range v.Members {
			if i, found := find(member.Key); !found || !member.Value.Same(other.Members[i].Value) {
				return false
			}
		}
		return true
	default:
		return v.Text == other.Text
	}
}

// Difference is a place in which two values are not the same, and what each has
// there, nil for nothing.
type Difference struct {
	Pointer    string
	One, Other *Value
}

// Differences names the first places in which a value and another differ, at
// most so many. Keys that are skipped do not count, nil skips none; lists of
// another length differ as a whole.
func (v Value) Differences(other Value, most int, skipped func(key string) bool) []Difference {
	d := differing{most: most, skipped: skipped}
	d.compare("", v, other)
	return d.found
}

type differing struct {
	most    int
	skipped func(string) bool
	found   []Difference
}

func (d *differing) add(pointer string, one, other *Value) {
	if len(d.found) < d.most {
		d.found = append(d.found, Difference{pointer, one, other})
	}
}

func (d *differing) compare(pointer string, one, other Value) {
	switch {
	case len(d.found) >= d.most || one.Same(other):
	case one.Kind == Object && other.Kind == Object:
		d.members(pointer, one, other)
	case one.Kind == Array && other.Kind == Array && len(one.Members) == len(other.Members):
		for i := range one.Members {
			d.compare(pointer+Pointer(i), one.Members[i].Value, other.Members[i].Value)
		}
	default:
		d.add(pointer, &one, &other)
	}
}

func (d *differing) members(pointer string, one, other Value) {
	for _, member := range one.Members {
		found, both := other.Get(member.Key)
		switch at := pointer + Pointer(member.Key); {
		case d.skipped != nil && d.skipped(member.Key):
		case both:
			d.compare(at, member.Value, found)
		default:
			d.add(at, &member.Value, nil)
		}
	}
	for _, member := range other.Members {
		if _, both := one.Get(member.Key); !both {
			d.add(pointer+Pointer(member.Key), nil, &member.Value)
		}
	}
}
