package schema

import (
	"encoding/json"
	"fmt"
	"strings"

	"example.com/capisim/schemas"
	"example.com/capisim/sim/document"
)

const ending = ".schema.json"

// Bundled is a schema with those that it refers to in itself, for editors that
// are given one file and ask nobody for more; false when there is none of that
// name.
func Bundled(name string) ([]byte, bool) {
	if _, known := schemas.Text(name); !known {
		return nil, false
	}
	b := &bundler{main: name, parts: map[string]document.Value{}}
	whole := b.read(name)
	for len(b.wanted) > 0 {
		next := b.wanted[0]
		b.wanted = b.wanted[1:]
		part := b.read(next).Without("$id").Without("$schema")
		defs, _ := whole.Get("$defs")
		whole = whole.With("$defs", defs.With(next, part))
	}
	text, err := json.MarshalIndent(whole, "", "  ")
	if err != nil {
		panic("schema: " + err.Error()) // it was read from JSON
	}
	return append(text, '\n'), true
}

// bundler moves the references of several files into one.
type bundler struct {
	main   string
	parts  map[string]document.Value
	wanted []string // files that are still to be taken in
}

// read is a file with its references as they are in the bundle.
func (b *bundler) read(name string) document.Value {
	text, known := schemas.Text(name)
	if !known {
		panic(fmt.Sprintf("schema: %s refers to %s, which does not exist", b.main, name))
	}
	whole, err := document.Decode(text)
	if err != nil {
		panic("schema: " + name + ": " + err.Error())
	}
	b.parts[name] = whole
	return b.moved(whole, name)
}

func (b *bundler) moved(v document.Value, in string) document.Value {
	members := make([]document.Field, len(v.Members))
	for i, member := range v.Members {
		if member.Key == "$ref" && member.Value.Kind == document.String {
			member.Value.Text = b.target(member.Value.Text, in)
		} else {
			member.Value = b.moved(member.Value, in)
		}
		members[i] = member
	}
	v.Members = members
	return v
}

// target is where a reference that stands in a file leads in the bundle.
func (b *bundler) target(reference, in string) string {
	file, pointer, _ := strings.Cut(reference, "#")
	if name := strings.TrimSuffix(file, ending); file != "" {
		in = name
	}
	if _, taken := b.parts[in]; !taken {
		b.parts[in] = document.Value{}
		b.wanted = append(b.wanted, in)
	}
	if in == b.main {
		return "#" + pointer
	}
	return "#/$defs/" + in + pointer
}
