package schema

import (
	"net/url"
	"slices"
	"strings"
	"sync"

	"example.com/capisim/schemas"
	"example.com/capisim/sim/document"
)

// written holds the schemas as they stand in their files, by file name; only
// messages need them.
var written sync.Map

// schemaAt finds the part of a schema that a keyword location of the library
// names; null when there is none.
func schemaAt(location string) document.Value {
	address, pointer, _ := strings.Cut(location, "#")
	name := strings.TrimPrefix(address, schemaBase)
	whole, found := written.Load(name)
	if !found {
		text, err := schemas.FS.ReadFile(name)
		if err != nil {
			return document.Value{}
		}
		read, err := document.Decode(text)
		if err != nil {
			return document.Value{}
		}
		resolve(&read, schemaBase+name)
		whole = read
		written.Store(name, whole)
	}
	part, _ := whole.(document.Value).Find(pointerOf(pointer))
	return part
}

// resolve makes each $ref of a document absolute, so that it can be followed
// from any place.
func resolve(v *document.Value, address string) {
	for i := range v.Members {
		member := &v.Members[i]
		if member.Key == "$ref" && member.Value.Kind == document.String {
			if base, err := url.Parse(address); err == nil {
				if absolute, err := base.Parse(member.Value.Text); err == nil {
					member.Value.Text = absolute.String()
				}
			}
		}
		resolve(&member.Value, address)
	}
}

func parentOf(location string) string {
	if i := strings.LastIndexByte(location, '/'); i > strings.IndexByte(location, '#') {
		return location[:i]
	}
	return location
}

func lastToken(location string) string {
	return location[strings.LastIndexAny(location, "/#")+1:]
}

// wordable lists the keywords whose expectation describe can put in words.
func wordable(keyword string) bool {
	switch keyword {
	case "type", "const", "enum", "anyOf", "oneOf", "minContains", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
		"minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "minProperties", "maxProperties":
		return true
	}
	return false
}

// words is the keyword by which a schema itself says what is expected, where
// its patterns would say it badly: "x-expected": "a duration such as 200ms".
const words = "x-expected"

// describe says in words what a schema accepts: "a number from 0 to 1".
func describe(schema document.Value) string {
	if own := text(schema, words); own != "" && len(list(schema, "type")) == 0 {
		return own
	}
	if value, ok := schema.Get("const"); ok {
		return value.String()
	}
	if values := list(schema, "enum"); len(values) > 0 {
		choices := make([]string, len(values))
		for i, value := range values {
			choices[i] = value.String()
		}
		return document.OneOf(choices)
	}
	var parts []string
	for _, keyword := range []string{"anyOf", "oneOf"} {
		for _, branch := range list(schema, keyword) {
			parts = append(parts, describe(branch))
		}
	}
	if target := text(schema, "$ref"); target != "" && len(parts) == 0 {
		return describe(schemaAt(target))
	}
	if len(parts) > 0 {
		return strings.Join(slices.Compact(parts), " or ")
	}
	types := list(schema, "type")
	if single := text(schema, "type"); single != "" {
		types = []document.Value{document.Text(single)}
	}
	for _, one := range types {
		parts = append(parts, describeType(one.Text, schema))
	}
	if len(parts) == 0 {
		return describeType("", schema)
	}
	return strings.Join(slices.Compact(parts), " or ")
}

func describeType(name string, schema document.Value) string {
	own := text(schema, words)
	switch {
	case name == "null":
		return "null"
	case own != "":
		return own
	}
	switch name {
	case "boolean":
		return "true or false"
	case "integer":
		return "an integer" + bounds(schema)
	case "number":
		return "a number" + bounds(schema)
	case "string":
		if text(schema, "format") == "date-time" {
			return "a time such as 2026-01-01T00:00:00Z"
		}
		return "a string" + sizes(schema, "minLength", "maxLength", "character") + form(schema)
	case "array":
		return "an array" + sizes(schema, "minItems", "maxItems", "item")
	case "object":
		return "an object" + sizes(schema, "minProperties", "maxProperties", "key")
	default:
		return "a value" + bounds(schema) + sizes(schema, "minLength", "maxLength", "character") +
			sizes(schema, "minItems", "maxItems", "item") + sizes(schema, "minProperties", "maxProperties", "key") + form(schema)
	}
}

// bounds words the limits of a number.
func bounds(schema document.Value) string {
	low, hasLow := schema.Get("minimum")
	high, hasHigh := schema.Get("maximum")
	switch {
	case hasLow && hasHigh:
		return " from " + low.Text + " to " + high.Text
	case hasLow:
		return " of at least " + low.Text
	case hasHigh:
		return " of at most " + high.Text
	}
	limits := ""
	if above, ok := schema.Get("exclusiveMinimum"); ok {
		limits = " above " + above.Text
	}
	if below, ok := schema.Get("exclusiveMaximum"); ok {
		limits += " below " + below.Text
	}
	return limits
}

// sizes words the limits of a length.
func sizes(schema document.Value, least, most, unit string) string {
	low, hasLow := schema.Get(least)
	high, hasHigh := schema.Get(most)
	switch {
	case hasLow && hasHigh && low.Text == high.Text:
		return " of " + document.Plural(low.Text, unit)
	case hasLow && hasHigh:
		return " of " + low.Text + " to " + document.Plural(high.Text, unit)
	case hasLow:
		return " of at least " + document.Plural(low.Text, unit)
	case hasHigh:
		return " of at most " + document.Plural(high.Text, unit)
	}
	return ""
}

// form words format and pattern.
func form(schema document.Value) string {
	if format := text(schema, "format"); format != "" {
		return " in the form of a " + format
	}
	if pattern := text(schema, "pattern"); pattern != "" {
		return " like " + pattern
	}
	return ""
}

func text(schema document.Value, key string) string {
	value, _ := schema.Get(key)
	return value.Text
}

func list(schema document.Value, key string) []document.Value {
	value, _ := schema.Get(key)
	if value.Kind != document.Array {
		return nil
	}
	items := make([]document.Value, len(value.Members))
	for i, item := range value.Members {
		items[i] = item.Value
	}
	return items
}

func texts(values []document.Value) []string {
	list := make([]string, len(values))
	for i, value := range values {
		list[i] = value.Text
	}
	return list
}

func keys(object document.Value) []string {
	var names []string
	for _, member := range object.Members {
		names = append(names, member.Key)
	}
	return names
}
