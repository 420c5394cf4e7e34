package journal

import "strings"

// The memory of a journal comes in chunks, the first ones small: a world that
// serves a few requests costs a few kilobytes.
const (
	leastChunk = 4 << 10
	mostChunk  = 64 << 10
)

// chunk is memory for packed entries, one behind the other. It is given back
// when none of them is kept any more.
type chunk struct {
	data []byte
	live int // entries in it, or parts of them, that are kept
}

// location says where a packed entry stands. There is no pointer in it, so the
// collector passes over a whole index of them.
type location struct{ chunk, at, size uint32 }

// memory is what the entries of one journal are packed into. Chunks are filled to
// the last byte: an entry may begin in one and end in another. They are given back
// in about the order in which they were taken, since entries are.
type memory struct {
	first  uint32   // the number of chunks[0]
	chunks []*chunk // the last one is written to; nil for one that was given back
	spare  []byte   // a whole chunk to take next
}

func (m *memory) put(packed []byte) location {
	c := m.writable()
	l := location{m.first + uint32(len(m.chunks)-1), uint32(len(c.data)), uint32(len(packed))}
	for {
		n := min(len(packed), cap(c.data)-len(c.data))
		c.data = append(c.data, packed[:n]...)
		c.live++
		if packed = packed[n:]; len(packed) == 0 {
			return l
		}
		c = m.writable()
	}
}

// writable is the last chunk, or a new one behind it when that is full: twice as
// large.
func (m *memory) writable() *chunk {
	size := leastChunk
	if last := len(m.chunks) - 1; last >= 0 {
		c := m.chunks[last]
		if len(c.data) < cap(c.data) {
			return c
		}
		size = min(2*cap(c.data), mostChunk)
	}
	data := m.spare
	if m.spare = nil; data == nil {
		data = make([]byte, 0, size)
	}
	m.chunks = append(m.chunks, &chunk{data: data})
	return m.chunks[len(m.chunks)-1]
}

// next takes from a location what stands of the entry in its first chunk.
func (m *memory) next(l *location) (c *chunk, part []byte) {
	c = m.chunks[l.chunk-m.first]
	part = c.data[l.at:]
	part = part[:min(len(part), int(l.size))]
	*l = location{l.chunk + 1, 0, l.size - uint32(len(part))}
	return c, part
}

func (m *memory) appendTo(text *strings.Builder, l location) {
	for l.size > 0 {
		_, part := m.next(&l)
		text.Write(part)
	}
}

func (m *memory) drop(l location) {
	for l.size > 0 {
		i := int(l.chunk - m.first)
		c, _ := m.next(&l)
		c.live--
		switch {
		case c.live > 0:
		case i == len(m.chunks)-1:
			c.data = c.data[:0]
		default:
			if cap(c.data) == mostChunk {
				m.spare = c.data[:0]
			}
			m.chunks[i] = nil
		}
	}
	for m.chunks[0] == nil {
		m.chunks = m.chunks[1:]
		m.first++
	}
}
