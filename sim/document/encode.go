package document

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// AppendJSON writes a value as JSON, compact, keys in their order.
func (v Value) AppendJSON(to []byte) []byte { return v.append(to, asWritten) }

// MarshalJSON writes the value as JSON.
func (v Value) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

// UnmarshalJSON reads the value; a key that appears twice does so here, too.
func (v *Value) UnmarshalJSON(raw []byte) (err error) {
	*v, err = Decode(raw)
	return err
}

// String is the value as JSON.
func (v Value) String() string { return string(v.AppendJSON(nil)) }

func (v Value) append(to []byte, number func(string) string) []byte {
	switch v.Kind {
	case Null:
		return append(to, "null"...)
	case Bool:
		return append(to, v.Text...)
	case Number:
		return append(to, number(v.Text)...)
	case String:
		return append(to, quoted(v.Text)...)
	case Array:
		to = append(to, '[')
		for i, item := range v.Members {
			if i > 0 {
				to = append(to, ',')
			}
			to = item.Value.append(to, number)
		}
		return append(to, ']')
	default:
		to = append(to, '{')
		for i, member := range v.Members {
			if i > 0 {
				to = append(to, ',')
			}
			to = append(append(to, quoted(member.Key)...), ':')
			to = member.Value.append(to, number)
		}
		return append(to, '}')
	}
}

// Quoted is a text in JSON's quotes.
func Quoted(text string) string { return string(quoted(text)) }

func quoted(text string) []byte {
	raw, err := json.Marshal(text)
	if err != nil { // a string always has a JSON form
		panic(err)
	}
	return raw
}

// From makes a value of a Go value, as json.Marshal writes it.
func From(value any) (Value, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return Value{}, err
	}
	return Decode(raw)
}

// Decode fills a Go value, as json.Unmarshal does. A whole number may be
// written as 5.0 or 1e3 where an integer is wanted.
func (v Value) Decode(into any) error {
	if json.Unmarshal(v.AppendJSON(nil), into) == nil {
		return nil
	}
	return json.Unmarshal(v.append(nil, wholeNumber), into)
}

func asWritten(digits string) string { return digits }

// wholeNumber gives a whole number the form of an integer.
func wholeNumber(digits string) string {
	if !strings.ContainsAny(digits, ".eE") {
		return digits
	}
	const exact = 1 << 53
	value, err := strconv.ParseFloat(digits, 64)
	if err == nil && value == math.Trunc(value) && math.Abs(value) <= exact {
		return strconv.FormatInt(int64(value), 10)
	}
	return digits
}
