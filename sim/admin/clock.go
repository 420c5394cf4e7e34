package admin

import (
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/world"
)

func clockOf(c *world.Clock) client.ClockState {
	if c.Frozen() {
		return client.ClockState{Mode: "frozen", Now: c.Now()}
	}
	return client.ClockState{Mode: "real", Now: c.Now()}
}

func (c *call) getClock() (reply, error) { return ok(clockOf(c.world.Clock)), nil }

// putClock sets what is given and leaves the rest: a mode alone stops or
// resumes the clock where it is, a time alone moves it as it is.
func (c *call) putClock() (reply, error) {
	o := c.object(maxBody)
	mode, modeGiven := o.oneOf("mode", "frozen", "real")
	now, nowGiven := o.moment("now")
	if nowGiven && !showable(now) {
		o.add("now", "the year %d, expected a time after its first moment and before the year 10000", now.Year())
	}
	if err := o.err(); err != nil {
		return reply{}, err
	}
	clock := c.world.Clock
	frozen := mode == "frozen" || !modeGiven && clock.Frozen()
	switch {
	case nowGiven:
		clock.Set(frozen, now)
	case modeGiven && frozen:
		clock.Freeze()
	case modeGiven:
		clock.Resume()
	}
	c.changed(clockEvent)
	return c.getClock()
}

func (c *call) advanceClock() (reply, error) {
	o := c.object(maxBody)
	by, given := o.duration("by")
	if _, there := o.get("by"); !there {
		o.add("by", `left out, expected a duration such as "30s"`)
	}
	if to := c.world.Clock.Now().Add(by); given && !showable(to) {
		o.add("by", "goes beyond the year 9999")
	}
	if err := o.err(); err != nil {
		return reply{}, err
	}
	if _, err := c.world.Clock.Advance(by); err != nil {
		return reply{}, invalid("/by", "%s", err)
	}
	c.changed(clockEvent)
	return c.getClock()
}

func (c *call) listWindows() (reply, error) { return listed(c, maxPerPage, c.snap.Faults.Windows()) }

// showable says that a time can be written in RFC 3339; the zero time means
// something else to a clock.
func showable(t time.Time) bool { return t.Year() >= 1 && t.Year() <= 9999 && !t.IsZero() }
