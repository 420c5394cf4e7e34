package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"example.com/capisim/sim/document"
	"github.com/spf13/cobra"
)

// The formats of what is not a report.
const (
	formatTable = "table"
	formatText  = "text"
	formatJSON  = "json"
	formatYAML  = "yaml"
)

// formatFlag adds --format to a command that prints a table.
func formatFlag(cmd *cobra.Command, format *string) {
	*format = formatTable
	cmd.Flags().Var(oneOf(format, formatTable, formatJSON), "format", "how it is written")
}

func (p *program) printJSON(value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err = fmt.Fprintf(p.stdout, "%s\n", text)
	return err
}

// table prints rows in columns. What comes from a server or a file may hold
// anything; a terminal sees no control characters of it.
func (p *program) table(fill func(row func(cells ...any))) error {
	out := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fill(func(cells ...any) {
		for i, cell := range printables(cells) {
			if i > 0 {
				fmt.Fprint(out, "\t")
			}
			fmt.Fprint(out, cell)
		}
		fmt.Fprintln(out)
	})
	return out.Flush()
}

func printables(cells []any) []any {
	texts := make([]any, len(cells))
	for i, cell := range cells {
		texts[i] = document.Printable(fmt.Sprint(cell))
	}
	return texts
}

func joined(list []string) string { return strings.Join(list, ", ") }

// counted writes a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
