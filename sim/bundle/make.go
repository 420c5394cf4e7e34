package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/world"
)

// Make puts a world and its recording into a bundle. Version is that of capisim.
func Make(w *world.World, server Server, version string, now time.Time) (*Bundle, error) {
	era, requests, lost := w.Recording()
	began, err := documentOf(era.Snapshot, era.Clock)
	if err != nil {
		return nil, err
	}
	b := &Bundle{
		Capisim: version, Made: now.UTC(), World: w.Name, Server: server, Scenario: began,
		Clock:     Clock{Mode: "real", Now: era.Clock.Now()},
		Forgotten: Forgotten{Requests: lost, Changes: era.Forgotten},
		Steps:     make([]Step, 0, len(requests)+len(era.Changes)),
	}
	if era.Clock.Frozen() {
		b.Clock.Mode = "frozen"
	}
	changes := era.Changes
	for i := range requests {
		for len(changes) > 0 && changes[0].After < requests[i].ID {
			if err := b.change(&changes[0]); err != nil {
				return nil, err
			}
			changes = changes[1:]
		}
		b.request(&requests[i])
	}
	for i := range changes {
		if err := b.change(&changes[i]); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func documentOf(snap *world.Snapshot, clock *world.Clock) (json.RawMessage, error) {
	var text bytes.Buffer
	if err := snap.Write(&text, clock, maskDocument); err != nil {
		return nil, fmt.Errorf("make bundle: %w", err)
	}
	return text.Bytes(), nil
}

func (b *Bundle) request(r *journal.Recorded) {
	b.Steps = append(b.Steps, Step{Time: r.Time, Request: &Request{
		View: r.View(), Host: r.Host, Secure: r.Secure, OwnPort: r.OwnPort, Credentials: r.Credentials,
	}})
}

func (b *Bundle) change(c *world.Change) error {
	step := Step{Time: c.Time}
	if c.Snapshot != nil {
		state, err := documentOf(c.Snapshot, c.Clock)
		if err != nil {
			return err
		}
		step.State = state
	} else {
		step.Change = &Change{Method: c.Method, Path: c.Path, Query: c.Query, Body: maskedBody(c.Body)}
	}
	b.Steps = append(b.Steps, step)
	return nil
}
