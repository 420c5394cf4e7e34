package document

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
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
		for _, member := range v.Members {
			if counterpart, found := Get(other.Members, member.Key); !found || !member.Value.Same(counterpart) {
				return false
			}
		}
		return true
	default:
		return v.Text == other.Text
	}
}

// Of makes a value of what encoding/json decoded into any, its numbers as
// json.Number. It is the way back from Any, but for the order of members.
func Of(decoded any) Value {
	switch v := decoded.(type) {
	case bool:
		if v {
			return Value{Kind: Bool, Text: "true"}
		}
		return Value{Kind: Bool, Text: "false"}
	case json.Number:
		return Value{Kind: Number, Text: v.String()}
	case string:
		return Value{Kind: String, Text: v}
	case []any:
		array := Value{Kind: Array}
		for _, item := range v {
			array.Members = append(array.Members, Field{Value: Of(item)})
		}
		return array
	case map[string]any:
		object := Value{Kind: Object}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			object.Members = append(object.Members, Field{Key: key, Value: Of(v[key])})
		}
		return object
	}
	return Value{}
}

// index reads a token of a JSON pointer as the index of an array.
func index(token string) (i int, ok bool) {
	n, err := strconv.ParseUint(token, 10, 31)
	return int(n), err == nil && (len(token) == 1 || token[0] != '0')
}

// At follows the tokens of a JSON pointer into a value.
func (v Value) At(tokens []string) (Value, bool) {
	for _, token := range tokens {
		found := false
		switch v.Kind {
		case Object:
			v, found = Get(v.Members, token)
		case Array:
			if i, ok := index(token); ok && i < len(v.Members) {
				v, found = v.Members[i].Value, true
			}
		}
		if !found {
			return Value{}, false
		}
	}
	return v, true
}
