package report

import (
	"bytes"
	"fmt"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

// escapeMarkdown keeps a string from being markup, HTML or the end of a cell.
var escapeMarkdown = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`, "#", `\#`,
	"!", `\!`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "@", "&#64;",
)

func md(s string) string { return escapeMarkdown.Replace(document.Printable(s)) }

// words of a cell in the Markdown matrix.
var words = map[string]string{"both": "both", "injected": "injected", "real": "real", "missed": "**missed**"}

func coverageMarkdown(out *bytes.Buffer, m gated) error {
	columns := statuses(m.Matrix)
	fmt.Fprintf(out, "## Coverage\n\n%s\n\n| operation |", figure(m.Matrix))
	for _, status := range columns {
		fmt.Fprintf(out, " %d |", status)
	}
	out.WriteString("\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, row := range m.Operations {
		fmt.Fprintf(out, "| %s |", md(row.ID))
		for _, status := range columns {
			word := ""
			if cell, ok := m.Cell(row.ID, status); ok {
				word = words[cell.How()]
			}
			fmt.Fprintf(out, " %s |", word)
		}
		out.WriteString("\n")
	}
	if list := variants(m.Matrix); len(list) > 0 {
		out.WriteString("\n### Variants\n\n| operation | answer | met | missed |\n|---|---|---|---|\n")
		for _, one := range list {
			fmt.Fprintf(out, "| %s | %s | %s | %s |\n", md(one.Operation), one.Answer, md(strings.Join(one.Met, ", ")), md(strings.Join(one.Missed, ", ")))
		}
	}
	bullets(out, "Armed, never fired", m.ArmedNeverFired)
	bullets(out, "Unmet", m.gate.Unmet(m.Matrix))
	return nil
}

func bullets(out *bytes.Buffer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(out, "\n### %s\n\n", title)
	for _, line := range lines {
		fmt.Fprintf(out, "- %s\n", md(line))
	}
}

func reactionsMarkdown(out *bytes.Buffer, r journal.ReactionReport) error {
	out.WriteString("## Reactions\n\n")
	if len(r.Reactions) == 0 {
		out.WriteString("No injected fault was met.\n")
	} else {
		out.WriteString("| fault | target | client | outcome | retries | gaps | remarks | requests |\n|---|---|---|---|---|---|---|---|\n")
	}
	for i := range r.Reactions {
		one := &r.Reactions[i]
		fmt.Fprintf(out, "| %s %s | %s | %s | %s | %s | %s | %s | %s |\n",
			md(one.Operation), md(answer(one.Status, one.Connection)), md(one.Target), md(one.Client.UserAgent),
			outcome(one), md(manner(one)), gaps(one), strings.Join(remarks(one), "; "), ids(one.Requests))
	}
	if r.Forgotten > 0 {
		fmt.Fprintf(out, "\n%d older reactions are only counted.\n", r.Forgotten)
	}
	if len(r.Summary) > 0 {
		out.WriteString("\n| operation | answer | faults | recovered | gave up | retried | early | repeated applied | hammered |\n|---|---|---|---|---|---|---|---|---|\n")
	}
	for _, s := range r.Summary {
		fmt.Fprintf(out, "| %s | %s | %d | %d | %d | %d | %d | %d | %d |\n", md(s.Operation), md(answer(s.Status, s.Connection)),
			s.Faults, s.Recovered, s.GaveUp, s.Retried, s.Early, s.RepeatedApplied, s.Hammered)
	}
	return nil
}

func expectationsMarkdown(out *bytes.Buffer, j journal.Judgement) error {
	fmt.Fprintf(out, "## Expectations\n\n%s\n", tally(j))
	if len(j.Expectations) > 0 {
		out.WriteString("\n| result | expectation | reasons | requests |\n|---|---|---|---|\n")
	}
	for _, x := range j.Expectations {
		fmt.Fprintf(out, "| %s | %s | %s | %s |\n", md(x.Result), md(x.Text), md(strings.Join(parts(&x), "; ")), ids(x.Requests))
	}
	bullets(out, "Armed, never fired", j.ArmedNeverFired)
	return nil
}
