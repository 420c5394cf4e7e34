package scenario

import (
	"encoding/json"
	"strconv"
	"strings"
)

// kind is what a node holds: one of JSON's six.
type kind uint8

const (
	nullKind kind = iota
	boolKind
	numberKind
	textKind
	listKind
	objectKind
)

// position is a place in a file, both counted from 1; columns count characters.
type position struct{ line, column int }

// node is a value of a scenario file, read from YAML or JSON alike, that still
// knows where it stood. Its scalars are in JSON's terms: a number keeps its
// digits, so that none loses precision on the way.
type node struct {
	kind   kind
	scalar string  // text, true or false, digits
	items  []*node // elements of a list, values of an object in their order
	key    string  // its name in an object
	index  int     // its place in a list
	parent *node   // nil for the document
	file   string
	at     position
	keyAt  position // of the key, when the parent is an object
}

// adopt makes child the last item of n.
func (n *node) adopt(child *node) {
	child.parent = n
	child.index = len(n.items)
	n.items = append(n.items, child)
}

// get returns the value of a key of an object, or nil.
func (n *node) get(key string) *node {
	if n == nil || n.kind != objectKind {
		return nil
	}
	for _, item := range n.items {
		if item.key == key {
			return item
		}
	}
	return nil
}

// text returns the text under a key, "" when there is none.
func (n *node) text(key string) string {
	if value := n.get(key); value != nil && value.kind == textKind {
		return value.scalar
	}
	return ""
}

// find follows a JSON pointer as far as there are nodes. It returns the last
// node it met and what of the pointer was left.
func (n *node) find(pointer string) (found *node, rest []string) {
	if pointer == "" {
		return n, nil
	}
	steps := strings.Split(pointer[1:], "/")
	for i, step := range steps {
		next := n.step(unescape.Replace(step))
		if next == nil {
			return n, steps[i:]
		}
		n = next
	}
	return n, nil
}

func (n *node) step(name string) *node {
	if n.kind == objectKind {
		return n.get(name)
	}
	index, err := strconv.Atoi(name)
	if n.kind != listKind || err != nil || index < 0 || index >= len(n.items) {
		return nil
	}
	return n.items[index]
}

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// pointer is the JSON pointer of the node in the file it was read from.
func (n *node) pointer() string {
	if n.parent == nil {
		return ""
	}
	if n.parent.kind == listKind {
		return n.parent.pointer() + "/" + strconv.Itoa(n.index)
	}
	return n.parent.pointer() + "/" + escape.Replace(n.key)
}

// dotted is the place of a pointer as people write it: faults[0].when.times.
func dotted(pointer string) string {
	if pointer == "" {
		return ""
	}
	var b strings.Builder
	for _, step := range strings.Split(pointer[1:], "/") {
		step = unescape.Replace(step)
		_, err := strconv.Atoi(step)
		switch {
		case err == nil:
			b.WriteString("[" + step + "]")
		case step == "" || strings.ContainsAny(step, `."[] `):
			b.WriteString("[" + strconv.Quote(step) + "]")
		case b.Len() == 0:
			b.WriteString(step)
		default:
			b.WriteString("." + step)
		}
	}
	return b.String()
}

// appendJSON writes the node as JSON, keys in the order of the file.
func (n *node) appendJSON(dst []byte) []byte {
	switch n.kind {
	case nullKind:
		return append(dst, "null"...)
	case textKind:
		return append(dst, quoted(n.scalar)...)
	case listKind:
		dst = append(dst, '[')
		for i, item := range n.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.appendJSON(dst)
		}
		return append(dst, ']')
	case objectKind:
		dst = append(dst, '{')
		for i, item := range n.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(append(dst, quoted(item.key)...), ':')
			dst = item.appendJSON(dst)
		}
		return append(dst, '}')
	default:
		return append(dst, n.scalar...)
	}
}

// quoted is a text in JSON's quotes.
func quoted(text string) []byte {
	raw, err := json.Marshal(text)
	if err != nil { // a string always has a JSON form
		panic(err)
	}
	return raw
}

// value is the node as encoding/json would have decoded it, numbers kept as
// json.Number: what the schema library reads.
func (n *node) value() any {
	switch n.kind {
	case boolKind:
		return n.scalar == "true"
	case numberKind:
		return json.Number(n.scalar)
	case textKind:
		return n.scalar
	case listKind:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = item.value()
		}
		return list
	case objectKind:
		object := make(map[string]any, len(n.items))
		for _, item := range n.items {
			object[item.key] = item.value()
		}
		return object
	default:
		return nil
	}
}
