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
	pending atomic.Uint32
	wake    chan struct{} // holds one wake-up
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
		select {
		case l.wake <- struct{}{}:
		default: // it will look anyway
		}
	}
}

// take returns what has happened since the last call.
func (l *listener) take() happening { return happening(l.pending.Swap(0)) }

// changed tells listeners what this request has changed.
func (c *call) changed(what happening) { c.hub.publish(c.world, what) }
