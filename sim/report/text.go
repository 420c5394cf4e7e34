package report

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

// marks of a cell in the text matrix.
var marks = map[string]string{"both": "B", "injected": "I", "real": "R", "missed": "-"}

func coverageText(out *bytes.Buffer, m gated) error {
	var lines bytes.Buffer
	table := tabwriter.NewWriter(&lines, 0, 0, 2, ' ', 0)
	columns := statuses(m.Matrix)
	fmt.Fprint(table, "operation")
	for _, status := range columns {
		fmt.Fprintf(table, "\t%d", status)
	}
	fmt.Fprintln(table)
	for _, row := range m.Operations {
		fmt.Fprint(table, document.Printable(row.ID))
		for _, status := range columns {
			mark := ""
			if cell, ok := m.Cell(row.ID, status); ok {
				mark = marks[cell.How()]
			}
			fmt.Fprintf(table, "\t%s", mark)
		}
		fmt.Fprintln(table)
	}
	table.Flush() // into memory: cannot fail
	out.WriteString(trimLines(lines.String()))
	fmt.Fprintf(out, "\nR real, I injected, B both, - missed\n%s\n", figure(m.Matrix))
	for _, one := range variants(m.Matrix) {
		fmt.Fprintln(out, one)
	}
	for _, id := range m.ArmedNeverFired {
		fmt.Fprintf(out, "armed, never fired: %s\n", document.Printable(id))
	}
	for _, reason := range m.gate.Unmet(m.Matrix) {
		fmt.Fprintf(out, "unmet: %s\n", document.Printable(reason))
	}
	return nil
}

// trimLines takes away the blanks that a table leaves at the ends of lines.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

func reactionsText(out *bytes.Buffer, r journal.ReactionReport) error {
	for i := range r.Reactions {
		one := &r.Reactions[i]
		fmt.Fprintf(out, "%s %s on %s\n", document.Printable(one.Operation), document.Printable(answer(one.Status, one.Connection)), document.Printable(one.Target))
		fmt.Fprintf(out, "  client   %s, user %s\n", document.Printable(cmp.Or(one.Client.UserAgent, "-")), document.Printable(cmp.Or(one.Client.User, "-")))
		fmt.Fprintf(out, "  outcome  %s; %s\n", outcome(one), document.Printable(manner(one)))
		if len(one.GapsMS) > 0 {
			fmt.Fprintf(out, "  gaps     %s\n", gaps(one))
		}
		for _, remark := range remarks(one) {
			fmt.Fprintf(out, "  note     %s\n", remark)
		}
		fmt.Fprintf(out, "  requests %s\n", ids(one.Requests))
	}
	if len(r.Reactions) == 0 {
		out.WriteString("no injected fault was met\n")
	}
	if r.Forgotten > 0 {
		fmt.Fprintf(out, "%d older reactions are only counted\n", r.Forgotten)
	}
	for _, s := range r.Summary {
		fmt.Fprintf(out, "total %s %s: %d faults, %d recovered, %d gave up, %d retried\n",
			document.Printable(s.Operation), document.Printable(answer(s.Status, s.Connection)), s.Faults, s.Recovered, s.GaveUp, s.Retried)
	}
	return nil
}

func expectationsText(out *bytes.Buffer, j journal.Judgement) error {
	for _, x := range j.Expectations {
		fmt.Fprintf(out, "%-13s  %s\n", x.Result, document.Printable(x.Text))
		for _, part := range parts(&x) {
			fmt.Fprintf(out, "               %s\n", part)
		}
		if len(x.Requests) > 0 {
			fmt.Fprintf(out, "               requests %s\n", ids(x.Requests))
		}
	}
	for _, id := range j.ArmedNeverFired {
		fmt.Fprintf(out, "armed, never fired: %s\n", document.Printable(id))
	}
	fmt.Fprintf(out, "%s\n", tally(j))
	return nil
}

// tally is the headline of a judgement.
func tally(j journal.Judgement) string {
	return fmt.Sprintf("%d met, %d unmet, %d not exercised", j.Met, j.Unmet, j.NotExercised)
}

// ids lists requests; a client that hammers makes a list that nobody reads.
func ids(requests []uint64) string {
	const most = 20
	parts := make([]string, 0, most+1)
	for i, id := range requests {
		if i == most {
			parts = append(parts, "...")
			break
		}
		parts = append(parts, fmt.Sprint(id))
	}
	return strings.Join(parts, " ")
}
