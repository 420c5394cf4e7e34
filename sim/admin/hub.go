package admin

import (
	"sync"
	"sync/atomic"

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

// hub tells the listeners of a world that something was changed through this
// API. It keeps no events: what has happened several times before a listener
// looks is one happening, so a slow one holds nobody up and costs nothing.
type hub struct {
	mu        sync.Mutex // guards what follows
	listeners map[*world.World]map[*listener]struct{}
}

// listener waits for changes of one world.
type listener struct {
	pending   atomic.Uint32
	scenarios []ScenarioEvent // guarded by the hub's mu
	wake      chan struct{}   // holds one wake-up
}

// maxScenarioEvents is how many a listener that does not look keeps, the newest.
const maxScenarioEvents = 100

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

// TellScenario tells the listeners of a world, or with nil those of all worlds,
// what a changed file means.
func (h *Handler) TellScenario(w *world.World, event ScenarioEvent) {
	h.hub.mu.Lock()
	for of, listeners := range h.hub.listeners {
		for l := range listeners {
			if w == nil || of == w {
				l.scenarios = append(l.scenarios[max(0, len(l.scenarios)-maxScenarioEvents+1):], event)
				l.rouse()
			}
		}
	}
	h.hub.mu.Unlock()
	if w != nil {
		h.hub.publish(w, requestEvent|clockEvent) // the stream sees by itself that state and rules are others
	}
}

func (h *hub) subscribe(w *world.World) *listener {
	l := &listener{wake: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listeners == nil {
		h.listeners = map[*world.World]map[*listener]struct{}{}
	}
	if h.listeners[w] == nil {
		h.listeners[w] = map[*listener]struct{}{}
	}
	h.listeners[w][l] = struct{}{}
	return l
}

func (h *hub) unsubscribe(w *world.World, l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.listeners[w], l)
	if len(h.listeners[w]) == 0 {
		delete(h.listeners, w)
	}
}

// publish never waits.
func (h *hub) publish(w *world.World, what happening) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners[w] {
		l.pending.Or(uint32(what))
		l.rouse()
	}
}

func (l *listener) rouse() {
	select {
	case l.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// heard returns what files were changed since the last call.
func (h *hub) heard(l *listener) (events []ScenarioEvent) {
	h.mu.Lock()
	defer h.mu.Unlock()
	events, l.scenarios = l.scenarios, nil
	return events
}

// take returns what has happened since the last call.
func (l *listener) take() happening { return happening(l.pending.Swap(0)) }

// changed tells listeners what this request has changed.
func (c *call) changed(what happening) { c.hub.publish(c.world, what) }
