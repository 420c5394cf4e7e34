package conn

import (
	"errors"
	"os"
	"sync"
	"time"
)

// deadline is that of the reads or of the writes of a socket. net/http moves
// either on several times in each request, mostly to later or to none; telling the
// socket sets a timer. So it is told only when an earlier one is needed. What it
// ends too early goes on.
type deadline struct {
	tell func(time.Time) error // the socket

	mu      sync.Mutex // guards what follows
	wanted  time.Time
	told    time.Time // the socket's
	waiting bool      // a read or a write is with the socket
}

// longAgo is before any deadline but those that mean: at once. A machine without a
// clock of its own begins in 1970.
var longAgo = time.Unix(2, 0)

// move sets the deadline; the zero time is none.
func (d *deadline) move(to time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted = to
	if d.waiting && d.late() {
		return d.pass()
	}
	return nil
}

// over says that nothing is to be waited for.
func (d *deadline) over() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.wanted.IsZero() && d.wanted.Before(longAgo)
}

// begin is called before the socket is given something to do. An error of telling
// it is that of a socket that has been closed, which says so by itself.
func (d *deadline) begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting = true
	if d.late() {
		d.pass() //nolint:errcheck // see above
	}
}

// early is called with what the socket made of it, and says that it was ended
// before its time and is to be begun again.
func (d *deadline) early(err error) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting = false
	if !errors.Is(err, os.ErrDeadlineExceeded) || d.wanted.Equal(d.told) {
		return false
	}
	return d.pass() == nil
}

// late says that the socket would wait for longer than it may.
func (d *deadline) late() bool {
	return !d.wanted.IsZero() && (d.told.IsZero() || d.wanted.Before(d.told))
}

func (d *deadline) pass() error {
	d.told = d.wanted
	return d.tell(d.told)
}
