package schema

import (
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"example.com/capisim/sim/document"
)

// Fit is a value as people write it in the form that the schema of that name
// asks for. A number or a truth where only its text would do is that text: a
// label of 2, a password of 1234. Keys that begin with x- are gone where any
// other key would be unknown: they are the writer's own, for anchors of YAML.
// All else is left to Validate, whose errors these are.
func Fit(name string, value document.Value) (document.Value, error) {
	return fit(nil, name, value)
}

func fit(stop *document.Stop, name string, value document.Value) (document.Value, error) {
	of, err := outline(name)
	if err != nil {
		return document.Value{}, err
	}
	f := &fitter{stop: stop, unfolder: document.Unfolder{Stop: stop}}
	fitting, _ := f.fit([]*jsonschema.Schema{of}, value)
	return fitting, f.left
}

// fitter makes one value fit.
type fitter struct {
	stop     *document.Stop
	left     error // of the stop
	unfolder document.Unfolder
}

// ownKey begins the keys that belong to the writer of a document.
const ownKey = "x-"

// fit is Fit for a value of which one of several schemas holds, and says whether
// it is another now: what fits is not copied.
func (f *fitter) fit(schemas []*jsonschema.Schema, value document.Value) (fitting document.Value, changed bool) {
	switch value.Kind {
	case document.Number, document.Bool:
		return asText(schemas, value)
	case document.Array:
		items := below(parts(schemas), func(s *jsonschema.Schema) *jsonschema.Schema { return s.Items2020 })
		return f.members(value, func(member document.Field) (fitting document.Value, keep, changed bool) {
			fitting, changed = f.fit(items, member.Value)
			return fitting, true, changed
		})
	case document.Object:
		all := parts(schemas)
		closed := slices.ContainsFunc(all, func(s *jsonschema.Schema) bool { return s.AdditionalProperties == false })
		return f.members(value, func(member document.Field) (fitting document.Value, keep, changed bool) {
			of := below(all, func(s *jsonschema.Schema) *jsonschema.Schema { return memberOf(s, member.Key) })
			if of == nil && closed && strings.HasPrefix(member.Key, ownKey) {
				return fitting, false, true
			}
			fitting, changed = f.fit(of, member.Value)
			return fitting, true, changed
		})
	case document.Folded:
		return f.folded(schemas, value)
	}
	return value, false
}

// folded leaves a value folded that is right, so that nobody looks into it again
// before it is decoded; another one is unfolded.
func (f *fitter) folded(schemas []*jsonschema.Schema, value document.Value) (fitting document.Value, changed bool) {
	open := f.unfolder.Unfold(value)
	if len(unusable(open, 0)) == 0 && (len(schemas) == 0 || len(schemas) == 1 && sound(schemas[0], open)) {
		return value, false
	}
	fitting, _ = f.fit(schemas, value.Unfolded())
	return fitting, true
}

// members fits each member, or drops it. The list is copied from the first on
// that is another.
func (f *fitter) members(value document.Value, fit func(document.Field) (fitting document.Value, keep, changed bool)) (fitting document.Value, changed bool) {
	members := value.Members
	for i, member := range value.Members {
		if f.left = f.stop.Step(); f.left != nil {
			break
		}
		inner, keep, other := fit(member)
		if other && !changed {
			changed = true
			members = append(make([]document.Field, 0, len(members)), members[:i]...)
		}
		if changed && keep {
			member.Value = inner
			members = append(members, member)
		}
	}
	value.Members = members
	return value, changed
}

// asText is a number or a truth as its text, where none of the schemas takes it
// as it is and one takes the text.
func asText(schemas []*jsonschema.Schema, value document.Value) (fitting document.Value, changed bool) {
	if len(schemas) == 0 || value.Kind == document.Number && !usableNumber(value.Text) {
		return value, false
	}
	wanted := func(s *jsonschema.Schema) bool { // the cheap question first
		return slices.ContainsFunc(s.Types, func(name string) bool {
			return value.Kind == document.Bool && name == "boolean" || value.Kind == document.Number && (name == "number" || name == "integer")
		})
	}
	if slices.ContainsFunc(parts(schemas), wanted) {
		return value, false
	}
	if !slices.ContainsFunc(schemas, mayBeText) {
		return value, false
	}
	taken := func(as document.Value) bool {
		return slices.ContainsFunc(schemas, func(s *jsonschema.Schema) bool { return holds(s, as) })
	}
	if text := document.Text(value.Text); !taken(value) && taken(text) {
		value.Kind = document.String
		return value, true
	}
	return value, false
}

// holds says whether a value is as a schema asks.
func holds(of *jsonschema.Schema, value document.Value) bool {
	if sound(of, value) {
		return true
	}
	exact, err := compiled(of)
	return err == nil && exact.Validate(value.Any()) == nil
}

// mayBeText is false for a schema that says itself that no text fits: the error
// of the library would cost more than all else.
func mayBeText(s *jsonschema.Schema) bool {
	for s.Ref != nil && len(s.Types) == 0 {
		s = s.Ref
	}
	return len(s.Types) == 0 || slices.Contains(s.Types, "string")
}

// memberOf is the schema of the member under a key.
func memberOf(s *jsonschema.Schema, key string) *jsonschema.Schema {
	if member, known := s.Properties[key]; known {
		return member
	}
	others, _ := s.AdditionalProperties.(*jsonschema.Schema)
	return others
}

// below is what part finds in each of some schemas.
func below(schemas []*jsonschema.Schema, part func(*jsonschema.Schema) *jsonschema.Schema) (found []*jsonschema.Schema) {
	for _, s := range schemas {
		if one := part(s); one != nil {
			found = append(found, one)
		}
	}
	return found
}

// made remembers what a schema is made of.
var made sync.Map

// parts are schemas with all that they are made of.
func parts(schemas []*jsonschema.Schema) (all []*jsonschema.Schema) {
	if len(schemas) == 1 {
		if known, found := made.Load(schemas[0]); found {
			return known.([]*jsonschema.Schema)
		}
	}
	for _, s := range schemas {
		if s != nil {
			all = append(append(all, s), parts(slices.Concat([]*jsonschema.Schema{s.Ref, s.Then, s.Else}, s.AllOf, s.AnyOf, s.OneOf))...)
		}
	}
	if len(schemas) == 1 {
		made.Store(schemas[0], all)
	}
	return all
}
