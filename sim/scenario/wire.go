package scenario

import (
	"bytes"
	"encoding/json"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// Pairs are labels or annotations, in the order of the file: it is the order
// in which the API lists them (§8).
type Pairs contract.Pairs

// MarshalJSON writes an object with its keys in their order.
func (p Pairs) MarshalJSON() ([]byte, error) {
	object := document.Value{Kind: document.Object}
	for _, pair := range p {
		object.Members = append(object.Members, document.Field{Key: pair.Key, Value: document.Text(pair.Value)})
	}
	return object.AppendJSON(nil), nil
}

// UnmarshalJSON reads an object of texts.
func (p *Pairs) UnmarshalJSON(raw []byte) error {
	object, err := document.Decode(raw)
	read := Pairs{}
	for _, member := range object.Members {
		if member.Value.Kind == document.String {
			read = append(read, contract.Pair{Key: member.Key, Value: member.Value.Text})
		}
	}
	*p = read
	return err
}

// Nullable is a value that may be null as well as left out.
type Nullable[T any] struct {
	Set   bool // it was written
	Null  bool // as null
	Value T
}

// IsZero says that it was left out.
func (n Nullable[T]) IsZero() bool { return !n.Set }

// MarshalJSON writes the value or null.
func (n Nullable[T]) MarshalJSON() ([]byte, error) {
	if n.Null {
		return []byte("null"), nil
	}
	return json.Marshal(n.Value)
}

// UnmarshalJSON reads the value or null.
func (n *Nullable[T]) UnmarshalJSON(raw []byte) error {
	var value *T
	if err := json.Unmarshal(raw, &value); err != nil {
		return err
	}
	*n = Nullable[T]{Set: true, Null: value == nil}
	if value != nil {
		n.Value = *value
	}
	return nil
}

// OneOrMore may be written as one object or as a list of them.
type OneOrMore[T any] []T

// MarshalJSON writes a single one without the list around it.
func (o OneOrMore[T]) MarshalJSON() ([]byte, error) {
	if len(o) == 1 {
		return json.Marshal(o[0])
	}
	return json.Marshal([]T(o))
}

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

// Time is a moment, in RFC 3339 with as many digits as it needs.
type Time struct{ time.Time }

// UnmarshalJSON reads the moment; it is kept in UTC, as the API shows it.
func (t *Time) UnmarshalJSON(raw []byte) error {
	var text *string
	if err := json.Unmarshal(raw, &text); err != nil || text == nil {
		return err
	}
	parsed, err := time.Parse(time.RFC3339Nano, *text)
	t.Time = parsed.UTC()
	return err
}

// moment is the wire form of a time, nil for none.
func moment(at time.Time) *Time {
	if at.IsZero() {
		return nil
	}
	return &Time{at.UTC()}
}

// or is the moment, or another when it was left out.
func (t *Time) or(other time.Time) time.Time {
	if t == nil || t.IsZero() {
		return other
	}
	return t.Time
}
