package admin

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/state"
	"example.com/capisim/sim/world"
)

// How a stream of events paces itself.
const (
	batchPause   = 50 * time.Millisecond // between two looks, so that a flood of requests becomes a few large ones
	maxBatch     = 200                   // requests sent of one look; of more, the newest
	beat         = time.Second           // how soon what other parts of capisim changed is seen
	beatsASilent = 15                    // after so many without a word a comment keeps proxies from hanging up
	writeTimeout = 10 * time.Second      // after which a reader that takes nothing is gone
)

// FaultEvent tells that rules were changed, or have decided about requests.
type FaultEvent struct {
	Rules []fault.Status `json:"rules"` // those that decided; empty when the set itself was changed
	Total int            `json:"total"` // rules there are
}

// StateEvent tells that the state was changed or replaced.
type StateEvent struct {
	Generation uint64       `json:"generation"`
	Scenario   string       `json:"scenario"`
	Counts     state.Counts `json:"counts"`
}

// JournalEvent is the event request when it is about no single request: so many
// were too many to be shown, or the journal, or what it was counted into, was
// cleared.
type JournalEvent struct {
	Skipped int  `json:"skipped,omitempty"`
	Cleared bool `json:"cleared,omitempty"`
}

// events streams what happens in a world until the reader goes away or the
// world ends. The first thing it says is where the world stands.
func (c *call) events() (reply, error) {
	s := &stream{call: c, control: http.NewResponseController(c.writer), seen: c.world.Journal.Stats().Total}
	listener := c.hub.subscribe(c.world)
	defer c.hub.unsubscribe(c.world, listener)
	header := c.writer.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would hold events back
	c.writer.WriteHeader(http.StatusOK)
	if c.request.Method != http.MethodHead {
		s.run(listener)
	}
	_ = s.control.SetWriteDeadline(time.Time{})
	return reply{sent: true}, nil
}

// stream is one reader of events.
type stream struct {
	*call
	control *http.ResponseController
	seen    uint64   // the newest request that was shown
	held    []uint64 // of the requests that were shown, those without their answer
	snap    *world.Snapshot
	clock   client.ClockState
	silent  int // beats since the last word
	failed  bool
}

// run looks and waits in turns.
func (s *stream) run(listener *listener) {
	s.snap = s.world.Current()
	s.clock = clockOf(s.world.Clock)
	s.tell(faultEvent | stateEvent | clockEvent)
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for !s.failed {
		requests := s.world.Journal.Changed()
		for _, event := range s.hub.heard(listener) {
			s.send("scenario", event)
		}
		s.look(listener.take())
		s.flush()
		select {
		case <-requests:
		case <-listener.wake:
		case <-ticker.C:
			s.keepAlive()
		case <-s.snap.Done():
			if s.world.Current() == s.snap { // not replaced: the world has ended
				return
			}
		case <-s.request.Context().Done():
			return
		}
		if !s.pause() {
			return
		}
	}
}

// pause lets more happen before the next look; false when the reader has gone.
func (s *stream) pause() bool {
	timer := time.NewTimer(batchPause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.request.Context().Done():
		return false
	}
}

// look tells what is new: what listeners were told of, what requests did, and
// what other parts of capisim changed without a word.
func (s *stream) look(what happening) {
	if now := s.world.Current(); now != s.snap {
		s.snap = now
		what |= stateEvent | faultEvent
	}
	if clock := clockOf(s.world.Clock); clock.Mode != s.clock.Mode || clock.Mode == "frozen" && !clock.Now.Equal(s.clock.Now) {
		what |= clockEvent
	}
	rules, changed := s.requests()
	if changed {
		what |= stateEvent
	}
	if len(rules) > 0 && what&faultEvent == 0 {
		s.send("fault", FaultEvent{Rules: rules, Total: len(s.snap.Faults.List())})
	}
	s.tell(what)
}

// requests shows the new ones, oldest first, and returns the rules that decided
// about them, and whether one changed state. One that was held is shown again
// with its answer.
func (s *stream) requests() (rules []fault.Status, changed bool) {
	s.held = slices.DeleteFunc(s.held, func(id uint64) bool {
		entry, found := s.world.Journal.Get(id)
		if found && !entry.Held {
			s.send("request", entry.View())
		}
		return !found || !entry.Held
	})
	page := s.world.Journal.Entries(journal.Filter{After: s.seen}, 1, maxBatch)
	if len(page.Entries) == 0 {
		return nil, false
	}
	s.seen = page.Entries[0].ID
	if skipped := page.Total - len(page.Entries); skipped > 0 {
		s.send("request", JournalEvent{Skipped: skipped})
	}
	for _, entry := range slices.Backward(page.Entries) {
		s.send("request", entry.View())
		if entry.Held {
			s.held = append(s.held, entry.ID)
		}
		changed = changed || entry.Applied
		if entry.Rule == "" || slices.ContainsFunc(rules, func(r fault.Status) bool { return r.ID == entry.Rule }) {
			continue
		}
		if status, found := s.snap.Faults.Get(entry.Rule); found {
			rules = append(rules, status)
		}
	}
	return rules, changed
}

// tell sends where things stand.
func (s *stream) tell(what happening) {
	if what&requestEvent != 0 {
		s.send("request", JournalEvent{Cleared: true})
	}
	if what&faultEvent != 0 {
		s.send("fault", FaultEvent{Rules: []fault.Status{}, Total: len(s.snap.Faults.List())})
	}
	if what&stateEvent != 0 {
		s.send("state", StateEvent{s.snap.Generation, s.snap.Scenario.Name, s.snap.State.Counts()})
	}
	if what&clockEvent != 0 {
		s.clock = clockOf(s.world.Clock)
		s.send("clock", s.clock)
	}
}

func (s *stream) send(event string, data any) {
	s.write("event: %s\ndata: %s\n\n", event, compact(data))
}

func (s *stream) write(format string, args ...any) {
	if s.failed {
		return
	}
	s.silent = 0
	// Not every writer has deadlines: then the request's context has to do.
	_ = s.control.SetWriteDeadline(world.Wall().Add(writeTimeout))
	_, err := fmt.Fprintf(s.writer, format, args...)
	s.failed = err != nil
}

func (s *stream) flush() {
	if !s.failed && s.control.Flush() != nil {
		s.failed = true
	}
}

// keepAlive says something that means nothing, now and then.
func (s *stream) keepAlive() {
	if s.silent++; s.silent >= beatsASilent {
		s.write(": still here\n\n")
	}
}
