package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/capisim/scenarios"
	"example.com/capisim/sim/scenario"
)

// switches are the blocks of a draft that can be switched on: lines that begin
// with # and no blank, one behind the other.
var switches = regexp.MustCompile(`(?m)(^ *#[^ \n][^\n]*\n(?:^ *#  ?[ -][^\n]*\n)*)`)

func on(block string) string {
	return regexp.MustCompile(`(?m)^( *)#`).ReplaceAllString(block, "$1")
}

// TestInitLoads: the scenario loads as it is written, with each part of it that
// can be switched on, and with all of them.
func TestInitLoads(t *testing.T) {
	t.Parallel()
	library, err := scenario.NewLibrary(scenarios.FS, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		nil, {"--worker"}, {"--app", "it's: a \"shop\"", "--organization", "# one", "--space", "{x}", "--command", "a\nb: c", "--name", "7"},
		{"--instances", "1", "--memory", "1"},
	} {
		got := invoke(t, nil, append([]string{"init", "-"}, args...)...)
		if got.code != exitDone || !strings.HasPrefix(got.out, "# yaml-language-server: $schema=scenario.schema.json\n") {
			t.Fatalf("%v: %+v", args, got)
		}
		blocks := switches.FindAllString(got.out, -1)
		if len(blocks) != 8 {
			t.Errorf("%d blocks can be switched on, expected 8: %q", len(blocks), blocks)
		}
		variants := []string{got.out, switches.ReplaceAllStringFunc(got.out, on)}
		for _, block := range blocks {
			variants = append(variants, strings.Replace(got.out, block, on(block), 1))
		}
		for _, variant := range variants {
			if loaded, err := scenario.Parse("", []byte(variant), library); err != nil {
				t.Errorf("%v: %v in\n%s", args, err, variant)
			} else if len(loaded.Document.Apps) != 1 {
				t.Errorf("%v: %d apps", args, len(loaded.Document.Apps))
			}
		}
	}
}

func TestInit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "checkout.yaml")
	if got := invoke(t, nil, "init", file, "--app", "shop"); got.code != exitDone || !strings.Contains(got.out, "capisim serve --scenario "+file+" --watch") {
		t.Fatalf("%+v", got)
	}
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), "\nname: \"checkout\"\n") || !strings.Contains(string(text), `- name: "shop"`) {
		t.Errorf("%v in %s", err, text)
	}
	if got := invoke(t, nil, "validate", file); got.code != exitDone {
		t.Errorf("%+v", got)
	}
	bundled, err := os.ReadFile(filepath.Join(dir, "scenario.schema.json"))
	if err != nil || string(bundled) != invoke(t, nil, "schema", "scenario").out || strings.Contains(string(bundled), `"$ref": "fault`) {
		t.Errorf("the schema beside it: %v", err)
	}
	for args, want := range map[string]string{
		file:                               " is there already and is not overwritten; name another file",
		filepath.Join(dir, "no", "x.yaml"): "no such file or directory",
		filepath.Join(dir, "a b.yaml"):     "name: \"a b\", expected a name",
		filepath.Join(dir, "x"):            "x\", expected a file whose name ends in .yaml",
		filepath.Join(dir, "x.json"):       "x.json\", expected a file whose name ends in .yaml",
		"- --instances many":               "--instances: \"many\", expected a whole number",
	} {
		list := []string{"init", args}
		if first, rest, found := strings.Cut(args, " --"); found {
			list = append([]string{"init", first}, strings.Fields("--"+rest)...)
		}
		if got := invoke(t, nil, list...); got.code != exitMisused || !strings.Contains(got.err, want) || got.out != "" {
			t.Errorf("init %s: %+v, expected %s", args, got, want)
		}
	}
	if again, err := os.ReadFile(file); err != nil || string(again) != string(text) {
		t.Error("the file was written again")
	}
	if got := invoke(t, nil, "init", filepath.Join(dir, "second.yaml")); got.code != exitDone {
		t.Errorf("beside a schema that is there: %+v", got)
	}
}

func TestVersionFlag(t *testing.T) {
	t.Parallel()
	if flag, command := invoke(t, []string{"CAPISIM_VERSION=9"}, "--version"), invoke(t, nil, "version"); flag.code != exitDone || flag.out != command.out || flag.out == "" {
		t.Errorf("%+v, %+v", flag, command)
	}
}
