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
const watchInterval = time.Second

// watcher notices changed scenario files by their content.
type watcher struct {
	paths []string
	log   *slog.Logger
	seen  string // hash of what was last loaded, or tried
	blind string // what kept it from looking the last time
}

// newWatcher remembers what the files hold before they are loaded, so that no
// change falls in between. It is nil without --watch.
func newWatcher(f *serveFlags, log *slog.Logger) (*watcher, error) {
	if !f.watch {
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
	var err error
	if w.seen, err = scenario.Hash(w.paths...); err != nil {
		return nil, misused("--watch: %w", err)
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

// look reloads when the files changed. A broken file is reported once and the
// old scenario stays; so does it while files cannot be read.
func (w *watcher) look(reload func() error) {
	now, err := scenario.Hash(w.paths...)
	if err != nil {
		if err.Error() != w.blind {
			w.log.Warn("scenario files cannot be read, the old scenario stays", "error", err)
		}
		w.blind = err.Error()
		return
	}
	w.blind = ""
	if now == w.seen {
		return
	}
	w.seen = now
	if err := reload(); err != nil {
		w.log.Error("changed scenario refused, the old one stays", "error", err)
		return
	}
	w.log.Info("scenario reloaded")
}
