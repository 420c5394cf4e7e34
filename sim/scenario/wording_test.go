package scenario_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"example.com/capisim/schemas"
	"example.com/capisim/sim/scenario"
)

// A message must not show a regular expression to somebody who writes YAML:
// each pattern of the schema has its words.
func TestPatternsAreNeverQuoted(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(schemas.FS, "scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	patterns := map[string]bool{}
	collect(schema, patterns)
	if len(patterns) < 5 {
		t.Fatalf("only %d patterns found", len(patterns))
	}
	for pattern := range patterns {
		message := `"!", expected a string of at most 9 characters like ` + pattern + " or null"
		if got := scenario.InWords(message); strings.Contains(got, pattern) || !strings.HasPrefix(got, `"!", expected a`) || !strings.HasSuffix(got, " or null") {
			t.Errorf("%s stays %s", pattern, got)
		}
	}
}

func collect(part any, patterns map[string]bool) {
	switch part := part.(type) {
	case map[string]any:
		for key, value := range part {
			if pattern, ok := value.(string); ok && key == "pattern" {
				patterns[pattern] = true
			}
			collect(value, patterns)
		}
	case []any:
		for _, item := range part {
			collect(item, patterns)
		}
	}
}

func TestUnknownKeyWords(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, message, want string }{
		{"a slip", `unknown key "instnaces", expected one of "guid", "instances"`, "unknown key, did you mean instances?"},
		{"another case", `unknown key "GUID", expected one of "guid", "instances"`, "unknown key, did you mean guid?"},
		{"one letter is not a slip", `unknown key "x", expected one of "id", "on"`, "unknown key, expected one of id, on"},
		{"only one", `unknown key "other", expected "guid"`, "unknown key, expected guid"},
		{"very long", `unknown key "` + strings.Repeat("x", 1<<20) + `", expected "guid"`, "unknown key, expected guid"},
		{"time", `"x", expected a string in the form of a date-time`, `"x", expected a time such as 2026-01-01T00:00:00Z`},
		{"other", `"x", expected one of "a", "b"`, `"x", expected one of "a", "b"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := scenario.InWords(test.message); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
