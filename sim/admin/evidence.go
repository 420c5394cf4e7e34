package admin

import (
	"bytes"
	"io"
	"slices"

	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/report"
	"example.com/capisim/sim/world"
)

// matrix is a world's coverage with the rules that were armed and never fired.
func matrix(w *world.World) journal.Matrix {
	m := w.Evidence().Coverage().Snapshot()
	for _, rule := range w.Current().Faults.List() {
		if rule.Injected == 0 && rule.Active() && !rule.Optional {
			m.ArmedNeverFired = append(m.ArmedNeverFired, rule.ID)
		}
	}
	return m
}

// matrix is the coverage of this world, or the sum of all, those that have
// ended included.
func (c *call) matrix(all bool) (journal.Matrix, error) {
	if !all {
		return matrix(c.world), nil
	}
	var matrices []journal.Matrix
	if c.past != nil {
		past, _ := c.past()
		matrices = append(matrices, past)
	}
	for _, w := range c.worlds.Worlds() {
		matrices = append(matrices, matrix(w))
	}
	return journal.Merge(matrices...)
}

func (c *call) reactionReport(all bool) journal.ReactionReport {
	now := world.Wall()
	if !all {
		return c.world.Evidence().Reactions().Report(now)
	}
	var reports []journal.ReactionReport
	if c.past != nil {
		_, past := c.past()
		reports = append(reports, past)
	}
	for _, w := range c.worlds.Worlds() {
		reports = append(reports, w.Evidence().Reactions().Report(now))
	}
	return journal.MergeReactions(reports...)
}

// reportQuery reads in which format, and about which worlds, a report is
// wanted. JSON is the format of this API when nothing is said.
func (c *call) reportQuery() (format report.Format, all bool, err error) {
	names := []string{string(report.JSON)}
	for _, f := range report.Formats() {
		if f != report.JSON {
			names = append(names, string(f))
		}
	}
	p := c.parameters()
	format = report.Format(p.oneOf("format", names...))
	all = p.all()
	return format, all, p.err()
}

// written answers a report: as a value in JSON, else as what write makes.
func written(format report.Format, value any, write func(io.Writer) error) (reply, error) {
	if format == report.JSON {
		return ok(value), nil
	}
	var out bytes.Buffer
	if err := write(&out); err != nil {
		return reply{}, err
	}
	return reply{status: 200, raw: out.Bytes(), media: format.ContentType()}, nil
}

func (c *call) coverage() (reply, error) {
	format, all, err := c.reportQuery()
	if err != nil {
		return reply{}, err
	}
	m, err := c.matrix(all)
	if err != nil {
		return reply{}, err
	}
	return written(format, m, func(w io.Writer) error { return report.Coverage(w, format, m, journal.Gate{}) })
}

func (c *call) clearCoverage() (reply, error) {
	evidence := c.world.Evidence()
	evidence.Coverage().Clear()
	evidence.Reactions().Clear()
	c.changed(requestEvent)
	return deleted(), nil
}

func (c *call) reactions() (reply, error) {
	format, all, err := c.reportQuery()
	if err != nil {
		return reply{}, err
	}
	r := c.reactionReport(all)
	return written(format, r, func(w io.Writer) error { return report.Reactions(w, format, r) })
}

func (c *call) expectations() (reply, error) {
	return c.judged(c.snap.Scenario.Expectations)
}

func (c *call) judge() (reply, error) {
	raw, err := c.body(maxDocument)
	if err != nil {
		return reply{}, err
	}
	expectations, err := c.expectationsOf(raw)
	if err != nil {
		return reply{}, err
	}
	return c.judged(expectations)
}

func (c *call) judged(expectations []journal.Expectation) (reply, error) {
	format, all, err := c.reportQuery()
	if err != nil {
		return reply{}, err
	}
	m, err := c.matrix(all)
	if err != nil {
		return reply{}, err
	}
	j := journal.Judge(expectations, c.reactionReport(all), m)
	return written(format, j, func(w io.Writer) error { return report.Expectations(w, format, j) })
}

// export writes the journal, oldest first.
func (c *call) export() (reply, error) {
	p := c.parameters()
	format := p.oneOf("format", "har", "pact")
	if err := p.err(); err != nil {
		return reply{}, err
	}
	evidence := c.world.Evidence()
	entries := evidence.Entries(journal.Filter{}, 1, evidence.Stats().Entries).Entries
	slices.Reverse(entries)
	from := report.Source{Version: c.version, BaseURL: c.address(c.world)}
	var out bytes.Buffer
	var err error
	if format == "har" {
		err = report.HAR(&out, entries, from)
	} else {
		err = report.Pact(&out, entries, p.text("consumer"), p.text("provider"), from)
	}
	if err != nil {
		return reply{}, err
	}
	return reply{status: 200, raw: out.Bytes(), media: jsonType}, nil
}
