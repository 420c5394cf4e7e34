package schema

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/capisim/sim/document"
)

// TestSound: what is taken for sound is so for the library. Each part of a
// document in turn is left out, doubled and replaced by what hardly fits there.
func TestSound(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/reference/every-key.yaml")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := document.Read("every-key.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	of, err := outline("scenario")
	if err != nil {
		t.Fatal(err)
	}
	exact, err := compiled(of)
	if err != nil {
		t.Fatal(err)
	}
	sounds := 0
	judge := func(changed document.Value) {
		if !sound(of, changed) {
			if broken(of, changed) && exact.Validate(changed.Any()) == nil {
				t.Errorf("taken for broken: %.300s", changed)
			}
			return
		}
		if sounds++; exact.Validate(changed.Any()) != nil {
			t.Errorf("taken for sound: %.300s: %v", changed, exact.Validate(changed.Any()))
		}
	}
	odd := decoded(t, `[null, true, 0, -1, 1.5, 1e3, 99999999999999999999, "", "a b", "STARTED", "2026-01-01T00:00:00Z", "1s", [], [1], ["a", "a"], {}, {"x-a": 1}, {"y": "z"}]`)
	odds := append(odd.Members, document.Field{Value: document.Text(strings.Repeat("é", 70000))})
	for _, key := range whole.Root.Members { // each alone, or a document is too long for the library to read it a thousand times
		root := document.Value{Kind: document.Object, Members: []document.Field{{Key: "name", Value: document.Text("x")}, key}}
		variations(root, odds, judge)
	}
	if sounds < 500 {
		t.Errorf("%d variations were taken for sound, want hundreds", sounds)
	}
}

// TestConditions: what depends on another condition is sound only where the library
// says so, and right values are seen to be.
func TestConditions(t *testing.T) {
	t.Parallel()
	const text = `{"properties":{
		"not":{"not":{"pattern":"^-"}},
		"if":{"if":{"required":["a"],"properties":{"a":{"const":true}}},"then":{"maxProperties":1},"else":{"required":["b"]}},
		"one":{"oneOf":[{"required":["a"]},{"required":["b"]},{"type":"string"}]},
		"with":{"dependentRequired":{"a":["b","c"]}},
		"unique":{"uniqueItems":true}}}`
	of, exact := schemaOf(t, "conditions", text)
	for text, want := range map[string]bool{
		`{"not":"a"}`: true, `{"not":"-a"}`: false,
		`{"if":{"a":true}}`: true, `{"if":{"a":true,"b":1}}`: false, `{"if":{"a":false,"b":1}}`: true, `{"if":{"b":1}}`: true, `{"if":{"a":false}}`: false,
		`{"if":{"a":false,"a":true}}`: false, `{"if":{"a":true,"a":false,"b":1}}`: true, `{"if":{"a":5,"b":1}}`: false, `{"if":7}`: true,
		`{"one":{"a":1}}`: true, `{"one":{"a":1,"b":1}}`: false, `{"one":{}}`: false, `{"one":"x"}`: false, `{"one":5}`: false,
		`{"with":{"a":1,"b":1,"c":1}}`: true, `{"with":{"a":1,"b":1}}`: false, `{"with":{"b":1}}`: true,
		`{"unique":["a","b"]}`: true, `{"unique":["a","a"]}`: false, `{"unique":[1,2]}`: false,
	} {
		value := decoded(t, text)
		valid := exact.Validate(value.Any()) == nil
		if got := sound(of, value); got != want || got && !valid {
			t.Errorf("%s: sound %v, want %v; valid %v", text, got, want, valid)
		}
		if broken(of, value) && valid {
			t.Errorf("%s: taken for broken", text)
		}
	}
}

// variations calls for a value and for each of its variations.
func variations(of document.Value, odds []document.Field, call func(document.Value)) {
	call(of)
	for i, member := range of.Members {
		with := func(members ...document.Field) {
			varied := of
			varied.Members = slices.Concat(of.Members[:i], members, of.Members[i+1:])
			call(varied)
		}
		with()
		with(member, member)
		for _, other := range odds {
			with(document.Field{Key: member.Key, Value: other.Value})
		}
		variations(member.Value, odds, func(v document.Value) { with(document.Field{Key: member.Key, Value: v}) })
	}
}

// TestMatches: the forms that are known say what the engine says.
func TestMatches(t *testing.T) {
	t.Parallel()
	for _, form := range []string{wordForm, ownForm, `^[^\s]+$`} {
		of := regexp.MustCompile(form)
		for _, text := range []string{"", "a", "Zz09_-", "a b", "a\n", "\n", "é", "@", "[", "`", "{", "/", ":", "x-", "x-a", "ax-", "x", "X-a"} {
			if matches(of, text) != of.MatchString(text) {
				t.Errorf("%s, %q: not %v", form, text, of.MatchString(text))
			}
		}
	}
}
