package world

import (
	"slices"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/state"
)

func seen(w *World) {
	w.Journal.Append(journal.Entry{Method: "GET", Path: "/v3", Operation: contract.Operations()[0]})
}

// TestEra: the beginning stays what it was, and each change has its place.
func TestEra(t *testing.T) {
	t.Parallel()
	w := registryOf(t, written(t, frozen)).Root()
	seen(w)
	w.Note(Change{Method: "DELETE", Path: "/admin/faults"})
	w.Current().State.DeleteProcess(web)
	seen(w)
	if err := w.Reset(Scope{State: true}); err != nil {
		t.Fatal(err)
	}
	seen(w)
	era, requests, lost := w.Recording()
	if era.Snapshot.State.Peek(state.Ref{GUID: web}).Process == nil || len(requests) != 3 || lost != 0 {
		t.Errorf("%d requests, %d lost", len(requests), lost)
	}
	var places []uint64
	for _, c := range era.Changes {
		places = append(places, c.After)
	}
	if !slices.Equal(places, []uint64{1, 2}) || era.Changes[1].Snapshot == nil {
		t.Errorf("%v, %+v", places, era.Changes)
	}
	for name, begin := range map[string]func(){
		"forget": w.Forget,
		"reset":  func() { w.Reset(Everything) }, //nolint:errcheck // its own test
		"load":   func() { w.Load(w.Current().Scenario) },
	} {
		seen(w)
		w.Note(Change{})
		begin()
		if era, requests, lost := w.Recording(); len(era.Changes) > 0 || len(requests) > 0 || lost != 0 {
			t.Errorf("%s: %d changes, %d requests, %d lost", name, len(era.Changes), len(requests), lost)
		}
	}
}

// TestEraBounds: too many changes are forgotten, the oldest first; a whole state
// needs none before it.
func TestEraBounds(t *testing.T) {
	t.Parallel()
	w := registryOf(t, written(t, frozen)).Root()
	for range maxChanges + 7 {
		w.Note(Change{Time: time.Unix(1, 0)})
	}
	if era, _, _ := w.Recording(); len(era.Changes) != maxChanges || era.Forgotten != 7 {
		t.Errorf("%d changes, %d forgotten", len(era.Changes), era.Forgotten)
	}
	w.Note(Change{Body: make([]byte, maxCost)})
	if era, _, _ := w.Recording(); len(era.Changes) != 0 || era.Forgotten != maxChanges+8 {
		t.Errorf("%d changes, %d forgotten", len(era.Changes), era.Forgotten)
	}
	seen(w)
	for range maxChanges + 1 {
		if err := w.Reset(Scope{State: true}); err != nil {
			t.Fatal(err)
		}
	}
	if era, requests, lost := w.Recording(); era.Forgotten != 0 || len(requests) != 0 || lost != 0 || len(era.Changes) > maxChanges {
		t.Errorf("%d changes, %d forgotten, %d requests, %d lost", len(era.Changes), era.Forgotten, len(requests), lost)
	}
}
