package scenario

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func put(t *testing.T, file, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func ruleWith(respond string) string {
	return "name: x\nfaults:\n  - id: a\n    undocumented: true\n    respond: {status: 503, " + respond + "}\n"
}

func TestBodiesInFiles(t *testing.T) {
	t.Parallel()
	outside := put(t, filepath.Join(t.TempDir(), "secret.txt"), "secret")
	dir := t.TempDir()
	put(t, filepath.Join(dir, "bodies", "down.html"), "<h1>down</h1>\n")
	put(t, filepath.Join(dir, "error.json"), `{"errors":[{"code":1,"title":"CF-X","detail":"x"}]}`)
	put(t, filepath.Join(dir, "torn.json"), `{`)
	put(t, filepath.Join(dir, "large.txt"), strings.Repeat("x", maxPart+1))
	put(t, filepath.Join(dir, "bytes.txt"), "\xff")
	for link, to := range map[string]string{"inside.html": "bodies/down.html", "outside.html": outside, "up.html": "../x"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ respond, want, wrong string }{
		{"file: bodies/down.html", `"\u003ch1\u003edown\u003c/h1\u003e\n"`, ""},
		{"file: ./bodies/down.html", `"\u003ch1\u003edown\u003c/h1\u003e\n"`, ""},
		{"file: error.json", `{"errors":[{"code":1,"title":"CF-X","detail":"x"}]}`, ""},
		{"file: inside.html", `"\u003ch1\u003edown\u003c/h1\u003e\n"`, ""},
		{"file: outside.html", "", `5:34: faults[0].respond.file: "outside.html": path escapes from parent`},
		{"file: up.html", "", `"up.html": path escapes from parent`},
		{"file: ../secret.txt", "", `"../secret.txt": expected a path inside the folder of this file, without .. in it`},
		{"file: " + outside, "", `expected a path inside the folder of this file`},
		{"file: nosuch.html", "", `5:34: faults[0].respond.file: "nosuch.html": no such file or directory`},
		{"file: bodies", "", `"bodies": not a file`},
		{"file: large.txt", "", `"large.txt": 1048577 bytes, expected at most 1048576`},
		{"file: bytes.txt", "", `"bytes.txt": not UTF-8`},
		{"file: torn.json", "", `torn.json:1:2: not JSON`},
		{"file: 7", "", `respond.file: "7", expected a body here`},
		{"file: error.json, body: x", "", `stands beside body, expected one of the two`},
	} {
		s, err := Parse(filepath.Join(dir, "f.yaml"), []byte(ruleWith(c.respond)), nil)
		switch {
		case c.wrong != "":
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%s: %v, expected %s", c.respond, err, c.wrong)
			}
		case err != nil:
			t.Errorf("%s: %v", c.respond, err)
		default:
			if got := string(s.Faults[0].Respond.Body); got != c.want {
				t.Errorf("%s: %s, expected %s", c.respond, got, c.want)
			}
		}
	}
	if _, err := FromBody(nil, []byte(ruleWith("file: error.json")), nil); err == nil || !strings.Contains(err.Error(), "only a scenario in a file has files beside it") {
		t.Errorf("%v: a stranger reads files", err)
	}
	steps := "name: x\nfaults:\n  - id: a\n    undocumented: true\n    sequence: [{pass: true}, {status: 503, file: bodies/down.html}]\n"
	if s, err := Parse(filepath.Join(dir, "f.yaml"), []byte(steps), nil); err != nil || !strings.Contains(string(s.Faults[0].Sequence[1].Body), "down") {
		t.Errorf("a step: %v", err)
	}
	rules, err := ReadFile(filepath.Join(dir, "rules.yaml"), []byte("- {id: a, respond: {status: 503, file: error.json}}\n"))
	if err != nil || !strings.Contains(rules.Root.String(), `"body":{"errors"`) {
		t.Errorf("%v: a list of rules", err)
	}
	if _, err := Parse(filepath.Join(dir, "nodir", "f.yaml"), []byte(ruleWith("file: error.json")), nil); err == nil {
		t.Error("a folder that is not there")
	}
}

// TestBodiesOfALibrary: a library has the bodies beside its files, embedded ones
// too, and notices that one has changed.
func TestBodiesOfALibrary(t *testing.T) {
	t.Parallel()
	shipped := fstest.MapFS{
		"ours.yaml":  {Data: []byte(strings.Replace(ruleWith("file: b/c.html"), "name: x", "name: ours", 1))},
		"b/c.html":   {Data: []byte("ours")},
		"wrong.yaml": {Data: []byte("name: wrong\n")},
	}
	dir := t.TempDir()
	put(t, filepath.Join(dir, "x.yaml"), ruleWith("file: body.html"))
	body := put(t, filepath.Join(dir, "body.html"), "before")
	library, err := NewLibrary(shipped, dir)
	if err != nil {
		t.Fatal(err)
	}
	bodyOf := func(l *Library, name string) string {
		s, err := l.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(s.Faults[0].Respond.Body)
	}
	if got := bodyOf(library, "ours") + bodyOf(library, "x"); got != `"ours""before"` {
		t.Error(got)
	}
	hash := Hash(dir)
	put(t, body, "after")
	if Hash(dir) == hash {
		t.Error("a changed body goes unnoticed")
	}
	next, err := library.Renew()
	if err != nil {
		t.Fatal(err)
	}
	if got := bodyOf(next, "x"); got != `"after"` {
		t.Error(got)
	}
}
