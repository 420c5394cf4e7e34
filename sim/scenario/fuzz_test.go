package scenario_test

import (
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/capisim/scenarios"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

// Whatever is thrown at Parse, it neither panics nor hangs; what it accepts
// makes state and survives being written down; what it refuses has a place.
func FuzzParse(f *testing.F) {
	files, err := fs.Glob(scenarios.FS, "*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if data, err := fs.ReadFile(scenarios.FS, file); err == nil && file != "large.yaml" {
			f.Add(data)
		}
	}
	for _, seed := range []string{
		"", "---", "\ufeffname: x\r\n", "{\"name\": \"x\"}", "name: .nan", "name: !!binary aGk=", "a: &a [*a]", "<<: [*a]", "? [a]\n: b",
		"name: x\nseed: 0x1F", "name: x\nclock: &c {mode: frozen}\nfeatures: {<<: *c}", "name: |\n \n \n", "name: \"\\ud800\"",
		"name: x\napps: [{processes: [{instances: 2147483647, forced: [{index: 5, state: DOWN}]}]}]",
		"name: x\nfaults: [{match: {body: {/instances: {gt: 10}}}, respond: {status: 409, error: CF-Conflict}}]",
	} {
		f.Add([]byte(seed))
	}
	lib := shipped(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 || strings.Contains(string(data), "generate") {
			return // large worlds only slow the search down
		}
		s, err := scenario.Parse("f.yaml", data, lib)
		if err != nil {
			problems, ok := err.(document.Problems)
			if !ok || len(problems) == 0 {
				t.Fatalf("%T: %v", err, err)
			}
			for _, one := range problems {
				if one.Line < 1 || one.Column < 1 || one.Message == "" || !utf8.ValidString(one.Message) {
					t.Errorf("%#v", one)
				}
			}
			return
		}
		if s.Document.Generate != nil {
			return
		}
		exported := scenario.FromState(state.New(s.State(scenario.Epoch)), s)
		for _, format := range []string{"yaml", "json"} {
			text, err := scenario.Dump(exported, format)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := scenario.Parse("f."+format, text, nil); err != nil {
				t.Fatalf("accepted, but not when written down as %s: %v\n%s", format, err, text)
			}
		}
	})
}
