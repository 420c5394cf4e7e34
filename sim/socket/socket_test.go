package socket_test

import (
	"strings"
	"testing"

	"example.com/capisim/sim/socket"
)

func TestTable(t *testing.T) {
	t.Parallel()
	seen := map[socket.Kind]bool{}
	for i, row := range socket.Faults() {
		found, ok := socket.Find(row.Kind)
		if !ok || found != row || socket.Names()[i] != string(row.Kind) || seen[row.Kind] {
			t.Errorf("%s is found as %+v", row.Kind, found)
		}
		seen[row.Kind] = true
		if row.Words == "" || strings.HasSuffix(row.Words, ".") {
			t.Errorf("%s has the words %q", row.Kind, row.Words)
		}
		if row.LeavesAnswer && !row.NeedsAnswer || row.Repeatable && row.NeedsAnswer {
			t.Errorf("%s contradicts itself: %+v", row.Kind, row)
		}
		if row.Kind.NeedsAnswer() != row.NeedsAnswer || row.Kind.LeavesAnswer() != row.LeavesAnswer || row.Kind.Repeatable() != row.Repeatable {
			t.Errorf("%s is not what its row says", row.Kind)
		}
	}
}

// TestNoFault: without a fault the answer stands; a name that is not in the
// table leaves none.
func TestNoFault(t *testing.T) {
	t.Parallel()
	for kind, whole := range map[socket.Kind]bool{"": true, "cut": false} {
		if _, ok := socket.Find(kind); ok || kind.LeavesAnswer() != whole || kind.NeedsAnswer() || kind.Repeatable() {
			t.Errorf("%q: in the table %v, leaves an answer %v", kind, ok, kind.LeavesAnswer())
		}
	}
}
