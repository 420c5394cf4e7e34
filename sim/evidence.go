package sim

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/report"
)

// The reports in full, as the admin API and the command write them.
type (
	CoverageReport    = journal.Matrix
	ReactionReport    = journal.ReactionReport
	ExpectationReport = journal.Judgement
)

// Evidence is what clients met in all worlds together, those that have ended
// included.
type Evidence struct {
	Coverage     CoverageReport
	Reactions    ReactionReport
	Expectations ExpectationReport // of the default world's scenario
}

// Evidence sums up the worlds as they stand at this moment, after Close too.
func (s *Simulator) Evidence() (Evidence, error) {
	matrix, err := s.worlds.Coverage()
	if err != nil {
		return Evidence{}, err
	}
	reactions := s.worlds.Reactions()
	expectations := s.worlds.Root().Current().Scenario.Expectations
	return Evidence{matrix, reactions, journal.Judge(expectations, reactions, matrix)}, nil
}

// Coverage says which documented answers of each operation clients have met.
type Coverage struct {
	Covered, Total int
	Percent        float64 // rounded down to tenths: 100 means all
	Cells          []Cell
	NeverFired     []string // ids of fault rules that no request has met

	matrix journal.Matrix
}

// Cell is a documented status of an operation, and how often it was met.
type Cell struct {
	Operation string
	Status    int
	Injected  int // by a fault
	Real      int // by a real answer
}

// String is the matrix of operations and statuses as a table.
func (c Coverage) String() string {
	var out strings.Builder
	if err := report.Coverage(&out, report.Text, c.matrix, journal.Gate{}); err != nil {
		return err.Error()
	}
	return out.String()
}

// everywhere is the query of the evidence that the methods of a Server are
// about: that of all worlds for the server itself, those that have ended
// included, and for a world its own.
func (s *Server) everywhere() string {
	if s.world == s.Simulator.worlds.Root() {
		return "?worlds=all"
	}
	return ""
}

// Coverage returns which documented answers were met: in all worlds, those that
// have ended included, or in the world that Server.World or Server.Fork made.
func (s *Server) Coverage(t TB) Coverage {
	t.Helper()
	var m journal.Matrix
	s.must(t, "read the coverage", http.MethodGet, "/admin/coverage"+s.everywhere(), nil, &m)
	c := Coverage{Covered: m.Covered, Total: m.Total, Percent: m.Percent, NeverFired: m.ArmedNeverFired, matrix: m}
	for _, row := range m.Operations {
		for _, cell := range row.Cells {
			c.Cells = append(c.Cells, Cell{row.ID, cell.Status, int(cell.Injected), int(cell.Real)})
		}
	}
	return c
}

// RequireCoverage ends the test unless so many percent of the documented
// answers were met, and each of these cells: "updateProcess:409",
// "updateProcess:422/CF-LabelLimitExceeded", "scaleProcess:503@after",
// "scaleProcess:reset". It is about the same worlds as Coverage.
func (s *Server) RequireCoverage(t TB, percent float64, cells ...string) {
	t.Helper()
	gate := journal.Gate{Min: percent}
	var err error
	if len(cells) > 0 {
		gate.Require, err = journal.ParseCells(strings.Join(cells, ","))
	}
	switch {
	case err != nil:
	case percent < 0 || percent > 100:
		err = fmt.Errorf("%g percent, expected 0 to 100", percent)
	case percent == 0 && len(cells) == 0:
		err = errors.New("nothing, expected a percentage or cells")
	}
	if err != nil {
		t.Fatalf("require coverage: %v", err)
	}
	matrix := s.Coverage(t).matrix
	if unmet := gate.Unmet(matrix); len(unmet) > 0 {
		var table strings.Builder
		if err := report.Coverage(&table, report.Text, matrix, journal.Gate{}); err != nil {
			table.WriteString(err.Error())
		}
		t.Fatalf("coverage: %s\n%s", strings.Join(unmet, "; "), indented(table.String()))
	}
}

