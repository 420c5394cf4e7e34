package admin

import (
	"example.com/capisim/sim/client"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/socket"
)

func (c *call) overview() (reply, error) { return ok(c.glance()), nil }

// glance describes the world as it stands now, not as the request found it.
func (c *call) glance() client.Overview {
	snap := c.world.Current()
	evidence := c.world.Evidence()
	size, matrix := evidence.Stats(), evidence.Coverage().Snapshot()
	return client.Overview{
		Version: c.version, World: c.world.Name, URL: c.address(c.world),
		Scenario: client.ScenarioName{Name: snap.Scenario.Name, Description: snap.Scenario.Description, Seed: snap.Scenario.Number},
		Variant:  snap.Variant, Generation: snap.Generation, Counts: snap.State.Counts(),
		Clock: clockOf(c.world.Clock), Faults: countFaults(snap.Faults),
		Journal:  client.JournalSize{Entries: size.Entries, Bytes: size.Bytes, Total: size.Total, Dropped: size.Dropped},
		Coverage: client.CoverageFigure{Covered: matrix.Covered, Total: matrix.Total, Percent: matrix.Percent},
		Worlds:   len(c.worlds.Worlds()),
	}
}

const maxInForce = 50

func countFaults(set *fault.Set) client.FaultCounts {
	rules := set.List()
	counts := client.FaultCounts{Rules: len(rules), InForce: []string{}}
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

// ConnectionView is a fault of the connection, which any operation can have in
// the place of an answer.
type ConnectionView struct {
	Kind         socket.Kind      `json:"kind"`
	Words        string           `json:"words"` // what a client sees
	Parameter    socket.Parameter `json:"parameter,omitempty"`
	LeavesAnswer bool             `json:"leaves_answer"` // a whole one, after all
}

// OperationList is the operation table, and what can be injected beside its
// statuses.
type OperationList struct {
	client.List[OperationView]
	Connections []ConnectionView `json:"connections"`
}

func (c *call) operations() (reply, error) {
	page, err := paged(c, maxPerPage, operationTable())
	if err != nil {
		return reply{}, err
	}
	table := OperationList{List: page}
	for _, row := range socket.Faults() {
		table.Connections = append(table.Connections, ConnectionView{row.Kind, row.Words, row.Parameter, row.LeavesAnswer})
	}
	return ok(table), nil
}

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
