package world

import (
	"errors"
	"testing"
	"time"
	"unsafe"
)

// afterSetting is a reading of the machine's clock at the same moment, had
// somebody set it: the time it shows differs, what has passed does not. Nothing
// in package time makes such a reading, so its seconds are put in by hand.
func afterSetting(reading time.Time, by time.Duration) time.Time {
	const secondsAbove = 30 // bits of nanoseconds
	wall := (*uint64)(unsafe.Pointer(&reading))
	*wall = uint64(int64(*wall) + int64(by/time.Second)<<secondsAbove)
	return reading
}

// TestSetClock: a machine whose clock is set moves no world's.
func TestSetClock(t *testing.T) {
	t.Parallel()
	now := Wall()
	for _, by := range []time.Duration{-time.Hour, time.Hour} {
		set := afterSetting(now, by)
		if !set.Round(0).Equal(now.Round(0).Add(by)) || set.Sub(now) != 0 {
			t.Fatalf("not a reading after setting: %v for %v", set, now)
		}
		for name, c := range map[string]*Clock{"real": NewClock(false, time.Time{}), "put": NewClock(false, noon), "frozen": NewClock(true, noon)} {
			if got, want := c.At(set), c.At(now); !got.Equal(want) || got != got.Round(0) {
				t.Errorf("%s: shows %v, want %v", name, got, want)
			}
		}
	}
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestFrozenClock stands until it is moved (DESIGN.md §1.3).
func TestFrozenClock(t *testing.T) {
	t.Parallel()
	c := NewClock(true, time.Time{})
	if !c.Frozen() || !c.Now().Equal(DefaultStart) || c.Now().Location() != time.UTC {
		t.Errorf("stands at %v", c.Now())
	}
	c.Set(true, noon.In(time.FixedZone("east", 3600)))
	if now := c.Now(); !now.Equal(noon) || now.Location() != time.UTC {
		t.Errorf("was set to %v", now)
	}
	for i, by := range []time.Duration{0, time.Nanosecond, time.Hour} {
		before := c.Now()
		now, err := c.Advance(by)
		if err != nil || !now.Equal(before.Add(by)) || !c.Now().Equal(now) {
			t.Errorf("step %d comes to %v, %v", i, now, err)
		}
	}
	before := c.Now()
	if _, err := c.Advance(-1); !errors.Is(err, ErrBackwards) || !c.Now().Equal(before) {
		t.Errorf("backwards: %v, now %v", err, c.Now())
	}
}

// TestRunningClock goes with the wall, shifted.
func TestRunningClock(t *testing.T) {
	t.Parallel()
	c := NewClock(false, time.Time{})
	if c.Frozen() {
		t.Fatal("stands")
	}
	near := func(want time.Time) {
		t.Helper()
		if now := c.Now(); now.Before(want) || now.After(want.Add(time.Minute)) || now.Location() != time.UTC {
			t.Errorf("now %v, expected %v and a little", now, want)
		}
	}
	near(Wall())
	if now, err := c.Advance(time.Hour); err != nil || now.Before(Wall().Add(time.Hour-time.Minute)) {
		t.Errorf("advanced to %v, %v", now, err)
	}
	near(Wall().Add(time.Hour))
	if _, err := c.Advance(-time.Hour); !errors.Is(err, ErrBackwards) {
		t.Errorf("backwards: %v", err)
	}
	c.Set(false, noon)
	near(noon)
	for before, moves := c.Now(), 0; moves < 3; {
		if now := c.Now(); now.After(before) { // it runs by itself
			before, moves = now, moves+1
		}
	}
	c.Freeze()
	stands := c.Now()
	near(noon)
	if !c.Frozen() || !c.Now().Equal(stands) {
		t.Error("runs on")
	}
	if _, err := c.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	c.Resume()
	near(stands.Add(time.Hour))
	if c.Frozen() {
		t.Error("stands")
	}
	c.Set(false, time.Time{})
	near(Wall())
}
