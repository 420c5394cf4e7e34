package main

import (
	"strings"

	"github.com/spf13/cobra"

	"example.com/capisim/docs"
	"example.com/capisim/schemas"
	"example.com/capisim/sim/document"
)

// docsCommand prints the pages of the documentation.
func (p *program) docsCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "docs [PAGE]",
		Short:   "List the pages of the documentation, or print one",
		Example: "  capisim docs commands\n  capisim docs scenarios",
		Args:    arguments(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			pages := docs.Pages()
			if len(args) == 1 {
				page, ok := docs.Find(strings.ToLower(args[0]))
				if !ok {
					return misused("docs: no such page: %s", document.UnknownWord(args[0], pageNames(pages)))
				}
				_, err := p.stdout.Write([]byte(page.Markdown))
				return err
			}
			if format == formatJSON {
				return p.printJSON(pageNames(pages))
			}
			return p.table(func(row func(...any)) {
				row("PAGE", "ABOUT")
				for _, page := range pages {
					row(page.Name, page.Title)
				}
			})
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return pageNames(docs.Pages()), cobra.ShellCompDirectiveNoFileComp
		},
	}
	formatFlag(cmd, &format)
	return cmd
}

func pageNames(pages []docs.Page) []string {
	names := make([]string, len(pages))
	for i, page := range pages {
		names[i] = page.Name
	}
	return names
}

// schemaCommand prints a JSON schema, for editors and other tools.
func (p *program) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "schema [NAME]",
		Short:   "List the JSON schemas, or print one",
		Example: "  capisim schema scenario > scenario.schema.json",
		Args:    arguments(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				_, err := p.stdout.Write([]byte(strings.Join(schemas.Names(), "\n") + "\n"))
				return err
			}
			text, ok := schemas.Text(args[0])
			if !ok {
				return misused("schema: no such schema: %s", document.UnknownWord(args[0], schemas.Names()))
			}
			_, err := p.stdout.Write(text)
			return err
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return schemas.Names(), cobra.ShellCompDirectiveNoFileComp
		},
	}
}
