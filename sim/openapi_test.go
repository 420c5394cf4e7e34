package sim

import (
	"runtime"
	"testing"

	"example.com/capisim/sim/contract"
)

// TestCostOfDocuments: two thousand examples do not take a world, nor a scenario that
// is read anew, each. It is not parallel: others would be counted. Under the
// race detector pools forget, that of package regexp above all: seven times as much.
func TestCostOfDocuments(t *testing.T) {
	for name, c := range map[string]struct {
		made func() ([]byte, error)
		most uint64
	}{
		"admin API":     {makeAdminDocument, 250 << 20},
		"simulated API": {func() ([]byte, error) { return makeAPIDocument(contract.Default) }, 60 << 20},
	} {
		var before, after runtime.MemStats
		if _, err := c.made(); err != nil { // what is made once is made
			t.Fatal(err)
		}
		runtime.ReadMemStats(&before)
		raw, err := c.made()
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; err != nil || grown > c.most {
			t.Errorf("%s: %d KB for %d bytes, %v", name, grown>>10, len(raw), err)
		}
	}
}
