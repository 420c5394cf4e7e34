package scenario

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"example.com/capisim/sim/document"
)

// saved is a world of so many apps as it is exported.
func saved(t *testing.T, apps int) string {
	t.Helper()
	s, err := Parse("", []byte("name: x\ngenerate: {processes: [web, worker], apps: "+strconv.Itoa(apps)+"}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := Dump(FromState(s.Store().Load(Epoch), s), "json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// at replaces the last or, counted from 0, another occurrence in a text.
func at(n int, text, old, by string) string {
	parts := strings.SplitAfter(text, old)
	if n < 0 {
		n += len(parts) - 1
	}
	parts[n] = strings.TrimSuffix(parts[n], old) + by
	return strings.Join(parts, "")
}

// TestLarge: a large scenario, of which no more than an app is held at once, is what
// it is when it is read as a whole, and so are its mistakes and their places.
func TestLarge(t *testing.T) {
	// Long texts make it large: each value costs more than its bytes.
	text := strings.ReplaceAll(saved(t, 170), `"metadata": {`, `"metadata": {"annotations": {"long": "`+strings.Repeat("x", 3000)+`"},`)
	if len(text) < 5<<18 {
		t.Fatalf("only %d bytes", len(text))
	}
	t.Setenv("STACK", "windows")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "base.yaml"), []byte("name: base\napps: [{name: one}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	lib, err := NewLibrary(os.DirFS(t.TempDir()), dir)
	if err != nil {
		t.Fatal(err)
	}
	twice := at(7, at(-1, text, `"type": "web",`, `"type": "web", "guid": "twice-there", "x-b": 1,`), `"type": "web",`, `"type": "web", "guid": "twice-there", "x-b": 1,`)
	for name, c := range map[string]struct {
		text  string
		wrong string
	}{
		"right":                {text, ""},
		"one to be fitted":     {at(100, at(-1, text, `"web",`, `"web", "x-a": {"b": 1},`), `"env": "staging"`, `"env": 7, "on": true`), ""},
		"an environment":       {at(100, strings.Replace(text, `"variables": false,`, "", 1), `"cflinuxfs4"`, `"${STACK}"`), ""},
		"over another":         {strings.Replace(text, `"variables": false,`, `"extends": "base", "drop": {"apps": ["one"]},`, 1), ""},
		"a file":               {at(100, text, `"env"`, `"file"`), ""},
		"of another type":      {at(-1, text, `"memory_in_mb": `, `"memory_in_mb": 1.5, "x": `), `apps[169].processes[1].memory_in_mb: 1.5, expected`},
		"unknown keys":         {strings.ReplaceAll(text, `"stack":`, `"stak":`), `more problems`},
		"a guid twice":         {strings.Replace(twice, `"guid": "twice-there", "x-b": 1,`, `"guid": "twice-there", "x-b": 1,`, 1), `key "guid" appears twice`},
		"a space that is none": {at(-1, text, `"space": "dev"`, `"space": "prod"`), `apps[169].space: "prod", no such space`},
		"a name twice":         {strings.Replace(text, `"name": "`+nameOf(text, 4), `"name": "`+nameOf(text, 5), 1), `the name of apps[3] already`},
		"over none":            {strings.Replace(text, `"variables": false,`, `"extends": "bse",`, 1), `extends: "bse"`},
		"over with a mistake":  {at(-1, strings.Replace(text, `"variables": false,`, `"extends": "base",`, 1), `"space": "dev"`, `"space": "prod"`), `apps[169].space: "prod", no such space`},
	} {
		file := filepath.Join(dir, "large.json")
		doc, err := document.Read(file, []byte(c.text))
		var whole *Scenario
		if err == nil {
			doc.Root, _ = expand(doc.Root, os.LookupEnv)
			whole, err = parse(doc, lib)
		}
		got, wrong := Parse(file, []byte(c.text), lib)
		if text := messageOf(wrong); text != messageOf(err) || (c.wrong == "") != (text == "") || !strings.Contains(text, c.wrong) {
			t.Errorf("%s: %.200s\nwant %.200s, with %s", name, text, messageOf(err), c.wrong)
		}
		if got == nil || whole == nil {
			continue
		}
		one, err := json.Marshal(got.Document)
		other, err2 := json.Marshal(whole.Document)
		if string(one) != string(other) || err != nil || err2 != nil {
			t.Errorf("%s: %.200s\nwant %.200s", name, one, other)
		}
	}
}

func messageOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// nameOf is the name of an app, counted from 1.
func nameOf(text string, n int) string {
	_, rest, _ := strings.Cut(text, `"apps"`)
	name := strings.Split(rest, `"name": "`)[n]
	return name[:strings.IndexByte(name, '"')]
}
