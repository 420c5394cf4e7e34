package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWatch(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := write(t, filepath.Join(t.TempDir(), "single.yaml"), "name: single\n")
	inFolder := filepath.Join(folder, "one.yaml")
	write(t, inFolder, "name: one\n")
	var log bytes.Buffer
	flags := &serveFlags{watch: true, scenario: file, scenarios: folder, logFormat: "text", logLevel: "info"}
	w, err := newWatcher(flags, flags.logger(&log))
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name    string
		change  func()
		reload  error
		reloads int // at this look
		log     string
	}{
		{name: "nothing", change: func() {}},
		{name: "same content written anew", change: func() { write(t, file, "name: single\n") }},
		{name: "file changed", change: func() { write(t, file, "name: single\nseed: 2\n") }, reloads: 1, log: "scenario reloaded"},
		{name: "told once", change: func() {}},
		{name: "broken", change: func() { write(t, file, "name: [\n") }, reload: errors.New("1:8: torn"), reloads: 1,
			log: `level=ERROR msg="changed scenario refused, the old one stays" error="1:8: torn"`},
		{name: "still broken, not tried again", change: func() {}},
		{name: "folder changed", change: func() { write(t, inFolder, "name: one\nseed: 3\n") }, reloads: 1, log: "scenario reloaded"},
		{name: "file added to the folder", change: func() { write(t, filepath.Join(folder, "two.yaml"), "name: two\n") }, reloads: 1, log: "scenario reloaded"},
		{name: "file gone", change: func() { remove(t, file) }, log: "scenario files cannot be read, the old scenario stays"},
		{name: "still gone, told once", change: func() {}},
		{name: "back as it was", change: func() { write(t, file, "name: [\n") }},
		{name: "mended", change: func() { write(t, file, "name: single\n") }, reloads: 1, log: "scenario reloaded"},
	}
	for _, step := range steps { // a history: one after the other
		log.Reset()
		step.change()
		reloads := 0
		w.look(func() error { reloads++; return step.reload })
		if reloads != step.reloads {
			t.Errorf("%s: %d reloads, want %d", step.name, reloads, step.reloads)
		}
		if got := log.String(); step.log == "" && got != "" || !strings.Contains(got, step.log) {
			t.Errorf("%s: log %q, want %q", step.name, got, step.log)
		}
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// A config map is a folder of links into another folder that is replaced as a
// whole.
func TestWatchFollowsReplacedLinks(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, version := range []string{"v1", "v2"} {
		if err := os.Mkdir(filepath.Join(folder, version), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, version, "a.yaml"), "name: "+version+"\n")
	}
	link := func(to, at string) {
		if err := os.Symlink(to, filepath.Join(folder, at)); err != nil {
			t.Fatal(err)
		}
	}
	link("v1", "data")
	link(filepath.Join("data", "a.yaml"), "a.yaml")
	flags := &serveFlags{watch: true, scenarios: folder, logFormat: "text", logLevel: "error"}
	w, err := newWatcher(flags, flags.logger(&bytes.Buffer{}))
	if err != nil {
		t.Fatal(err)
	}
	link("v2", "next")
	if err := os.Rename(filepath.Join(folder, "next"), filepath.Join(folder, "data")); err != nil {
		t.Fatal(err)
	}
	reloads := 0
	w.look(func() error { reloads++; return nil })
	if reloads != 1 {
		t.Errorf("%d reloads, want 1", reloads)
	}
}

func TestWatcherLooksAtEachTickAndEnds(t *testing.T) {
	t.Parallel()
	file := write(t, filepath.Join(t.TempDir(), "a.yaml"), "name: a\n")
	flags := &serveFlags{watch: true, scenario: file, logFormat: "text", logLevel: "error"}
	w, err := newWatcher(flags, flags.logger(&bytes.Buffer{}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	tick, reloaded, ended := make(chan time.Time), make(chan bool, 1), make(chan bool)
	go func() {
		w.run(ctx, tick, func() error { reloaded <- true; return nil })
		close(ended)
	}()
	tick <- time.Time{}
	// In one step: the look of the first tick may still be under way, and must
	// not find half of a change.
	if err := os.Rename(write(t, filepath.Join(t.TempDir(), "next.yaml"), "name: a\nseed: 2\n"), file); err != nil {
		t.Fatal(err)
	}
	tick <- time.Time{}
	<-reloaded
	cancel()
	<-ended
	if len(reloaded) != 0 {
		t.Error("reloaded more than once")
	}
}

func TestNothingToWatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, args, want string }{
		{"embedded scenario", "serve --watch", "capisim: --watch: no file to watch, expected --scenarios DIR or --scenario FILE beside it\n"},
		{"folder that is not there", "serve --watch --scenarios ./nosuch", "capisim: --watch: stat ./nosuch: no such file or directory\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := invoke(t, nil, strings.Fields(test.args)...); got.code != exitMisused || got.err != test.want {
				t.Errorf("exit code %d, stderr %q, want 2 and %q", got.code, got.err, test.want)
			}
		})
	}
}
