package main

import (
	"context"
	"log/slog"
	"time"

	"example.com/capisim/sim/scenario"
)

// watchInterval is how often scenario files are looked at. Reading them beats
// listening for events: it works for single files mounted into a container and
// for config maps, where the file that was opened is never written again.
const watchInterval = 500 * time.Millisecond

// watcher notices changed scenario files by their content.
type watcher struct {
	paths   []string
	log     *slog.Logger
	loaded  string // hash of what was last loaded, or tried
	pending string // hash of what was seen the last time
}

// newWatcher makes sure that there are files to watch. It is nil without
// --watch.
func newWatcher(f *serveFlags, log *slog.Logger) (*watcher, error) {
	switch {
	case f.watchKeep && !f.watch:
		return nil, misused("--watch-keep: without --watch, expected both")
	case !f.watch:
		return nil, nil
	}
	w := &watcher{log: log}
	if f.scenarios != "" {
		w.paths = append(w.paths, f.scenarios)
	}
	if isFile(f.scenario) {
		w.paths = append(w.paths, f.scenario)
	}
	if len(w.paths) == 0 {
		return nil, misused("--watch: no file to watch, expected --scenarios DIR or --scenario FILE beside it")
	}
	return w, nil
}

// run looks at each tick until the context ends.
func (w *watcher) run(ctx context.Context, tick <-chan time.Time, reload func() error) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
			w.look(reload)
		}
	}
}

// look reloads what has changed and has then stood still from one look to the
// next: an editor may be half through a file, or have moved the old one away
// before the new one comes. The first time everything is new, so that what is
// broken from the beginning is told.
func (w *watcher) look(reload func() error) {
	now := scenario.Hash(w.paths...)
	if now == w.loaded || now != w.pending {
		w.pending = now
		return
	}
	w.loaded = now
	if err := reload(); err != nil {
		w.log.Warn("scenario files cannot be read, all stays as it is", "error", err)
	}
}
