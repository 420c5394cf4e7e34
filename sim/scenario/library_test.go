package scenario_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"example.com/capisim/scenarios"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
)

// folder makes a folder of files and returns its path.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func library(t *testing.T, files map[string]string) *scenario.Library {
	t.Helper()
	lib, err := scenario.NewLibrary(scenarios.FS, folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func TestLibraryFolder(t *testing.T) {
	t.Parallel()
	lib := library(t, map[string]string{
		"one.yaml":     "name: first\ndescription: The first.\nextends: quota\n",
		"two.json":     `{"name": "second", "extends": "first"}`,
		"default.yml":  "name: default\nextends: default\nseed: 9\n",
		"broken.yaml":  "name: [\n",
		"notes.txt":    "not a scenario",
		".hidden.yaml": "name: hidden\n",
	})
	names := lib.Names()
	for _, want := range []string{"first", "second", "broken", "vendor"} {
		if !slices.Contains(names, want) {
			t.Errorf("%q is not among %v", want, names)
		}
	}
	for _, other := range []string{"hidden", "one", "notes"} {
		if slices.Contains(names, other) {
			t.Errorf("%q is among %v", other, names)
		}
	}

	second, err := lib.Load("second")
	if err != nil {
		t.Fatal(err)
	}
	if seed := second.State(scenario.Epoch); seed.Number != 9 || *seed.Organizations[0].Quota.TotalInstances != 5 || len(seed.Processes) != 3 {
		t.Errorf("second extends first extends quota extends the folder's default: %+v", seed)
	}
	if again, err := lib.Load("second"); again != second {
		t.Errorf("loaded twice: %p and %p, %v", second, again, err)
	}
	if text, err := lib.Source("first"); err != nil || !strings.HasPrefix(string(text), "name: first") {
		t.Errorf("source %q, %v", text, err)
	}
	if _, err := lib.Load("broken"); err == nil || !strings.Contains(err.Error(), "broken.yaml:1:7: not YAML") {
		t.Errorf("broken: %v", err)
	}
}

func TestLibraryList(t *testing.T) {
	t.Parallel()
	lib := library(t, map[string]string{"one.yaml": "name: first\ndescription: The first.\n", "broken.yaml": "name: [\n"})
	for _, info := range lib.List() {
		switch info.Name {
		case "first":
			if info.Description != "The first." || filepath.Base(info.Source) != "one.yaml" || info.Broken != "" {
				t.Errorf("%+v", info)
			}
		case "broken":
			if !strings.Contains(info.Broken, "broken.yaml:1:7") {
				t.Errorf("%+v", info)
			}
		default:
			if info.Source != "embedded" || info.Description == "" {
				t.Errorf("%+v", info)
			}
		}
	}
}

func TestLibraryRefuses(t *testing.T) {
	t.Parallel()
	lib := library(t, map[string]string{
		"a.yaml":    "name: a\nextends: b\n",
		"b.yaml":    "name: b\nextends: c\n",
		"c.yaml":    "name: c\nextends: a\n",
		"self.yaml": "name: self\nextends: self\n",
		"bad.yaml":  "name: bad\nseed: x\n",
		"over.yaml": "name: over\nextends: bad\n",
	})
	tests := []struct{ name, load, want string }{
		{"circle", "a", `c.yaml:2:10: extends: "a", a cycle: a extends b extends c extends a`},
		{"itself", "self", `self.yaml:2:10: extends: "self", a cycle: self extends self`},
		{"broken parent", "over", `bad.yaml:2:7: seed: "x", expected an integer from -9223372036854775808 to 9223372036854775807`},
		{"unknown", "nope", `scenario "nope": no such scenario; there are default, a, b, bad,`},
		{"a path", "../scenario", `scenario "../scenario": no such scenario`},
		{"a file", "a.yaml", `scenario "a.yaml": no such scenario`},
		{"nothing", "", `scenario "": no such scenario`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := lib.Load(test.load)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	if _, err := lib.Source("nope"); !errors.Is(err, scenario.ErrUnknown) {
		t.Errorf("got %v", err)
	}
}

// A mounted config map is a folder of links into a folder beside them; a link
// that leaves the folder must not be followed.
func TestLibraryLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "..2026"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "..2026", "m.yaml"), []byte("name: mounted\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	link(t, "..2026", filepath.Join(dir, "..data"))
	link(t, filepath.Join("..data", "m.yaml"), filepath.Join(dir, "m.yaml"))
	lib, err := scenario.NewLibrary(scenarios.FS, dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lib.Load("mounted"); err != nil {
		t.Error(err)
	}

	outside := folder(t, map[string]string{"secret.yaml": "name: secret\n"})
	link(t, filepath.Join(outside, "secret.yaml"), filepath.Join(dir, "out.yaml"))
	if lib, err = scenario.NewLibrary(scenarios.FS, dir); err != nil {
		t.Fatal(err)
	}
	if _, err := lib.Load("secret"); !errors.Is(err, scenario.ErrUnknown) {
		t.Errorf("a link out of the folder is followed: %v", err)
	}
	if _, err := lib.Load("out"); err == nil || !strings.Contains(err.Error(), "out.yaml: cannot be read: path escapes from parent") {
		t.Errorf("a link out of the folder: %v", err)
	}
	if _, err := lib.Load("mounted"); err != nil {
		t.Errorf("beside it: %v", err)
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Fatal(err)
	}
}

func TestLibraryWithoutFolder(t *testing.T) {
	t.Parallel()
	if _, err := scenario.NewLibrary(scenarios.FS, filepath.Join(t.TempDir(), "absent")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	empty, err := scenario.NewLibrary(fstest.MapFS{}, "")
	if err != nil {
		t.Fatal(err)
	}
	if names := empty.Names(); len(names) != 0 {
		t.Errorf("got %v", names)
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"a.yaml": "name: a\n", "b.yaml": "name: b\n", "notes.txt": "1"})
	file := filepath.Join(folder(t, map[string]string{"c.yaml": "name: c\n"}), "c.yaml")
	hash := func() string {
		t.Helper()
		return scenario.Hash(dir, file)
	}
	write := func(at, text string) {
		t.Helper()
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first := hash()
	write(filepath.Join(dir, "notes.txt"), "2")
	write(filepath.Join(dir, "a.yaml"), "name: a\n")
	if hash() != first {
		t.Error("the hash moved though no scenario changed")
	}
	seen := []string{first}
	steps := map[string]func(){
		"folder's file": func() { write(filepath.Join(dir, "a.yaml"), "name: a\nseed: 1\n") },
		"single file":   func() { write(file, "name: c\nseed: 1\n") },
		"new file":      func() { write(filepath.Join(dir, "d.json"), "{}") },
		"a torn link":   func() { link(t, "nowhere", filepath.Join(dir, "e.json")) },
	}
	for name, step := range steps {
		step()
		if sum := hash(); slices.Contains(seen, sum) {
			t.Errorf("%s: the hash did not move", name)
		} else {
			seen = append(seen, sum)
		}
	}
	if err := os.RemoveAll(dir); err != nil || slices.Contains(seen, hash()) {
		t.Errorf("the hash did not move with the folder: %v", err)
	}
}

// TestBrokenBase: what is wrong with a file that a body extends is told at that
// place of the body, with its own place.
func TestBrokenBase(t *testing.T) {
	t.Parallel()
	lib := library(t, map[string]string{"base.yaml": "name: base\nseed: x\n"})
	_, err := scenario.FromBody(nil, []byte(`{"name":"a","extends":"base","seed":"y"}`), lib)
	var found document.Violations
	if !errors.As(err, &found) || len(found) != 2 || found[0].Pointer != "/seed" || found[1].Pointer != "/extends" || !strings.Contains(found[1].Message, `base.yaml:2:7: seed: "x", `) {
		t.Errorf("%+v", found)
	}
}
