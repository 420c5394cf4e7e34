package tests_test

import (
	"os"
	"strings"
	"testing"

	"example.com/capisim/docs"
	"example.com/capisim/scenarios"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/scenario"
)

// TestGuides: the rules and scenarios of the guides are good ones.
func TestGuides(t *testing.T) {
	t.Parallel()
	library, err := scenario.NewLibrary(scenarios.FS, "")
	if err != nil {
		t.Fatal(err)
	}
	rules, files := 0, 0
	for _, name := range []string{"which-fault", "own-scenario"} {
		page, ok := docs.Find(name)
		if !ok {
			t.Fatalf("no page %q", name)
		}
		for _, code := range span.FindAllString(fence.ReplaceAllString(page.Markdown, ""), -1) {
			if rule := strings.Trim(code, "`"); strings.HasPrefix(rule, `{"`) {
				rules++
				if _, err := fault.ParseRules([]byte(rule)); err != nil {
					t.Errorf("%s: %s: %v", name, rule, err)
				}
			}
		}
		for _, block := range fence.FindAllString(page.Markdown, -1) {
			text, isYAML := strings.CutPrefix(strings.TrimSuffix(block, "```"), "```yaml\n")
			if !isYAML {
				continue
			}
			files++
			if _, err := scenario.Parse("guide.yaml", []byte(text), library); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if rules < 20 || files < 2 {
		t.Errorf("%d rules and %d scenarios: is this test blind?", rules, files)
	}
}

// TestGoGuide: the code of the guide for Go is that of tests which run.
func TestGoGuide(t *testing.T) {
	t.Parallel()
	page, ok := docs.Find("go-tests")
	if !ok {
		t.Fatal("no page go-tests")
	}
	var run strings.Builder
	for _, name := range []string{"library/guide_test.go", "library/library_test.go", "../sim/example_evidence_test.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		run.Write(text)
	}
	source := strings.ReplaceAll(run.String(), "\n\t// ", "\n") // what examples print
	blocks := 0
	for _, block := range fence.FindAllString(page.Markdown, -1) {
		language, code, _ := strings.Cut(strings.TrimSuffix(block, "```"), "\n")
		if language == "```sh" {
			continue
		}
		blocks++
		if !strings.Contains(source, code) {
			t.Errorf("no test has this code:\n%s", code)
		}
	}
	if blocks < 8 {
		t.Errorf("%d blocks: is this test blind?", blocks)
	}
}
