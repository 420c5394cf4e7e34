package conn

import (
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a socket under the hand of a test: a deadline of it passes when the
// test says so.
type fake struct {
	net.Conn
	mu      sync.Mutex
	told    []time.Time
	waits   chan struct{} // a read or a write has begun
	end     chan error    // how the next one ends
	written strings.Builder
}

func newFake() (*fake, *Conn) {
	f := &fake{waits: make(chan struct{}, 9), end: make(chan error, 9)}
	c, _ := Listen(one{conn: f}).Accept()
	return f, c.(*Conn)
}

// one is a listener of a connection.
type one struct {
	net.Listener
	conn net.Conn
}

func (l one) Accept() (net.Conn, error) { return l.conn, nil }

func (f *fake) Read(p []byte) (int, error) {
	f.waits <- struct{}{}
	err := <-f.end
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

func (f *fake) Write(p []byte) (int, error) {
	f.waits <- struct{}{}
	if err := <-f.end; err != nil {
		f.written.WriteString(string(p[:1]))
		return 1, err
	}
	f.written.Write(p)
	return len(p), nil
}

func (f *fake) SetReadDeadline(t time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = append(f.told, t)
	if t.Before(begun) && !t.IsZero() {
		f.end <- os.ErrDeadlineExceeded
	}
	return nil
}

func (f *fake) SetWriteDeadline(t time.Time) error { return f.SetReadDeadline(t) }

var (
	begun  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	never  time.Time
	atOnce = time.Unix(1, 0)
)

func after(seconds int) time.Time { return begun.Add(time.Duration(seconds) * time.Second) }

// TestDeadlinesThatMoveOn are not told: a hundred requests as net/http reads them
// cost their socket one deadline.
func TestDeadlinesThatMoveOn(t *testing.T) {
	t.Parallel()
	f, c := newFake()
	buffer := make([]byte, 9)
	for i := range 100 {
		set(t, c, after(10*i+60)) // idle
		f.end <- nil
		if n, err := c.Read(buffer); n != 9 || err != nil {
			t.Fatal(n, err)
		}
		<-f.waits
		set(t, c, never) // until the client might leave
		set(t, c, atOnce)
		if _, err := c.Read(buffer[:1]); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
		set(t, c, never)
		f.end <- nil
		c.SetWriteDeadline(after(10*i + 30)) //nolint:errcheck // of a fake
		if _, err := c.Write(buffer); err != nil {
			t.Fatal(err)
		}
		<-f.waits
		c.SetWriteDeadline(never) //nolint:errcheck // of a fake
	}
	if len(f.told) != 2 { // the first of either
		t.Errorf("told %v", f.told)
	}
}

func set(t *testing.T, c *Conn, at time.Time) {
	t.Helper()
	if err := c.SetReadDeadline(at); err != nil {
		t.Fatal(err)
	}
}

// TestDeadlines: what waits ends when it is to, not before, and not later.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		before []time.Time // set before the wait
		during []time.Time // set while it lasts
		passed int         // how often the socket's own deadline passes
		told   []time.Time
		err    error
	}{
		{"none", nil, nil, 0, nil, nil},
		{"passes", []time.Time{after(1)}, nil, 1, []time.Time{after(1)}, os.ErrDeadlineExceeded},
		{"moved on while it lasts", []time.Time{after(1)}, []time.Time{after(2)}, 1, []time.Time{after(1), after(2)}, nil},
		{"moved on twice", []time.Time{after(1)}, []time.Time{after(2), after(3)}, 2, []time.Time{after(1), after(3)}, os.ErrDeadlineExceeded},
		{"taken away while it lasts", []time.Time{after(1)}, []time.Time{never}, 1, []time.Time{after(1), never}, nil},
		{"earlier while it lasts", []time.Time{after(9)}, []time.Time{after(1)}, 1, []time.Time{after(9), after(1)}, os.ErrDeadlineExceeded},
		{"first one while it lasts", nil, []time.Time{after(1)}, 1, []time.Time{after(1)}, os.ErrDeadlineExceeded},
		{"at once while it lasts", nil, []time.Time{atOnce}, 0, []time.Time{atOnce}, os.ErrDeadlineExceeded},
		{"at once, and taken back", nil, []time.Time{atOnce, never}, 0, []time.Time{atOnce}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, c := newFake()
			for _, at := range test.before {
				set(t, c, at)
			}
			ended := make(chan error)
			go func() {
				_, err := c.Read(make([]byte, 9))
				ended <- err
			}()
			<-f.waits
			for _, at := range test.during {
				set(t, c, at)
			}
			for range test.passed {
				f.end <- os.ErrDeadlineExceeded
			}
			if test.err == nil {
				f.end <- nil
			}
			err := <-ended
			f.mu.Lock()
			defer f.mu.Unlock()
			if test.name == "at once, and taken back" { // whether it is told again is who was first
				f.told = f.told[:1]
			}
			if !errors.Is(err, test.err) || len(f.told) != len(test.told) {
				t.Fatalf("%v after %v, want %v after %v", err, f.told, test.err, test.told)
			}
			for i, at := range test.told {
				if !at.Equal(f.told[i]) {
					t.Errorf("told %v, want %v", f.told, test.told)
				}
			}
		})
	}
}

// TestWriteGoesOn: what a deadline interrupts that has been moved on is sent once.
func TestWriteGoesOn(t *testing.T) {
	t.Parallel()
	f, c := newFake()
	c.SetWriteDeadline(after(1)) //nolint:errcheck // of a fake
	ended := make(chan error)
	go func() {
		_, err := c.Write([]byte("answer"))
		ended <- err
	}()
	<-f.waits
	c.SetWriteDeadline(after(2)) //nolint:errcheck // of a fake
	f.end <- os.ErrDeadlineExceeded
	f.end <- nil
	if err := <-ended; err != nil || f.written.String() != "answer" {
		t.Errorf("%v, written %q", err, f.written.String())
	}
}

// TestHead: lines stand behind the status of the next answer, and of no other.
func TestHead(t *testing.T) {
	t.Parallel()
	f, c := newFake()
	write := func(text string) {
		t.Helper()
		f.end <- nil
		if n, err := c.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatalf("%d of %d, %v", n, len(text), err)
		}
	}
	c.Head([]byte("A: 1\r\n"))
	c.Head([]byte("B: 2\r\n"))
	write("HTTP/1.1 100 Continue\r\n\r\n")
	write("HTTP/1.1 200 OK\r\nC: 3\r\n\r\nbody")
	write("more")
	write("HTTP/1.1 204 No Content\r\n\r\n")
	const want = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\nbodymoreHTTP/1.1 204 No Content\r\n\r\n"
	if got := f.written.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestAtOnce: the deadlines of a machine that takes the year for 1970 are to be
// waited for.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	for at, want := range map[time.Time]bool{never: false, atOnce: true, time.Unix(60, 0): false, after(1): false} {
		d := deadline{wanted: at}
		if d.over() != want {
			t.Errorf("%v is over: %v", at, !want)
		}
	}
}
