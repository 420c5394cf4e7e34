package drift

import (
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
)

// kindNames are the kinds of values in words.
var kindNames = [...]string{"null", "a boolean", "a number", "a string", "a list", "an object"}

// node is a value of a body, of which the order of keys and the text of numbers
// are compared, too. All methods take nil for a value that is not there.
type node document.Value

// parse reads one JSON document.
func parse(data []byte) (*node, error) {
	v, err := document.Decode(data)
	if err != nil {
		return nil, err
	}
	return (*node)(&v), nil
}

// get follows keys into objects; of doubled keys the last one counts, as it
// does to most clients.
func (n *node) get(keys ...string) *node {
	for _, key := range keys {
		if n == nil || n.Kind != document.Object {
			return nil
		}
		i := len(n.Members) - 1
		for i >= 0 && n.Members[i].Key != key {
			i--
		}
		if i < 0 {
			return nil
		}
		n = n.at(i)
	}
	return n
}

// finder is get for who asks for many keys of one object: a target may send a
// million of them.
func (n *node) finder() func(key string) *node {
	find := document.Finder(n.Members)
	return func(key string) *node {
		if i, found := find(key); found {
			return n.at(i)
		}
		return nil
	}
}

// at is the value of a member of an object or of an element of a list.
func (n *node) at(i int) *node { return (*node)(&n.Members[i].Value) }

// keys are those of an object, in order of appearance, doubled ones too.
func (n *node) keys() []string {
	keys := make([]string, len(n.Members))
	for i, member := range n.Members {
		keys[i] = member.Key
	}
	return keys
}

// list are the elements of a list.
func (n *node) list() (elements []*node) {
	if n != nil && n.Kind == document.Array {
		for i := range n.Members {
			elements = append(elements, n.at(i))
		}
	}
	return elements
}

// first is the first element of a list.
func (n *node) first() *node {
	if n == nil || n.Kind != document.Array || len(n.Members) == 0 {
		return nil
	}
	return n.at(0)
}

// string is the text of a string, "" for anything else.
func (n *node) string() string {
	if n == nil || n.Kind != document.String {
		return ""
	}
	return n.Text
}

// whole is the value of a whole number within bounds.
func (n *node) whole(least, most int64) (int64, bool) {
	if n == nil || n.Kind != document.Number {
		return 0, false
	}
	value, err := strconv.ParseInt(n.Text, 10, 64)
	return value, err == nil && value >= least && value <= most
}

// same says that two values are equal, whatever the order of their keys.
func same(a, b *node) bool {
	if a == nil || b == nil {
		return a == b
	}
	return document.Value(*a).Same(document.Value(*b))
}

// mended is an object in which what another reading of the same has in another
// kind, or more, is taken from there: what one answer spoils another may tell.
func mended(a, b *node) *node {
	if a == nil || b == nil || a.Kind != document.Object || b.Kind != document.Object {
		return a
	}
	out := &node{Kind: document.Object, Members: slices.Clone(a.Members)}
	index := document.Finder(a.Members)
	for _, member := range b.Members {
		i, found := index(member.Key)
		if !found {
			out.Members = append(out.Members, member)
			continue
		}
		switch own, other := &out.Members[i].Value, member.Value; {
		case other.Kind == document.Number && strings.Contains(own.Text, "."):
			*own = other // no field of a process has a fraction
		case own.Kind == other.Kind:
			*own = document.Value(*mended((*node)(own), (*node)(&other)))
		case own.Kind != document.Null:
			*own = other
		}
	}
	return out
}

// encode writes the value as JSON.
func (n *node) encode() string {
	if n == nil {
		return "null"
	}
	return document.Value(*n).String()
}
