package contract

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// ValueKind says what a value of a request body is.
type ValueKind uint8

// The kinds of JSON values.
const (
	Null ValueKind = iota
	Bool
	Number
	String
	Array
	Object
)

// Value is one value of a request body, with numbers as they were written:
// 5.0 is not 5 to the real server (§5), and no integer is too long.
type Value struct {
	Kind    ValueKind
	Text    string  // of a string; of a number and a bool as written
	Members []Field // of an object in order of appearance; of an array, without keys
}

// Field is one member of an object.
type Field struct {
	Key   string
	Value Value
}

// get finds a member by key.
func get(members []Field, key string) (Value, bool) {
	for i := range members {
		if members[i].Key == key {
			return members[i].Value, true
		}
	}
	return Value{}, false
}

// put sets a member as a Ruby hash does: a key that is there already keeps its
// place and takes the new value.
func put(members []Field, key string, value Value) []Field {
	for i := range members {
		if members[i].Key == key {
			members[i].Value = value
			return members
		}
	}
	return append(members, Field{Key: key, Value: value})
}

// truthy is Ruby's notion: all but null and false.
func (v Value) truthy() bool {
	return v.Kind != Null && (v.Kind != Bool || v.Text == "true")
}

// present is Rails' notion: neither null nor false nor empty nor blank.
func (v Value) present() bool {
	switch v.Kind {
	case String:
		return !blank(v.Text)
	case Array, Object:
		return len(v.Members) > 0
	default:
		return v.truthy()
	}
}

// length is what the real server's length rules count: characters, elements,
// or the characters of what has neither.
func (v Value) length() int {
	switch v.Kind {
	case Array, Object:
		return len(v.Members)
	case Number:
		return len(v.rendered())
	default:
		return utf8.RuneCountInString(v.Text)
	}
}

// rendered is the value as the real server turns it into text, which is how
// labels that are no strings are stored and how arrays appear in messages.
func (v Value) rendered() string {
	switch v.Kind {
	case Null:
		return ""
	case Number:
		return plainNumber(v.Text)
	case Array, Object:
		var text strings.Builder
		v.inspect(&text)
		return text.String()
	default:
		return v.Text
	}
}

// inspect writes a value in Ruby's own notation.
func (v Value) inspect(to *strings.Builder) {
	switch v.Kind {
	case Null:
		to.WriteString("nil")
	case String:
		to.WriteString(rubyQuote(v.Text))
	case Array:
		to.WriteByte('[')
		for i, member := range v.Members {
			if i > 0 {
				to.WriteString(", ")
			}
			member.Value.inspect(to)
		}
		to.WriteByte(']')
	case Object:
		to.WriteByte('{')
		for i, member := range v.Members {
			if i > 0 {
				to.WriteString(", ")
			}
			to.WriteString(member.Key + ": ")
			member.Value.inspect(to)
		}
		to.WriteByte('}')
	default:
		to.WriteString(v.rendered())
	}
}

var rubyEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`, "#{", `\#{`)

func rubyQuote(text string) string { return `"` + rubyEscapes.Replace(text) + `"` }

// integer says whether a number was written without fraction and exponent.
// The real server reads all others as decimals, 5.0 included.
func (v Value) integer() bool {
	return v.Kind == Number && !strings.ContainsAny(v.Text, ".eE")
}

// maxPlainDigits bounds the digits written out for an exponent: more than any
// limit of a field counts up to.
const maxPlainDigits = 6000

// plainNumber writes a number without an exponent, a decimal with at least one
// digit after the point: 1e2 is "100.0".
func plainNumber(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		if text == "-0" {
			return "0"
		}
		return text
	}
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exponent := boundedExponent(power)
	digits := whole + fraction
	point := len(whole) + exponent
	if point > len(digits) {
		digits += strings.Repeat("0", point-len(digits))
	}
	if point < 1 {
		digits, point = strings.Repeat("0", 1-point)+digits, 1
	}
	whole = strings.TrimLeft(digits[:point], "0")
	fraction = strings.TrimRight(digits[point:], "0")
	if whole == "" {
		whole = "0"
	}
	if fraction == "" {
		fraction = "0"
	}
	return sign + whole + "." + fraction
}

// boundedExponent reads an exponent and keeps it within what is worth writing
// out.
func boundedExponent(text string) int {
	negative := strings.HasPrefix(text, "-")
	n := 0
	for _, c := range strings.TrimLeft(text, "+-") {
		n = min(n*10+int(c-'0'), maxPlainDigits)
	}
	if negative {
		return -n
	}
	return n
}

// any is the value as encoding/json would decode it, with json.Number, for the
// schemas.
func (v Value) any() any {
	switch v.Kind {
	case Null:
		return nil
	case Bool:
		return v.Text == "true"
	case Number:
		return json.Number(v.Text)
	case String:
		return v.Text
	case Array:
		items := make([]any, len(v.Members))
		for i, member := range v.Members {
			items[i] = member.Value.any()
		}
		return items
	default:
		object := make(map[string]any, len(v.Members))
		for _, member := range v.Members {
			object[member.Key] = member.Value.any()
		}
		return object
	}
}