// Reaction is what one client did about one kind of injected fault: the first
// one, and each repetition of that request.
type Reaction struct {
	Operation  string
	Target     string // what it was about: a path
	Status     int    // that was injected, 0 when the connection died without an answer
	Connection string // what was done to the connection
	Rule       string // id of the fault rule
	User       string
	UserAgent  string

	Recovered      bool          // a later attempt succeeded
	RecoveredAfter time.Duration // then: from the fault's answer to the success
	Final          bool          // no later request can change it
	Attempts       int           // requests, the first included
	Retries        int           // how often the client itself tried again: not its transport
	Gaps           []time.Duration
	Backoff        string // none, fixed, growing, jittered, or undecided
	RetryAfter     string // honoured, early, or absent when no time was told
	Hammered       bool   // five requests within a second
	DoneTwice      bool   // a change that counts was made twice
	LostUpdate     bool   // another client's change was taken away
	Requests       []uint64

	full journal.Reaction
}

func reactionOf(r *journal.Reaction) Reaction {
	out := Reaction{
		Operation: r.Operation, Target: r.Target, Status: r.Status, Connection: r.Connection, Rule: r.Rule,
		User: r.Client.User, UserAgent: r.Client.UserAgent,
		Recovered: r.Outcome == journal.Recovered, Final: r.Final, Attempts: r.Attempts, Retries: r.Retries(),
		Backoff: r.Backoff, RetryAfter: r.RetryAfter, Hammered: r.Hammered, DoneTwice: r.DoneTwice, LostUpdate: r.LostUpdate,
		Requests: r.Requests, full: *r,
	}
	for _, gap := range r.GapsMS {
		out.Gaps = append(out.Gaps, milliseconds(gap))
	}
	if r.RecoveredAfterMS != nil {
		out.RecoveredAfter = milliseconds(*r.RecoveredAfterMS)
	}
	return out
}

func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

// String tells the reaction in a few lines.
func (r Reaction) String() string {
	var out strings.Builder
	if err := report.Reactions(&out, report.Text, journal.ReactionReport{Reactions: []journal.Reaction{r.full}}); err != nil {
		return err.Error()
	}
	return strings.TrimRight(out.String(), "\n")
}

// Reactions returns what clients did about injected faults, the oldest first;
// it is about the same worlds as Coverage.
func (s *Server) Reactions(t TB) []Reaction {
	t.Helper()
	var found journal.ReactionReport
	s.must(t, "read the reactions", http.MethodGet, "/admin/reactions"+s.everywhere(), nil, &found)
	list := make([]Reaction, len(found.Reactions))
	for i := range found.Reactions {
		list[i] = reactionOf(&found.Reactions[i])
	}
	return list
}

// Verify ends the test unless all expectations are met. They are written as in
// a scenario, YAML or JSON, under the key expectations; "" stands for those of
// the world's scenario. It is about the same worlds as Coverage.
func (s *Server) Verify(t TB, expectations string) {
	t.Helper()
	method, body := http.MethodGet, any(nil)
	if expectations != "" {
		method, body = http.MethodPost, expectations
	}
	var judged journal.Judgement
	s.must(t, "verify", method, "/admin/expectations"+s.everywhere(), body, &judged)
	if len(judged.Expectations) == 0 {
		t.Fatalf("verify: the scenario has no expectations")
	}
	if judged.AllMet() {
		return
	}
	var table strings.Builder
	if err := report.Expectations(&table, report.Text, judged); err != nil {
		table.WriteString(err.Error())
	}
	t.Fatalf("verify: %d of %s not met\n%s%s", len(judged.Expectations)-judged.Met,
		document.Count(len(judged.Expectations), "expectation"), indented(table.String()), strings.TrimRight(s.seen(nil), "\n"))
}

// indented is a text whose lines stand under the sentence before it.
func indented(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			out.WriteString("  ")
		}
		out.WriteString(line)
	}
	return out.String()
}
