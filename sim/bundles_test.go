package sim_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim"
	"example.com/capisim/sim/bundle"
)

// TestBundleOnFailure: a test that fails leaves a bundle, and that is played
// again; a test that passes leaves none.
func TestBundleOnFailure(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]bool{"passes": false, "fails": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), "new")
			r := &recorder{}
			srv := sim.Start(r, sim.BundleOnFailure(folder))
			other := srv.World(r)
			other.Fault(r, sim.Fault{Operation: "getProcess", Status: 404, Times: 1, Optional: true})
			for range 2 {
				get(t, other.URL+"/v3/processes/"+demoWeb)
			}
			if fails {
				r.Fatalf("failed")
			}
			r.end()
			files, _ := os.ReadDir(folder)
			if !fails {
				if len(files) != 0 {
					t.Errorf("%v", files)
				}
				return
			}
			if len(files) != 2 || files[0].Name() != "recorded-world-1.bundle.json.gz" {
				t.Fatalf("%v", files)
			}
			file, err := os.Open(filepath.Join(folder, files[0].Name()))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close() //nolint:errcheck // it was read
			b, err := bundle.Read(file)
			if err != nil {
				t.Fatal(err)
			}
			report, err := sim.Replay(b)
			if err != nil {
				t.Fatal(err)
			}
			same(t, report, 2)
		})
	}
}

// TestFromBundle: a server begins as the world of a bundle did, its clock
// included.
func TestFromBundle(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	r := &recorder{}
	srv := sim.Start(r, sim.Frozen(), sim.BundleOnFailure(folder))
	srv.Advance(t, time.Hour)
	before := srv.Rules(t)
	srv.Fault(r, sim.Fault{Operation: "getProcess", Status: 404, Optional: true})
	r.Fatalf("failed")
	r.end()
	file := filepath.Join(folder, "recorded.bundle.json.gz")
	again := sim.Start(t, sim.FromBundle(file))
	if rules := again.Rules(t); len(rules) != len(before) {
		t.Errorf("rules %v, expected those of the beginning, %v", rules, before)
	}
	if status, _ := get(t, again.URL+"/v3/processes/"+demoWeb); status != 200 {
		t.Errorf("status %d", status)
	}
	for name, want := range map[string]string{"none.gz": "no such file", "bundles_test.go": "not a bundle", "/dev/zero": "not a bundle"} {
		if _, err := sim.New(sim.FromBundle(name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, expected %q", err, want)
		}
	}
}

// TestReplayOfBadBundle: what the file's own form allows and no world can be
// built of is refused, or told as a difference.
func TestReplayOfBadBundle(t *testing.T) {
	t.Parallel()
	made := func(change func(*bundle.Bundle)) *bundle.Bundle {
		b := &bundle.Bundle{World: "default", Server: bundle.Server{Prefer: true}, Scenario: []byte(`{"name":"x"}`)}
		change(b)
		return b
	}
	for name, test := range map[string]struct {
		bundle *bundle.Bundle
		want   string
	}{
		"rules of another scenario": {made(func(b *bundle.Bundle) {
			b.Scenario = []byte(`{"name":"x","faults":[{"id":"a","match":{"operations":["nope"]},"respond":{"status":503}}]}`)
		}), "nope"},
		"progress of other rules": {made(func(b *bundle.Bundle) {
			b.Scenario = []byte(`{"name":"x","progress":{"draws":"x","rules":[{"rule":"a","set":"2026-01-01T00:00:00Z"}]}}`)
		}), "the id of a rule under faults"},
		"a name that no world can have": {made(func(b *bundle.Bundle) { b.World = "a..b" }), `"a..b"`},
		"a scenario that extends":       {made(func(b *bundle.Bundle) { b.Scenario = []byte(`{"name":"x","extends":"nope"}`) }), "nope"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := sim.Replay(test.bundle); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, expected %q", err, test.want)
			}
		})
	}
	report, err := sim.Replay(made(func(b *bundle.Bundle) {
		b.Steps = []bundle.Step{{Change: &bundle.Change{Method: "DELETE", Path: "/admin/faults/none"}}, {State: []byte(`{"name":[]}`)}}
	}))
	if err != nil || len(report.Differences) != 2 {
		t.Errorf("%+v, %v", report, err)
	}
}
