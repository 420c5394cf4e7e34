package fault_test

import (
	"testing"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
)

func TestWindows(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	until := document.Duration(40 * time.Second)
	off := false
	set := fault.NewSet(1, "blue", 10)
	respond := &fault.Respond{Status: 503}
	if err := set.Put(noon, fault.Rule{ID: "always", Respond: respond}); err != nil {
		t.Fatal(err)
	}
	if err := set.Put(noon.Add(time.Minute), fault.Rule{
		ID: "span", Respond: respond, Enabled: &off, When: fault.When{From: document.Duration(10 * time.Second), Until: &until},
	}); err != nil {
		t.Fatal(err)
	}
	windows := set.Windows()
	if len(windows) != 2 {
		t.Fatalf("%d windows, expected 2", len(windows))
	}
	span, always := windows[0], windows[1]
	if span.Rule != "span" || span.Enabled || !span.Set.Equal(noon.Add(time.Minute)) ||
		!span.From.Equal(noon.Add(70*time.Second)) || span.Until == nil || !span.Until.Equal(noon.Add(100*time.Second)) {
		t.Errorf("%+v", span)
	}
	if always.Rule != "always" || !always.Enabled || !always.Set.Equal(noon) || !always.From.Equal(noon) || always.Until != nil {
		t.Errorf("%+v", always)
	}
}
