package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write puts a file into a folder of the test.
func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestValidate(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "base.yaml"), "name: base\n")
	at := func(name, text string) string { return write(t, filepath.Join(t.TempDir(), name), text) }
	good := at("good.yaml", "name: good\nextends: default\n")
	heir := at("heir.yaml", "name: heir\nextends: base\n")
	bad := at("bad.yaml", "name: bad\nseed: none\nclock: {mode: stopped}\n")
	tests := []struct {
		name  string
		args  []string
		stdin string
		code  int
		out   []string // one for each line
		err   string
	}{
		{name: "good", args: []string{good}},
		{name: "standard input", args: []string{"-"}, stdin: `{"name": "x"}`},
		{name: "bad", args: []string{bad}, code: exitFound, out: []string{bad + ":2:7: seed: ", bad + ":3:15: clock.mode: "}},
		{name: "all files are reported", args: []string{good, bad, "-"}, stdin: "{", code: exitFound,
			out: []string{bad + ":2:7: ", bad + ":3:15: ", "-:1:2: "}},
		{name: "extends a file of the folder", args: []string{heir, "--scenarios", folder}},
		{name: "extends what is not there", args: []string{heir}, code: exitFound, out: []string{heir + ":2:10: extends: "}},
		{name: "a file that cannot be read outweighs", args: []string{bad, "nosuch.yaml"}, code: exitMisused,
			out: []string{bad + ":2:7: ", bad + ":3:15: "}, err: "capisim: open nosuch.yaml: no such file or directory\n"},
		{name: "a folder", args: []string{folder}, code: exitMisused, err: "capisim: read " + folder + ": is a directory\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := invokeWith(t, test.stdin, nil, append([]string{"validate"}, test.args...)...)
			if got.code != test.code || got.err != test.err {
				t.Errorf("exit code %d, stderr %q, want %d and %q", got.code, got.err, test.code, test.err)
			}
			lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
			if got.out == "" {
				lines = nil
			}
			if len(lines) != len(test.out) {
				t.Fatalf("stdout\n%s\nwant %d lines", got.out, len(test.out))
			}
			for i, want := range test.out {
				if !strings.HasPrefix(lines[i], want) {
					t.Errorf("line %d is %q, want it to begin with %q", i+1, lines[i], want)
				}
			}
		})
	}
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	own := "name: own\ndescription: \"made \\u001b[31m here\"\n"
	write(t, filepath.Join(folder, "own.yaml"), own)
	write(t, filepath.Join(folder, "torn.yaml"), "name: [\n")

	list := invoke(t, []string{"CAPISIM_SCENARIOS=" + folder}, "scenarios")
	lines := strings.Split(list.out, "\n")
	if list.code != exitDone || !strings.HasPrefix(lines[0], "NAME ") || !strings.HasPrefix(lines[1], "default ") {
		t.Errorf("exit code %d, stdout\n%s\nwant a table, default first", list.code, list.out)
	}
	for _, want := range []string{"\noutage ", "\nown  ", `made \x1b[31m here`, "\ntorn ", "broken; capisim validate says more: "} {
		if !strings.Contains(list.out, want) {
			t.Errorf("stdout\n%s\nwant %q in it", list.out, want)
		}
	}
	if got := invoke(t, nil, "scenarios", "own", "--scenarios", folder); got.code != exitDone || got.out != own {
		t.Errorf("exit code %d, stdout %q, want the file as it is", got.code, got.out)
	}
	if got := invoke(t, nil, "scenarios", "--format", "json"); !strings.HasPrefix(got.out, "[\n  {\n    \"name\": \"default\",") {
		t.Errorf("stdout %q, want JSON", got.out)
	}
}

func TestGenerateMakesValidScenarios(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"yaml", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			made := invoke(t, nil, "generate", "--apps", "20", "--seed", "-3", "--format", format)
			if made.code != exitDone {
				t.Fatalf("exit code %d, stderr %q", made.code, made.err)
			}
			if again := invoke(t, nil, "generate", "--apps", "20", "--seed", "-3", "--format", format); again.out != made.out {
				t.Error("the same seed made another scenario")
			}
			if other := invoke(t, nil, "generate", "--apps", "20", "--seed", "4", "--format", format); other.out == made.out {
				t.Error("another seed made the same scenario")
			}
			if checked := invokeWith(t, made.out, nil, "validate", "-"); checked.code != exitDone {
				t.Errorf("exit code %d of validate: %s", checked.code, checked.out)
			}
		})
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			if got := invoke(t, nil, "completion", shell); got.code != exitDone || !strings.Contains(got.out, "__complete") {
				t.Errorf("exit code %d, stderr %q, stdout of %d bytes, want a script", got.code, got.err, len(got.out))
			}
		})
	}
	if got := invoke(t, nil, "__complete", "scenarios", "rate"); !strings.Contains(got.out, "rate-limited\n") {
		t.Errorf("stdout %q, want the scenarios to be offered", got.out)
	}
}
