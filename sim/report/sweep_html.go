package report

import (
	"bytes"
	_ "embed" // the page's frame
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/sweep"
)

// sweepPage is the frame of the self-contained page of a sweep.
//
//go:embed sweep.html
var sweepPage string

// sweepMarks tell the grades apart without colour.
var sweepMarks = map[sweep.Grade]string{sweep.Bug: "✕", sweep.Warning: "!", sweep.Note: "i", sweep.Good: "✓", sweep.NotReachedGrade: "·"}

func sweepHTML(out *bytes.Buffer, r *sweep.Result) error {
	h := hypertext{out}
	h.within(sweepPage, func() {
		h.put("<p><code>%s</code></p>\n", document.Printable(strings.Join(r.Command, " ")))
		h.put("<p class=\"soft\">%s. One run without a fault takes %s s.</p>\n", sweepTally(r), fmt.Sprintf("%.2f", r.Reference.Seconds))
		h.put("<div class=\"counts\">\n")
		count := markup("<div class=\"count %s\"><b>%s</b>%s</div>\n")
		h.put(count, "bug", r.Summary.Bug, "bugs")
		h.put(count, "warning", r.Summary.Warning, "warnings")
		h.put(count, "note", r.Summary.Note, "notes")
		h.put(count, "good", r.Summary.Good, "good")
		h.put(count, "accepted", r.Summary.Accepted, "accepted")
		h.put("</div>\n<h2>Each way to fail</h2>\n")
		h.sweepTable(r)
		h.put("<h2>Findings</h2>\n")
		found := findings(r)
		for _, c := range found {
			h.finding(c, findingID(slices.IndexFunc(r.Cells, func(one sweep.CellResult) bool {
				return one.Operation == c.Operation && one.Answer == c.Answer && one.Mode == c.Mode
			})))
		}
		if len(found) == 0 {
			h.put("<p>None: every cell was handled as it should be.</p>\n")
		}
		if left := unused(r); len(left) > 0 {
			h.put("<h2>Accepted and not found</h2>")
			h.list(left)
			h.put("\n")
		}
		h.put("<h2>What the verdicts mean</h2>\n<dl>")
		for _, k := range sweep.Kinds() {
			h.put("<dt><span class=\"tag %s\">%s</span></dt><dd>%s</dd>", k.Grade, k.Verdict, k.Meaning)
		}
		h.put("</dl>\n")
	})
	return nil
}

// findingID is where the page tells of a cell.
func findingID(number int) string { return fmt.Sprintf("cell-%d", number) }

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

// sweepTable writes a row for each operation in each mode.
func (h hypertext) sweepTable(r *sweep.Result) {
	type line struct{ operation, mode string }
	var answers []string
	var order []line
	cells := map[line]map[string]int{}
	for i := range r.Cells {
		c := &r.Cells[i]
		if !slices.Contains(answers, c.Answer) {
			answers = append(answers, c.Answer)
		}
		at := line{c.Operation, c.Mode}
		if cells[at] == nil {
			cells[at] = map[string]int{}
			order = append(order, at)
		}
		cells[at][c.Answer] = i
	}
	slices.SortFunc(answers, compareAnswers)
	h.put("<div class=\"scroll\"><table>\n<thead><tr><th></th><th></th>")
	for _, a := range answers {
		h.put("<th scope=\"col\">%s</th>", a)
	}
	h.put("</tr></thead>\n<tbody>\n")
	for _, at := range order {
		h.put("<tr><th scope=\"row\">%s</th><th class=\"soft\">%s</th>", document.Printable(at.operation), document.Printable(at.mode))
		for _, a := range answers {
			h.put("<td>")
			if i, ok := cells[at][a]; ok {
				h.sweepSquare(&r.Cells[i], i)
			}
			h.put("</td>")
		}
		h.put("</tr>\n")
	}
	h.put("</tbody></table></div>\n")
}

func (h hypertext) sweepSquare(c *sweep.CellResult, number int) {
	title := document.Printable(fmt.Sprintf("%s %s %s: %s", c.Operation, c.Answer, c.Mode, verdicts(c)))
	switch {
	case c.Accepted != nil:
		h.put("<span class=\"accepted\" title=\"%s\">a</span>", title)
	case slices.Contains(grades, c.Grade):
		h.put("<a class=\"%s\" href=\"#%s\" title=\"%s\">%s</a>", c.Grade, findingID(number), title, sweepMarks[c.Grade])
	default:
		h.put("<span class=\"%s\" title=\"%s\">%s</span>", c.Grade, title, sweepMarks[c.Grade])
	}
}

func (h hypertext) finding(c *sweep.CellResult, id string) {
	h.put("<details id=\"%s\">\n<summary><span class=\"tag %s\">%[2]s</span><b>%s</b> %s, %s <span class=\"soft\">%s</span><br>%s</summary>\n<div class=\"inside\">\n",
		id, c.Grade, document.Printable(c.Operation), document.Printable(c.Answer), document.Printable(c.Mode), verdicts(c), document.Printable(c.Sentence))
	var mends []string
	for _, v := range c.Verdicts {
		if k, ok := sweep.KindOf(v); ok && k.Mend != "" {
			mends = append(mends, k.Mend)
		}
	}
	if len(mends) > 0 {
		h.put("<p><b>How to mend it</b></p>")
		for _, mend := range mends {
			h.put("<p>%s</p>", mend)
		}
	}
	h.put("\n<p><b>Requests</b></p><ol>")
	for _, q := range c.Requests {
		status := "no answer"
		if q.Status != 0 {
			status = fmt.Sprint(q.Status)
		}
		if q.Injected {
			status += ", injected"
		}
		if q.Applied {
			status += ", changed the state"
		}
		h.put("<li><code>%s</code> %s</li>", document.Printable(q.Operation), status)
	}
	h.put("</ol>\n<p><b>Output</b> <span class=\"soft\">(%s)</span></p><pre>%s</pre>\n", c.Exit, printableLines(c.Output))
	h.put("<p><b>Again</b></p><pre>%s -- COMMAND</pre>", document.Printable(again(c)))
	if c.Bundle != nil {
		h.put("\n<p><b>Bundle</b> <a href=\"%s\">%s</a></p>", &url.URL{Path: *c.Bundle}, *c.Bundle)
	}
	h.put("\n</div></details>\n")
}

// printableLines makes an output harmless and keeps its lines.
func printableLines(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = document.Printable(line)
	}
	return strings.Join(lines, "\n")
}
