package report

import (
	"bytes"
	_ "embed" // the page's frame
	"fmt"
	"html"
	"math/bits"
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

// page is the frame of the one self-contained page that all three reports
// share: no script, no font, no picture, nothing fetched from anywhere.
//
//go:embed page.html
var page string

// markup is HTML that the program holds: constants become it by themselves,
// what somebody sent does not.
type markup string

// hypertext is a page that is being written. It stands in for html/template, for
// the sake of which the linker keeps each method of each type.
type hypertext struct{ out *bytes.Buffer }

// put writes markup, with values escaped where its verbs are.
func (h hypertext) put(format markup, values ...any) {
	for i, v := range values {
		values[i] = html.EscapeString(fmt.Sprint(v))
	}
	fmt.Fprintf(h.out, string(format), values...)
}

// within writes what stands before and behind the parts of a frame, and the
// parts.
func (h hypertext) within(frame string, parts func(), values ...any) {
	before, behind, _ := strings.Cut(frame, "<!-- parts -->\n")
	h.put(markup(before), values...)
	parts()
	h.out.WriteString(behind)
}

// table writes a table; what it is about is told to those who do not see it.
func (h hypertext) table(about string, columns []string, rows func()) {
	h.put("<div class=\"wide\"><table>\n")
	if about != "" {
		h.put("<caption hidden>%s</caption>\n", about)
	}
	h.put("<thead><tr>")
	for _, c := range columns {
		h.put("<th scope=\"col\">%s</th>", c)
	}
	h.put("</tr></thead>\n<tbody>\n")
	rows()
	h.put("</tbody>\n</table></div>\n")
}

// list writes items, unless there are none.
func (h hypertext) list(items []string) {
	if len(items) == 0 {
		return
	}
	h.put("<ul>")
	for _, item := range items {
		h.put("<li>%s</li>", item)
	}
	h.put("</ul>")
}

// section is a list under a title, left out when it is empty.
func (h hypertext) section(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	h.put("<h2>%s</h2>\n", title)
	shown := make([]string, len(lines))
	for i, line := range lines {
		shown[i] = document.Printable(line)
	}
	h.list(shown)
	h.put("\n")
}

func coverageHTML(out *bytes.Buffer, m gated) error {
	h := hypertext{out}
	h.within(page, func() {
		h.heat(m.Matrix)
		if opened := variants(m.Matrix); len(opened) > 0 {
			h.put("<h2>Variants</h2>\n")
			h.table("", []string{"operation", "answer", "met", "missed"}, func() {
				for _, v := range opened {
					h.put("<tr><td>%s</td><td>%s</td>", v.Operation, v.Answer)
					h.lines("good", v.Met)
					h.lines("bad", v.Missed)
					h.put("</tr>\n")
				}
			})
		}
		h.section("Unmet", m.gate.Unmet(m.Matrix))
		h.section("Armed, never fired", m.ArmedNeverFired)
	}, "Coverage", "Coverage", figure(m.Matrix))
	return nil
}

// lines is a cell with a line for each text.
func (h hypertext) lines(class string, texts []string) {
	h.put("<td class=\"%s\">", class)
	for i, text := range texts {
		if i > 0 {
			h.put("<br>")
		}
		h.put("%s", text)
	}
	h.put("</td>")
}

// heat writes operations and their documented statuses: the more often a client
// met the answer, the deeper the colour.
func (h hypertext) heat(m journal.Matrix) {
	if len(m.Operations) == 0 {
		return
	}
	columns, all := []string{"operation"}, statuses(m)
	for _, status := range all {
		columns = append(columns, strconv.Itoa(status))
	}
	h.table("Operations and their documented statuses; the deeper the colour, the more often a client met the answer", columns, func() {
		for _, row := range m.Operations {
			h.put("<tr><th scope=\"row\">%s</th>", document.Printable(row.ID))
			for _, status := range all {
				if cell, ok := m.Cell(row.ID, status); ok {
					h.square(row.ID, cell)
				} else {
					h.put("<td></td>")
				}
			}
			h.put("</tr>\n")
		}
	})
}

func (h hypertext) square(operation string, cell journal.Cell) {
	kind := ""
	if cell.Kind != "" {
		kind = ", " + string(cell.Kind)
	}
	h.put("<td class=\"cell heat-%s\" title=\"%s\">%s</td>", heat(cell.Injected+cell.Real),
		document.Printable(fmt.Sprintf("%s %d: %s%s", operation, cell.Status, tell(cell.Counts), kind)), cell.How())
}

// heat grows with each fourfold: 1, 2 to 7, 8 to 31, 32 to 127, 128 and more;
// 0 is missed.
func heat(hits uint64) int {
	if hits == 0 {
		return 0
	}
	return min(1+bits.Len64(hits)/2, 5)
}

func reactionsHTML(out *bytes.Buffer, r journal.ReactionReport) error {
	headline := "no injected fault was met"
	if faults := uint64(len(r.Reactions)) + r.Forgotten; faults > 0 {
		headline = fmt.Sprintf("%d injected faults were met", faults)
	}
	h := hypertext{out}
	h.within(page, func() {
		if len(r.Reactions) == 0 {
			return
		}
		h.table("", []string{"fault", "target", "client", "outcome", "manner", "gaps", "remarks", "requests"}, func() {
			for i := range r.Reactions {
				h.reaction(&r.Reactions[i])
			}
		})
	}, "Reactions", "Reactions", headline)
	return nil
}

func (h hypertext) reaction(one *journal.Reaction) {
	h.put("<tr><td>%s</td><td>%s</td><td>%s</td><td class=\"%s\">%s</td><td>%s</td><td>%s</td><td>",
		document.Printable(one.Operation+" "+answer(one.Status, one.Connection)), document.Printable(one.Target), document.Printable(one.Client.UserAgent),
		verdictClass(one.Outcome == journal.Recovered), outcome(one), document.Printable(manner(one)), gaps(one))
	h.list(remarks(one))
	h.put("</td><td>%s</td></tr>\n", ids(one.Requests))
}

func verdictClass(good bool) string {
	if good {
		return "good"
	}
	return "bad"
}

func expectationsHTML(out *bytes.Buffer, j journal.Judgement) error {
	h := hypertext{out}
	h.within(page, func() {
		if len(j.Expectations) > 0 {
			h.table("", []string{"result", "expectation", "reasons", "requests"}, func() {
				for _, x := range j.Expectations {
					h.put("<tr><td class=\"%s\">%s</td><td>%s</td><td>", verdictClass(x.Result == "met"), x.Result, document.Printable(x.Text))
					h.list(parts(&x))
					h.put("</td><td>%s</td></tr>\n", ids(x.Requests))
				}
			})
		}
		h.section("Armed, never fired", j.ArmedNeverFired)
	}, "Expectations", "Expectations", tally(j))
	return nil
}
