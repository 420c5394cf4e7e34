package contract

import (
	"strings"
	"testing"
)

// TestErrorsOfTheTable: what a row offers for a status belongs to that status
// and can be sent as it stands; only the runner's texts keep a gap, for the
// process that a request names.
func TestErrorsOfTheTable(t *testing.T) {
	t.Parallel()
	for _, op := range Operations() {
		for _, status := range op.Statuses {
			for _, e := range status.Errors {
				if e.Status != status.Code {
					t.Errorf("%s %d offers %s, which is a %d", op.ID, status.Code, e.Title, e.Status)
				}
				if rest := strings.Replace(e.Detail, "Process Guid: %s:", "", 1); strings.Contains(rest, "%") {
					t.Errorf("%s %d offers %s with a gap: %s", op.ID, status.Code, e.Title, e.Detail)
				}
			}
		}
	}
}

// TestStatusesOfTheTable: success first, no status twice, and 429, 500, 502 and
// 503 on every operation (design.md §2).
func TestStatusesOfTheTable(t *testing.T) {
	t.Parallel()
	for _, op := range Operations() {
		seen := map[int]bool{}
		for _, status := range op.Statuses {
			if seen[status.Code] {
				t.Errorf("%s has %d twice", op.ID, status.Code)
			}
			seen[status.Code] = true
		}
		if op.Success() >= 300 {
			t.Errorf("%s begins with %d, want its success", op.ID, op.Success())
		}
		for _, code := range []int{429, 500, 502, 503} {
			if !seen[code] && !op.UAA {
				t.Errorf("%s cannot answer %d", op.ID, code)
			}
		}
	}
}
