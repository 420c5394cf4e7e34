package scenario

import (
	"bytes"
	"encoding/json"
	"time"

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

// Time is a moment, in RFC 3339 with as many digits as it needs.
type Time struct{ time.Time }

// DocumentValue is the moment as text.
func (t Time) DocumentValue(*document.Maker) (document.Value, error) {
	return document.Text(t.Format(time.RFC3339Nano)), nil
}

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
