package contract

import (
	"strings"
	"testing"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/schema"
)

// TestSupportingRows: what clients need beside the processes is not a coverage
// cell, comes last, and tells what it answers.
func TestSupportingRows(t *testing.T) {
	t.Parallel()
	begun := false
	for i, o := range Operations() {
		if o.Index != i {
			t.Errorf("%s stands at %d and says %d", o.ID, i, o.Index)
		}
		if begun = begun || o.Supporting; begun != o.Supporting {
			t.Errorf("%s follows a supporting operation", o.ID)
		}
		if !o.Supporting {
			continue
		}
		for _, s := range o.Statuses {
			if s.Cell() {
				t.Errorf("%s: %d is a cell", o.ID, s.Code)
			}
			for _, e := range s.Errors {
				if e.Status != s.Code || (e.Code == 0) != o.Elsewhere() || e.Gap != NoGap {
					t.Errorf("%s: %d has %+v", o.ID, s.Code, e)
				}
			}
			if s.Code >= 400 {
				if _, ok := o.DefaultError(s.Code); !ok {
					t.Errorf("%s: %d has no default", o.ID, s.Code)
				}
			}
		}
		if o.Response != "" {
			if _, err := schema.Validate(o.Response, document.Value{}); err != nil {
				t.Errorf("%s: %v", o.ID, err)
			}
		}
		if o.Nested != strings.HasPrefix(o.Path, "/v3/apps/{guid}") {
			t.Errorf("%s: nested is %v", o.ID, o.Nested)
		}
	}
}
