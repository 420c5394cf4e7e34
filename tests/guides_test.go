package tests_test

import (
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
