package document

import (
	"encoding/json"
	"slices"
	"strconv"
)

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
	Folded // an array or an object that nobody has looked into yet, see Unfolded
)

// Value is one value of a document, with numbers as they were written: 5.0 is
// not 5, and no integer is too long. One that was read by Read knows its place.
type Value struct {
	Kind    Kind
	file    uint16  // which file of the document it stands in
	at      uint32  // its first byte
	Text    string  // of a string; of a number, a bool and what is folded as written
	Members []Field // of an object in order of appearance; of an array, without keys
}

// Field is one member of an object, or an item of an array.
type Field struct {
	Key   string
	at    uint32 // the first byte of the key
	Value Value
}

// Text makes a string a value.
func Text(text string) Value { return Value{Kind: String, Text: text} }

// Int makes an integer a value.
func Int(n int) Value { return Value{Kind: Number, Text: strconv.Itoa(n)} }

// List makes an array of values.
func List(items ...Value) Value {
	list := Value{Kind: Array}
	for _, item := range items {
		list.Members = append(list.Members, Field{Value: item})
	}
	return list
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

// Put sets a member: a key that is there already keeps its place and takes the
// new value.
func Put(members []Field, key string, value Value) []Field {
	for i := range members {
		if members[i].Key == key {
			members[i].Value = value
			return members
		}
	}
	return append(members, Field{Key: key, Value: value})
}

// Get finds a member of an object; false for any other value.
func (v Value) Get(key string) (Value, bool) {
	switch v.Kind {
	case Object:
		return Get(v.Members, key)
	case Folded:
		return v.Unfolded().Get(key)
	}
	return Value{}, false
}

// With is the object with one member set; null counts as an object without
// members, and any other value is left as it is.
func (v Value) With(key string, member Value) Value {
	switch v.Kind {
	case Object:
		v.Members = Put(slices.Clone(v.Members), key, member)
	case Null:
		v.Kind, v.Members = Object, []Field{{Key: key, Value: member}}
	}
	return v
}

// Without is the object without a member.
func (v Value) Without(key string) Value {
	v.Members = slices.DeleteFunc(slices.Clone(v.Members), func(m Field) bool { return m.Key == key })
	return v
}

// In is a value in the place of another: what is wrong anywhere in it is told
// there.
func (v Value) In(place Value) Value {
	v.file, v.at = place.file, place.at
	v.Members = slices.Clone(v.Members)
	for i, member := range v.Members {
		v.Members[i].at = place.at
		v.Members[i].Value = member.Value.In(place)
	}
	return v
}

// TextOf is the text under a key, "" when there is none.
func (v Value) TextOf(key string) string {
	if member, _ := v.Get(key); member.Kind == String {
		return member.Text
	}
	return ""
}

// Find follows a JSON pointer; false when it leads nowhere.
func (v Value) Find(pointer string) (Value, bool) { return v.At(Tokens(pointer)) }

// At follows the tokens of a JSON pointer.
func (v Value) At(tokens []string) (Value, bool) {
	for _, token := range tokens {
		v = v.Unfolded()
		i := v.index(token)
		if i < 0 {
			return Value{}, false
		}
		v = v.Members[i].Value
	}
	return v, true
}

// index is the place of a member by its key, of an item by its number, -1 when
// there is none.
func (v Value) index(token string) int {
	switch v.Kind {
	case Object:
		for i := range v.Members {
			if v.Members[i].Key == token {
				return i
			}
		}
	case Array:
		i, err := strconv.ParseUint(token, 10, 31)
		if err == nil && i < uint64(len(v.Members)) && (len(token) == 1 || token[0] != '0') {
			return int(i)
		}
	}
	return -1
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
	case Folded:
		return v.Unfolded().Any()
	default:
		object := make(map[string]any, len(v.Members))
		for _, member := range v.Members {
			object[member.Key] = member.Value.Any()
		}
		return object
	}
}

// fewMembers is how many keys are compared one by one; above it a map finds
// them.
const fewMembers = 16

// Finder looks up members by key, the last of doubled ones.
func Finder(members []Field) func(key string) (int, bool) {
	if len(members) <= fewMembers {
		return func(key string) (int, bool) {
			for i := len(members) - 1; i >= 0; i-- {
				if members[i].Key == key {
					return i, true
				}
			}
			return 0, false
		}
	}
	places := make(map[string]int, len(members))
	for i := range members {
		places[members[i].Key] = i
	}
	return func(key string) (int, bool) {
		i, found := places[key]
		return i, found
	}
}

// Merge lays a patch over a value (RFC 7396): null takes a key away, objects
// are merged, all else replaces. Keys keep their order, new ones come last. For
// the keys among nulls, on the first level, null is a value.
func Merge(target, patch Value, nulls ...string) Value {
	if patch.Kind != Object {
		return patch
	}
	if target.Kind != Object {
		target = Value{Kind: Object, file: patch.file, at: patch.at}
	}
	changes := Finder(patch.Members)
	merged := target
	merged.Members = make([]Field, 0, len(target.Members)+len(patch.Members))
	for _, member := range target.Members {
		if i, changed := changes(member.Key); changed {
			if patch.Members[i].Value.Kind == Null && !slices.Contains(nulls, member.Key) {
				continue
			}
			member.Value = Merge(member.Value, patch.Members[i].Value)
		}
		merged.Members = append(merged.Members, member)
	}
	known := Finder(target.Members)
	for _, member := range patch.Members {
		if _, there := known(member.Key); !there && (member.Value.Kind != Null || slices.Contains(nulls, member.Key)) {
			member.Value = Merge(Value{}, member.Value)
			merged.Members = append(merged.Members, member)
		}
	}
	return merged
}

// Blank is the value with null in the place of what violations name.
func (v Value) Blank(misfits Violations) Value {
	whole := &branch{}
	for _, one := range misfits {
		at := whole
		for _, token := range Tokens(one.Pointer) {
			at = at.grow(token)
		}
		at.end = true
	}
	return v.blank(whole)
}

// branch is a part of a tree of pointers.
type branch struct {
	end   bool
	below map[string]*branch
}

func (b *branch) grow(token string) *branch {
	if b.below[token] == nil {
		if b.below == nil {
			b.below = map[string]*branch{}
		}
		b.below[token] = &branch{}
	}
	return b.below[token]
}

func (v Value) blank(at *branch) Value {
	if at.end {
		return Value{file: v.file, at: v.at}
	}
	v = v.Unfolded()
	v.Members = slices.Clone(v.Members)
	for token, below := range at.below {
		if i := v.index(token); i >= 0 {
			v.Members[i].Value = v.Members[i].Value.blank(below)
		}
	}
	return v
}
