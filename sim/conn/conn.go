// Package conn is what lies between net/http and a socket. It hides two savings of
// a request that is answered in microseconds: deadlines that are moved on do not
// reach the socket, and lines that every answer has need not pass through a map, a
// copy of it and a sort on their way into the header (FACTS.md §8).
package conn

import (
	"bytes"
	"net"
	"os"
	"sync"
	"time"
)

// Listen makes the connections of a listener quick ones.
func Listen(l net.Listener) net.Listener { return listener{l} }

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &Conn{Conn: c, reads: deadline{tell: c.SetReadDeadline}, writes: deadline{tell: c.SetWriteDeadline}}, nil
}

// Conn is a connection of such a listener.
type Conn struct {
	net.Conn
	reads, writes deadline
	lines         []byte // that the next answer's header begins with
}

// NetConn is the socket.
func (c *Conn) NetConn() net.Conn { return c.Conn }

// CloseWrite ends what is sent; the client may send on.
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Conn.Close()
}

// Head gives the header of the next answer more lines, each with CR LF at its end.
func (c *Conn) Head(lines []byte) { c.lines = append(c.lines, lines...) }

// heads are what answers are put together in.
var heads = sync.Pool{New: func() any { return new([]byte) }}

// Write sends bytes of an answer. Nothing is promised of how they are split.
func (c *Conn) Write(p []byte) (int, error) {
	if len(c.lines) == 0 || bytes.HasPrefix(p, informational) {
		return c.write(p)
	}
	status := bytes.IndexByte(p, '\n') + 1
	head := heads.Get().(*[]byte)
	defer heads.Put(head)
	*head = append(append(append((*head)[:0], p[:status]...), c.lines...), p[status:]...)
	n, err := c.write(*head)
	n = max(n-len(c.lines), 0)
	c.lines = c.lines[:0]
	return n, err
}

// informational begins an answer that another one follows.
var informational = []byte("HTTP/1.1 1")

func (c *Conn) write(p []byte) (n int, err error) {
	for {
		c.writes.begin()
		var m int
		m, err = c.Conn.Write(p[n:])
		n += m
		if !c.writes.early(err) {
			return n, err
		}
	}
}

// Read reads what the client sends.
func (c *Conn) Read(p []byte) (n int, err error) {
	if c.reads.over() { // net/http ends so the wait for a client that might leave
		return 0, os.ErrDeadlineExceeded
	}
	for {
		c.reads.begin()
		n, err = c.Conn.Read(p)
		if !c.reads.early(err) {
			return n, err
		}
	}
}

// SetDeadline bounds reads and writes.
func (c *Conn) SetDeadline(t time.Time) error {
	if err := c.SetReadDeadline(t); err != nil {
		return err
	}
	return c.SetWriteDeadline(t)
}

// SetReadDeadline bounds reads, of one that waits as well.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.reads.move(t) }

// SetWriteDeadline bounds writes, of one that waits as well.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.writes.move(t) }
