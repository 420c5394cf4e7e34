package tests_test

import (
	"bytes"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/rhysd/actionlint"
)

// TestWorkflows: actionlint finds nothing wrong with the workflows, nor with the
// one that a guide shows.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v %v", files, err)
	}
	var out bytes.Buffer
	linter, err := actionlint.NewLinter(&out, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := linter.LintFiles(files, nil); err != nil || len(found) > 0 {
		t.Errorf("%v\n%s", err, out.String())
	}
	shown := regexp.MustCompile("(?s)```yaml\n(name: .*?)```").FindAllStringSubmatch(pages(t)["docs/guides/ci.md"], -1)
	if len(shown) == 0 {
		t.Error("the guide shows no workflow")
	}
	for _, block := range shown {
		if found, err := linter.Lint("ci.md", []byte(block[1]), nil); err != nil || len(found) > 0 {
			t.Errorf("%v\n%s", err, out.String())
		}
	}
	if found, _ := linter.Lint("broken.yml", []byte("on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: ls, uses: x}]}}\n"), nil); len(found) == 0 {
		t.Error("a broken workflow is fine: is this test blind?")
	}
}
