package document

import "encoding/json"

// Kind says what a value is.
type Kind uint8

// The kinds of JSON values.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Value is one value of a document, with numbers as they were written: 5.0 is
// not 5, and no integer is too long.
type Value struct {
	Kind    Kind
	Text    string  // of a string; of a number and a bool as written
	Members []Field // of an object in order of appearance; of an array, without keys
}

// Field is one member of an object.
type Field struct {
	Key   string
	Value Value
}

// Get finds a member by key.
func Get(members []Field, key string) (Value, bool) {
	for i := range members {
		if members[i].Key == key {
			return members[i].Value, true
		}
	}
	return Value{}, false
}

// Put sets a member: a key that is there already keeps its
// place and takes the new value.
func Put(members []Field, key string, value Value) []Field {
	for i := range members {
		if members[i].Key == key {
			members[i].Value = value
			return members
		}
	}
	return append(members, Field{Key: key, Value: value})
}

// Any is the value as encoding/json would decode it, with json.Number.
func (v Value) Any() any {
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
			items[i] = member.Value.Any()
		}
		return items
	default:
		object := make(map[string]any, len(v.Members))
		for _, member := range v.Members {
			object[member.Key] = member.Value.Any()
		}
		return object
	}
}
