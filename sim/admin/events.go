package admin

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/state"
	"example.com/capisim/sim/world"
)

// writeTimeout is how long a reader of events may take to read what was written
// at once. One that takes longer is gone.
const writeTimeout = 10 * time.Second

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
	if c.request.Method == http.MethodHead {
		c.openStream()
		return reply{sent: true}, nil
	}
	f, at := c.hub.join(c.world)
	if f == nil {
		r := failure(http.StatusServiceUnavailable, fmt.Sprintf("%d streams of events read this world, expected one of them to end first", maxReaders))
		r.retryAfter = "1"
		return reply{}, r
	}
	defer c.hub.leave(f)
	c.openStream()
	s := &stream{c.writer, http.NewResponseController(c.writer)}
	defer f.onEnd(s.cut)()
	for text, going := standing(c.world), true; going && s.write(text) == nil; {
		text, going = f.next(c.request.Context(), &at)
	}
	_ = s.control.SetWriteDeadline(time.Time{})
	return reply{sent: true}, nil
}

func (c *call) openStream() {
	header := c.writer.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would hold events back
	c.writer.WriteHeader(http.StatusOK)
}

// stream is the connection to one reader of events.
type stream struct {
	http.ResponseWriter
	control *http.ResponseController
}

// write sends some events. Not every writer has deadlines: then the request's
// context has to do.
func (s *stream) write(text []byte) error {
	_ = s.control.SetWriteDeadline(world.Wall().Add(writeTimeout))
	_, err := s.Write(text)
	return cmp.Or(err, s.control.Flush())
}

// cut ends a write that the reader does not let go on.
func (s *stream) cut() { _ = s.control.SetWriteDeadline(world.Wall()) }
