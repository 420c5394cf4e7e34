package drift

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// Report is what a run found.
type Report struct {
	Target  string           `json:"target"`  // its address
	Process string           `json:"process"` // guid of the process looked at, "" for none
	Variant contract.Variant `json:"variant"` // edition of the API that the target plays
	Probes  int              `json:"probes"`  // questions asked
	// Seen of Answers are the pairs of an operation and a status of the contract
	// that the target gave; the rest no question asked for.
	Seen        int          `json:"seen"`
	Answers     int          `json:"answers"`
	Differences []Difference `json:"differences"`
	Notes       []string     `json:"notes"` // what could not be compared, and why

	given map[string]bool // the pairs
}

// Difference is one thing in which the target and capisim differ.
type Difference struct {
	// Probe is the question: the section of CONTRACT.md that it is about, and
	// what was asked.
	Probe string `json:"probe"`
	// Pointer is the place: a JSON pointer into the body ("" is all of it),
	// "status", "connection", or "header" with its name.
	Pointer string `json:"pointer"`
	Target  string `json:"target"`  // what the target has there
	Capisim string `json:"capisim"` // what capisim has there
	// Also are further probes that found the very same.
	Also []string `json:"also,omitempty"`
}

// finding is a difference without its probe.
type finding struct{ pointer, target, capisim string }

// Bounds of a report: a hostile target may make anything differ.
const (
	maxFindings    = 20   // of one probe
	maxDifferences = 1000 // of a report
	maxText        = 200  // characters of a value
)

// add notes the findings of a probe. The same finding of another probe is not
// told again: one missing header would fill pages.
func (r *Report) add(p *probe, found []finding) {
	if len(found) > maxFindings {
		rest := fmt.Sprintf("%d more differences", len(found)-maxFindings)
		found = append(found[:maxFindings:maxFindings], finding{"", rest, "none of them"})
	}
next:
	for _, f := range found {
		for i := range r.Differences {
			if d := &r.Differences[i]; d.Pointer == f.pointer && d.Target == f.target && d.Capisim == f.capisim {
				d.Also = append(d.Also, p.name)
				continue next
			}
		}
		if len(r.Differences) < maxDifferences {
			r.Differences = append(r.Differences, Difference{Probe: p.name, Pointer: f.pointer, Target: f.target, Capisim: f.capisim})
		}
	}
}

// String is the difference in one line without control characters.
func (d Difference) String() string {
	place := d.Pointer
	if place == "" {
		place = "body"
	}
	text := fmt.Sprintf("%s: %s: target has %s, capisim has %s", d.Probe, place, d.Target, d.Capisim)
	switch len(d.Also) {
	case 0:
	case 1:
		text += " (and in " + d.Also[0] + ")"
	default:
		text += fmt.Sprintf(" (and in %d more probes)", len(d.Also))
	}
	return document.Printable(text)
}

// Summary is the report in one line.
func (r *Report) Summary() string {
	found := "no difference"
	switch n := len(r.Differences); {
	case n == 1:
		found = "1 difference"
	case n > 1:
		found = fmt.Sprintf("%d differences", n)
	}
	about := "no process"
	if r.Process != "" {
		about = "process " + r.Process
	}
	return document.Printable(fmt.Sprintf("%d probes of %s (%s, variant %s): %s; %d of the %d answers of the contract were not asked for",
		r.Probes, r.Target, about, r.Variant, found, r.Answers-r.Seen, r.Answers))
}

// WriteText writes one line for each difference.
func (r *Report) WriteText(w io.Writer) error {
	for _, d := range r.Differences {
		if _, err := fmt.Fprintln(w, d); err != nil {
			return err
		}
	}
	return nil
}

// WriteJSON writes the whole report as one document.
func (r *Report) WriteJSON(w io.Writer) error {
	out := *r
	if out.Differences == nil {
		out.Differences = []Difference{}
	}
	if out.Notes == nil {
		out.Notes = []string{}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// quote shows a text of a target so that it can do no harm on a terminal.
func quote(text string) string { return clip(strconv.QuoteToGraphic(text)) }

// clip shortens a text.
func clip(text string) string {
	runes := []rune(text)
	if len(runes) <= maxText {
		return text
	}
	return string(runes[:maxText]) + "..."
}
