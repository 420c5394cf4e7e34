package schema

import (
	"reflect"
	"regexp"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"example.com/capisim/schemas"
)

// TestOutlines: an outline says what the library makes of the same schema, which
// holds it against the schema of schemas.
func TestOutlines(t *testing.T) {
	t.Parallel()
	seen := map[*jsonschema.Schema]bool{}
	for _, name := range schemas.Names() {
		of, err := outline(name)
		if err != nil {
			t.Fatal(err)
		}
		exact, err := compiled(of)
		if err != nil {
			t.Fatal(err)
		}
		alike(t, seen, of, exact)
	}
	if len(seen) < 1000 {
		t.Errorf("%d schemas were compared, want more than a thousand", len(seen))
	}
}

// beside are fields of the library's own schemas that neither sound nor fit reads.
var beside = map[string]bool{"Draft": true, "Location": true, "ContainsEval": true, "MinContains": true, "MaxContains": true}

func alike(t *testing.T, seen map[*jsonschema.Schema]bool, of, exact *jsonschema.Schema) {
	t.Helper()
	if of == nil || exact == nil || seen[of] {
		if (of == nil) != (exact == nil) {
			t.Errorf("%v is drawn as %v", exact, of)
		}
		return
	}
	seen[of] = true
	mine, theirs := reflect.ValueOf(*of), reflect.ValueOf(*exact)
	for i := range mine.NumField() {
		field := mine.Type().Field(i)
		if !field.IsExported() || beside[field.Name] {
			continue
		}
		switch drawn := mine.Field(i).Interface().(type) {
		case *jsonschema.Schema:
			alike(t, seen, drawn, theirs.Field(i).Interface().(*jsonschema.Schema))
		case []*jsonschema.Schema:
			listed := theirs.Field(i).Interface().([]*jsonschema.Schema)
			if len(drawn) != len(listed) {
				t.Fatalf("%s: %d in %s, want %d", exact, len(drawn), field.Name, len(listed))
			}
			for i := range drawn {
				alike(t, seen, drawn[i], listed[i])
			}
		case map[string]*jsonschema.Schema:
			named := theirs.Field(i).Interface().(map[string]*jsonschema.Schema)
			if len(drawn) != len(named) {
				t.Errorf("%s: %d in %s, want %d", exact, len(drawn), field.Name, len(named))
			}
			for name := range drawn {
				alike(t, seen, drawn[name], named[name])
			}
		case map[*regexp.Regexp]*jsonschema.Schema:
			named, listed := map[string]*jsonschema.Schema{}, theirs.Field(i).Interface().(map[*regexp.Regexp]*jsonschema.Schema)
			for form, inner := range drawn {
				named[form.String()] = inner
			}
			if len(named) != len(listed) {
				t.Errorf("%s: %d in %s, want %d", exact, len(named), field.Name, len(listed))
			}
			for form, inner := range listed {
				alike(t, seen, named[form.String()], inner)
			}
		default:
			inner, schema := theirs.Field(i).Interface().(*jsonschema.Schema)
			if own, _ := drawn.(*jsonschema.Schema); schema || own != nil { // AdditionalProperties
				alike(t, seen, own, inner)
			} else if !reflect.DeepEqual(drawn, theirs.Field(i).Interface()) {
				t.Errorf("%s: %s is %v, want %v", exact, field.Name, drawn, theirs.Field(i))
			}
		}
	}
}
