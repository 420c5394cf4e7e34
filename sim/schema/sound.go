package schema

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"example.com/capisim/sim/document"
)

// sound says that the library would find nothing wrong with a value; false says
// nothing. It spares what is long and right the library's copy of it, and a
// pointer and a map for each of its parts.
func sound(of *jsonschema.Schema, value document.Value) bool {
	if value.Kind == document.Folded {
		return true // fit would have unfolded it
	}
	if of.Always != nil {
		return *of.Always
	}
	if !plain(of) || !ofType(of.Types, value) || !among(of.Enum, value) || !among(of.Constant, value) {
		return false
	}
	if of.Ref != nil && !sound(of.Ref, value) || len(of.AnyOf) > 0 && !slices.ContainsFunc(of.AnyOf, func(s *jsonschema.Schema) bool { return sound(s, value) }) {
		return false
	}
	for _, s := range of.AllOf {
		if !sound(s, value) {
			return false
		}
	}
	if of.Not != nil && !broken(of.Not, value) || !oneSound(of.OneOf, value) || !soundBranch(of, value) {
		return false
	}
	switch value.Kind {
	case document.Object:
		return soundObject(of, value.Members)
	case document.Array:
		return soundArray(of, value.Members)
	case document.String:
		return soundText(of, value.Text)
	case document.Number:
		return soundNumber(of, value.Text)
	}
	return of.Format == ""
}

// plain says that a schema has only what sound knows.
func plain(s *jsonschema.Schema) bool {
	return s.RecursiveRef == nil && s.DynamicRef == nil &&
		!s.RegexProperties && s.Dependencies == nil && s.DependentSchemas == nil && s.UnevaluatedProperties == nil &&
		s.Items == nil && s.AdditionalItems == nil && s.PrefixItems == nil && s.Contains == nil && s.UnevaluatedItems == nil &&
		s.ContentEncoding == "" && s.ContentMediaType == "" && s.ContentSchema == nil &&
		s.ExclusiveMinimum == nil && s.ExclusiveMaximum == nil && s.MultipleOf == nil && len(s.Extensions) == 0
}

// oneSound says that there are no alternatives, or that one is right and the others
// are not.
func oneSound(alternatives []*jsonschema.Schema, value document.Value) bool {
	right := 0
	for _, s := range alternatives {
		if sound(s, value) {
			right++
		} else if !broken(s, value) {
			return false
		}
	}
	return right == min(len(alternatives), 1)
}

// soundBranch says that a value is right under either branch of a condition that it
// may meet.
func soundBranch(of *jsonschema.Schema, value document.Value) bool {
	if of.If == nil {
		return true
	}
	met, missed := sound(of.If, value), broken(of.If, value)
	return (missed || of.Then == nil || sound(of.Then, value)) && (met || of.Else == nil || sound(of.Else, value))
}

// broken says that the library would find something wrong with a value; false says
// nothing. It knows what conditions are made of.
func broken(of *jsonschema.Schema, value document.Value) bool {
	switch value.Kind {
	case document.Folded:
		return false
	case document.String:
		if of.Pattern != nil && !matches(of.Pattern, value.Text) {
			return true
		}
		fallthrough
	case document.Bool, document.Null:
		if !among(of.Enum, value) || !among(of.Constant, value) {
			return true
		}
	case document.Object:
		if slices.ContainsFunc(of.Required, func(name string) bool { return !has(value.Members, name) }) {
			return true
		}
		for i, member := range value.Members { // of a key that stands twice the last counts
			if inner := of.Properties[member.Key]; inner != nil && broken(inner, member.Value) && !has(value.Members[i+1:], member.Key) {
				return true
			}
		}
	}
	return len(of.Types) > 0 && !slices.Contains(of.Types, kinds[value.Kind]) && (value.Kind != document.Number || !slices.Contains(of.Types, "integer"))
}

func has(members []document.Field, key string) bool {
	return slices.ContainsFunc(members, func(member document.Field) bool { return member.Key == key })
}

// kinds are the types by the names that schemas have for them.
var kinds = map[document.Kind]string{
	document.Null: "null", document.Bool: "boolean", document.Number: "number", document.String: "string", document.Array: "array", document.Object: "object",
}

