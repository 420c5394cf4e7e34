package main

import (
	"strings"

	"github.com/spf13/cobra"

	"example.com/capisim/docs"
	"example.com/capisim/schemas"
	"example.com/capisim/sim"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/schema"
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

// The documents that schema prints beside the schemas, both OpenAPI.
const (
	apiDocument   = "openapi"
	adminDocument = "admin-openapi"
)

func schemaNames() []string { return append(schemas.Names(), apiDocument, adminDocument) }

// schemaCommand prints a JSON schema or an OpenAPI document, for editors,
// generators and other tools.
func (p *program) schemaCommand() *cobra.Command {
	variant, base := "default", "http://127.0.0.1:8080"
	cmd := &cobra.Command{
		Use:     "schema [NAME]",
		Short:   "List the JSON schemas and OpenAPI documents, or print one, in one file",
		Example: "  capisim schema scenario > scenario.schema.json\n  capisim schema openapi --base http://localhost:8080 > openapi.json",
		Args:    arguments(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				_, err := p.stdout.Write([]byte(strings.Join(schemaNames(), "\n") + "\n"))
				return err
			}
			text, err := schemaText(args[0], variant, base)
			if err == nil {
				_, err = p.stdout.Write(text)
			}
			return err
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return schemaNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().Var(oneOf(&variant, "default", "open-source", "vendor"), "variant", "edition of the API in openapi")
	cmd.Flags().Var(webAddress(&base), "base", "`address` that an OpenAPI document says the server is at")
	return cmd
}

func schemaText(name, variant, base string) ([]byte, error) {
	var document []byte
	var err error
	switch name {
	case apiDocument:
		document, err = sim.OpenAPI(variant, base)
	case adminDocument:
		document, err = sim.AdminOpenAPI(base)
	default:
		return bundledSchema(name)
	}
	if err != nil {
		return nil, misused("schema: %w", err)
	}
	return append(document, '\n'), nil
}

func bundledSchema(name string) ([]byte, error) {
	text, ok := schema.Bundled(name)
	if !ok {
		return nil, misused("schema: no such schema: %s", document.UnknownWord(name, schemaNames()))
	}
	return text, nil
}
