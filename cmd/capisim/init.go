package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/schema"
)

// draft is the scenario that init writes, with <words> where its beginning
// stands. What stands behind # without a blank is YAML that can be switched on.
//
//go:embed draft.yaml
var draft string

// draftWorker is the second process of the draft.
const draftWorker = `      - type: worker
        command: ./work
        instances: 1
        memory_in_mb: <memory>
        health_check: {type: process}
`

// beginning is what one's own scenario begins with.
type beginning struct {
	Name, Organization, Space, App, Command string
	Instances, Memory                       int64
	Worker                                  bool
}

// schemaFile is what the first line of a scenario names.
const schemaFile = "scenario.schema.json"

func (p *program) initCommand() *cobra.Command {
	b := beginning{Organization: "demo-org", Space: "dev", App: "demo", Command: "bundle exec rackup", Instances: 2, Memory: 256}
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented scenario to begin one's own with",
		Long: "Write a commented scenario to begin one's own with (capisim.yaml when no FILE is named; - prints it), and beside it\n" +
			schemaFile + ", by which editors check it. A file that is there already is never overwritten.",
		Example: "  capisim init checkout.yaml --app shop --instances 4 --worker\n  capisim serve --scenario checkout.yaml --watch",
		Args:    arguments(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			file := "capisim.yaml"
			if len(args) > 0 {
				file = args[0]
			}
			return p.begin(b, file)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&b.Name, "name", "", "`name` of the scenario (default: that of the file)")
	flags.StringVar(&b.App, "app", b.App, "`name` of the app")
	flags.StringVar(&b.Space, "space", b.Space, "`name` of its space")
	flags.StringVar(&b.Organization, "organization", b.Organization, "`name` of its organization")
	flags.Var(numberFrom(&b.Instances, 0), "instances", "instances of its web process")
	flags.Var(numberFrom(&b.Memory, 1), "memory", "memory of each, in MB")
	flags.StringVar(&b.Command, "command", b.Command, "`command` of the web process")
	flags.BoolVar(&b.Worker, "worker", false, "give it a worker process as well")
	return cmd
}

// draft is the scenario of a beginning.
func (b *beginning) draft() string {
	worker := ""
	if b.Worker {
		worker = draftWorker
	}
	return strings.NewReplacer(
		"<name>", document.Quoted(b.Name),
		"<organization>", document.Quoted(b.Organization),
		"<space>", document.Quoted(b.Space),
		"<app>", document.Quoted(b.App),
		"<command>", document.Quoted(b.Command),
		"<instances>", strconv.FormatInt(b.Instances, 10),
		"<memory>", strconv.FormatInt(b.Memory, 10),
	).Replace(strings.Replace(draft, "<worker>\n", worker, 1))
}

// begin writes the scenario, or prints it.
func (p *program) begin(b beginning, file string) error {
	if ending := filepath.Ext(file); file != "-" && ending != ".yaml" && ending != ".yml" {
		return misused("init: %q, expected a file whose name ends in .yaml", file)
	}
	if b.Name == "" {
		if b.Name = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)); file == "-" {
			b.Name = "mine"
		}
	}
	out := b.draft()
	library, err := openLibrary("")
	if err != nil {
		return err
	}
	if _, err := scenario.Parse(file, []byte(out), library); err != nil {
		return misused("%w", err) // a flag has a value that no scenario can have
	}
	if file == "-" {
		_, err := io.WriteString(p.stdout, out)
		return err
	}
	if err := create(file, []byte(out)); err != nil {
		return err
	}
	text, _ := schema.Bundled("scenario")
	beside := filepath.Join(filepath.Dir(file), schemaFile)
	if _, err := os.Lstat(beside); errors.Is(err, fs.ErrNotExist) {
		if err := create(beside, text); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(p.stdout, "%s and %s are there; capisim serve --scenario %[1]s --watch serves it\n", file, beside)
	return err
}

// create writes a file that is not there yet.
func create(name string, text []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // the user names it, and others may read it
	switch {
	case errors.Is(err, fs.ErrExist):
		return misused("init: %s is there already and is not overwritten; name another file", name)
	case err != nil:
		return misused("init: %w", err)
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return misused("init: %w", err)
	}
	return nil
}
