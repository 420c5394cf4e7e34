package sim

import (
	"slices"

	"example.com/capisim/sim/journal"
)

// Request is one request that a world has met, and what became of it.
type Request = journal.Entry

// Coverage says which documented answers of each operation were met.
type Coverage = journal.Matrix

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
