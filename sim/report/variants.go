package report

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

// opened is a cell, or what was done to an operation's connections, opened by
// its variants.
type opened struct {
	Operation, Answer string   // "updateProcess" and "422"
	Met               []string // each with its counts
	Missed            []string
}

// String says it in one line, for formats that have no table.
func (o opened) String() string {
	parts := []string{}
	if len(o.Met) > 0 {
		parts = append(parts, "met "+strings.Join(o.Met, ", "))
	}
	if len(o.Missed) > 0 {
		parts = append(parts, "missed "+strings.Join(o.Missed, ", "))
	}
	return o.Operation + ":" + o.Answer + ": " + strings.Join(parts, "; ")
}

// variants open what has been met at all: each cell with errors to be told
// apart or with answers after the request took effect, and each operation whose
// connections were broken.
func variants(m journal.Matrix) []opened {
	var out []opened
	for _, row := range m.Operations {
		for _, cell := range row.Cells {
			if cell.Covered() && (len(cell.Variants) > 1 || cell.After > 0) {
				out = append(out, open(row.ID, strconv.Itoa(cell.Status), cell.Variants))
			}
		}
		if one := open(row.ID, "connection", row.Connections); len(one.Met) > 0 {
			out = append(out, one)
		}
	}
	return out
}

func open(operation, answer string, list []journal.Variant) opened {
	out := opened{Operation: document.Printable(operation), Answer: answer}
	for _, v := range list {
		name := v.Error + string(v.Connection)
		switch {
		case name == "":
			name = "other"
		case v.Detail != "":
			name += " " + strconv.Quote(v.Detail)
		}
		if name = document.Printable(name); v.Covered() {
			out.Met = append(out.Met, name+" ("+tell(v.Counts)+")")
		} else {
			out.Missed = append(out.Missed, name)
		}
	}
	return out
}

// tell says how often something was met, and in which phase.
func tell(c journal.Counts) string {
	text := fmt.Sprintf("injected %d, real %d", c.Injected, c.Real)
	if c.After > 0 {
		text += fmt.Sprintf(", after the change %d", c.After)
	}
	return text
}
