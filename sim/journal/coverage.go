package journal

import (
	"sync"
	"sync/atomic"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/socket"
)

// Coverage counts, for each documented cell (DESIGN.md §2), how often a client
// met it, apart by the error that it met, and for each operation the faults of
// the connection. Counters are made by the first request and only ever added to:
// the request path takes no lock.
type Coverage struct{ counts atomic.Pointer[[]counter] }

// counter is of one variant. Injected answers are counted apart by their phase:
// the request was answered before it took effect, or after it did.
type counter struct{ before, after, real atomic.Uint64 }

// place is where the counters of an operation stand.
type place struct {
	cells   []cellPlace
	sockets int // index of the first kind's counter, in the order of socket.Faults
}

// cellPlace is where the counters of a cell stand: one for each of its errors,
// and one for all else, such as a success or a body of a rule's own.
type cellPlace struct {
	status contract.Status
	first  int
}

// layout lays the counters out, by the operations' layout in the table; there
// are none for supporting ones.
var layout = sync.OnceValues(func() (list []*place, size int) {
	list = make([]*place, len(contract.Operations()))
	for _, o := range contract.ProcessOperations() {
		p := &place{}
		for _, s := range o.Statuses {
			if s.Cell() {
				p.cells = append(p.cells, cellPlace{s, size})
				size += len(s.Errors) + 1
			}
		}
		p.sockets = size
		size += len(socket.Faults())
		list[o.Index] = p
	}
	return list, size
})

// NewCoverage makes counters for the whole operation table.
func NewCoverage() *Coverage { return &Coverage{} }

// nothing are the counters where nothing was counted.
var nothing = sync.OnceValue(func() []counter {
	_, size := layout()
	return make([]counter, size)
})

// read returns the counters to be read.
func (c *Coverage) read() []counter {
	if counts := c.counts.Load(); counts != nil {
		return *counts
	}
	return nothing()
}

// own returns the counters to be added to.
func (c *Coverage) own() []counter {
	for {
		if counts := c.counts.Load(); counts != nil {
			return *counts
		}
		made := make([]counter, len(nothing()))
		c.counts.CompareAndSwap(nil, &made)
	}
}

// Add counts what a request was answered. What is not a cell, a supporting
// operation or a status that is not documented, is not counted.
func (c *Coverage) Add(e *Entry) {
	if e.Operation == nil || e.Meanwhile {
		return
	}
	list, _ := layout()
	p := list[e.Operation.Index]
	if p == nil {
		return
	}
	if e.Injected && e.ConnectionFault != "" {
		for i, row := range socket.Faults() {
			if row.Kind == e.ConnectionFault {
				c.own()[p.sockets+i].add(e, true)
			}
		}
	}
	if !e.Answered() {
		return
	}
	for _, cell := range p.cells {
		if cell.status.Code == e.Status {
			c.own()[cell.first+cell.variant(e)].add(e, e.InjectedStatus())
			return
		}
	}
}

// variant is the place of an answer's error among those of the cell, of several
// with one title the one with its words; the last is that of all else.
func (c *cellPlace) variant(e *Entry) int {
	found := len(c.status.Errors)
	for i, known := range c.status.Errors {
		switch {
		case known.Title != e.Error:
		case known.Detail == e.Detail:
			return i
		case found == len(c.status.Errors):
			found = i
		}
	}
	return found
}

// detail is that of an error whose title the cell has more than once.
func (c *cellPlace) detail(of *contract.Error) string {
	for _, other := range c.status.Errors {
		if other != of && other.Title == of.Title {
			return of.Detail
		}
	}
	return ""
}

func (n *counter) add(e *Entry, injected bool) {
	switch {
	case !injected:
		n.real.Add(1)
	case e.After():
		n.after.Add(1)
	default:
		n.before.Add(1)
	}
}

// variant reads the counter.
func (n *counter) variant() Variant {
	after := n.after.Load()
	return Variant{Counts: Counts{Injected: n.before.Load() + after, Real: n.real.Load(), After: after}}
}

// Absorb adds the counts of another world, such as one that has ended.
func (c *Coverage) Absorb(other *Coverage) {
	counts, more := c.own(), other.read()
	for i := range more {
		n := &more[i]
		counts[i].before.Add(n.before.Load())
		counts[i].after.Add(n.after.Load())
		counts[i].real.Add(n.real.Load())
	}
}

// Clear sets all counts to nothing (DELETE /admin/coverage).
func (c *Coverage) Clear() { c.counts.Store(nil) }

// Snapshot reads the counters. The rules that were armed and never fired are
// known to others, who put them in.
func (c *Coverage) Snapshot() Matrix {
	m := Matrix{Version: MatrixVersion, ArmedNeverFired: []string{}}
	list, _ := layout()
	counts := c.read()
	for _, o := range contract.ProcessOperations() {
		p := list[o.Index]
		row := Row{ID: o.ID}
		for _, cell := range p.cells {
			row.Cells = append(row.Cells, cell.read(counts))
		}
		row.sort()
		for i, fault := range socket.Faults() {
			v := counts[p.sockets+i].variant()
			v.Connection = fault.Kind
			row.Connections = append(row.Connections, v)
		}
		m.Operations = append(m.Operations, row)
	}
	m.count()
	return m
}

// read opens a cell by its errors. What is none of them is a variant of its own
// only where it was met beside errors.
func (p cellPlace) read(counts []counter) Cell {
	cell := Cell{Status: p.status.Code, Variants: []Variant{}}
	if p.status.Kind == contract.DocumentedOnly {
		cell.Kind = p.status.Kind
	}
	for i, known := range p.status.Errors {
		v := counts[p.first+i].variant()
		v.Error, v.Detail = known.Title, p.detail(known)
		cell.Variants = append(cell.Variants, v)
		cell.add(v.Counts)
	}
	rest := counts[p.first+len(p.status.Errors)].variant()
	if rest.Covered() && len(p.status.Errors) > 0 {
		cell.Variants = append(cell.Variants, rest)
	}
	cell.add(rest.Counts)
	return cell
}