func ofType(types []string, value document.Value) bool {
	if len(types) == 0 || slices.Contains(types, kinds[value.Kind]) {
		return true
	}
	_, err := strconv.ParseInt(value.Text, 10, 64)
	return value.Kind == document.Number && err == nil && slices.Contains(types, "integer")
}

// among says that there are no values, or that a text, a truth or null is one of
// them.
func among(values []any, value document.Value) bool {
	return len(values) == 0 || slices.ContainsFunc(values, func(one any) bool {
		switch one := one.(type) {
		case nil:
			return value.Kind == document.Null
		case bool:
			return value.Kind == document.Bool && one == (value.Text == "true")
		case string:
			return value.Kind == document.String && one == value.Text
		}
		return false
	})
}

func soundObject(of *jsonschema.Schema, members []document.Field) bool {
	if of.Format != "" || of.MinProperties > min(len(members), 1) || of.MaxProperties >= 0 && len(members) > of.MaxProperties {
		return false
	}
	absent := func(name string) bool { return !has(members, name) }
	if slices.ContainsFunc(of.Required, absent) {
		return false
	}
	for name, others := range of.DependentRequired {
		if has(members, name) && slices.ContainsFunc(others, absent) {
			return false
		}
	}
	for pattern, inner := range of.PatternProperties {
		if slices.ContainsFunc(members, func(member document.Field) bool { return matches(pattern, member.Key) && !sound(inner, member.Value) }) {
			return false
		}
	}
	for i := range members {
		if of.PropertyNames != nil && !sound(of.PropertyNames, document.Text(members[i].Key)) || !soundMember(of, &members[i]) {
			return false
		}
	}
	return true
}

// soundMember leaves the properties by patterns to soundObject.
func soundMember(of *jsonschema.Schema, member *document.Field) bool {
	if inner, known := of.Properties[member.Key]; known {
		return sound(inner, member.Value)
	}
	for pattern := range of.PatternProperties {
		if matches(pattern, member.Key) {
			return true
		}
	}
	switch others := of.AdditionalProperties.(type) {
	case bool:
		return others
	case *jsonschema.Schema:
		return sound(others, member.Value)
	}
	return true
}

func soundArray(of *jsonschema.Schema, items []document.Field) bool {
	if of.Format != "" || len(items) < of.MinItems || of.MaxItems >= 0 && len(items) > of.MaxItems || of.UniqueItems && !differ(items) {
		return false
	}
	return of.Items2020 == nil || !slices.ContainsFunc(items, func(item document.Field) bool { return !sound(of.Items2020, item.Value) })
}

// differ says that the items are texts of which none stands twice.
func differ(items []document.Field) bool {
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		if item.Value.Kind != document.String || seen[item.Value.Text] {
			return false
		}
		seen[item.Value.Text] = true
	}
	return true
}

func soundText(of *jsonschema.Schema, text string) bool {
	if of.MinLength >= 0 || of.MaxLength >= 0 {
		if n := utf8.RuneCountInString(text); n < of.MinLength || of.MaxLength >= 0 && n > of.MaxLength {
			return false
		}
	}
	format := jsonschema.Formats[of.Format]
	return (format == nil || format(text)) && (of.Pattern == nil || matches(of.Pattern, text))
}

// The forms that most texts and keys of a large world are held against; the engine
// takes ten times as long.
const (
	wordForm = `^[A-Za-z0-9_-]+$`
	ownForm  = "^" + ownKey
)

func matches(form *regexp.Regexp, text string) bool {
	switch form.String() {
	case ownForm:
		return strings.HasPrefix(text, ownKey)
	case wordForm:
		return isWord(text)
	}
	return form.MatchString(text)
}

func isWord(text string) bool {
	for i := range len(text) {
		c := text[i]
		if letter := 'a' <= c|0x20 && c|0x20 <= 'z'; !letter && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return text != ""
}

func soundNumber(of *jsonschema.Schema, text string) bool {
	if of.Minimum == nil && of.Maximum == nil {
		return of.Format == ""
	}
	n, err := strconv.ParseInt(text, 10, 64)
	within := func(limit *big.Rat, sign int) bool {
		if limit == nil {
			return true
		}
		at := limit.Num()
		return limit.IsInt() && at.IsInt64() && (sign < 0 && n >= at.Int64() || sign > 0 && n <= at.Int64())
	}
	return err == nil && of.Format == "" && within(of.Minimum, -1) && within(of.Maximum, 1)
}
