package scenario_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/capisim/scenarios"
	"example.com/capisim/sim/scenario"
)

// TestRenew is a history of a folder: what each scenario is after each change of
// its files, who plays which version of it, and what is told.
func TestRenew(t *testing.T) {
	t.Parallel()
	named := filepath.Join(t.TempDir(), "named.yaml")
	dir := folder(t, map[string]string{"base.yaml": "name: base\nseed: 1\n", "child.yaml": "name: child\nextends: base\n"})
	write := func(name, text string) {
		t.Helper()
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(name string) {
		t.Helper()
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	write(named, "name: named\nextends: child\n")
	lib, err := scenario.NewLibrary(scenarios.FS, dir)
	if err == nil {
		lib, err = lib.With(named)
	}
	if err != nil {
		t.Fatal(err)
	}
	playing := map[string]*scenario.Scenario{} // by the world, which is called like what it plays first
	for _, name := range []string{"named", "child", "base", "quota", "default"} {
		if playing[name], err = lib.Load(name); err != nil {
			t.Fatal(err)
		}
	}
	const all = "named child base quota default"
	for _, step := range []struct {
		name    string
		change  func()
		reloads string // the worlds that play another version now
		want    map[string]int64
		broken  string // problem of the one broken file
		kept    bool
	}{
		{name: "nothing", change: func() {}},
		{name: "a comment", change: func() { write("base.yaml", "# words\nname: base\nseed: 1\n") }},
		{name: "the base of others", change: func() { write("base.yaml", "name: base\nseed: 2\n") }, reloads: "named child base", want: map[string]int64{"named": 2}},
		{name: "the base is torn", change: func() { write("base.yaml", "name: [\n") }, broken: "base.yaml:1:7: not YAML", kept: true},
		{name: "another file, meanwhile", change: func() { write("child.yaml", "name: child\nextends: base\nseed: 7\n") },
			reloads: "named child", want: map[string]int64{"named": 7, "base": 2}, broken: "base.yaml:1:7: not YAML", kept: true},
		{name: "the base is wrong in its meaning", change: func() { write("base.yaml", "name: base\napps: [{name: a, space: nowhere}]\n") },
			broken: "base.yaml:2:25: apps[0].space: \"nowhere\"", kept: true},
		{name: "and mended", change: func() { write("base.yaml", "name: base\nseed: 3\n") }, reloads: "base", want: map[string]int64{"named": 7, "base": 3}},
		{name: "a link that leads nowhere", change: func() { link(t, "nowhere", filepath.Join(dir, "dangling.yaml")) }, broken: "dangling.yaml: cannot be read: no such file"},
		{name: "others go on beside it", change: func() { write("base.yaml", "name: base\nseed: 4\n") }, reloads: "base", broken: "dangling.yaml: cannot be read: no such file"},
		{name: "it leads somewhere", change: func() { write("nowhere", "name: found\n") }},
		{name: "the base is gone", change: func() { remove(filepath.Join(dir, "base.yaml")) }, broken: `child.yaml:2:10: extends: "base", no such scenario`, kept: true},
		{name: "and is there again in another file", change: func() { write("other.yaml", "name: base\nseed: 5\n") }, reloads: "base", want: map[string]int64{"child": 7}},
		{name: "a file takes the place of an embedded one", change: func() { write("default.yaml", "name: default\nextends: default\nseed: 9\n") },
			reloads: "quota default", want: map[string]int64{"quota": 9}},
		{name: "and gives it back", change: func() { remove(filepath.Join(dir, "default.yaml")) }, reloads: "quota default"},
		{name: "a file gives itself another name", change: func() { write(named, "name: renamed\nextends: child\n") }, reloads: "named"},
		{name: "the named file is gone", change: func() { remove(named) }, broken: "named.yaml: cannot be read: no such file", kept: true},
		{name: "and back", change: func() { write(named, "name: renamed\nextends: child\nseed: 8\n") }, reloads: "named", want: map[string]int64{"named": 8}},
	} {
		step.change()
		next, err := lib.Renew()
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		lib = next
		var reloads []string
		for _, name := range strings.Fields(all) {
			if now := lib.Now(playing[name]); now != playing[name] {
				playing[name] = now
				reloads = append(reloads, name)
			}
		}
		if got := strings.Join(reloads, " "); got != step.reloads {
			t.Errorf("%s: %q are reloaded, want %q", step.name, got, step.reloads)
		}
		for name, seed := range step.want {
			if got := playing[name].Number; got != seed {
				t.Errorf("%s: %s has the seed %d, want %d", step.name, name, got, seed)
			}
		}
		var broken string
		for _, info := range lib.List() {
			if info.Broken == "" {
				continue
			}
			if broken += filepath.Base(info.Source) + strings.TrimPrefix(info.Broken, info.Source); info.Kept != step.kept {
				t.Errorf("%s: kept is %v", step.name, info.Kept)
			}
			if _, err := lib.Load(info.Name); (err == nil) != step.kept {
				t.Errorf("%s: load %s: %v", step.name, info.Name, err)
			}
		}
		if !strings.HasPrefix(broken, step.broken) || step.broken == "" && broken != "" {
			t.Errorf("%s: broken %q, want %q", step.name, broken, step.broken)
		}
	}
}

// TestNowKeepsVariations: who plays a scenario with another seed plays its next
// version with that seed, and what came from no file is nobody's to change.
func TestNowKeepsVariations(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"a.yaml": "name: a\nseed: 1\n"})
	lib, err := scenario.NewLibrary(scenarios.FS, dir)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := lib.Load("a")
	if err != nil {
		t.Fatal(err)
	}
	one, nine := int64(1), int64(9)
	same, varied := plain.Varied(scenario.Variation{Seed: &one}), plain.Varied(scenario.Variation{Seed: &nine})
	sent, err := scenario.FromBody(nil, []byte("name: a\nseed: 1\n"), lib)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte("name: a\nseed: 2\nvariant: vendor\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if lib, err = lib.Renew(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		from    *scenario.Scenario
		seed    int64
		variant string
	}{{"plain", plain, 2, "vendor"}, {"the same seed, by choice", same, 1, "vendor"}, {"another seed", varied, 9, "vendor"}, {"sent by a client", sent, 1, "default"}} {
		if now := lib.Now(test.from); now.Number != test.seed || string(now.Variant) != test.variant {
			t.Errorf("%s: seed %d, variant %s", test.name, now.Number, now.Variant)
		}
	}
	if _, err := lib.With(filepath.Join(dir, "absent.yaml")); err == nil || !strings.Contains(err.Error(), "absent.yaml: cannot be read: no such file") {
		t.Errorf("%v", err)
	}
	if file, err := lib.With(filepath.Join(dir, "a.yaml")); err != nil || len(file.Names()) != len(lib.Names()) {
		t.Errorf("the folder's own file, named: %v", err)
	}
}
