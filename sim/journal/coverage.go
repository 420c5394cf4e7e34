package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// MatrixVersion names the shape of a coverage report. Reports of different
// versions cannot be merged.
const MatrixVersion = "1"

type counter struct{ injected, real atomic.Uint64 }

// Coverage counts, for each documented cell (DESIGN.md §2), how often a client
// met it. Counters are fixed at the start and only ever added to: the request
// path takes no lock.
type Coverage struct{ rows [][]counter }

// NewCoverage makes counters for the whole operation table.
func NewCoverage() *Coverage {
	operations := contract.ProcessOperations()
	c := &Coverage{rows: make([][]counter, len(contract.Operations()))}
	for _, o := range operations {
		c.rows[o.Index] = make([]counter, len(o.Statuses))
	}
	return c
}

// Add counts one answer. What is not a cell, a supporting operation or a status
// that is not documented, is not counted.
func (c *Coverage) Add(o *contract.Operation, status int, injected bool) {
	row := c.rows[o.Index]
	for i := range row {
		if o.Statuses[i].Code != status || !o.Statuses[i].Cell() {
			continue
		}
		if injected {
			row[i].injected.Add(1)
		} else {
			row[i].real.Add(1)
		}
		return
	}
}

// Absorb adds the counts of another world, such as one that has ended.
func (c *Coverage) Absorb(other *Coverage) {
	for i, row := range other.rows {
		for k := range row {
			c.rows[i][k].injected.Add(row[k].injected.Load())
			c.rows[i][k].real.Add(row[k].real.Load())
		}
	}
}

// Clear sets all counts to nothing (DELETE /admin/coverage).
func (c *Coverage) Clear() {
	for _, row := range c.rows {
		for k := range row {
			row[k].injected.Store(0)
			row[k].real.Store(0)
		}
	}
}

// Snapshot reads the counters. The rules that were armed and never fired are
// known to others, who put them in.
func (c *Coverage) Snapshot() Matrix {
	m := Matrix{Version: MatrixVersion, ArmedNeverFired: []string{}}
	for _, o := range contract.ProcessOperations() {
		row := Row{ID: o.ID}
		for i, s := range o.Statuses {
			if !s.Cell() {
				continue
			}
			cell := Cell{Status: s.Code, Injected: c.rows[o.Index][i].injected.Load(), Real: c.rows[o.Index][i].real.Load()}
			if s.Kind == contract.DocumentedOnly {
				cell.Kind = s.Kind
			}
			row.Cells = append(row.Cells, cell)
		}
		slices.SortFunc(row.Cells, func(a, b Cell) int { return a.Status - b.Status })
		m.Operations = append(m.Operations, row)
	}
	m.count()
	return m
}

// Matrix is a coverage report (DESIGN.md §8): each operation with each of its
// documented statuses.
type Matrix struct {
	Version         string   `json:"version"`
	Operations      []Row    `json:"operations"`
	Covered         int      `json:"covered"`
	Total           int      `json:"total"`
	Percent         float64  `json:"percent"` // rounded down to tenths: 100 means all
	ArmedNeverFired []string `json:"armed_never_fired"`
}

// Row is an operation of the matrix; its cells rise by status.
type Row struct {
	ID    string `json:"id"`
	Cells []Cell `json:"cells"`
}

// Cell is a documented status and how often a client met it.
type Cell struct {
	Status   int           `json:"status"`
	Kind     contract.Kind `json:"kind,omitempty"` // documented-only where the real server never answers it
	Injected uint64        `json:"injected"`
	Real     uint64        `json:"real"`
}

// Covered says that the cell was met, in whichever way.
func (c Cell) Covered() bool { return c.Injected > 0 || c.Real > 0 }

// How says in a word how the cell was met: both, injected, real, or missed.
func (c Cell) How() string {
	switch {
	case c.Injected > 0 && c.Real > 0:
		return "both"
	case c.Injected > 0:
		return "injected"
	case c.Real > 0:
		return "real"
	}
	return "missed"
}

func (m *Matrix) count() {
	m.Covered, m.Total = 0, 0
	for _, row := range m.Operations {
		for _, cell := range row.Cells {
			m.Total++
			if cell.Covered() {
				m.Covered++
			}
		}
	}
	m.Percent = 0
	if m.Total > 0 {
		m.Percent = float64(m.Covered*1000/m.Total) / 10
	}
}

// Cell finds a cell of the matrix.
func (m *Matrix) Cell(name CellName) (Cell, bool) {
	if cell := m.cell(name); cell != nil {
		return *cell, true
	}
	return Cell{}, false
}

func (m *Matrix) cell(name CellName) *Cell {
	for _, row := range m.Operations {
		if row.ID != name.Operation {
			continue
		}
		for i := range row.Cells {
			if row.Cells[i].Status == name.Status {
				return &row.Cells[i]
			}
		}
	}
	return nil
}

