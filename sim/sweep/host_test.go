package sweep

import (
	"testing"
	"time"

	"example.com/capisim/sim/journal"
)

// TestClockThatIsSet: a machine whose clock is put back between two requests makes
// neither the pause nor an answer longer or shorter.
func TestClockThatIsSet(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	first := requestOf(&journal.View{WallTime: at, BegunMS: 1000, LatencyMS: 40})
	again := requestOf(&journal.View{WallTime: at.Add(-time.Hour), BegunMS: 3040, LatencyMS: 5})
	if got := gap(&first, &again); got != 2*time.Second {
		t.Errorf("a pause of %s", got)
	}
	if took := again.End.Sub(again.Begin); took != 5*time.Millisecond {
		t.Errorf("answered after %s", took)
	}
}

// TestHeldElsewhere: an answer of a server that has run for an hour, which a client
// waited for until it was killed, makes a hang.
func TestHeldElsewhere(t *testing.T) {
	t.Parallel()
	held := requestOf(&journal.View{BegunMS: 3_600_000, Held: true})
	j := judgement{run: &run{ending: Ending{Seconds: 10}, requests: []Request{held}}, attempts: []*Request{&held}}
	if !j.outstanding() {
		t.Error("nobody waited for it")
	}
}
