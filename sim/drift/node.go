package drift

import (
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
)

// kind says what a value of a body is.
type kind = document.Kind

const (
	nullKind   = document.Null
	boolKind   = document.Bool
	numberKind = document.Number
	textKind   = document.String
	listKind   = document.Array
	objectKind = document.Object
)

var kindNames = [...]string{"null", "a boolean", "a number", "a string", "a list", "an object"}

// node is a value of a body with the order of its keys and the text of its
// numbers, both of which are compared. All methods take nil for a value that is
// not there.
type node struct {
	kind  kind
	text  string   // of a string; of a number and a boolean as written
	keys  []string // of an object, in order of appearance, doubled ones too
	items []*node  // of a list or an object
}

// parse reads one JSON document.
func parse(data []byte) (*node, error) {
	v, err := document.Decode(data)
	if err != nil {
		return nil, err
	}
	return nodeOf(v), nil
}

func nodeOf(v document.Value) *node {
	n := &node{kind: v.Kind, text: v.Text}
	for _, member := range v.Members {
		if v.Kind == document.Object {
			n.keys = append(n.keys, member.Key)
		}
		n.items = append(n.items, nodeOf(member.Value))
	}
	return n
}

// get follows keys into objects; of doubled keys the last one counts, as it
// does to most clients.
func (n *node) get(keys ...string) *node {
	for _, key := range keys {
		if n == nil || n.kind != objectKind {
			return nil
		}
		var found *node
		for i, name := range n.keys {
			if name == key {
				found = n.items[i]
			}
		}
		n = found
	}
	return n
}

// item is an element of a list.
func (n *node) item(i int) *node {
	if n == nil || n.kind != listKind || i >= len(n.items) {
		return nil
	}
	return n.items[i]
}

// list are the elements of a list.
func (n *node) list() []*node {
	if n == nil || n.kind != listKind {
		return nil
	}
	return n.items
}

// string is the text of a string, "" for anything else.
func (n *node) string() string {
	if n == nil || n.kind != textKind {
		return ""
	}
	return n.text
}

// whole is the value of a whole number within bounds.
func (n *node) whole(least, most int64) (int64, bool) {
	if n == nil || n.kind != numberKind {
		return 0, false
	}
	value, err := strconv.ParseInt(n.text, 10, 64)
	return value, err == nil && value >= least && value <= most
}

// same says that two values are equal, whatever the order of their keys.
func same(a, b *node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.kind != b.kind || a.text != b.text || len(a.items) != len(b.items) {
		return false
	}
	for i, item := range a.items {
		other := b.item(i)
		if a.kind == objectKind {
			other = b.get(a.keys[i])
		}
		if !same(item, other) {
			return false
		}
	}
	return true
}

// mended is an object in which what another reading of the same has in another
// kind, or more, is taken from there: what one answer spoils another may tell.
func mended(a, b *node) *node {
	if a == nil || b == nil || a.kind != objectKind || b.kind != objectKind {
		return a
	}
	out := &node{kind: objectKind, keys: slices.Clone(a.keys), items: slices.Clone(a.items)}
	for i, key := range b.keys {
		other := b.items[i]
		at := slices.Index(out.keys, key)
		switch {
		case at < 0:
			out.keys, out.items = append(out.keys, key), append(out.items, other)
		case other.kind == numberKind && strings.Contains(out.items[at].text, "."):
			out.items[at] = other // no field of a process has a fraction
		case out.items[at].kind == other.kind:
			out.items[at] = mended(out.items[at], other)
		case out.items[at].kind != nullKind:
			out.items[at] = other
		}
	}
	return out
}

// encode writes the value as JSON.
func (n *node) encode() string { return n.value().String() }

func (n *node) value() document.Value {
	if n == nil {
		return document.Value{}
	}
	v := document.Value{Kind: n.kind, Text: n.text}
	for i, item := range n.items {
		member := document.Field{Value: item.value()}
		if n.kind == objectKind {
			member.Key = n.keys[i]
		}
		v.Members = append(v.Members, member)
	}
	return v
}
