package admin

import (
	"context"
	"slices"
	"sync"
	"time"

	"example.com/capisim/sim/world"
)

// How a feed paces itself, and what it keeps.
const (
	batchPause        = 50 * time.Millisecond // between two looks, so that a flood of requests becomes a few large ones
	batchRequests     = 200                   // requests told of one look; of more, the newest
	batchBytes        = 256 << 10             // of their text
	feedBytes         = 1 << 20               // kept for readers that are behind
	beat              = time.Second           // how soon what other parts of capisim changed is seen
	beatsASilent      = 15                    // after so many without a word a comment keeps proxies from hanging up
	maxScenarioEvents = 100                   // kept until the next look, the newest
)

// feed is what happens in a world, looked at and written down once for all who
// read its events. It looks when something may have happened and somebody waits
// to hear of it: to readers that do not read nothing is kept, and what they
// missed is counted.
type feed struct {
	world   *world.World
	readers int           // guarded by the hub's mu
	quit    chan struct{} // closed when the last of them has gone
	done    chan struct{} // closed when the feed has ended
	wake    chan struct{} // holds one wake-up: something has happened
	hungry  chan struct{} // the same: somebody waits to hear of it

	mu        sync.Mutex // guards what follows
	pending   happening  // told since the last look
	scenarios []ScenarioEvent
	batches   []batch // the newest, at most feedBytes
	bytes     int
	end       place         // of the next batch
	waiting   int           // readers that have heard them all
	more      chan struct{} // closed when there is more
	ended     bool
	cuts      map[*func()]struct{} // called at the end

	looking sync.Mutex // guards what follows
	view    view
}

// batch is the text of some events.
type batch struct {
	from, to place
	text     []byte
}

// place is how far a feed, or one of its readers, has come.
type place struct{ batches, requests int }

func newFeed(w *world.World) *feed {
	f := &feed{
		world: w, quit: make(chan struct{}), done: make(chan struct{}), wake: make(chan struct{}, 1), hungry: make(chan struct{}, 1), more: make(chan struct{}),
		view: view{world: w, snap: w.Current(), clock: clockOf(w.Clock), seen: w.Journal.Stats().Total},
	}
	go f.run()
	return f
}

// tell notes what has happened, for the next look.
func (f *feed) tell(what happening, files ...ScenarioEvent) {
	f.mu.Lock()
	f.pending |= what
	f.scenarios = append(f.scenarios, files...)
	f.scenarios = f.scenarios[max(0, len(f.scenarios)-maxScenarioEvents):]
	f.mu.Unlock()
	rouse(f.wake)
}

func rouse(sleeper chan struct{}) {
	select {
	case sleeper <- struct{}{}:
	default: // it will look anyway
	}
}

// run looks and waits in turns until the world or its last reader is gone.
func (f *feed) run() {
	defer close(f.done)
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for silent := 0; ; {
		snap, requests := f.world.Current(), f.world.Journal.Changed()
		if f.look() {
			silent = 0
		}
		select {
		case <-requests:
		case <-f.wake:
		case <-ticker.C:
			if silent++; silent >= beatsASilent {
				f.add([]byte(": still here\n\n"), 0)
				silent = 0
			}
		case <-snap.Done():
			if f.world.Current() == snap { // not replaced: the world has ended
				f.close()
				return
			}
		case <-f.quit:
			return
		}
		if !f.pause() {
			return
		}
	}
}

// pause lets more happen before the next look, and waits for somebody to tell it
// to; false when all have gone.
func (f *feed) pause() bool {
	timer := time.NewTimer(batchPause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-f.quit:
		return false
	}
	for {
		f.mu.Lock()
		waits := f.waiting > 0
		f.mu.Unlock()
		if waits {
			return true
		}
		snap := f.world.Current()
		select {
		case <-f.hungry:
		case <-snap.Done():
			if f.world.Current() == snap {
				return true
			}
		case <-f.quit:
			return false
		}
	}
}

// look tells what is new, and says whether anything was.
func (f *feed) look() bool {
	f.looking.Lock()
	defer f.looking.Unlock()
	f.mu.Lock()
	what, files := f.pending, f.scenarios
	f.pending, f.scenarios = 0, nil
	f.mu.Unlock()
	text, requests := f.view.look(what, files)
	if len(text) > 0 {
		f.add(text, requests)
	}
	return len(text) > 0
}

// add puts a batch at the end, and drops the oldest when they are too many. Who
// comes after the end of the world, while others have not left yet, adds nothing.
func (f *feed) add(text []byte, requests int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return
	}
	from := f.end
	f.end.batches++
	f.end.requests += requests
	f.batches = append(f.batches, batch{from, f.end, text})
	for f.bytes += len(text); f.bytes > feedBytes && len(f.batches) > 1; {
		f.bytes -= len(f.batches[0].text)
		f.batches = slices.Delete(f.batches, 0, 1)
	}
	close(f.more)
	f.more = make(chan struct{})
}

func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	close(f.more)
	for cut := range f.cuts {
		(*cut)()
	}
}

// onEnd has a function called when the world ends, unless the returned one is
// called before.
func (f *feed) onEnd(cut func()) (never func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cuts == nil {
		f.cuts = map[*func()]struct{}{}
	}
	f.cuts[&cut] = struct{}{}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.cuts, &cut)
	}
}

// now is the place after all that has happened.
func (f *feed) now() place {
	f.look()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.end
}

// next waits for what comes after a place and moves it; false at the end of the
// world or of the context. A reader that is too far behind is told how many
// requests it missed, and where the world stands.
func (f *feed) next(ctx context.Context, at *place) (text []byte, going bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for at.batches == f.end.batches && !f.ended {
		f.waiting++
		more := f.more
		f.mu.Unlock()
		rouse(f.hungry)
		select {
		case <-more:
		case <-ctx.Done():
		}
		f.mu.Lock()
		f.waiting--
		if ctx.Err() != nil {
			return nil, false
		}
	}
	if f.ended {
		return nil, false
	}
	first := f.batches[0].from.batches
	if at.batches < first {
		if missed := f.end.requests - at.requests; missed > 0 {
			text = event("request", JournalEvent{Skipped: missed})
		}
		*at = f.end
		return append(text, standing(f.world)...), true
	}
	b := f.batches[at.batches-first]
	*at = b.to
	return b.text, true
}
