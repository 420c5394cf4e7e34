package rails

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParse compares the scanner with encoding/json: what that reads, the
// scanner reads to the same value; what it refuses, the scanner takes only by a
// leniency.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `[]`, `{"a":1,"a":2}`, `{"a":"\u00e9\ud83d\ude00"}`, `{"a":"\ud800"}`, `{"a":"\udc00\ud800"}`, `{"a":-0,"b":-,"c":00}`, "\f{}\x00", `{"a":{"b":1.5,"c":null}}`, `{"a":99999999999999999999}`,
		`{"a":1e400}`, "/*x*/{\"a\":\"\n\"}//", `{"a":[[[[1]]]]}`, `{"a":01}`, "{\"a\":\"\xff\"}", `{"a":"\q"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, notes, err := Parse(text)
		strict := json.Valid([]byte(text))
		switch {
		case err == nil && !strict && !notes.Loose:
			t.Fatalf("%q was read without a leniency", text)
		case err != nil && strict && !notes.Loose && utf8.ValidString(text) && !tooDeep(text):
			t.Fatalf("%q: %v", text, err)
		case err != nil || !strict || notes.Loose || !utf8.ValidString(text):
			return
		}
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		var want any
		if err := decoder.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if got := value.Any(); !reflect.DeepEqual(got, withoutNulls(want)) {
			t.Fatalf("%q\n got %#v\nwant %#v", text, got, want)
		}
	})
}

func tooDeep(text string) bool {
	return strings.Count(text, "[")+strings.Count(text, "{") >= MaxDepth
}

// withoutNulls drops the nulls of arrays, as the real server does.
func withoutNulls(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, member := range v {
			v[key] = withoutNulls(member)
		}
	case []any:
		kept := []any{}
		for _, item := range v {
			if item != nil {
				kept = append(kept, withoutNulls(item))
			}
		}
		return kept
	}
	return value
}
