package report

import (
	"bytes"
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"math/bits"
	"sync"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

//go:embed page.html
var page string

// pages holds the one self-contained page that all three reports share: no
// script, no font, no picture, nothing fetched from anywhere.
var pages = sync.OnceValue(func() *template.Template { return template.Must(template.New("page").Parse(page)) })

type pageData struct {
	Title    string
	Headline string
	Columns  []int
	Rows     []rowData
	Variants []opened
	Lists    []listData
	Reacted  []reactionData
	Expected []expectationData
}

type rowData struct {
	ID    string
	Cells []cellData
}

// cellData is a square of the heat map. Heat is 0 for missed, 1 to 5 for met
// ever more often; Present is false where the operation has no such cell.
type cellData struct {
	Present bool
	Heat    int
	Label   string
	Title   string
}

type listData struct {
	Title string
	Lines []string
}

type reactionData struct {
	Fault, Target, Client, Outcome, Manner, Gaps, Requests string
	Remarks                                                []string
	Recovered                                              bool
}

type expectationData struct {
	Result, Text, Requests string
	Reasons                []string
}

func coverageHTML(out *bytes.Buffer, m gated) error {
	data := pageData{Title: "Coverage", Headline: figure(m.Matrix), Columns: statuses(m.Matrix)}
	for _, row := range m.Operations {
		r := rowData{ID: document.Printable(row.ID)}
		for _, status := range data.Columns {
			cell, ok := m.Cell(row.ID, status)
			if !ok {
				r.Cells = append(r.Cells, cellData{})
				continue
			}
			r.Cells = append(r.Cells, square(row.ID, cell))
		}
		data.Rows = append(data.Rows, r)
	}
	data.Variants = variants(m.Matrix)
	data.Lists = lists(listData{"Unmet", m.gate.Unmet(m.Matrix)}, listData{"Armed, never fired", m.ArmedNeverFired})
	return pages().Execute(out, data)
}

func square(operation string, cell journal.Cell) cellData {
	hits := cell.Injected + cell.Real
	kind := ""
	if cell.Kind != "" {
		kind = ", " + string(cell.Kind)
	}
	return cellData{
		Present: true,
		Heat:    heat(hits),
		Label:   cell.How(),
		Title:   document.Printable(fmt.Sprintf("%s %d: %s%s", operation, cell.Status, tell(cell.Counts), kind)),
	}
}

// heat grows with each fourfold: 1, 2 to 7, 8 to 31, 32 to 127, 128 and more.
func heat(hits uint64) int {
	if hits == 0 {
		return 0
	}
	return min(1+bits.Len64(hits)/2, 5)
}

// lists drops the empty ones and makes the rest fit to be seen.
func lists(all ...listData) []listData {
	var out []listData
	for _, l := range all {
		if len(l.Lines) == 0 {
			continue
		}
		shown := listData{Title: l.Title}
		for _, line := range l.Lines {
			shown.Lines = append(shown.Lines, document.Printable(line))
		}
		out = append(out, shown)
	}
	return out
}

func reactionsHTML(out *bytes.Buffer, r journal.ReactionReport) error {
	data := pageData{Title: "Reactions", Headline: "no injected fault was met"}
	if faults := uint64(len(r.Reactions)) + r.Forgotten; faults > 0 {
		data.Headline = fmt.Sprintf("%d injected faults were met", faults)
	}
	for i := range r.Reactions {
		one := &r.Reactions[i]
		data.Reacted = append(data.Reacted, reactionData{
			Fault:     document.Printable(one.Operation + " " + answer(one.Status, one.Connection)),
			Target:    document.Printable(one.Target),
			Client:    document.Printable(one.Client.UserAgent),
			Outcome:   outcome(one),
			Manner:    document.Printable(manner(one)),
			Gaps:      gaps(one),
			Requests:  ids(one.Requests),
			Remarks:   remarks(one),
			Recovered: one.Outcome == journal.Recovered,
		})
	}
	return pages().Execute(out, data)
}

func expectationsHTML(out *bytes.Buffer, j journal.Judgement) error {
	data := pageData{Title: "Expectations", Headline: tally(j)}
	for _, x := range j.Expectations {
		one := expectationData{Result: x.Result, Text: document.Printable(x.Text), Requests: ids(x.Requests)}
		one.Reasons = parts(&x)
		data.Expected = append(data.Expected, one)
	}
	data.Lists = lists(listData{"Armed, never fired", j.ArmedNeverFired})
	return pages().Execute(out, data)
}
