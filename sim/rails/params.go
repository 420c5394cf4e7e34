package rails

import (
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/document"
)

// maxParamDepth bounds the nesting of parameters, as the real server does.
const maxParamDepth = 100

// ErrParams is all that can be wrong with parameters themselves: bad
// %-encoding, not UTF-8, two shapes under one name, too deep.
var ErrParams = errors.New("malformed parameters")

// ParseParams reads a query or a form as Rails does: a[b]=1 is an object,
// a[]=1 an array, a repeated plain name takes the last value, and a name
// without an equals sign is null.
func ParseParams(raw string) (members []document.Field, err error) {
	for part := range strings.SplitSeq(raw, "&") {
		part = strings.TrimLeft(part, " ")
		if part == "" {
			continue
		}
		name, text, found := strings.Cut(part, "=")
		value := document.Value{}
		if found {
			if text, err = decodeParam(text); err != nil {
				return nil, err
			}
			value = document.Value{Kind: document.String, Text: text}
		}
		if name, err = decodeParam(name); err != nil {
			return nil, err
		}
		if members, err = addParam(members, name, value); err != nil {
			return nil, err
		}
	}
	return members, nil
}

func decodeParam(text string) (string, error) {
	text, err := url.QueryUnescape(text)
	if err != nil || !utf8.ValidString(text) {
		return "", ErrParams
	}
	return text, nil
}

// addParam stores one parameter of the top level. Brackets at the very start
// belong to the name.
func addParam(members []document.Field, name string, value document.Value) ([]document.Field, error) {
	key, rest := name, ""
	if name != "" {
		if i := strings.IndexByte(name[1:], '['); i >= 0 {
			key, rest = name[:i+1], name[i+1:]
		}
	}
	return nestParam(members, key, rest, name, value, 0)
}

// addNested stores one parameter below the top level.
func addNested(object document.Value, name string, value document.Value, depth int) (document.Value, error) {
	if depth >= maxParamDepth {
		return object, ErrParams
	}
	key, rest := name, ""
	switch {
	case strings.HasPrefix(name, "[]"):
		if name == "[]" {
			return document.Value{Kind: document.Array, Members: appendItem(nil, value)}, nil
		}
		key, rest = "[]", name[2:]
	case strings.HasPrefix(name, "["):
		if end := strings.IndexByte(name, ']'); end > 0 {
			key, rest = name[1:end], name[end+1:]
		}
	}
	members, err := nestParam(object.Members, key, rest, name, value, depth)
	object.Members = members
	return object, err
}

// nestParam puts a value under a key whose remaining brackets are rest.
func nestParam(members []document.Field, key, rest, name string, value document.Value, depth int) ([]document.Field, error) {
	switch {
	case key == "":
		return members, nil
	case rest == "":
		return document.Put(members, key, value), nil
	case rest == "[":
		return document.Put(members, name, value), nil
	case strings.HasPrefix(rest, "[]"):
		return nestArray(members, key, rest[2:], value, depth)
	}
	below, _ := document.Get(members, key)
	if below.Kind == document.Null {
		below = document.Value{Kind: document.Object}
	}
	if below.Kind != document.Object {
		return nil, ErrParams
	}
	below, err := addNested(below, rest, value, depth+1)
	return document.Put(members, key, below), err
}

// nestArray appends to an array; with a further key (a[][b]=1) it fills the
// last object of the array until a key comes a second time.
func nestArray(members []document.Field, key, rest string, value document.Value, depth int) ([]document.Field, error) {
	below, _ := document.Get(members, key)
	if below.Kind == document.Null {
		below = document.Value{Kind: document.Array}
	}
	if below.Kind != document.Array {
		return nil, ErrParams
	}
	if rest == "" {
		below.Members = appendItem(below.Members, value)
		return document.Put(members, key, below), nil
	}
	child := rest
	if strings.HasPrefix(rest, "[") && strings.HasSuffix(rest, "]") && len(rest) > 2 && !strings.ContainsAny(rest[1:len(rest)-1], "[]") {
		child = rest[1 : len(rest)-1]
	}
	object, fill := document.Value{Kind: document.Object}, false
	if n := len(below.Members); n > 0 && below.Members[n-1].Value.Kind == document.Object && !hasParam(below.Members[n-1].Value, child) {
		object, fill = below.Members[n-1].Value, true
	}
	object, err := addNested(object, child, value, depth+1)
	if err != nil {
		return nil, err
	}
	if fill {
		below.Members[len(below.Members)-1].Value = object
	} else {
		below.Members = appendItem(below.Members, object)
	}
	return document.Put(members, key, below), nil
}

// hasParam says whether an object has the key that a bracketed name leads to;
// a name that ends in an array never has, so that it goes on filling.
func hasParam(object document.Value, name string) bool {
	if strings.Contains(name, "[]") {
		return false
	}
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '[' || r == ']' }) {
		if object.Kind != document.Object {
			return false
		}
		below, found := document.Get(object.Members, part)
		if !found {
			return false
		}
		object = below
	}
	return true
}

// appendItem adds to an array; nulls are dropped, as from every array of a
// request.
func appendItem(items []document.Field, value document.Value) []document.Field {
	if value.Kind == document.Null {
		return items
	}
	return append(items, document.Field{Value: value})
}
