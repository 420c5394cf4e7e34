package openapi

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"example.com/capisim/sim/document"
)

// Shape is what a value in a request or an answer looks like.
type Shape func(*bundle) any

// File is the shape that a schema describes.
func File(name string) Shape { return func(b *bundle) any { return b.file(name) } }

// Part is the shape that a part of a schema describes, named by a JSON pointer.
func Part(name, pointer string) Shape {
	return func(b *bundle) any { return b.at(place{name, pointer}) }
}

// OneOf is the shape of what has one of several.
func OneOf(shapes ...Shape) Shape {
	return func(b *bundle) any {
		all := make([]any, len(shapes))
		for i, s := range shapes {
			all[i] = s(b)
		}
		return map[string]any{"oneOf": all}
	}
}

// ListOf is the shape of a list.
func ListOf(item Shape) Shape {
	return func(b *bundle) any { return map[string]any{"type": "array", "minItems": 1, "items": item(b)} }
}

// Of is the shape that a Go type has in JSON.
func Of[T any]() Shape { return func(b *bundle) any { return b.goType(reflect.TypeFor[T]()) } }

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[document.Duration]()
	marshaler    = reflect.TypeFor[json.Marshaler]()
)

// goType describes a type as encoding/json writes it; of one that writes itself
// nothing is known. A struct with a name is a component.
func (b *bundle) goType(t reflect.Type) any {
	switch {
	case t == timeType:
		return map[string]any{"type": "string", "format": "date-time"}
	case t == durationType:
		return map[string]any{"type": "string", "description": "A duration such as 1m30s"}
	case t.Kind() == reflect.Pointer:
		return map[string]any{"anyOf": []any{b.goType(t.Elem()), kindOf("null")}}
	case t.Implements(marshaler):
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.String:
		return kindOf("string")
	case reflect.Bool:
		return kindOf("boolean")
	case reflect.Float64:
		return kindOf("number")
	case reflect.Slice:
		return map[string]any{"type": []string{"array", "null"}, "items": b.goType(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": b.goType(t.Elem())}
	case reflect.Struct:
		return b.named(t)
	case reflect.Interface:
		return map[string]any{}
	}
	return kindOf("integer")
}

// named makes a struct a component under its name, unless it has none of its
// own, as a list of something.
func (b *bundle) named(t reflect.Type) any {
	if t.Name() == "" || strings.Contains(t.Name(), "[") {
		return b.fields(t)
	}
	name := t.Name()
	if other, taken := b.types[name]; taken && other != t {
		name = t.String() // with its package
	}
	if _, there := b.types[name]; !there {
		b.types[name] = t
		value, err := document.From(b.fields(t))
		if err != nil {
			panic("openapi: " + err.Error()) // maps and texts have a JSON form
		}
		b.done[name] = value
	}
	return component("schemas", name)
}

func (b *bundle) fields(t reflect.Type) any {
	properties, required := map[string]any{}, []string{}
	b.collect(t, properties, &required)
	return map[string]any{"type": "object", "properties": properties, "required": required}
}

// collect gathers the fields of a struct, those of embedded ones among them.
func (b *bundle) collect(t reflect.Type, properties map[string]any, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Pointer: // its fields may be missing
			b.collect(f.Type.Elem(), properties, &[]string{})
		case f.Anonymous && name == "":
			b.collect(f.Type, properties, required)
		case !f.IsExported() || name == "-":
		default:
			if name == "" {
				name = f.Name
			}
			properties[name] = b.goType(f.Type)
			if !strings.Contains(options, "omit") {
				*required = append(*required, name)
			}
		}
	}
}
