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
