package sim

import (
	"slices"

	"example.com/capisim/sim/journal"
)

// Request is one request that a world has met, and what became of it.
type Request = journal.Entry

// Coverage says which documented answers of each operation were met.
type Coverage = journal.Matrix

// Evidence is what clients met in all worlds together, those that have ended
// included.
type Evidence struct {
	Coverage     Coverage
	Reactions    journal.ReactionReport
	Expectations journal.Judgement // of the default world's scenario
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

// Requests returns what the journal of the world holds, oldest first. Secrets
// are masked.
func (s *Server) Requests(t TB) []Request {
	t.Helper()
	page := s.world.Evidence().Entries(journal.Filter{}, 1, s.Simulator.config.worlds.Bounds.JournalEntries)
	slices.Reverse(page.Entries)
	return page.Entries
}

// Coverage returns the matrix of operations and documented statuses.
func (s *Server) Coverage(t TB) Coverage {
	t.Helper()
	return s.world.Evidence().Coverage().Snapshot()
}
