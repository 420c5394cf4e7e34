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

// TestWatch is a history of files, looked at again and again.
func TestWatch(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := write(t, filepath.Join(t.TempDir(), "single.yaml"), "name: single\n")
	inFolder := write(t, filepath.Join(folder, "one.yaml"), "name: one\n")
	var log bytes.Buffer
	flags := &serveFlags{watch: true, scenario: file, scenarios: folder, logFormat: "text", logLevel: "info"}
	w, err := newWatcher(flags, flags.logger(&log))
	if err != nil {
		t.Fatal(err)
	}
	const blind = "scenario files cannot be read, all stays as it is"
	for _, step := range []struct {
		name    string
		change  func()
		reload  error
		reloads int // at the second look that sees it
		log     string
	}{
		{name: "at first", change: func() {}, reloads: 1},
		{name: "nothing", change: func() {}},
		{name: "same content written anew", change: func() { write(t, file, "name: single\n") }},
		{name: "file changed", change: func() { write(t, file, "name: single\nseed: 2\n") }, reloads: 1},
		{name: "folder changed", change: func() { write(t, inFolder, "name: one\nseed: 3\n") }, reloads: 1},
		{name: "file added to the folder", change: func() { write(t, filepath.Join(folder, "two.yaml"), "name: two\n") }, reloads: 1},
		{name: "put in its place by an editor", change: func() { rename(t, write(t, filepath.Join(folder, ".swap"), "name: one\nseed: 4\n"), inFolder) }, reloads: 1},
		{name: "file gone", change: func() { remove(t, file) }, reloads: 1},
		{name: "file back", change: func() { write(t, file, "name: single\n") }, reloads: 1},
		{name: "folder gone", change: func() { rename(t, folder, folder+"-away") }, reload: errors.New("no folder"), reloads: 1, log: blind},
		{name: "still gone, told once", change: func() {}},
		{name: "back", change: func() { rename(t, folder+"-away", folder) }, reloads: 1},
		{name: "a link that leads nowhere", change: func() { link(t, "nowhere", filepath.Join(folder, "torn.yaml")) }, reloads: 1},
	} {
		log.Reset()
		step.change()
		reloads := 0
		reload := func() error { reloads++; return step.reload }
		if w.look(reload); reloads != 0 {
			t.Errorf("%s: reloaded at the first look, before it has stood still", step.name)
		}
		w.look(reload)
		if w.look(reload); reloads != step.reloads {
			t.Errorf("%s: %d reloads, want %d", step.name, reloads, step.reloads)
		}
		if got := log.String(); step.log == "" && got != "" || !strings.Contains(got, step.log) {
			t.Errorf("%s: log %q, want %q", step.name, got, step.log)
		}
	}
	reloads := 0
	for n, text := range []string{"name: half", "name: half\nse", "name: half\nseed: 1\n"} { // a file that is being written
		write(t, inFolder, text)
		if w.look(func() error { reloads++; return nil }); reloads != 0 {
			t.Errorf("reloaded after part %d", n)
		}
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
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
	link(t, "v1", filepath.Join(folder, "..data"))
	link(t, filepath.Join("..data", "a.yaml"), filepath.Join(folder, "a.yaml"))
	flags := &serveFlags{watch: true, scenarios: folder, logFormat: "text", logLevel: "error"}
	w, err := newWatcher(flags, flags.logger(&bytes.Buffer{}))
	if err != nil {
		t.Fatal(err)
	}
	reloads := 0
	look := func() { w.look(func() error { reloads++; return nil }) }
	look()
	look()
	link(t, "v2", filepath.Join(folder, "next"))
	rename(t, filepath.Join(folder, "next"), filepath.Join(folder, "..data"))
	look()
	if look(); reloads != 2 {
		t.Errorf("%d reloads, want 2", reloads)
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
		{"folder that is not there", "serve --listen 127.0.0.1:0 --watch --scenarios ./nosuch", "capisim: read scenarios: open ./nosuch: no such file or directory\n"},
		{"file that is not there", "serve --listen 127.0.0.1:0 --watch --scenario nosuch.yaml", "capisim: nosuch.yaml: cannot be read: no such file or directory\n"},
		{"keep alone", "serve --watch-keep", "capisim: --watch-keep: without --watch, expected both\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := invoke(t, nil, strings.Fields(test.args)...); got.code != exitMisused || got.err != test.want {
				t.Errorf("exit code %d, stderr %q, want 2 and %q", got.code, got.err, test.want)
			}
		})
	}
}
