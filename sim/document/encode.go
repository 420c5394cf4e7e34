package document

import (
	"encoding/json"
	"strings"
)

// AppendJSON writes a value as JSON, compact, keys in their order.
func (v Value) AppendJSON(to []byte) []byte { return v.append(to, asWritten) }

// DocumentValue is the value itself.
func (v Value) DocumentValue(*Maker) (Value, error) { return v, nil }

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
	case Folded:
		return v.Unfolded().append(to, number)
	case String:
		return AppendQuoted(to, v.Text)
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
			to = append(AppendQuoted(to, member.Key), ':')
			to = member.Value.append(to, number)
		}
		return append(to, '}')
	}
}

// AppendIndented writes a value as JSON over several lines, as json.Indent does,
// from a depth on: two blanks are one level.
func (v Value) AppendIndented(to []byte, depth int) []byte {
	if v.Kind != Array && v.Kind != Object || len(v.Members) == 0 {
		return v.AppendJSON(to)
	}
	brackets := "[]"
	if v.Kind == Object {
		brackets = "{}"
	}
	to = append(to, brackets[0])
	for i, member := range v.Members {
		if i > 0 {
			to = append(to, ',')
		}
		to = AppendIndent(append(to, '\n'), depth+1)
		if v.Kind == Object {
			to = append(AppendQuoted(to, member.Key), ": "...)
		}
		to = member.Value.AppendIndented(to, depth+1)
	}
	to = AppendIndent(append(to, '\n'), depth)
	return append(to, brackets[1])
}

// AppendIndent writes the blanks in front of a line.
func AppendIndent(to []byte, depth int) []byte {
	for range depth {
		to = append(to, "  "...)
	}
	return to
}

// Quoted is a text in JSON's quotes.
func Quoted(text string) string { return string(AppendQuoted(nil, text)) }

// AppendQuoted writes a text in JSON's quotes.
func AppendQuoted(to []byte, text string) []byte {
	return append(AppendEscaped(append(to, '"'), text), '"')
}

// asIs are the bytes that stand for themselves between JSON's quotes.
var asIs = func() (is [256]bool) {
	for c := ' '; c <= '~'; c++ {
		is[c] = !strings.ContainsRune(`"\<>&`, c)
	}
	return is
}()

// AppendEscaped writes a text as it stands between JSON's quotes.
func AppendEscaped(to []byte, text string) []byte {
	begin, from := len(to), 0
	for i := range len(text) {
		c := text[i]
		switch {
		case asIs[c]:
			continue
		case c == '"' || c == '\\':
			to = append(append(to, text[from:i]...), '\\', c)
		case c < ' ' || c > '~':
			raw, err := json.Marshal(text)
			if err != nil { // a string always has a JSON form
				panic(err)
			}
			return append(to[:begin], raw[1:len(raw)-1]...)
		default:
			const digits = "0123456789abcdef"
			to = append(append(to, text[from:i]...), '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
		from = i + 1
	}
	return append(to, text[from:]...)
}

// Or is what an optional member leads to, or another value when it was left out.
func Or[T any](member *T, otherwise T) T {
	if member != nil {
		return *member
	}
	return otherwise
}
