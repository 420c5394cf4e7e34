package admin

import (
	"bytes"
	"io"
	"slices"

	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/report"
)

func (c *call) matrix(all bool) (journal.Matrix, error) {
	if all {
		return c.worlds.Coverage()
	}
	return c.world.Coverage(), nil
}

func (c *call) reactionReport(all bool) journal.ReactionReport {
	if all {
		return c.worlds.Reactions()
	}
	return c.world.Reactions()
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
