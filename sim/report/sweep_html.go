package report

import (
	"bytes"
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/sweep"
)

//go:embed sweep.html
var sweepPage string

// sweepPages holds the self-contained page of a sweep.
var sweepPages = sync.OnceValue(func() *template.Template { return template.Must(template.New("sweep").Parse(sweepPage)) })

type sweepData struct {
	Command  string
	Seconds  string
	Summary  sweep.Summary
	Tally    string
	Answers  []string
	Rows     []sweepRow
	Findings []sweepFinding
	Kinds    []sweep.Kind
	Unused   []string
}

// sweepRow is one operation in one mode.
type sweepRow struct {
	Operation, Mode string
	Squares         []sweepSquare
}

type sweepSquare struct {
	Present     bool
	Grade       string
	Mark        string
	Title, Goto string
}

type sweepFinding struct {
	ID, Grade, Operation, Answer, Mode, Verdicts, Sentence, Again, Output, Bundle, Exit string
	Attempts                                                                            int
	Requests                                                                            []sweepRequest
	Mends                                                                               []string
}

type sweepRequest struct {
	Operation, Status string
	Injected, Applied bool
}

// sweepMarks tell the grades apart without colour.
var sweepMarks = map[sweep.Grade]string{sweep.Bug: "✕", sweep.Warning: "!", sweep.Note: "i", sweep.Good: "✓", sweep.NotReachedGrade: "·"}

func sweepHTML(out *bytes.Buffer, r *sweep.Result) error {
	data := sweepData{
		Command: document.Printable(strings.Join(r.Command, " ")), Seconds: fmt.Sprintf("%.2f", r.Reference.Seconds),
		Summary: r.Summary, Tally: sweepTally(r), Kinds: sweep.Kinds(), Unused: unused(r),
	}
	for i := range r.Cells {
		if answer := r.Cells[i].Answer; !slices.Contains(data.Answers, answer) {
			data.Answers = append(data.Answers, answer)
		}
	}
	slices.SortFunc(data.Answers, compareAnswers)
	for i := range r.Cells {
		data.add(&r.Cells[i], i)
	}
	for _, c := range findings(r) {
		data.Findings = append(data.Findings, findingOf(c, slices.IndexFunc(r.Cells, func(one sweep.CellResult) bool {
			return one.Operation == c.Operation && one.Answer == c.Answer && one.Mode == c.Mode
		})))
	}
	return sweepPages().Execute(out, data)
}

// compareAnswers puts statuses before names, in order.
func compareAnswers(a, b string) int {
	digit := func(s string) bool { return s[0] >= '0' && s[0] <= '9' }
	switch {
	case digit(a) == digit(b):
		return strings.Compare(a, b)
	case digit(a):
		return -1
	}
	return 1
}

// add puts a cell into the row of its operation and mode.
func (d *sweepData) add(c *sweep.CellResult, number int) {
	at := slices.IndexFunc(d.Rows, func(row sweepRow) bool { return row.Operation == c.Operation && row.Mode == c.Mode })
	if at < 0 {
		at = len(d.Rows)
		d.Rows = append(d.Rows, sweepRow{Operation: document.Printable(c.Operation), Mode: document.Printable(c.Mode), Squares: make([]sweepSquare, len(d.Answers))})
	}
	square := sweepSquare{Present: true, Grade: string(c.Grade), Mark: sweepMarks[c.Grade],
		Title: document.Printable(fmt.Sprintf("%s %s %s: %s", c.Operation, c.Answer, c.Mode, verdicts(c)))}
	switch {
	case c.Accepted != nil:
		square.Grade, square.Mark = "accepted", "a"
	case slices.Contains(grades, c.Grade):
		square.Goto = fmt.Sprintf("#cell-%d", number)
	}
	d.Rows[at].Squares[slices.Index(d.Answers, c.Answer)] = square
}

func findingOf(c *sweep.CellResult, number int) sweepFinding {
	out := sweepFinding{
		ID: fmt.Sprintf("cell-%d", number), Grade: string(c.Grade), Operation: document.Printable(c.Operation), Answer: document.Printable(c.Answer), Mode: document.Printable(c.Mode),
		Verdicts: verdicts(c), Sentence: document.Printable(c.Sentence), Again: document.Printable(again(c)), Output: printableLines(c.Output),
		Exit: c.Exit.String(), Attempts: c.Attempts, Bundle: document.Or(c.Bundle, ""),
	}
	for _, q := range c.Requests {
		status := "no answer"
		if q.Status != 0 {
			status = fmt.Sprint(q.Status)
		}
		out.Requests = append(out.Requests, sweepRequest{document.Printable(q.Operation), status, q.Injected, q.Applied})
	}
	for _, v := range c.Verdicts {
		if k, ok := sweep.KindOf(v); ok && k.Mend != "" {
			out.Mends = append(out.Mends, k.Mend)
		}
	}
	return out
}

// printableLines makes an output harmless and keeps its lines.
func printableLines(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = document.Printable(line)
	}
	return strings.Join(lines, "\n")
}
