package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
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
// names; nil when that is not an object.
func schemaAt(location string) map[string]any {
	address, pointer, _ := strings.Cut(location, "#")
	name := strings.TrimPrefix(address, schemaBase)
	whole, found := written.Load(name)
	if !found {
		text, err := schemas.FS.ReadFile(name)
		if err != nil {
			return nil
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber() // 2^63-1 is not a float
		if err := decoder.Decode(&whole); err != nil {
			return nil
		}
		resolve(whole, schemaBase+name)
		written.Store(name, whole)
	}
	part, _ := document.Lookup(whole, pointerOf(pointer)).(map[string]any)
	return part
}

// resolve makes each $ref of a document absolute, so that it can be followed
// from any place.
func resolve(value any, address string) {
	switch v := value.(type) {
	case map[string]any:
		if target, ok := v["$ref"].(string); ok {
			if base, err := url.Parse(address); err == nil {
				if absolute, err := base.Parse(target); err == nil {
					v["$ref"] = absolute.String()
				}
			}
		}
		for _, member := range v {
			resolve(member, address)
		}
	case []any:
		for _, item := range v {
			resolve(item, address)
		}
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
	case "type", "const", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
		"minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "minProperties", "maxProperties":
		return true
	}
	return false
}

// describe says in words what a schema accepts: "a number from 0 to 1".
func describe(schema map[string]any) string {
	if value, ok := schema["const"]; ok {
		return inJSON(value)
	}
	if values := list(schema["enum"]); len(values) > 0 {
		texts := make([]string, len(values))
		for i, value := range values {
			texts[i] = inJSON(value)
		}
		return document.OneOf(texts)
	}
	var texts []string
	for _, keyword := range []string{"anyOf", "oneOf"} {
		for _, branch := range list(schema[keyword]) {
			part, _ := branch.(map[string]any)
			texts = append(texts, describe(part))
		}
	}
	if target, _ := schema["$ref"].(string); target != "" && len(texts) == 0 {
		return describe(schemaAt(target))
	}
	if len(texts) > 0 {
		return strings.Join(slices.Compact(texts), " or ")
	}
	types := list(schema["type"])
	if single, ok := schema["type"].(string); ok {
		types = []any{single}
	}
	for _, one := range types {
		texts = append(texts, describeType(one, schema))
	}
	if len(texts) == 0 {
		return describeType("", schema)
	}
	return strings.Join(texts, " or ")
}

func describeType(name any, schema map[string]any) string {
	switch name {
	case "null":
		return "null"
	case "boolean":
		return "true or false"
	case "integer":
		return "an integer" + bounds(schema)
	case "number":
		return "a number" + bounds(schema)
	case "string":
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
func bounds(schema map[string]any) string {
	low, hasLow := schema["minimum"]
	high, hasHigh := schema["maximum"]
	switch {
	case hasLow && hasHigh:
		return " from " + inJSON(low) + " to " + inJSON(high)
	case hasLow:
		return " of at least " + inJSON(low)
	case hasHigh:
		return " of at most " + inJSON(high)
	}
	text := ""
	if above, ok := schema["exclusiveMinimum"]; ok {
		text = " above " + inJSON(above)
	}
	if below, ok := schema["exclusiveMaximum"]; ok {
		text += " below " + inJSON(below)
	}
	return text
}

// sizes words the limits of a length.
func sizes(schema map[string]any, least, most, unit string) string {
	low, hasLow := schema[least].(json.Number)
	high, hasHigh := schema[most].(json.Number)
	switch {
	case hasLow && hasHigh:
		return " of " + low.String() + " to " + document.Plural(high.String(), unit)
	case hasLow:
		return " of at least " + document.Plural(low.String(), unit)
	case hasHigh:
		return " of at most " + document.Plural(high.String(), unit)
	}
	return ""
}

// form words format and pattern.
func form(schema map[string]any) string {
	if format, ok := schema["format"].(string); ok {
		return " in the form of a " + format
	}
	if pattern, ok := schema["pattern"].(string); ok {
		return " like " + pattern
	}
	return ""
}

func inJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

func keys(object map[string]any) []string { return slices.Sorted(maps.Keys(object)) }

func has(object map[string]any, key string) bool {
	_, ok := object[key]
	return ok
}

func list(value any) []any {
	items, _ := value.([]any)
	return items
}
