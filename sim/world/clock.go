package world

import (
	"errors"
	"sync"
	"time"
)

// DefaultStart is where a frozen clock without a start stands (DESIGN.md §1.3).
var DefaultStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Wall is the time on the wall, for what follows it on purpose: latency, the
// expiry of tokens, delays and draining. It is the one place that asks the
// machine for the time.
func Wall() time.Time { return time.Now() }

// Clock is the time of one world. It runs with the wall, shifted by what it was
// advanced, or stands still. Safe for concurrent use.
type Clock struct {
	mu     sync.RWMutex
	frozen bool
	at     time.Time     // where it stands, when frozen
	shift  time.Duration // ahead of the wall, when it runs
}

// ErrBackwards is what Advance says of a negative step: what has happened stays
// in the past.
var ErrBackwards = errors.New("a clock only moves forward")

// NewClock makes a clock that runs with the wall, or, frozen, stands at start
// (the zero time: DefaultStart). A running clock with a start begins there.
func NewClock(frozen bool, start time.Time) *Clock {
	c := &Clock{}
	c.Set(frozen, start)
	return c
}

// fork returns a clock that shows the same and goes its own way.
func (c *Clock) fork() *Clock {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return &Clock{frozen: c.frozen, at: c.at, shift: c.shift}
}

// Now is the time of the world.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.frozen {
		return c.at
	}
	return Wall().Add(c.shift).Round(0).UTC()
}

// Frozen says that the clock stands still.
func (c *Clock) Frozen() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.frozen
}

// Set puts the clock to a time and lets it stand or run from there. The zero
// time means DefaultStart for a frozen clock and the wall's for a running one.
func (c *Clock) Set(frozen bool, to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen, c.shift = frozen, 0
	switch {
	case frozen && to.IsZero():
		c.at = DefaultStart
	case frozen:
		c.at = to.UTC()
	case !to.IsZero():
		c.shift = to.Sub(Wall())
	}
}

// Freeze stops the clock where it is.
func (c *Clock) Freeze() { c.Set(true, c.Now()) }

// Resume lets the clock run on from where it is.
func (c *Clock) Resume() { c.Set(false, c.Now()) }

// Advance moves the clock, standing or running, and returns the new time. A
// negative step is ErrBackwards.
func (c *Clock) Advance(by time.Duration) (time.Time, error) {
	if by < 0 {
		return time.Time{}, ErrBackwards
	}
	c.mu.Lock()
	if c.frozen {
		c.at = c.at.Add(by)
	} else {
		c.shift += by
	}
	c.mu.Unlock()
	return c.Now(), nil
}
