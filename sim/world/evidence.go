package world

import "example.com/capisim/sim/journal"

// Coverage is what clients have met in this world, with the rules that are
// armed and have never fired.
func (w *World) Coverage() journal.Matrix {
	m := w.Evidence().Coverage().Snapshot()
	for _, rule := range w.Current().Faults.List() {
		if rule.Injected == 0 && rule.Active() && !rule.Optional {
			m.ArmedNeverFired = append(m.ArmedNeverFired, rule.ID)
		}
	}
	return m
}

// Reactions is what clients did about faults in this world, as it stands now.
func (w *World) Reactions() journal.ReactionReport {
	return w.Evidence().Reactions().Report(Wall())
}

// Coverage sums up all worlds, those that have ended included.
func (r *Registry) Coverage() (journal.Matrix, error) {
	matrices := []journal.Matrix{r.past.Coverage().Snapshot()}
	for _, w := range r.Worlds() {
		matrices = append(matrices, w.Coverage())
	}
	return journal.Merge(matrices...)
}

// Reactions puts those of all worlds together, those that have ended included.
func (r *Registry) Reactions() journal.ReactionReport {
	reports := []journal.ReactionReport{r.past.Reactions().Report(Wall())}
	for _, w := range r.Worlds() {
		reports = append(reports, w.Reactions())
	}
	return journal.MergeReactions(reports...)
}
