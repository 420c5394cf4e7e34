package contract

import (
	"testing"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/schema"
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
				if e.Gap != NoGap && e.Gap != ProcessGap {
					t.Errorf("%s %d offers %s with a gap: %s", op.ID, status.Code, e.Title, e.Detail)
				}
			}
		}
	}
}

// TestStatusesOfTheTable: success first, no status twice, and 429, 500, 502 and
// 503 on every operation (DESIGN.md §2).
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

// TestGaps: words that are filled in stand in the gap's place, and are not gaps
// themselves.
func TestGaps(t *testing.T) {
	t.Parallel()
	lent := RunnerUnavailable.withGap("Process Guid: ", ProcessGap, ": down")
	for _, test := range []struct {
		got  *Error
		gap  Gap
		text string
	}{
		{BadRequest, ReasonGap, "Bad request: <reason>"},
		{LabelLimitExceeded.With(3), NoGap, "Failed to add 3 labels because it would exceed maximum of 50"},
		{ResourceNotFound.With("<resource> %s"), NoGap, "<resource> %s not found"},
		{ResourceNotFound.With("<resource>").With("App"), NoGap, "<resource> not found"},
		{BadRequest.Text("<reason>").With("x"), NoGap, "<reason>"},
		{lent, ProcessGap, "Runner is unavailable: Process Guid: <process guid>-<version>: down"},
		{lent.With("a-b"), NoGap, "Runner is unavailable: Process Guid: a-b: down"},
	} {
		if test.got.Gap != test.gap || test.got.Detail != test.text {
			t.Errorf("got %q with the gap %q, want %q with %q", test.got.Detail, test.got.Gap, test.text, test.gap)
		}
	}
}

// TestOperationSchemasExist ties the operation table to the files.
func TestOperationSchemasExist(t *testing.T) {
	t.Parallel()
	for _, o := range ProcessOperations() {
		for _, name := range []string{o.Request, o.Response} {
			if name == "" {
				continue
			}
			if _, err := schema.Validate(name, document.Value{}); err != nil {
				t.Errorf("%s: %v", o.ID, err)
			}
		}
	}
}
