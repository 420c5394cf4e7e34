package schema

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// fault is one thing that the library found wrong, not yet put in words.
type fault struct {
	pointer string
	err     *jsonschema.ValidationError
	keyword string
	key     string // the one that is missing or unknown
}

// told turns what was found into what a reader needs: one entry for each
// mistake, found and expected, in an order that does not change from run to
// run. Only those that are told are put in words.
func told(faults []fault, value document.Value) document.Violations {
	slices.SortFunc(faults, func(a, b fault) int {
		return cmp.Or(cmp.Compare(a.pointer, b.pointer), cmp.Compare(a.key, b.key),
			cmp.Compare(a.err.AbsoluteKeywordLocation, b.err.AbsoluteKeywordLocation))
	})
	faults = withoutFollowers(faults)
	var found document.Violations
	for i, one := range faults {
		worded := document.Violation{Pointer: one.pointer, Message: one.words(value)}
		if len(found) > 0 && found[len(found)-1] == worded {
			continue // two branches of the schema found the same
		}
		if found = append(found, worded); len(found) == document.Told && i+1 < len(faults) {
			found = append(found, document.More(len(faults)-i-1))
			break
		}
	}
	return found
}

// withoutFollowers leaves out that none of several alternatives is there where
// an unknown key stands in its place: one mistake is told once.
func withoutFollowers(faults []fault) []fault {
	misspelt := map[string]bool{} // the objects with unknown keys
	for _, one := range faults {
		if one.isName() || one.keyword == "additionalProperties" {
			misspelt[one.pointer[:strings.LastIndexByte(one.pointer, '/')]] = true
		}
	}
	return slices.DeleteFunc(faults, func(one fault) bool {
		return (one.keyword == "anyOf" || one.keyword == "oneOf") && misspelt[one.pointer]
	})
}

func collect(err *jsonschema.ValidationError, value document.Value, into *[]fault) {
	keyword := lastToken(err.AbsoluteKeywordLocation)
	switch {
	case len(err.Causes) == 0:
		leaf(err, keyword, value, into)
		return
	case keyword == "anyOf" || keyword == "oneOf":
		if branch := meant(err); branch != nil {
			collect(branch, value, into)
			return
		}
		fallthrough
	case keyword == "minContains":
		*into = append(*into, fault{pointer: pointerOf(err.InstanceLocation), err: err, keyword: keyword})
		return
	}
	for _, cause := range err.Causes {
		collect(cause, value, into)
	}
}

// meant is the one branch that was meant, if the value's type shows which one.
func meant(err *jsonschema.ValidationError) (branch *jsonschema.ValidationError) {
	for _, one := range err.Causes {
		if refusedAsWhole(one, err.InstanceLocation) {
			continue
		}
		if branch != nil {
			return nil
		}
		branch = one
	}
	return branch
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

// leaf notes a fault; one for each key that is missing or unknown: the library
// names them together, in random order.
func leaf(err *jsonschema.ValidationError, keyword string, value document.Value, into *[]fault) {
	one := fault{pointer: pointerOf(err.InstanceLocation), err: err, keyword: keyword}
	if one.isName() && keyword == "minLength" {
		one.pointer += "/" // the library leaves the token of the empty key out
	}
	switch keyword {
	case "required":
		object, _ := value.Find(one.pointer)
		place := one.pointer
		for _, key := range list(one.schema(), "required") {
			if _, given := object.Get(key.Text); !given {
				one.key, one.pointer = key.Text, place+"/"+document.Escape(key.Text)
				*into = append(*into, one)
			}
		}
	case "additionalProperties":
		object, _ := value.Find(one.pointer)
		known, _ := one.schema().Get("properties")
		place := one.pointer
		for _, member := range object.Members {
			if _, meant := known.Get(member.Key); !meant && !strings.HasPrefix(member.Key, ownKey) {
				one.key, one.pointer = member.Key, place+"/"+document.Escape(member.Key)
				*into = append(*into, one)
			}
		}
	default:
		*into = append(*into, one)
	}
}

// schema is the part of the schema whose keyword did not hold.
func (f fault) schema() document.Value { return schemaAt(parentOf(f.err.AbsoluteKeywordLocation)) }

// words say what was found and what was expected.
func (f fault) words(value document.Value) string {
	schema := f.schema()
	if f.isName() {
		return f.nameWords(schema)
	}
	at, _ := value.Find(f.pointer)
	switch f.keyword {
	case "enum":
		if meant := document.DidYouMean(at.Text, texts(list(schema, "enum"))); at.Kind == document.String && meant != "" {
			return document.Found(at) + meant
		}
	case "required":
		if wanted, known := schema.Find("/properties/" + document.Escape(f.key)); known {
			return "missing, expected " + describe(wanted)
		}
		return "missing"
	case "additionalProperties":
		return unknownKey(f.key, schema)
	case "not":
		if own := text(schema, words); own != "" {
			return document.Found(at) + ", expected " + own
		}
		return document.Found(at) + " is not allowed"
	}
	if !wordable(f.keyword) {
		return document.Found(at) + ": " + f.err.Message
	}
	return document.Found(at) + ", expected " + describe(schema)
}

// isName says that the fault is about a key and not about its value.
func (f fault) isName() bool {
	return strings.Contains(f.err.AbsoluteKeywordLocation, "/propertyNames")
}

// unknownKey words a key that an object has not. One that belongs into an object
// below is told by its place there: the times of a rule stand in its when.
func unknownKey(key string, schema document.Value) string {
	properties, _ := schema.Get("properties")
	own := keys(properties)
	if document.Nearest(key, own) == "" {
		var places []string
		for _, member := range properties.Members {
			inner, between := keysOf(member.Value)
			if meant := meantBelow(key, inner); meant != "" {
				places = append(places, member.Key+between+meant)
			}
		}
		if places != nil {
			return document.MeantKey(key, places)
		}
	}
	return document.UnknownKey(key, own)
}

// meantBelow is the key that was meant; a short one is soon like another.
func meantBelow(key string, known []string) string {
	if len(key) < 5 {
		return document.Meant(key, known)
	}
	return document.Nearest(key, known)
}

// keysOf are the keys of the objects that a schema allows, and how one is
// written behind the key above it.
func keysOf(schema document.Value) (known []string, between string) {
	between = "."
	if target := text(schema, "$ref"); target != "" {
		schema = schemaAt(target)
	}
	properties, _ := schema.Get("properties")
	known = keys(properties)
	if items, ok := schema.Get("items"); ok && known == nil {
		known, _ = keysOf(items)
		between = "[]."
	}
	if then, ok := schema.Get("then"); ok && known == nil {
		known, _ = keysOf(then)
	}
	return known, between
}

func (f fault) nameWords(schema document.Value) string {
	name := document.Unescape(f.pointer[strings.LastIndexByte(f.pointer, '/')+1:])
	if f.keyword == "enum" && text(schema, words) == "" {
		return document.UnknownKey(name, texts(list(schema, "enum")))
	}
	quoted := "key " + strconv.Quote(document.Abbreviate(name))
	if f.keyword == "not" {
		return quoted + " is not allowed"
	}
	return quoted + ", expected " + describe(schema)
}

// pointerOf undoes the percent-encoding that the library puts around a JSON
// pointer.
func pointerOf(location string) string {
	if pointer, err := url.PathUnescape(location); err == nil {
		return pointer
	}
	return location
}
