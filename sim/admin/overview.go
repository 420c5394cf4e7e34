package admin

import (
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/state"
)

// Overview is a world at a glance.
type Overview struct {
	Version    string           `json:"version"` // capisim's
	World      string           `json:"world"`
	URL        string           `json:"url"` // of the simulated API
	Scenario   ScenarioName     `json:"scenario"`
	Variant    contract.Variant `json:"variant"`
	Generation uint64           `json:"generation"` // rises with each load and reset
	Counts     state.Counts     `json:"counts"`
	Clock      ClockState       `json:"clock"`
	Faults     FaultCounts      `json:"faults"`
	Journal    JournalSize      `json:"journal"`
	Coverage   CoverageFigure   `json:"coverage"`
	Worlds     int              `json:"worlds"` // on this server, the default one included
}

// ScenarioName says what a world plays.
type ScenarioName struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Seed        int64  `json:"seed"`
}

// FaultCounts sums up the rules of a world.
type FaultCounts struct {
	Rules    int      `json:"rules"`
	InForce  []string `json:"in_force"` // ids of rules that can still inject, the newest first, at most 50
	Injected int      `json:"injected"`
}

// JournalSize says how much the journal holds.
type JournalSize struct {
	Entries int    `json:"entries"`
	Bytes   int64  `json:"bytes"`
	Total   uint64 `json:"total"`
	Dropped uint64 `json:"dropped"`
}

// CoverageFigure is the headline of the coverage matrix.
type CoverageFigure struct {
	Covered int     `json:"covered"`
	Total   int     `json:"total"`
	Percent float64 `json:"percent"`
}

func (c *call) overview() (reply, error) { return ok(c.glance()), nil }

// glance describes the world as it stands now, not as the request found it.
func (c *call) glance() Overview {
	snap := c.world.Current()
	size := c.world.Journal.Stats()
	matrix := c.world.Journal.Coverage().Snapshot()
	return Overview{
		Version: c.version, World: c.world.Name, URL: c.address(c.world),
		Scenario: ScenarioName{snap.Scenario.Name, snap.Scenario.Description, snap.Scenario.Number},
		Variant:  snap.Variant, Generation: snap.Generation, Counts: snap.State.Counts(),
		Clock: clockOf(c.world.Clock), Faults: countFaults(snap.Faults),
		Journal:  JournalSize{size.Entries, size.Bytes, size.Total, size.Dropped},
		Coverage: CoverageFigure{matrix.Covered, matrix.Total, matrix.Percent},
		Worlds:   len(c.worlds.Worlds()),
	}
}

const maxInForce = 50

func countFaults(set *fault.Set) FaultCounts {
	rules := set.List()
	counts := FaultCounts{Rules: len(rules), InForce: []string{}}
	for _, rule := range rules {
		counts.Injected += rule.Injected
		spent := rule.Remaining != nil && *rule.Remaining == 0
		if rule.Active() && !spent && len(counts.InForce) < maxInForce {
			counts.InForce = append(counts.InForce, rule.ID)
		}
	}
	return counts
}

// OperationView is a row of the operation table.
type OperationView struct {
	ID         string       `json:"id"`
	Method     string       `json:"method"`
	Path       string       `json:"path"`
	Supporting bool         `json:"supporting"`
	Success    int          `json:"success"`
	Statuses   []StatusView `json:"statuses"`
}

// StatusView is a status that an operation can answer. The first of its errors
// is the one that is injected by default.
type StatusView struct {
	Status int           `json:"status"`
	Kind   contract.Kind `json:"kind"`
	Cell   bool          `json:"cell"` // counts for coverage
	Errors []ErrorView   `json:"errors"`
}

// ErrorView is an entry of the error catalogue.
type ErrorView struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Code   int    `json:"code"`
	Detail string `json:"detail"`
}

func (c *call) operations() (reply, error) { return listed(c, maxPerPage, operationTable()) }

func operationTable() []OperationView {
	var table []OperationView
	for _, op := range contract.Operations() {
		row := OperationView{ID: op.ID, Method: op.Method, Path: op.Path, Supporting: op.Supporting, Success: op.Success()}
		for _, status := range op.Statuses {
			view := StatusView{Status: status.Code, Kind: status.Kind, Cell: status.Cell() && !op.Supporting, Errors: []ErrorView{}}
			for _, e := range status.Errors {
				view.Errors = append(view.Errors, ErrorView{e.Name, e.Title, e.Code, e.Detail})
			}
			row.Statuses = append(row.Statuses, view)
		}
		table = append(table, row)
	}
	return table
}

func (c *call) scenarios() (reply, error) { return listed(c, maxPerPage, c.library.Load().List()) }
