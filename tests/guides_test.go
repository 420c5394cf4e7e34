package tests_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/capisim/docs"
	"example.com/capisim/scenarios"
	"example.com/capisim/sim"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/tests/harness"
)

// TestGuides: the rules and scenarios of the guides are good ones.
func TestGuides(t *testing.T) {
	t.Parallel()
	library, err := scenario.NewLibrary(scenarios.FS, "")
	if err != nil {
		t.Fatal(err)
	}
	srv := sim.Start(t)
	rules, files := 0, 0
	for _, name := range []string{"which-fault", "own-scenario"} {
		page, ok := docs.Find(name)
		if !ok {
			t.Fatalf("no page %q", name)
		}
		for _, code := range span.FindAllString(fence.ReplaceAllString(page.Markdown, ""), -1) {
			if rule := strings.Trim(code, "`"); strings.HasPrefix(rule, `{"`) {
				rules++
				meets(t, srv, rule)
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

// meets sets a rule in a world of its own and sends requests until one has met
// it.
func meets(t *testing.T, srv *sim.Server, text string) {
	t.Helper()
	t.Run(text, func(t *testing.T) {
		t.Parallel()
		world := srv.World(t, sim.Frozen())
		world.Rule(t, text)
		world.Advance(t, 20*time.Second) // into the window of a rule that has one
		rules, wrong := fault.ParseRules([]byte(text))
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		names := append(rules[0].Match.Operations, "getProcess")
		op, _ := contract.OperationByID(names[0])
		r := harness.Valid(op)
		body, err := json.Marshal(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		if rules[0].Match.Body != nil {
			body = []byte(`{"instances":11}`)
		}
		// What is held back was decided before.
		client := &http.Client{Timeout: time.Second}
		for range 30 {
			request, err := http.NewRequestWithContext(t.Context(), r.Method, world.URL+r.Path, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header = http.Header{"Authorization": {"bearer developer"}, "Content-Type": {"application/json"}, "User-Agent": {"cf/8.0.0"}}
			if answer, err := client.Do(request); err == nil {
				answer.Body.Close()
			}
			if world.Rules(t)[0].Injected > 0 {
				return
			}
		}
		t.Error("30 requests have not met it")
	})
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
