package journal

import (
	"fmt"
	"slices"
)

// Gate is what a build demands of coverage; the zero Gate demands nothing.
type Gate struct {
	Min     float64    // percent of all cells
	Require []CellName // cells and variants that have to be met
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
		if m.Meets(name) == 0 {
			unmet = append(unmet, name.String()+" was not met")
		}
	}
	return unmet
}
