package tests_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
)

var write = flag.Bool("write", false, "write the pages of the reference instead of comparing them")

// TestReference: pages that are made from tables and schemas say what those say.
func TestReference(t *testing.T) {
	for name, page := range map[string]func(*bytes.Buffer){
		"operations":  operations,
		"errors":      catalogue,
		"fault-rules": func(b *bytes.Buffer) { keys(t, b, ruleIntroduction, "fault-rule") },
		"scenarios":   func(b *bytes.Buffer) { keys(t, b, scenarioIntroduction, "scenario") },
	} {
		var want bytes.Buffer
		page(&want)
		file := "../docs/reference/" + name + ".md"
		if *write {
			if err := os.WriteFile(file, want.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s is not in step (%v): run go generate ./docs", file, err)
		}
	}
}

// TestReferenceIsComplete: each row of the reference says something in the
// columns that a reader looks for. With -v it tells how much is documented where.
func TestReferenceIsComplete(t *testing.T) {
	t.Parallel()
	for _, page := range []struct {
		name, what string
		must       []int // columns that may not be empty
	}{
		{"commands", "flags", []int{0, 2, 4}}, {"admin-api", "routes", []int{0, 1}}, {"fault-rules", "keys", []int{0, 1, 2}},
		{"scenarios", "keys", []int{0, 1, 2}}, {"operations", "operations", []int{0, 1, 2}}, {"errors", "errors", []int{0, 1, 2, 3}},
	} {
		text, err := os.ReadFile("../docs/reference/" + page.name + ".md")
		if err != nil {
			t.Fatal(err)
		}
		rows, examples := 0, 0
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "| `") {
				continue
			}
			rows++
			cells := strings.Split(strings.ReplaceAll(strings.Trim(strings.TrimSpace(line), "|"), `\|`, "/"), "|")
			for _, column := range page.must {
				if column >= len(cells) || strings.TrimSpace(cells[column]) == "" {
					t.Errorf("%s: column %d of %s is empty", page.name, column+1, cells[0])
				}
			}
			if strings.TrimSpace(cells[len(cells)-1]) != "" {
				examples++
			}
		}
		if rows < 10 {
			t.Errorf("%s: %d rows", page.name, rows)
		}
		t.Logf("docs/reference/%s.md: %d %s, %d with the last column filled", page.name, rows, page.what, examples)
	}
}

func operations(b *bytes.Buffer) {
	b.WriteString(`# Operations

Each status names the errors that go with it, the default one first; [the errors](errors.md) have their codes and texts. Bold statuses are documented and count for coverage; those in italics are documented although the real server never answers so; all of them can be injected, and others only by a rule with ` + "`\"undocumented\": true`" + `.
`)
	for _, supporting := range []bool{false, true} {
		if supporting {
			b.WriteString("\n## Supporting operations\n\nWhat clients need beside the processes. They count for no coverage, and a rule touches them only when it names them, or `*`.\n")
		} else {
			b.WriteString("\n## Process operations\n")
		}
		b.WriteString("\n| id | request | statuses |\n|---|---|---|\n")
		for _, op := range contract.Operations() {
			if op.Supporting == supporting {
				fmt.Fprintf(b, "| `%s` | `%s %s` | %s |\n", op.ID, op.Method, op.Path, strings.Join(statuses(op), "; "))
			}
		}
	}
}

func statuses(op *contract.Operation) (list []string) {
	rows := slices.Clone(op.Statuses)
	slices.SortFunc(rows, func(a, b contract.Status) int { return a.Code - b.Code })
	for _, status := range rows {
		text := fmt.Sprint(status.Code)
		switch {
		case status.Kind == contract.DocumentedOnly:
			text = "*" + text + "*"
		case status.Cell() && !op.Supporting:
			text = "**" + text + "**"
		}
		for i, e := range status.Errors {
			if i == 0 {
				text += " "
			} else {
				text += ", "
			}
			text += "`" + e.Title + "`"
		}
		list = append(list, text)
	}
	return list
}

func catalogue(b *bytes.Buffer) {
	b.WriteString(`# Errors

The catalogue: every error that the simulated API answers by itself, and that a rule can name. A gap in a text stands in angle brackets.

| title | status | code | detail | |
|---|---|---|---|---|
`)
	for _, e := range contract.Errors() {
		note := ""
		if e.Local {
			note = "capisim's own: the real server has no such error"
		}
		fmt.Fprintf(b, "| `%s` | %d | %d | `%s` | %s |\n", e.Title, e.Status, e.Code, strings.ReplaceAll(e.Detail, "|", `\|`), note)
	}
}
