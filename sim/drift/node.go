package drift

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// kind says what a value of a body is.
type kind uint8

const (
	nullKind kind = iota
	boolKind
	numberKind
	textKind
	listKind
	objectKind
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

// maxDepth bounds what a hostile answer can make the reader do.
const maxDepth = 64

var errDepth = errors.New("nested too deeply")

// parse reads one JSON document.
func parse(data []byte) (*node, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	tree, err := read(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document")
	}
	return tree, nil
}

func read(d *json.Decoder, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch value := token.(type) {
	case json.Delim:
		n := &node{kind: listKind}
		if value == '{' {
			n.kind = objectKind
		}
		return n, n.fill(d, depth)
	case string:
		return &node{kind: textKind, text: value}, nil
	case json.Number:
		return &node{kind: numberKind, text: value.String()}, nil
	case bool:
		return &node{kind: boolKind, text: strconv.FormatBool(value)}, nil
	}
	return &node{kind: nullKind}, nil
}

// fill reads the members of a list or an object up to its end.
func (n *node) fill(d *json.Decoder, depth int) error {
	for d.More() {
		if n.kind == objectKind {
			key, err := d.Token()
			if err != nil {
				return err
			}
			n.keys = append(n.keys, key.(string)) // the decoder accepts nothing else there
		}
		item, err := read(d, depth+1)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	_, err := d.Token()
	return err
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
func (n *node) encode() string {
	var b bytes.Buffer
	n.write(&b)
	return b.String()
}

func (n *node) write(b *bytes.Buffer) {
	switch {
	case n == nil || n.kind == nullKind:
		b.WriteString("null")
	case n.kind == textKind:
		b.Write(encoded(n.text))
	case n.kind == numberKind || n.kind == boolKind:
		b.WriteString(n.text)
	default:
		open, end := byte('['), byte(']')
		if n.kind == objectKind {
			open, end = '{', '}'
		}
		b.WriteByte(open)
		for i, item := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			if n.kind == objectKind {
				b.Write(encoded(n.keys[i]))
				b.WriteByte(':')
			}
			item.write(b)
		}
		b.WriteByte(end)
	}
}

func encoded(text string) []byte {
	raw, err := json.Marshal(text)
	if err != nil { // a string always has a form
		panic(err)
	}
	return raw
}
