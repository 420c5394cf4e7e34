package schema

import (
	"fmt"
	"math/big"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"example.com/capisim/sim/document"
)

// An outline is one of our schemas in the library's own form, with what sound and
// fit look at. To make it takes a tenth of the time for which the library holds a
// schema against the schema of schemas, as the tests do here, and then compiles it;
// the library is only asked when there is a mistake to be told, or a keyword that
// sound does not know.

// outlines are those that have been made, by location. A schema may refer to itself:
// only what is complete is given away.
var outlines = struct {
	sync.Mutex
	made  map[string]*jsonschema.Schema
	forms map[string]*regexp.Regexp
}{made: map[string]*jsonschema.Schema{}, forms: map[string]*regexp.Regexp{}}

// outline is that of the schema of a name.
func outline(name string) (*jsonschema.Schema, error) {
	outlines.Lock()
	defer outlines.Unlock()
	location := schemaBase + name + ending + "#"
	if known := outlines.made[location]; known != nil {
		return known, nil
	}
	whole := schemaAt(location)
	if whole.Kind != document.Object {
		return nil, fmt.Errorf("schema %q does not exist", name)
	}
	return drawn(location, whole), nil
}

// outlineAt finds or makes the outline at a location, with all that it refers to.
func outlineAt(location string) *jsonschema.Schema {
	if !strings.Contains(location, "#") {
		location += "#"
	}
	return drawn(location, schemaAt(location))
}

// drawn finds or makes the outline of a schema as written.
func drawn(location string, written document.Value) *jsonschema.Schema {
	if known := outlines.made[location]; known != nil {
		return known
	}
	s := &jsonschema.Schema{
		Location: location, MinProperties: -1, MaxProperties: -1, MinItems: -1, MaxItems: -1, MinLength: -1, MaxLength: -1,
	}
	outlines.made[location] = s
	if written.Kind == document.Bool {
		always := written.Text == "true"
		s.Always = &always
		return s
	}
	for _, member := range written.Members {
		if annotations[member.Key] || limit(s, member) {
			continue
		}
		if at := under(location, member.Key); !combine(s, member, at) && !object(s, member, at) {
			s.Extensions = map[string]jsonschema.ExtSchema{member.Key: nil} // sound must not take it for plain
		}
	}
	return s
}

// under is the location of what a schema has under a key, as the library writes it.
func under(location, key string) string { return location + "/" + url.PathEscape(document.Escape(key)) }

// annotations are the keywords that hold nothing against a value.
var annotations = map[string]bool{
	"$schema": true, "$id": true, "$defs": true, "title": true, "description": true, "default": true, "examples": true, "x-expected": true, "x-variants": true,
}

// combine knows the keywords for schemas of the same value.
func combine(s *jsonschema.Schema, keyword document.Field, at string) bool {
	switch keyword.Key {
	case "$ref":
		s.Ref = outlineAt(keyword.Value.Text)
	case "allOf":
		s.AllOf = drawnList(keyword.Value, at)
	case "anyOf":
		s.AnyOf = drawnList(keyword.Value, at)
	case "oneOf":
		s.OneOf = drawnList(keyword.Value, at)
	case "not":
		s.Not = drawn(at, keyword.Value)
	case "if":
		s.If = drawn(at, keyword.Value)
	case "then":
		s.Then = drawn(at, keyword.Value)
	case "else":
		s.Else = drawn(at, keyword.Value)
	case "type":
		s.Types = textsOf(keyword.Value)
	case "enum":
		s.Enum = keyword.Value.Any().([]any)
	case "const":
		s.Constant = []any{keyword.Value.Any()}
	default:
		return false
	}
	return true
}

// object knows the keywords for members of objects and arrays.
func object(s *jsonschema.Schema, keyword document.Field, at string) bool {
	switch keyword.Key {
	case "properties":
		s.Properties = make(map[string]*jsonschema.Schema, len(keyword.Value.Members))
		for _, member := range keyword.Value.Members {
			s.Properties[member.Key] = drawn(under(at, member.Key), member.Value)
		}
	case "patternProperties":
		s.PatternProperties = make(map[*regexp.Regexp]*jsonschema.Schema, len(keyword.Value.Members))
		for _, member := range keyword.Value.Members {
			s.PatternProperties[expression(member.Key)] = drawn(under(at, member.Key), member.Value)
		}
	case "additionalProperties":
		if keyword.Value.Kind == document.Bool {
			s.AdditionalProperties = keyword.Value.Text == "true"
		} else {
			s.AdditionalProperties = drawn(at, keyword.Value)
		}
	case "propertyNames":
		s.PropertyNames = drawn(at, keyword.Value)
	case "items":
		s.Items2020 = drawn(at, keyword.Value)
	case "required":
		s.Required = textsOf(keyword.Value)
	case "dependentRequired":
		s.DependentRequired = make(map[string][]string, len(keyword.Value.Members))
		for _, member := range keyword.Value.Members {
			s.DependentRequired[member.Key] = textsOf(member.Value)
		}
	case "uniqueItems":
		s.UniqueItems = keyword.Value.Text == "true"
	default:
		return false
	}
	return true
}

// limit knows the keywords for sizes and forms.
func limit(s *jsonschema.Schema, keyword document.Field) bool {
	switch text := keyword.Value.Text; keyword.Key {
	case "minProperties":
		s.MinProperties = size(text)
	case "maxProperties":
		s.MaxProperties = size(text)
	case "minItems":
		s.MinItems = size(text)
	case "maxItems":
		s.MaxItems = size(text)
	case "minLength":
		s.MinLength = size(text)
	case "maxLength":
		s.MaxLength = size(text)
	case "minimum":
		s.Minimum, _ = new(big.Rat).SetString(text)
	case "maximum":
		s.Maximum, _ = new(big.Rat).SetString(text)
	case "pattern":
		s.Pattern = expression(text)
	case "format":
		s.Format = text
	default:
		return false
	}
	return true
}

func size(text string) int {
	n, _ := strconv.Atoi(text) // the schemas are ours
	return n
}

func drawnList(list document.Value, at string) []*jsonschema.Schema {
	all := make([]*jsonschema.Schema, len(list.Members))
	for i, member := range list.Members {
		all[i] = drawn(at+document.Pointer(i), member.Value)
	}
	return all
}

// textsOf are those of a list, or one that stands alone.
func textsOf(v document.Value) []string {
	if v.Kind == document.String {
		return []string{v.Text}
	}
	texts := make([]string, len(v.Members))
	for i, member := range v.Members {
		texts[i] = member.Value.Text
	}
	return texts
}

// expression is a pattern ready for use. Many schemas share one.
func expression(pattern string) *regexp.Regexp {
	made := outlines.forms[pattern]
	if made == nil {
		made = regexp.MustCompile(pattern)
		outlines.forms[pattern] = made
	}
	return made
}