// Merge sums reports, of several worlds or several runs of a suite. It refuses
// reports of another version and cells that are not documented, and then
// returns document.Violations whose pointers begin with the report's position.
func Merge(reports ...Matrix) (Matrix, error) {
	sum := NewCoverage().Snapshot()
	var wrong document.Violations
	for i := range reports {
		at := "/" + strconv.Itoa(i)
		if reports[i].Version != MatrixVersion {
			wrong = append(wrong, document.Violation{Pointer: at + "/version",
				Message: fmt.Sprintf("a coverage report of version %q, expected %q", reports[i].Version, MatrixVersion)})
			continue
		}
		for o, row := range reports[i].Operations {
			for k, cell := range row.Cells {
				into := sum.cell(CellName{row.ID, cell.Status})
				if into == nil {
					wrong = append(wrong, document.Violation{Pointer: fmt.Sprintf("%s/operations/%d/cells/%d", at, o, k),
						Message: (CellName{row.ID, cell.Status}).problem()})
					continue
				}
				into.Injected += cell.Injected
				into.Real += cell.Real
			}
		}
		sum.ArmedNeverFired = append(sum.ArmedNeverFired, reports[i].ArmedNeverFired...)
	}
	if wrong != nil {
		return Matrix{}, wrong
	}
	slices.Sort(sum.ArmedNeverFired)
	sum.ArmedNeverFired = slices.Compact(sum.ArmedNeverFired)
	sum.count()
	return sum, nil
}

// ReadMatrix reads a coverage report that a run has saved. It says what is
// wrong with a file that is none.
func ReadMatrix(data []byte) (Matrix, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var m Matrix
	if err := decoder.Decode(&m); err != nil {
		return Matrix{}, fmt.Errorf("read coverage report: %w", err)
	}
	if decoder.More() {
		return Matrix{}, fmt.Errorf("read coverage report: more than one JSON document")
	}
	if m.Version == "" || m.Operations == nil {
		return Matrix{}, fmt.Errorf(`read coverage report: "version" or "operations" is missing`)
	}
	return m, nil
}

// CellName names a cell, written updateProcess:409.
type CellName struct {
	Operation string `json:"operation"`
	Status    int    `json:"status"`
}

// String gives the form that ParseCells reads.
func (n CellName) String() string { return n.Operation + ":" + strconv.Itoa(n.Status) }

// problem says why there is no such cell; "" when there is one.
func (n CellName) problem() string {
	o, ok := contract.OperationByID(n.Operation)
	if !ok || o.Supporting {
		return fmt.Sprintf("%q is not an operation with coverage cells, expected one of %s", n.Operation, strings.Join(coveredIDs(), ", "))
	}
	if s, ok := o.Status(n.Status); !ok || !s.Cell() {
		return fmt.Sprintf("%d is not a documented status of %s, expected one of %s", n.Status, n.Operation, strings.Join(cellCodes(o), ", "))
	}
	return ""
}

func coveredIDs() []string {
	var ids []string
	for _, o := range contract.ProcessOperations() {
		ids = append(ids, o.ID)
	}
	return ids
}

func cellCodes(o *contract.Operation) []string {
	var codes []int
	for _, s := range o.Statuses {
		if s.Cell() {
			codes = append(codes, s.Code)
		}
	}
	slices.Sort(codes)
	texts := make([]string, len(codes))
	for i, code := range codes {
		texts[i] = strconv.Itoa(code)
	}
	return texts
}

// ParseCells reads names such as "updateProcess:409,scaleProcess:422". The
// error is document.Violations, one for each name that is not a documented cell.
func ParseCells(text string) ([]CellName, error) {
	var names []CellName
	var wrong document.Violations
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		operation, code, found := strings.Cut(part, ":")
		status, err := strconv.Atoi(code)
		if !found || err != nil {
			wrong = append(wrong, document.Violation{Message: fmt.Sprintf("%q is not a cell, expected OPERATION:STATUS such as updateProcess:409", part)})
			continue
		}
		name := CellName{operation, status}
		if problem := name.problem(); problem != "" {
			wrong = append(wrong, document.Violation{Message: problem})
			continue
		}
		names = append(names, name)
	}
	if wrong != nil {
		return nil, wrong
	}
	return names, nil
}

// Gate is what a build demands of coverage; the zero Gate demands nothing.
type Gate struct {
	Min     float64    // percent of all cells
	Require []CellName // cells that have to be met
}

// Set says that the gate demands something.
func (g Gate) Set() bool { return g.Min > 0 || len(g.Require) > 0 }

// Requires says that the gate names this cell.
func (g Gate) Requires(name CellName) bool { return slices.Contains(g.Require, name) }

// Unmet lists, one sentence each, what the matrix falls short of. The exact
// share is compared, not the rounded percentage.
func (g Gate) Unmet(m Matrix) []string {
	var unmet []string
	if float64(m.Covered)*100 < g.Min*float64(m.Total) {
		unmet = append(unmet, fmt.Sprintf("%d of %d cells are covered (%g %%), expected at least %g %%", m.Covered, m.Total, m.Percent, g.Min))
	}
	for _, name := range g.Require {
		if cell, _ := m.Cell(name); !cell.Covered() {
			unmet = append(unmet, name.String()+" was not met")
		}
	}
	return unmet
}
