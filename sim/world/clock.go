package world

import (
	"errors"
	"sync"
	"time"

	"example.com/capisim/sim/journal"
)

// DefaultStart is where a frozen clock without a start stands (DESIGN.md §1.3).
var DefaultStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Wall is the time on the wall, for what follows it on purpose: latency, the
// expiry of tokens, delays and draining. It is the one place that asks the
// machine for the time.
func Wall() time.Time { return time.Now() }

var start = Wall()

func init() { journal.CountFrom(start) }

// sinceStart is how long the process had run at a reading of Wall.
func sinceStart(now time.Time) time.Duration { return now.Sub(start) }

// Clock is the time of one world. It begins with the wall's, or where it was
// put, and goes on by the time that passes, or stands still: what the machine's
// clock is set to meanwhile moves it neither on nor back. Safe for concurrent
// use.
type Clock struct {
	mu     sync.RWMutex
	frozen bool
	at     time.Time // what it showed at since, and shows when frozen
	since  time.Time // a reading of Wall
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
	return &Clock{frozen: c.frozen, at: c.at, since: c.since}
}

// Now is the time of the world.
func (c *Clock) Now() time.Time { return c.At(Wall()) }

// At is what the clock shows at a reading of Wall.
func (c *Clock) At(wall time.Time) time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.frozen {
		return c.at
	}
	return c.at.Add(wall.Sub(c.since))
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
	c.frozen, c.since = frozen, Wall()
	switch {
	case !to.IsZero():
		c.at = to.Round(0).UTC()
	case frozen:
		c.at = DefaultStart
	default:
		c.at = c.since.Round(0).UTC()
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
	c.at = c.at.Add(by)
	c.mu.Unlock()
	return c.Now(), nil
}
