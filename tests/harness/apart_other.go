//go:build !linux

package harness

import "testing"

// Apart runs the tests of a suite in the machine's network, for which Network waits
// for their turn.
func Apart(m *testing.M) int { return m.Run() }
