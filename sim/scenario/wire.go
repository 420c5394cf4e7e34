package scenario

import (
	"bytes"
	"encoding/json"

	"example.com/capisim/sim/document"
)

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

// UnmarshalJSON reads one or a list.
func (o *OneOrMore[T]) UnmarshalJSON(raw []byte) error {
	var list []T
	var err error
	if bytes.HasPrefix(raw, []byte("{")) {
		list = make([]T, 1)
		err = json.Unmarshal(raw, &list[0])
	} else {
		err = json.Unmarshal(raw, &list)
	}
	*o = list
	return err
}
