package openapi

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"example.com/capisim/schemas"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// schemaBase is where the schemas say they live; nothing is ever fetched.
const schemaBase = "https://capisim.example.com/schemas/"

// editions is the keyword by which a schema says that only some editions of the
// API have it.
const editions = "x-variants"

// place is a part of one of the schema files.
type place struct{ file, pointer string }

// name is what the part is called among the components of a document: "process",
// and "process.link" for a part of it that others refer to.
func (p place) name() string {
	if p.pointer == "" {
		return p.file
	}
	return p.file + "." + p.pointer[strings.LastIndexByte(p.pointer, '/')+1:]
}

// library is all schema files, and the parts of them that something refers to.
type library struct {
	files map[string]document.Value
	parts map[place]bool
}

var loadLibrary = sync.OnceValue(func() library {
	l := library{map[string]document.Value{}, map[place]bool{}}
	for _, name := range schemas.Names() {
		text, _ := schemas.Text(name)
		value, err := document.Decode(text)
		if err != nil {
			panic("openapi: schema " + name + ": " + err.Error()) // the files are embedded
		}
		l.files[name] = value
	}
	for name, value := range l.files {
		l.note(name, value)
	}
	return l
})

// note takes down what a schema refers to.
func (l *library) note(file string, v document.Value) {
	for _, member := range v.Members {
		if member.Key == "$ref" && member.Value.Kind == document.String {
			l.parts[target(file, member.Value.Text)] = true
		}
		l.note(file, member.Value)
	}
}

// target is where a reference leads from a file.
func target(file, reference string) place {
	address, pointer, _ := strings.Cut(strings.TrimPrefix(reference, schemaBase), "#")
	if address != "" {
		file = strings.TrimSuffix(address, ".schema.json")
	}
	return place{file, pointer}
}

// bundle gathers the schemas that a document refers to.
type bundle struct {
	library
	variant contract.Variant
	done    map[string]document.Value
	from    map[string]place
	types   map[string]reflect.Type // of components that are Go's and not a file's
}

func newBundle(v contract.Variant) *bundle {
	return &bundle{library: loadLibrary(), variant: v, done: map[string]document.Value{}, from: map[string]place{}, types: map[string]reflect.Type{}}
}

// file refers to a schema by the name of its file, "" to any value.
func (b *bundle) file(name string) any {
	if name == "" {
		return map[string]any{}
	}
	return b.at(place{file: name})
}

// at refers to a part of a schema, which joins the bundle.
func (b *bundle) at(p place) ref {
	name := p.name()
	if other, there := b.from[name]; there && other != p {
		panic(fmt.Sprintf("openapi: %v and %v have one name", other, p))
	}
	if _, there := b.from[name]; !there {
		b.from[name] = p
		value, found := b.files[p.file].Find(p.pointer)
		if !found {
			panic(fmt.Sprintf("openapi: no schema %v", p))
		}
		b.done[name] = b.schema(p, value)
	}
	return component("schemas", name)
}

// rewrite is a schema as the document has it: what others refer to is a
// component of its own.
func (b *bundle) rewrite(p place, v document.Value) document.Value {
	if b.parts[p] {
		return reference(b.at(p))
	}
	return b.schema(p, v)
}

// schema goes through the keywords of a schema.
func (b *bundle) schema(p place, v document.Value) document.Value {
	return b.each(p, v, func(at place, member document.Field) (document.Value, bool) {
		switch member.Key {
		case "$schema", "$id", "$defs", "x-expected", editions: // only files need them
			return document.Value{}, false
		case "examples", "enum", "const", "default": // data
			return member.Value, true
		case "required":
			return b.required(member.Value, v), true
		case "$ref":
			return document.Text(b.at(target(p.file, member.Value.Text)).Ref), true
		case "properties", "patternProperties", "dependentSchemas":
			return b.each(at, member.Value, func(at place, property document.Field) (document.Value, bool) {
				return b.rewrite(at, property.Value), b.knows(property.Value)
			}), true
		}
		return b.rewrite(at, member.Value), true
	})
}

// each makes a value of what becomes of the members of another.
func (b *bundle) each(p place, v document.Value, change func(place, document.Field) (document.Value, bool)) document.Value {
	var kept []document.Field
	for i, member := range v.Members {
		step := any(i)
		if v.Kind == document.Object {
			step = member.Key
		}
		var keep bool
		if member.Value, keep = change(place{p.file, p.pointer + document.Pointer(step)}, member); keep {
			kept = append(kept, member)
		}
	}
	v.Members = kept
	return v
}

// knows says that the edition has what a schema describes; none has all.
func (b *bundle) knows(v document.Value) bool {
	among, limited := v.Get(editions)
	return !limited || b.variant == "" || slices.ContainsFunc(among.Members, func(f document.Field) bool { return f.Value.Text == string(b.variant) })
}

// required is the list of keys that are a must, without those that the edition
// does not have.
func (b *bundle) required(list, of document.Value) document.Value {
	properties, _ := of.Get("properties")
	list.Members = slices.DeleteFunc(slices.Clone(list.Members), func(key document.Field) bool {
		property, _ := properties.Get(key.Value.Text)
		return !b.knows(property)
	})
	return list
}

func reference(r ref) document.Value {
	return document.Value{}.With("$ref", document.Text(r.Ref))
}

// ExampleOf is the first example that a schema has of itself.
func ExampleOf(name string) document.Value {
	schema := loadLibrary().files[name]
	example, found := schema.Find("/examples/0")
	if !found {
		panic("openapi: schema " + name + " has no example")
	}
	return example
}
