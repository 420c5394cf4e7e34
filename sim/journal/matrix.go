package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/socket"
)

// MatrixVersion names the shape of a coverage report. Reports of different
// versions cannot be merged.
const MatrixVersion = "1"

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
	// Connections are the faults of the connection, which have no status of
	// their own and count for no cell.
	Connections []Variant `json:"connections"`
}

func (r *Row) sort() { slices.SortFunc(r.Cells, func(a, b Cell) int { return a.Status - b.Status }) }

// Counts is how often a client met something.
type Counts struct {
	Injected uint64 `json:"injected"`
	Real     uint64 `json:"real"`
	After    uint64 `json:"after"` // of the injected, those after the request took effect
}

// Covered says that it was met, in whichever way.
func (c Counts) Covered() bool { return c.Injected > 0 || c.Real > 0 }

// How says in a word how it was met: both, injected, real, or missed.
func (c Counts) How() string {
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

// in is how often it was met in a phase, "" for all.
func (c Counts) in(phase Phase) uint64 {
	switch phase {
	case Before:
		return c.Injected - min(c.After, c.Injected)
	case After:
		return c.After
	}
	return c.Injected + c.Real
}

func (c *Counts) add(other Counts) {
	c.Injected += other.Injected
	c.Real += other.Real
	c.After += other.After
}

// Cell is a documented status and how often a client met it, also apart by the
// errors that it can carry; a success has none.
type Cell struct {
	Status int           `json:"status"`
	Kind   contract.Kind `json:"kind,omitempty"` // documented-only where the real server never answers it
	Counts
	Variants []Variant `json:"variants"`
}

// Variant is one way in which a cell, or an operation, can be met: an error of
// the catalogue, "" for all else, or a fault of the connection.
type Variant struct {
	Error      string      `json:"error,omitempty"`
	Detail     string      `json:"detail,omitempty"` // where the cell has several errors of that title
	Connection socket.Kind `json:"connection,omitempty"`
	Counts
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

func (m *Matrix) row(id string) *Row {
	at := slices.IndexFunc(m.Operations, func(r Row) bool { return r.ID == id })
	if at < 0 {
		return nil
	}
	return &m.Operations[at]
}

// Cell finds a cell of the matrix.
func (m *Matrix) Cell(operation string, status int) (Cell, bool) {
	if row := m.row(operation); row != nil {
		if cell := row.cell(status); cell != nil {
			return *cell, true
		}
	}
	return Cell{}, false
}

func (r *Row) cell(status int) *Cell {
	at := slices.IndexFunc(r.Cells, func(c Cell) bool { return c.Status == status })
	if at < 0 {
		return nil
	}
	return &r.Cells[at]
}

// Meets says how often a client met what is named.
func (m *Matrix) Meets(name CellName) uint64 {
	row := m.row(name.Operation)
	if row == nil {
		return 0
	}
	counts := Counts{}
	if name.Connection != "" {
		counts = summed(row.Connections, func(v *Variant) bool { return v.Connection == name.Connection })
	} else if cell := row.cell(name.Status); cell != nil {
		if counts = cell.Counts; name.Error != "" {
			title := name.title()
			counts = summed(cell.Variants, func(v *Variant) bool { return v.Error == title })
		}
	}
	return counts.in(name.Phase)
}

func summed(list []Variant, these func(*Variant) bool) (total Counts) {
	for i := range list {
		if these(&list[i]) {
			total.add(list[i].Counts)
		}
	}
	return total
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
			wrong = append(wrong, sum.merge(row, fmt.Sprintf("%s/operations/%d", at, o))...)
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

// merge adds a row of another report to its like. Variants that this capisim
// does not know are taken as they are.
func (m *Matrix) merge(row Row, at string) (wrong document.Violations) {
	into := m.row(row.ID)
	for k, cell := range row.Cells {
		name := CellName{Operation: row.ID, Status: cell.Status}
		if problem, _ := name.problem(); problem != "" {
			wrong = append(wrong, document.Violation{Pointer: fmt.Sprintf("%s/cells/%d", at, k), Message: problem})
			continue
		}
		sum := into.cell(cell.Status)
		sum.add(cell.Counts)
		sum.Variants = merged(sum.Variants, cell.Variants)
	}
	if into != nil {
		into.Connections = merged(into.Connections, row.Connections)
	}
	return wrong
}

func merged(into, from []Variant) []Variant {
	for _, v := range from {
		at := slices.IndexFunc(into, func(w Variant) bool {
			return w.Error == v.Error && w.Detail == v.Detail && w.Connection == v.Connection
		})
		if at < 0 {
			into = append(into, v)
			continue
		}
		into[at].add(v.Counts)
	}
	return into
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
