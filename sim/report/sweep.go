package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/sweep"
)

// grades in the order in which findings are listed.
var grades = []sweep.Grade{sweep.Bug, sweep.Warning, sweep.Note}

// findings are the cells that somebody should read, the worst first; accepted
// ones and mere successes are left out.
func findings(r *sweep.Result) (list []*sweep.CellResult) {
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Accepted == nil && slices.Contains(grades, c.Grade) {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *sweep.CellResult) int {
		return cmp.Compare(slices.Index(grades, a.Grade), slices.Index(grades, b.Grade))
	})
	return list
}

func verdicts(c *sweep.CellResult) string {
	texts := make([]string, len(c.Verdicts))
	for i, v := range c.Verdicts {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}

// again is the command line that runs one cell once more.
func again(c *sweep.CellResult) string {
	mode, _, _ := strings.Cut(c.Mode, " ")
	return "capisim sweep --only " + c.Operation + ":" + c.Answer + " --modes " + mode
}

// sweepTally is the headline of a sweep.
func sweepTally(r *sweep.Result) string {
	s := r.Summary
	text := fmt.Sprintf("%s: %s, %s, %s, %d good", numbered(len(r.Cells), "cell"), numbered(s.Bug, "bug"), numbered(s.Warning, "warning"), numbered(s.Note, "note"), s.Good)
	if s.Accepted > 0 {
		text += fmt.Sprintf(", %d accepted", s.Accepted)
	}
	if s.NotReached > 0 {
		text += fmt.Sprintf(", %d not reached", s.NotReached)
	}
	if r.NotRun > 0 {
		text += fmt.Sprintf("; %d were not run", r.NotRun)
	}
	return text
}

func numbered(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func unused(r *sweep.Result) (lines []string) {
	for _, a := range r.Unused {
		lines = append(lines, fmt.Sprintf("%s %s %s %s (%s)", a.Operation, a.Answer, a.Mode, a.Verdict, a.Reason))
	}
	return lines
}

func sweepText(out *bytes.Buffer, r *sweep.Result) error {
	for _, c := range findings(r) {
		fmt.Fprintf(out, "%-7s  %s %s %s: %s (%s)\n", c.Grade, document.Printable(c.Operation), document.Printable(c.Answer), document.Printable(c.Mode), verdicts(c), numbered(c.Attempts, "attempt"))
		fmt.Fprintf(out, "         %s\n", document.Printable(c.Sentence))
		fmt.Fprintf(out, "         again: %s\n", document.Printable(again(c)))
		if c.Bundle != nil {
			fmt.Fprintf(out, "         bundle: %s\n", document.Printable(*c.Bundle))
		}
	}
	for _, line := range unused(r) {
		fmt.Fprintf(out, "accepted and not found: %s\n", document.Printable(line))
	}
	fmt.Fprintln(out, sweepTally(r))
	return nil
}

func sweepMarkdown(out *bytes.Buffer, r *sweep.Result) error {
	fmt.Fprintf(out, "# Sweep\n\n%s\n", sweepTally(r))
	if list := findings(r); len(list) > 0 {
		out.WriteString("\n| grade | operation | answer | mode | verdicts | attempts | what happened |\n|---|---|---|---|---|---|---|\n")
		for _, c := range list {
			fmt.Fprintf(out, "| %s | %s | %s | %s | %s | %d | %s |\n",
				c.Grade, md(c.Operation), md(c.Answer), md(c.Mode), md(verdicts(c)), c.Attempts, md(c.Sentence))
		}
	}
	bullets(out, "Accepted and not found", unused(r))
	return nil
}

// sweepJUnit writes one case for each cell: bugs and warnings fail, what was
// accepted or never reached is skipped.
func sweepJUnit(out *bytes.Buffer, r *sweep.Result) error {
	var suites []suiteXML
	for i := range r.Cells {
		c := &r.Cells[i]
		at := slices.IndexFunc(suites, func(s suiteXML) bool { return s.Name == document.Printable(c.Operation) })
		if at < 0 {
			at = len(suites)
			suites = append(suites, suiteXML{Name: document.Printable(c.Operation)})
		}
		one := caseXML{Class: "capisim.sweep." + document.Printable(c.Operation), Name: document.Printable(c.Answer + " " + c.Mode)}
		told := &verdictXML{Message: document.Printable(verdicts(c) + ": " + c.Sentence), Text: printableLines(c.Output)}
		switch {
		case c.Accepted != nil:
			one.Skipped = &verdictXML{Message: document.Printable("accepted: " + *c.Accepted)}
		case c.Grade == sweep.NotReachedGrade:
			one.Skipped = told
		case c.Grade == sweep.Bug || c.Grade == sweep.Warning:
			one.Failure = told
		default:
			one.Output = told.Message
		}
		suites[at].add(one)
	}
	return writeJUnit(out, "capisim sweep", suites)
}
