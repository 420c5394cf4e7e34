// Package report turns evidence into bytes: coverage, reactions and judged
// expectations as text, Markdown, JSON, JUnit and HTML, and a journal as HAR or
// Pact. It hides how each format is written and how hostile strings are made
// harmless in it. It gathers nothing and judges nothing: what it shows is handed
// in by the journal's types, and it knows no server, no clock and no file.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/sweep"
)

// Format is how a report is written.
type Format string

// The formats of coverage, reactions and expectations.
const (
	Text     Format = "text"
	Markdown Format = "markdown"
	JSON     Format = "json"
	JUnit    Format = "junit"
	HTML     Format = "html"
)

// renderer writes one kind of report in one format.
type renderer[T any] func(out *bytes.Buffer, of T) error

// gated is a matrix with what is demanded of it.
type gated struct {
	journal.Matrix
	gate journal.Gate
}

// format is a row of the table: a new format is one more, and a file.
type format struct {
	name         Format
	media        string
	coverage     renderer[gated]
	reactions    renderer[journal.ReactionReport]
	expectations renderer[journal.Judgement]
	sweep        renderer[*sweep.Result]
}

// formats is the table, in the order that help shows.
var formats = []format{
	{Text, "text/plain; charset=utf-8", coverageText, reactionsText, expectationsText, sweepText},
	{Markdown, "text/markdown; charset=utf-8", coverageMarkdown, reactionsMarkdown, expectationsMarkdown, sweepMarkdown},
	{JSON, "application/json; charset=utf-8", func(out *bytes.Buffer, m gated) error { return writeJSON(out, m.Matrix) },
		inJSON[journal.ReactionReport], inJSON[journal.Judgement], inJSON[*sweep.Result]},
	{JUnit, "application/xml; charset=utf-8", coverageJUnit, reactionsJUnit, expectationsJUnit, sweepJUnit},
	{HTML, "text/html; charset=utf-8", coverageHTML, reactionsHTML, expectationsHTML, sweepHTML},
}

// Formats lists the names in the order that help shows.
func Formats() []Format {
	names := make([]Format, len(formats))
	for i, row := range formats {
		names[i] = row.name
	}
	return names
}

// find returns the row of a format. The error names one that there is not.
func (f Format) find() (format, error) {
	for _, row := range formats {
		if row.name == f {
			return row, nil
		}
	}
	return format{}, fmt.Errorf("no such report format: %q", string(f))
}

// ContentType is the media type of a format, for an HTTP answer; "" for one
// that there is not.
func (f Format) ContentType() string {
	row, _ := f.find()
	return row.media
}

// Coverage writes the matrix. The gate decides which gaps are failures: with
// one that is met, the cells it does not ask for are only skipped.
func Coverage(w io.Writer, f Format, m journal.Matrix, gate journal.Gate) error {
	return write(w, f, gated{m, gate}, func(row format) renderer[gated] { return row.coverage })
}

// Reactions writes what clients did about injected faults.
func Reactions(w io.Writer, f Format, r journal.ReactionReport) error {
	return write(w, f, r, func(row format) renderer[journal.ReactionReport] { return row.reactions })
}

// Expectations writes how the expectations fared.
func Expectations(w io.Writer, f Format, j journal.Judgement) error {
	return write(w, f, j, func(row format) renderer[journal.Judgement] { return row.expectations })
}

// Sweep writes what a sweep found: a table of findings, the worst first, or a
// case or a square for each cell.
func Sweep(w io.Writer, f Format, r *sweep.Result) error {
	return write(w, f, r, func(row format) renderer[*sweep.Result] { return row.sweep })
}

// write writes a report whole or not at all.
func write[T any](w io.Writer, f Format, of T, kind func(format) renderer[T]) error {
	row, err := f.find()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := kind(row)(&out, of); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	_, err = w.Write(out.Bytes())
	return err
}

