package journal

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
	live int // entries in it that are kept
}

// location says where a packed entry stands. There is no pointer in it, so the
// collector passes over a whole index of them.
type location struct{ chunk, at, size uint32 }

// memory is what the entries of one journal are packed into. Chunks are given
// back in about the order in which they were taken, since entries are.
type memory struct {
	first  uint32   // the number of chunks[0]
	chunks []*chunk // the last one is written to; nil for one that was given back
	spare  []byte   // a whole chunk to take next
}

func (m *memory) put(packed []byte) location {
	last := len(m.chunks) - 1
	if last < 0 || cap(m.chunks[last].data)-len(m.chunks[last].data) < len(packed) {
		m.chunks = append(m.chunks, &chunk{data: m.take(last, len(packed))})
		last++
	}
	c := m.chunks[last]
	at := len(c.data)
	c.data = append(c.data, packed...)
	c.live++
	return location{m.first + uint32(last), uint32(at), uint32(len(packed))}
}

// take returns memory for the chunk behind the last one, twice as large as that.
func (m *memory) take(last, atLeast int) []byte {
	if m.spare != nil && atLeast <= cap(m.spare) {
		data := m.spare
		m.spare = nil
		return data
	}
	size := leastChunk
	if last >= 0 {
		size = min(2*cap(m.chunks[last].data), mostChunk)
	}
	return make([]byte, 0, max(size, atLeast))
}

func (m *memory) get(l location) []byte {
	return m.chunks[l.chunk-m.first].data[l.at : l.at+l.size]
}

func (m *memory) drop(l location) {
	c := m.chunks[l.chunk-m.first]
	if c.live--; c.live > 0 {
		return
	}
	if c == m.chunks[len(m.chunks)-1] {
		c.data = c.data[:0]
		return
	}
	if cap(c.data) == mostChunk {
		m.spare = c.data[:0]
	}
	m.chunks[l.chunk-m.first] = nil
	for m.chunks[0] == nil {
		m.chunks = m.chunks[1:]
		m.first++
	}
}
