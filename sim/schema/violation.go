package schema

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// violations turns the library's tree of causes into what a reader needs: one
// entry for each leaf, found and expected, in an order that does not change
// from run to run.
func violations(err *jsonschema.ValidationError, value any) document.Violations {
	found := collect(err, value)
	found.Sort()
	return slices.Compact(found)
}

func collect(err *jsonschema.ValidationError, value any) (found document.Violations) {
	switch keyword := lastToken(err.AbsoluteKeywordLocation); {
	case len(err.Causes) == 0:
		return leaf(err, keyword, value)
	case keyword == "anyOf" || keyword == "oneOf":
		return alternatives(err, value)
	case keyword == "minContains":
		return one(err, value, schemaAt(parentOf(err.AbsoluteKeywordLocation)))
	}
	for _, cause := range err.Causes {
		found = append(found, collect(cause, value)...)
	}
	return found
}

// alternatives tells of the one branch that was meant, if the value's type
// shows which one; otherwise it says what all branches would have taken.
func alternatives(err *jsonschema.ValidationError, value any) document.Violations {
	var meant []*jsonschema.ValidationError
	for _, branch := range err.Causes {
		if !refusedAsWhole(branch, err.InstanceLocation) {
			meant = append(meant, branch)
		}
	}
	if len(meant) == 1 {
		return collect(meant[0], value)
	}
	return one(err, value, schemaAt(parentOf(err.AbsoluteKeywordLocation)))
}

// refusedAsWhole is true for a branch that did not get beyond the type or the
// choice of values.
func refusedAsWhole(err *jsonschema.ValidationError, location string) bool {
	if len(err.Causes) == 0 {
		keyword := lastToken(err.AbsoluteKeywordLocation)
		return err.InstanceLocation == location && (keyword == "type" || keyword == "const" || keyword == "enum")
	}
	return slices.ContainsFunc(err.Causes, func(cause *jsonschema.ValidationError) bool {
		return refusedAsWhole(cause, location)
	})
}

func leaf(err *jsonschema.ValidationError, keyword string, value any) document.Violations {
	pointer := pointerOf(err.InstanceLocation)
	schema := schemaAt(parentOf(err.AbsoluteKeywordLocation))
	object, _ := document.Lookup(value, pointer).(map[string]any)
	switch keyword {
	case "required":
		var found document.Violations
		for _, key := range list(schema["required"]) {
			if name, _ := key.(string); !has(object, name) {
				found = append(found, document.Violation{Pointer: pointer, Message: "key " + strconv.Quote(name) + " is missing"})
			}
		}
		return found
	case "additionalProperties":
		return unknownKeys(pointer, object, schema)
	case "not":
		return document.Violations{{Pointer: pointer, Message: subject(err, value) + " is not allowed"}}
	}
	if !wordable(keyword) {
		return document.Violations{{Pointer: pointer, Message: subject(err, value) + ": " + err.Message}}
	}
	return document.Violations{{Pointer: pointer, Message: subject(err, value) + ", expected " + describe(schema)}}
}

// subject is what a violation is about: the value at the place, or the key that
// leads to it.
func subject(err *jsonschema.ValidationError, value any) string {
	pointer := pointerOf(err.InstanceLocation)
	if !strings.Contains(err.AbsoluteKeywordLocation, "/propertyNames") {
		return document.Found(document.Lookup(value, pointer))
	}
	name := strconv.Quote(document.Unescape(pointer[strings.LastIndexByte(pointer, '/')+1:]))
	if lastToken(err.AbsoluteKeywordLocation) == "enum" {
		return "unknown key " + name
	}
	return "key " + name
}

// one is a single violation: what stands at the place, what should.
func one(err *jsonschema.ValidationError, value any, schema map[string]any) document.Violations {
	pointer := pointerOf(err.InstanceLocation)
	return document.Violations{{Pointer: pointer, Message: subject(err, value) + ", expected " + describe(schema)}}
}

// unknownKeys gives each unknown key a pointer of its own; the library names
// them at their parent, in random order.
func unknownKeys(pointer string, object, schema map[string]any) (found document.Violations) {
	known, _ := schema["properties"].(map[string]any)
	expected := keys(known)
	message := ", expected no keys at all"
	if len(expected) > 0 {
		message = ", expected " + document.OneOf(document.QuoteAll(expected))
	}
	for _, key := range keys(object) {
		if !has(known, key) {
			found = append(found, document.Violation{Pointer: pointer + "/" + document.Escape(key), Message: "unknown key " + strconv.Quote(key) + message})
		}
	}
	return found
}

// pointerOf undoes the percent-encoding that the library puts around a JSON
// pointer.
func pointerOf(location string) string {
	if pointer, err := url.PathUnescape(location); err == nil {
		return pointer
	}
	return location
}
