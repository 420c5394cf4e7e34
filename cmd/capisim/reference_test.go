package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var writeReference = flag.Bool("write", false, "write the page of the reference instead of comparing it")

const referencePage = "../../docs/reference/commands.md"

// TestReference: the page says what the commands' own help says.
func TestReference(t *testing.T) {
	p := &program{stdin: strings.NewReader(""), stdout: &outlet{Writer: io.Discard}, stderr: io.Discard}
	var b bytes.Buffer
	b.WriteString("# Commands\n\n" + prose(p.root().Long) + "\n")
	for _, cmd := range p.root().Commands() {
		describe(&b, cmd)
	}
	if *writeReference {
		if err := os.WriteFile(referencePage, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(referencePage)
	if err != nil || !bytes.Equal(got, b.Bytes()) {
		t.Errorf("%s is not in step with the commands (%v): run go generate ./docs", referencePage, err)
	}
}

func describe(b *bytes.Buffer, cmd *cobra.Command) {
	if cmd.Hidden || cmd.Name() == "help" {
		return
	}
	if cmd.Runnable() && (!cmd.HasSubCommands() || cmd.Flags().Lookup("url") != nil) { // a group has no flags
		long := cmd.Long
		if long == "" {
			long = cmd.Short
		}
		fmt.Fprintf(b, "\n## %s\n\n%s\n\n```sh\n%s\n```\n", cmd.CommandPath(), prose(long), cmd.UseLine())
		if cmd.Example != "" {
			fmt.Fprintf(b, "\nFor example:\n\n```sh\n%s\n```\n", unindented(cmd.Example))
		}
		flags(b, cmd)
	}
	for _, sub := range cmd.Commands() {
		describe(b, sub)
	}
}

func flags(b *bytes.Buffer, cmd *cobra.Command) {
	begun := false
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || f.Hidden {
			return
		}
		if !begun {
			begun = true
			b.WriteString("\n| flag | environment | takes | left out | what it does |\n|---|---|---|---|---|\n")
		}
		takes, usage := pflag.UnquoteUsage(f)
		if takes == "" {
			takes = "nothing"
		}
		byDefault := f.DefValue
		if before, after, found := strings.Cut(usage, " (default: "); found {
			usage, byDefault = before, strings.TrimSuffix(after, ")")
		}
		if byDefault != "" && !strings.Contains(byDefault, " ") {
			byDefault = "`" + byDefault + "`"
		}
		environment := "`" + variable(f.Name) + "`"
		if ownServers[cmd.Name()] && describesServer[f.Name] {
			environment = ""
		}
		fmt.Fprintf(b, "| `--%s` | %s | %s | %s | %s |\n", f.Name, environment, strings.ReplaceAll(takes, "|", `\|`), byDefault, strings.ReplaceAll(usage, "|", `\|`))
	})
}

// prose makes one line of each paragraph, in which help breaks lines.
func prose(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, one := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(one), " ")
	}
	return strings.Join(paragraphs, "\n\n")
}

func unindented(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "  ")
	}
	return strings.Join(lines, "\n")
}
