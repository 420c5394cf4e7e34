package scenario

import "example.com/capisim/sim/document"

// OneOrMore may be written as one object or as a list of them.
type OneOrMore[T any] []T

// DocumentValue is a single one without the list around it.
func (o OneOrMore[T]) DocumentValue(m *document.Maker) (document.Value, error) {
	if len(o) == 1 {
		return m.Part(&o[0])
	}
	return m.Part([]T(o))
}

// MarshalJSON writes one or a list.
func (o OneOrMore[T]) MarshalJSON() ([]byte, error) { return document.MarshalJSON(o) }

// TakeValue reads one or a list.
func (o *OneOrMore[T]) TakeValue(v document.Value) error {
	if v.Kind == document.Object {
		*o = make([]T, 1)
		return v.Decode(&(*o)[0])
	}
	return v.Decode((*[]T)(o))
}

// UnmarshalJSON reads one or a list.
func (o *OneOrMore[T]) UnmarshalJSON(raw []byte) error { return document.UnmarshalJSON(raw, o) }
