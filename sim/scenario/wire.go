package scenario

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
)

// The values in this file read themselves from JSON without ever failing: what
// does not fit is left out. The schema has judged the form before, with better
// words and all at once; a reader that stopped at the first misfit would hide
// the problems behind it.

// Duration is a span of time as the files write it: 200ms, 30s, 1h30m.
type Duration time.Duration

// String gives the shortest form: 1m, not 1m0s.
func (d Duration) String() string {
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalJSON writes the span as text.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads the span.
func (d *Duration) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if parsed, err := time.ParseDuration(text); err == nil {
			*d = Duration(parsed)
		}
	}
	return nil
}

// Pairs are labels or annotations, in the order of the file: it is the order
// in which the API lists them (§8).
type Pairs contract.Pairs

// MarshalJSON writes an object with its keys in their order.
func (p Pairs) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, pair := range p {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(out, quoted(pair.Key)...), ':')
		out = append(out, quoted(pair.Value)...)
	}
	return append(out, '}'), nil
}

// UnmarshalJSON reads an object of texts.
func (p *Pairs) UnmarshalJSON(raw []byte) error {
	tokens := json.NewDecoder(bytes.NewReader(raw))
	if start, err := tokens.Token(); err != nil || start != json.Delim('{') {
		return nil
	}
	read := Pairs{}
	for tokens.More() {
		key, err := tokens.Token()
		if err != nil {
			return nil
		}
		var value any
		if tokens.Decode(&value) != nil {
			return nil
		}
		name, _ := key.(string)
		if text, ok := value.(string); ok {
			read = append(read, contract.Pair{Key: name, Value: text})
		}
	}
	*p = read
	return nil
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
	if json.Unmarshal(raw, &value) != nil {
		return nil
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
	if json.Unmarshal(raw, &list) != nil {
		var one T
		if json.Unmarshal(raw, &one) != nil {
			return nil
		}
		list = []T{one}
	}
	*o = list
	return nil
}

// Time is a moment, in RFC 3339 with as many digits as it needs.
type Time struct{ time.Time }

// UnmarshalJSON reads the moment; it is kept in UTC, as the API shows it.
func (t *Time) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if parsed, err := time.Parse(time.RFC3339Nano, text); err == nil {
			t.Time = parsed.UTC()
		}
	}
	return nil
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
