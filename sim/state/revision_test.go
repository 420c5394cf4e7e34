package state

import (
	"fmt"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// TestRevisions: a start makes a revision when the app is another one than that
// of the last, and its processes run it; a PATCH and a scale do not.
func TestRevisions(t *testing.T) {
	t.Parallel()
	type act func(*testing.T, *Store) error
	begin := func(_ *testing.T, s *Store) error { return errorOf(s.StartApp(later(time.Minute), root, "back")) }
	again := func(_ *testing.T, s *Store) error { return errorOf(s.RestartApp(later(time.Hour), root, "back")) }
	stop := func(_ *testing.T, s *Store) error { return errorOf(s.StopApp(later(time.Hour), root, "back")) }
	patch := func(body string) act {
		return func(t *testing.T, s *Store) error {
			return errorOf(s.UpdateProcess(later(time.Minute), root, Ref{GUID: "back"}, bodyOf(t, body)))
		}
	}
	off := func(seed *Seed) { seed.Apps[backApp].RevisionsEnabled = false }
	for _, test := range []struct {
		name     string
		bend     func(*Seed)
		acts     []act
		versions string // of all revisions
		runs     int    // version that the process runs, 0 for none
		last     string // description of the newest
	}{
		{"never started", nil, nil, "", 0, ""},
		{"started", nil, []act{begin}, "1;", 1, "Initial revision."},
		{"restarted unchanged", nil, []act{begin, again}, "1;", 1, "Initial revision."},
		{"stopped and started", nil, []act{begin, stop, begin}, "1;", 1, "Initial revision."},
		{"changed", nil, []act{begin, patch(`{"command":"new"}`)}, "1;", 1, "Initial revision."},
		{"changed and restarted", nil, []act{begin, patch(`{"command":"new"}`), again}, "1;2;", 2, "Custom start command updated for 'web' process."},
		{"command taken away", nil, []act{begin, patch(`{"command":null}`), again}, "1;2;", 2, "Custom start command removed for 'web' process."},
		{"command given", func(seed *Seed) { seed.Processes[back].Command = nil }, []act{begin, patch(`{"command":"x"}`), again}, "1;2;", 2, "Custom start command added for 'web' process."},
		{"only started again", nil, []act{begin, patch(`{"command":"new"}`), begin}, "1;", 1, "Initial revision."},
		{"health check", nil, []act{begin, patch(`{"health_check":{"type":"port"}}`), again}, "1;", 1, "Initial revision."},
		{"switched off", off, []act{begin, again}, "", 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf()
			if test.bend != nil {
				s = storeOf(test.bend)
			}
			for _, act := range test.acts {
				expect(t, act(t, s), nil)
			}
			list, _, err := s.Revisions(root, "back", false, parsed(t, contract.RevisionList, ""))
			expect(t, err, nil)
			versions, runs, last := "", 0, ""
			for _, r := range list {
				versions += fmt.Sprint(r.Version, ";")
				last = r.Description
				if r.GUID == stored(t, s, "back").RevisionGUID {
					runs = r.Version
				}
				if found, err := s.Revision(root, r.GUID); err != nil || found.Version != r.Version {
					t.Errorf("%v, %v", found.Version, err)
				}
			}
			if versions != test.versions || runs != test.runs || last != test.last {
				t.Errorf("%s, runs %d, %q", versions, runs, last)
			}
			events, _ := s.AuditEvents(later(time.Hour), root, parsed(t, contract.AuditEventList, "types="+RevisionCreated))
			if len(events) != len(list) {
				t.Errorf("%d events of %d revisions", len(events), len(list))
			}
		})
	}
}

// TestRevisionReasons: the words for what has changed, sorted.
func TestRevisionReasons(t *testing.T) {
	t.Parallel()
	old := Revision{DropletGUID: "a", Commands: []Command{{"web", nil}, {"worker", ptr("w")}, {"clock", nil}}}
	next := Revision{DropletGUID: "b", Commands: []Command{{"web", nil}, {"worker", ptr("x")}, {"cron", nil}}}
	want := "[Custom start command updated for 'worker' process. New droplet deployed. New process type 'cron' added. Process type 'clock' removed.]"
	if got := fmt.Sprint(old.differs(next)); got != want {
		t.Errorf("%s", got)
	}
	if got := old.differs(old); got != nil {
		t.Errorf("%v", got)
	}
}

// TestDroplets: who sees which, and an app without one cannot be started.
func TestDroplets(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) { seed.Apps[backApp].DropletGUID = "" })
	developer := holder(SpaceDeveloper, "dev", "")
	d, err := s.CurrentDroplet(developer, "front")
	if err != nil || d.GUID != "droplet-of-front" || len(d.Commands) != 2 || *d.Commands[1].Command != "detected worker" || len(d.Checksum) != 64 ||
		!d.CreatedAt.Equal(start) || d.BuiltBy()[0].Name != "ruby_buildpack" || d.BuiltBy()[0].Detected != "ruby" {
		t.Errorf("%+v, %v", d, err)
	}
	_, err = s.CurrentDroplet(developer, "back")
	expect(t, err, contract.AppNotFound)
	_, err = s.CurrentDroplet(root, "back")
	expect(t, err, contract.DropletNotFound)
	_, err = s.Droplet(developer, "droplet-of-away")
	expect(t, err, contract.DropletNotFound)
	list, total, err := s.Droplets(developer, "", parsed(t, contract.DropletList, ""))
	if err != nil || total != 1 || list[0].GUID != "droplet-of-front" {
		t.Errorf("%+v, %d, %v", list, total, err)
	}
	list, _, err = s.Droplets(root, "back", parsed(t, contract.DropletList, ""))
	if err != nil || len(list) != 1 || list[0].GUID != "droplet-of-back" {
		t.Errorf("%+v, %v", list, err)
	}
	for _, act := range []func(time.Time, Viewer, string) (View, error){s.StartApp, s.RestartApp} {
		expect(t, errorOf(act(start, root, "back")), contract.NoDroplet)
		expect(t, errorOf(act(start, holder(SpaceAuditor, "prod", ""), "back")), contract.NoDroplet)
		expect(t, errorOf(act(start, developer, "back")), contract.AppNotFound)
	}
	expect(t, errorOf(s.StopApp(start, root, "back")), nil)
}
