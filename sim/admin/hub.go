package admin

import (
	"sync"

	"example.com/capisim/sim/world"
)

// happening is a set of kinds of events.
type happening uint32

const (
	requestEvent happening = 1 << iota
	faultEvent
	stateEvent
	clockEvent
)

// maxReaders is how many streams of events a world has at most.
const maxReaders = 256

// hub finds the feed of a world that somebody reads the events of.
type hub struct {
	mu    sync.Mutex // guards what follows
	feeds map[*world.World]*feed
}

// ScenarioEvent tells that the file of a scenario was changed, and what that
// means for the world.
type ScenarioEvent struct {
	Scenario string `json:"scenario"`
	// Result is loaded (the world plays the new version), lost (the same, and what
	// clients had changed is gone), kept (the world stays as clients have changed
	// it, a reset brings the new version), refused (its rules cannot stand in this
	// world, which stays as it is), broken (the last good version stays, if there is
	// one) or mended.
	Result  string `json:"result"`
	Problem string `json:"problem,omitempty"` // the first of a file that is broken
}

// TellScenario tells the readers of a world, or with nil those of all worlds,
// what a changed file means.
func (h *Handler) TellScenario(w *world.World, event ScenarioEvent) {
	what := happening(0)
	if w != nil {
		what = requestEvent | clockEvent // the feed sees by itself that state and rules are others
	}
	h.hub.mu.Lock()
	defer h.hub.mu.Unlock()
	for of, f := range h.hub.feeds {
		if w == nil || of == w {
			f.tell(what, event)
		}
	}
}

// join is the feed of a world, and the place from which the reader has not heard
// it; nil when as many as may read it already.
func (h *hub) join(w *world.World) (*feed, place) {
	h.mu.Lock()
	f := h.feeds[w]
	if f == nil {
		f = newFeed(w)
		if h.feeds == nil {
			h.feeds = map[*world.World]*feed{}
		}
		h.feeds[w] = f
	}
	if f.readers == maxReaders {
		h.mu.Unlock()
		return nil, place{}
	}
	f.readers++
	h.mu.Unlock()
	return f, f.now()
}

// leave ends what join began. The last reader ends the feed.
func (h *hub) leave(f *feed) {
	h.mu.Lock()
	f.readers--
	last := f.readers == 0
	if last {
		delete(h.feeds, f.world)
	}
	h.mu.Unlock()
	if last {
		close(f.quit)
		<-f.done
	}
}

// publish never waits.
func (h *hub) publish(w *world.World, what happening) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.feeds[w]; f != nil {
		f.tell(what)
	}
}

// changed tells readers what this request has changed.
func (c *call) changed(what happening) { c.hub.publish(c.world, what) }