func inJSON[T any](out *bytes.Buffer, of T) error { return writeJSON(out, of) }

func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// statuses are the columns of a matrix: each status that some row has, rising.
func statuses(m journal.Matrix) []int {
	var seen [1000]bool
	for _, row := range m.Operations {
		for _, c := range row.Cells {
			if c.Status >= 0 && c.Status < len(seen) {
				seen[c.Status] = true
			}
		}
	}
	var out []int
	for status, yes := range seen {
		if yes {
			out = append(out, status)
		}
	}
	return out
}

// figure is the headline of a matrix.
func figure(m journal.Matrix) string {
	return fmt.Sprintf("%d of %d documented cells covered (%g %%)", m.Covered, m.Total, m.Percent)
}

// answer names what a client met: a status, a broken connection, or both.
func answer(status int, connection string) string {
	switch {
	case connection == "":
		return strconv.Itoa(status)
	case status == 0:
		return connection
	}
	return strconv.Itoa(status) + " " + connection
}

// outcome says how a reaction ended, and whether that may still change.
func outcome(r *journal.Reaction) string {
	switch {
	case r.Outcome == journal.Recovered && r.RecoveredAfterMS != nil:
		return fmt.Sprintf("recovered after %s", span(*r.RecoveredAfterMS))
	case r.Outcome == journal.GaveUp && !r.Final:
		return "gave up so far"
	case r.Outcome == journal.GaveUp:
		return "gave up"
	}
	return r.Outcome
}

// span writes milliseconds for people.
func span(ms float64) string {
	switch {
	case ms >= 10_000:
		return strconv.FormatFloat(ms/1000, 'f', 1, 64) + " s"
	case ms >= 10:
		return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
	}
	return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
}

func gaps(r *journal.Reaction) string {
	const most = 6
	parts := make([]string, 0, most+1)
	for i, ms := range r.GapsMS {
		if i == most {
			parts = append(parts, "...")
			break
		}
		parts = append(parts, span(ms))
	}
	return strings.Join(parts, ", ")
}

// remarks are what a reader of a reaction should not overlook.
func remarks(r *journal.Reaction) []string {
	var out []string
	if r.RetryAfter == journal.RetryEarly {
		out = append(out, "came back before Retry-After")
	}
	if r.RepeatedApplied {
		out = append(out, "repeated a change that had taken effect")
	}
	if r.DoneTwice {
		out = append(out, "made a change twice that counts")
	}
	if r.LostUpdate {
		out = append(out, "took away what another client had changed")
	}
	if r.Hammered {
		out = append(out, "hammered")
	}
	if r.PaceMS > 0 {
		out = append(out, "comes each "+span(r.PaceMS)+" anyway")
	}
	if r.TransportRetry {
		out = append(out, "the transport repeated it on its own")
	}
	return out
}

// parts tell why an expectation fared as it did: of a policy each part with its
// result, else the reasons alone.
func parts(x *journal.ExpectationResult) []string {
	var out []string
	if client := x.Expectation.Client; client == nil || client.Policy == "" {
		for _, reason := range x.Reasons {
			out = append(out, document.Printable(reason))
		}
		return out
	}
	for _, part := range x.Parts {
		line := strings.ReplaceAll(part.Result, "_", " ") + ": " + part.Text
		if part.Result == journal.Unmet {
			line += " (" + strings.Join(part.Reasons, "; ") + ")"
		}
		out = append(out, document.Printable(line))
	}
	return out
}

// manner says in words how the client waited between its retries.
func manner(r *journal.Reaction) string {
	if r.Retries() == 0 {
		return "no retry"
	}
	noun := "retries"
	if r.Retries() == 1 {
		noun = "retry"
	}
	text := fmt.Sprintf("%d %s, backoff %s", r.Retries(), noun, r.Backoff)
	if r.RetryAfter != journal.RetryAbsent {
		text += ", Retry-After " + r.RetryAfter
	}
	return text
}
