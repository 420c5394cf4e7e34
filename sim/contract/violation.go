package contract

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// violations turns the library's tree of causes into what a reader needs: one
// entry for each leaf, found and expected, in an order that does not change
// from run to run.
func violations(err *jsonschema.ValidationError, document any) Violations {
	found := collect(err, document)
	sortViolations(found)
	return slices.Compact(found)
}

func sortViolations(v Violations) {
	slices.SortFunc(v, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Message, b.Message))
	})
}

func collect(err *jsonschema.ValidationError, document any) (found Violations) {
	switch keyword := lastToken(err.AbsoluteKeywordLocation); {
	case len(err.Causes) == 0:
		return leaf(err, keyword, document)
	case keyword == "anyOf" || keyword == "oneOf":
		return alternatives(err, document)
	case keyword == "minContains":
		return one(err, document, schemaAt(parentOf(err.AbsoluteKeywordLocation)))
	}
	for _, cause := range err.Causes {
		found = append(found, collect(cause, document)...)
	}
	return found
}

// alternatives tells of the one branch that was meant, if the value's type
// shows which one; otherwise it says what all branches would have taken.
func alternatives(err *jsonschema.ValidationError, document any) Violations {
	var meant []*jsonschema.ValidationError
	for _, branch := range err.Causes {
		if !refusedAsWhole(branch, err.InstanceLocation) {
			meant = append(meant, branch)
		}
	}
	if len(meant) == 1 {
		return collect(meant[0], document)
	}
	return one(err, document, schemaAt(parentOf(err.AbsoluteKeywordLocation)))
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

func leaf(err *jsonschema.ValidationError, keyword string, document any) Violations {
	pointer := pointerOf(err.InstanceLocation)
	schema := schemaAt(parentOf(err.AbsoluteKeywordLocation))
	object, _ := valueAt(document, pointer).(map[string]any)
	switch keyword {
	case "required":
		var found Violations
		for _, key := range list(schema["required"]) {
			if name, _ := key.(string); !has(object, name) {
				found = append(found, Violation{Pointer: pointer, Message: "key " + strconv.Quote(name) + " is missing"})
			}
		}
		return found
	case "additionalProperties":
		return unknownKeys(pointer, object, schema)
	case "not":
		return Violations{{Pointer: pointer, Message: subject(err, document) + " is not allowed"}}
	}
	if !wordable(keyword) {
		return Violations{{Pointer: pointer, Message: subject(err, document) + ": " + err.Message}}
	}
	return Violations{{Pointer: pointer, Message: subject(err, document) + ", expected " + describe(schema)}}
}

// subject is what a violation is about: the value at the place, or the key that
// leads to it.
func subject(err *jsonschema.ValidationError, document any) string {
	pointer := pointerOf(err.InstanceLocation)
	if !strings.Contains(err.AbsoluteKeywordLocation, "/propertyNames") {
		return found(document, pointer)
	}
	name := strconv.Quote(unescapePointer(pointer[strings.LastIndexByte(pointer, '/')+1:]))
	if lastToken(err.AbsoluteKeywordLocation) == "enum" {
		return "unknown key " + name
	}
	return "key " + name
}

// one is a single violation: what stands at the place, what should.
func one(err *jsonschema.ValidationError, document any, schema map[string]any) Violations {
	pointer := pointerOf(err.InstanceLocation)
	return Violations{{Pointer: pointer, Message: subject(err, document) + ", expected " + describe(schema)}}
}

// unknownKeys gives each unknown key a pointer of its own; the library names
// them at their parent, in random order.
func unknownKeys(pointer string, object, schema map[string]any) (found Violations) {
	known, _ := schema["properties"].(map[string]any)
	expected := keys(known)
	message := ", expected no keys at all"
	if len(expected) > 0 {
		message = ", expected " + oneOf(quoteAll(expected))
	}
	for _, key := range keys(object) {
		if !has(known, key) {
			found = append(found, Violation{Pointer: pointer + "/" + escapePointer(key), Message: "unknown key " + strconv.Quote(key) + message})
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

func escapePointer(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

func unescapePointer(token string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
}

// valueAt follows a JSON pointer; nil when it leads nowhere.
func valueAt(value any, pointer string) any {
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if pointer == "" {
			break
		}
		switch v := value.(type) {
		case map[string]any:
			value = v[unescapePointer(token)]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// quotedSize bounds how much of a value a message repeats.
const quotedSize = 40

// found says what stands at a pointer, in a few characters.
func found(document any, pointer string) string {
	switch v := valueAt(document, pointer).(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "an array of " + count(len(v), "item")
	case string:
		if size := utf8.RuneCountInString(v); size > quotedSize {
			return "a string of " + count(size, "character")
		}
		return strconv.Quote(v)
	default:
		text, err := json.Marshal(v)
		if err != nil {
			return "a value that JSON cannot write"
		}
		return abbreviate(string(text))
	}
}

func abbreviate(text string) string {
	if len(text) > quotedSize {
		return firstRunes(text, quotedSize) + "..."
	}
	return text
}
