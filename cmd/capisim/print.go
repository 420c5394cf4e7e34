package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/document"
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

// table prints rows in columns that fit the width of a terminal. What comes from
// a server or a file may hold anything; a terminal sees no control characters of
// it.
func (p *program) table(fill func(row func(cells ...any))) error {
	var rows [][]string
	var widths []int
	fill(func(cells ...any) {
		texts := printables(cells)
		for i, text := range texts {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
		rows = append(rows, texts)
	})
	narrow(widths)
	var out strings.Builder
	for _, row := range rows {
		writeRow(&out, row, widths)
	}
	_, err := io.WriteString(p.stdout, out.String())
	return err
}

// What a table may take, in characters.
const (
	tableWidth  = 100
	columnGap   = 2
	columnLeast = 8
)

// narrow takes from the widest columns until all of them fit.
func narrow(widths []int) {
	room := tableWidth - columnGap*(len(widths)-1)
	for {
		total, widest := 0, 0
		for i, width := range widths {
			total += width
			if width > widths[widest] {
				widest = i
			}
		}
		if total <= room || widths[widest] <= columnLeast {
			return
		}
		widths[widest]--
	}
}

// writeRow writes the cells of a row; what does not fit into a column goes on
// below.
func writeRow(out *strings.Builder, row []string, widths []int) {
	cells := make([][]string, len(row))
	lines := 1
	for i, text := range row {
		cells[i] = wrapped(text, widths[i])
		lines = max(lines, len(cells[i]))
	}
	for n := range lines {
		var line strings.Builder
		for i, cell := range cells {
			text := ""
			if n < len(cell) {
				text = cell[n]
			}
			line.WriteString(text + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)+columnGap))
		}
		out.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// wrapped cuts a text into lines: behind a blank, a comma or a slash where there
// is one beyond the first quarter.
func wrapped(text string, width int) (lines []string) {
	rest := []rune(text)
	for len(rest) > width {
		cut := width
		for at := width; at > width/4; at-- {
			if strings.ContainsRune(" ,/", rest[at-1]) || rest[at] == ' ' {
				cut = at
				break
			}
		}
		lines = append(lines, strings.TrimRight(string(rest[:cut]), " "))
		rest = rest[cut:]
		for len(rest) > 0 && rest[0] == ' ' {
			rest = rest[1:]
		}
	}
	return append(lines, string(rest))
}

func printables(cells []any) []string {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = document.Printable(fmt.Sprint(cell))
	}
	return texts
}

func joined(list []string) string { return strings.Join(list, ", ") }
