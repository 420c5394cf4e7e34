package schema

import (
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"example.com/capisim/sim/document"
)

// Fit is a value as people write it in the form that the schema of that name
// asks for. A number or a truth where only its text would do is that text: a
// label of 2, a password of 1234. Keys that begin with x- are gone where any
// other key would be unknown: they are the writer's own, for anchors of YAML.
// All else is left to Validate, whose errors these are.
func Fit(name string, value document.Value) (document.Value, error) {
	loaded := load(name)
	if loaded.err != nil {
		return document.Value{}, loaded.err
	}
	return fit([]*jsonschema.Schema{loaded.compiled}, value), nil
}

// ownKey begins the keys that belong to the writer of a document.
const ownKey = "x-"

// fit is Fit for a value of which one of several schemas holds.
func fit(schemas []*jsonschema.Schema, value document.Value) document.Value {
	switch value.Kind {
	case document.Number, document.Bool:
		return asText(schemas, value)
	case document.Array:
		if items := below(schemas, func(s *jsonschema.Schema) *jsonschema.Schema { return s.Items2020 }); items != nil {
			value.Members = slices.Clone(value.Members)
			for i := range value.Members {
				value.Members[i].Value = fit(items, value.Members[i].Value)
			}
		}
	case document.Object:
		closed := false
		below(schemas, func(s *jsonschema.Schema) *jsonschema.Schema {
			closed = closed || s.AdditionalProperties == false
			return nil
		})
		members := make([]document.Field, 0, len(value.Members))
		for _, member := range value.Members {
			of := below(schemas, func(s *jsonschema.Schema) *jsonschema.Schema { return memberOf(s, member.Key) })
			if of == nil && closed && strings.HasPrefix(member.Key, ownKey) {
				continue
			}
			member.Value = fit(of, member.Value)
			members = append(members, member)
		}
		value.Members = members
	}
	return value
}

// asText is a number or a truth as its text, where none of the schemas takes it
// as it is and one takes the text.
func asText(schemas []*jsonschema.Schema, value document.Value) document.Value {
	if len(schemas) == 0 || value.Kind == document.Number && !usableNumber(value.Text) {
		return value
	}
	taken := func(as document.Value) bool {
		return slices.ContainsFunc(schemas, func(s *jsonschema.Schema) bool { return s.Validate(as.Any()) == nil })
	}
	if text := document.Text(value.Text); !taken(value) && taken(text) {
		value.Kind = document.String
	}
	return value
}

// memberOf is the schema of the member under a key.
func memberOf(s *jsonschema.Schema, key string) *jsonschema.Schema {
	if member, known := s.Properties[key]; known {
		return member
	}
	others, _ := s.AdditionalProperties.(*jsonschema.Schema)
	return others
}

// below collects what part finds in schemas and in all that they are made of.
func below(schemas []*jsonschema.Schema, part func(*jsonschema.Schema) *jsonschema.Schema) (found []*jsonschema.Schema) {
	for _, s := range schemas {
		if s == nil {
			continue
		}
		if one := part(s); one != nil {
			found = append(found, one)
		}
		made := slices.Concat([]*jsonschema.Schema{s.Ref, s.Then, s.Else}, s.AllOf, s.AnyOf, s.OneOf)
		found = append(found, below(made, part)...)
	}
	return found
}
