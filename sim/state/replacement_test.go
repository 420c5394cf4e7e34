package state

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// TestReplaceProcess: forcing a process, under its own or another guid.
func TestReplaceProcess(t *testing.T) {
	t.Parallel()
	s := storeOf()
	old := stored(t, s, "front")
	changed := *old
	changed.Instances, changed.UpdatedAt = 4, later(time.Minute)
	next, err := s.ReplaceProcess(later(time.Minute), old, Replacement{Process: changed, KeepHistory: true, KeepForced: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := report(s, "front", later(2*time.Minute)), "0 RUNNING 2m0s;1 RUNNING 2m0s;2 RUNNING 1m0s;3 RUNNING 1m0s;"; got != want {
		t.Errorf("got %s", got)
	}
	if _, err = s.ReplaceProcess(later(1), old, Replacement{Process: changed}); !errors.Is(err, ErrChanged) {
		t.Errorf("an outdated version: %v", err)
	}
	taken := *next
	taken.GUID = "worker"
	if _, err = s.ReplaceProcess(later(1), next, Replacement{Process: taken}); !errors.Is(err, ErrTaken) {
		t.Errorf("a taken guid: %v", err)
	}
	if _, err = s.ReplaceProcess(later(1), nil, Replacement{Process: *next}); !errors.Is(err, ErrChanged) {
		t.Errorf("a process that is there: %v", err)
	}
	stray := *next
	stray.AppGUID = "nix"
	_, err = s.ReplaceProcess(later(1), next, Replacement{Process: stray})
	expect(t, err, contract.AppNotFound)

	moved := *next
	moved.GUID, moved.AppGUID, moved.CreatedAt = "elsewhere", "away", later(-time.Hour)
	if _, err = s.ReplaceProcess(later(1), next, Replacement{Process: moved}); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{"": "elsewhere worker back away", "order_by=-created_at": "worker back away elsewhere"} {
		page, err := s.List(root, "", queryOf(t, query, false), nil)
		if err != nil || names(page) != want {
			t.Errorf("%q lists [%s], %v; want [%s]", query, names(page), err, want)
		}
	}
	page, err := s.List(root, "away", queryOf(t, "", true), nil)
	if err != nil || names(page) != "elsewhere away" {
		t.Errorf("the app has [%s], %v", names(page), err)
	}
	if view := s.Peek(Ref{AppGUID: "front", Type: "web"}); view.Process != nil {
		t.Error("the process is still in its old app")
	}
	// The newest web of the app is the one that was made last, not moved last.
	if view := s.Peek(Ref{AppGUID: "away", Type: "web"}); view.Process.GUID != "away" {
		t.Errorf("the newest is %s", view.Process.GUID)
	}
}

// TestReplaceForced: which forced states a replacement leaves.
func TestReplaceForced(t *testing.T) {
	t.Parallel()
	of := func(state InstanceState) map[int]Forced { return map[int]Forced{0: {State: state, Since: start}} }
	tests := []struct {
		name                    string
		keepHistory, keepForced bool
		want                    string
	}{
		{"all of it", true, true, "0 CRASHED 1m0s;"},
		{"placements", true, false, "0 UNKNOWN 1m0s;"},
		{"forced states", false, true, "0 CRASHED 1m0s;"},
		{"nothing", false, false, "0 UNKNOWN 1m0s;"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf(func(seed *Seed) { seed.Processes[worker].History = History{Epoch: 5, Forced: of(Crashed)} })
			old := stored(t, s, "worker")
			next := *old
			next.History = History{Epoch: 9, Forced: of(Unknown)}
			p, err := s.ReplaceProcess(later(1), old, Replacement{Process: next, KeepHistory: test.keepHistory, KeepForced: test.keepForced})
			if err != nil {
				t.Fatal(err)
			}
			if got := report(s, "worker", later(time.Minute)); got != test.want {
				t.Errorf("got %s", got)
			}
			if epoch := map[bool]int{true: 5, false: 9}[test.keepHistory]; p.History.Epoch != epoch {
				t.Errorf("epoch %d, want %d", p.History.Epoch, epoch)
			}
			if !reflect.DeepEqual(old.History.Forced, of(Crashed)) {
				t.Error("a stored version was changed")
			}
		})
	}
}

// TestReplaceCreates: a process that was not there comes last.
func TestReplaceCreates(t *testing.T) {
	t.Parallel()
	s := storeOf()
	made, err := s.ReplaceProcess(later(1), nil, Replacement{Process: Process{GUID: "new", AppGUID: "away", Type: "web", CreatedAt: later(-time.Hour)}})
	if err != nil || stored(t, s, "new") != made {
		t.Fatalf("got %+v, %v", made, err)
	}
	all := s.Export().Processes
	if last := all[len(all)-1]; last.GUID != "new" {
		t.Errorf("the last one is %s", last.GUID)
	}
	if view := s.Peek(Ref{AppGUID: "away", Type: "web"}); view.Process.GUID != "new" {
		t.Errorf("the newest is %s", view.Process.GUID)
	}
}

// TestDeleteProcess: it is gone from every index, its app stays, and so does
// all of it in a fork.
func TestDeleteProcess(t *testing.T) {
	t.Parallel()
	s := storeOf()
	fork := s.Fork()
	before := s.Counts().Processes
	if !s.DeleteProcess("worker") || s.DeleteProcess("worker") {
		t.Error("expected to delete once")
	}
	if _, ok := s.App("front"); !ok || s.Peek(Ref{GUID: "worker"}).Process != nil || s.Peek(Ref{AppGUID: "front", Type: "worker"}).Process != nil {
		t.Error("expected the app to stay without the process")
	}
	if s.Counts().Processes != before-1 {
		t.Error("it is still counted")
	}
	checkIndexes(t, s)
	if fork.Counts().Processes != before || fork.Peek(Ref{GUID: "worker"}).Process == nil {
		t.Error("a fork was changed")
	}
}
