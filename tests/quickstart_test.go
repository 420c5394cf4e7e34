package tests_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/capisim/sim"
)

// TestQuickStarts runs the program of each language that this machine has.
func TestQuickStarts(t *testing.T) {
	t.Parallel()
	languages := map[string]struct{ file, command string }{
		"sh": {"quick_start.sh", "bash"}, "python": {"quick_start.py", "python3"}, "js": {"quick_start.mjs", "node"},
		"java": {"QuickStart.java", "java"}, "ruby": {"quick_start.rb", "ruby"},
	}
	blocks := regexp.MustCompile("(?s)\n## [^\n]+\n.*?```(\\w+)\n(.*?)```").FindAllStringSubmatch(pages(t)["docs/guides/quick-start.md"], -1)
	var missing []string
	for _, block := range blocks {
		language, text := block[1], block[2]
		how, known := languages[language]
		if !known {
			t.Errorf("no way to run %s", language)
			continue
		}
		delete(languages, language)
		command, err := exec.LookPath(how.command)
		if err != nil {
			missing = append(missing, how.command)
			continue
		}
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), how.file)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			run := exec.CommandContext(t.Context(), command, file)
			run.Env = append(os.Environ(), "CAPISIM_URL="+sim.Start(t).URL, "no_proxy=127.0.0.1", "http_proxy=")
			out, err := run.CombinedOutput()
			if err != nil || strings.TrimSpace(string(out)) != "409 CF-Conflict, then 200 quick start" {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	if len(languages) > 0 {
		t.Errorf("the guide has no program in %v", languages)
	}
	if missing != nil {
		t.Logf("not run, since they are not here: %s", strings.Join(missing, ", "))
	}
}
