package journal

import (
	"encoding/binary"
	"math"
	"net/http"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/socket"
)

// An entry is kept as bytes: the collector has nothing to follow in a full
// journal, and nothing that came with a request, such as its header's map or the
// buffer of its connection, lives as long as its entry. What a walk through the
// journal asks for comes first; headers, bodies and warnings follow and are
// unpacked for those alone who show them.

// pack appends the entry, cut down to what may be kept.
func (e *Entry) pack(p *Packer) {
	p.time(e.Time)
	p.time(e.Wall)
	p.int(instant(e.Wall))
	p.int(int64(e.Latency))
	operation := 0
	if e.Operation != nil {
		operation = e.Operation.Index + 1
	}
	p.uint(uint64(operation))
	p.uint(e.switches())
	if e.Held {
		p.int(int64(e.Hold))
	}
	p.uint(e.Connection)
	for _, number := range [...]int{e.ConnectionUse, e.Status, e.Draw, e.Real} {
		p.int(int64(number))
	}
	for _, text := range [...]string{
		string(e.Variant), e.World, clip(e.User, maxName), clip(e.Method, maxName), clip(e.Path, MaxText), clip(e.RawQuery, MaxText),
		e.Proto, clip(e.Host, maxName), e.Remote, e.Error, clip(e.Detail, MaxText), e.Rule, string(e.ConnectionFault),
	} {
		p.text(text)
	}

	asked := e.RequestHeader
	if headerSize(asked) > MaxHeader {
		asked = cutHeader(asked)
	}
	p.header(asked, nil)
	p.header(e.ResponseHeader, e.Sent)
	for _, body := range [...]*Body{&e.RequestBody, &e.ResponseBody} {
		p.int(max(body.Size, int64(len(body.Bytes))))
		kept := body.Bytes[:min(len(body.Bytes), MaxBody)]
		p.uint(uint64(len(kept)))
		p.b = append(p.b, kept...)
	}
	p.uint(uint64(len(e.Warnings)))
	for _, warning := range e.Warnings {
		p.text(clip(warning, MaxText))
	}
	p.text(clip(e.Course, MaxText))
}

// unpackEntry reads what a walk asks for. The entry shares the text.
func unpackEntry(id uint64, packed string) Entry {
	u := unpacker{packed}
	e := Entry{ID: id, Time: u.time(), Wall: u.time(), begun: u.int(), Latency: time.Duration(u.int())}
	if operation := u.uint(); operation > 0 {
		e.Operation = contract.Operations()[operation-1]
	}
	e.switchOn(u.uint())
	if e.Held {
		e.Hold = time.Duration(u.int())
	}
	e.Connection = u.uint()
	for _, number := range [...]*int{&e.ConnectionUse, &e.Status, &e.Draw, &e.Real} {
		*number = int(u.int())
	}
	e.Variant = contract.Variant(u.text())
	for _, text := range [...]*string{
		&e.World, &e.User, &e.Method, &e.Path, &e.RawQuery, &e.Proto, &e.Host, &e.Remote, &e.Error, &e.Detail, &e.Rule,
	} {
		*text = u.text()
	}
	e.ConnectionFault = socket.Kind(u.text())
	e.packed = u.rest
	return e
}

// unpack reads the rest of an entry that a walk has shown.
func (e *Entry) unpack() {
	if e.packed == "" {
		return
	}
	u := unpacker{e.packed}
	e.packed = ""
	e.RequestHeader, e.ResponseHeader = u.header(), u.header()
	for _, body := range [...]*Body{&e.RequestBody, &e.ResponseBody} {
		body.Size = u.int()
		if text := u.text(); text != "" {
			body.Bytes = []byte(text)
		}
	}
	for range u.uint() {
		e.Warnings = append(e.Warnings, u.text())
	}
	e.Course = u.text()
}

func (e *Entry) switches() (bits uint64) {
	for bit, on := range e.table() {
		if *on {
			bits |= 1 << bit
		}
	}
	return bits
}

func (e *Entry) switchOn(bits uint64) {
	for bit, on := range e.table() {
		*on = bits&(1<<bit) != 0
	}
}

// table lists the switches in the order of their bits.
func (e *Entry) table() [8]*bool {
	return [...]*bool{&e.Secure, &e.OwnPort, &e.Held, &e.Injected, &e.Applied, &e.Meanwhile, &e.RequestBody.Unread, &e.ResponseBody.Unread}
}

// Packer writes values behind each other, each in as few bytes as it takes.
type Packer struct {
	b             []byte
	lines, values int // of the header that is being written
}

func (p *Packer) uint(n uint64) { p.b = binary.AppendUvarint(p.b, n) }

func (p *Packer) int(n int64) { p.b = binary.AppendVarint(p.b, n) }

func (p *Packer) text(s string) {
	p.uint(uint64(len(s)))
	p.b = append(p.b, s...)
}

// time keeps what the wall's clock said; the zero time has no nanoseconds since
// 1970.
func (p *Packer) time(t time.Time) {
	if t.IsZero() {
		p.int(math.MinInt64)
		return
	}
	p.int(t.UnixNano())
}

// header writes how many lines and values there are, then the lines, of a map or
// of what stands in none.
func (p *Packer) header(h http.Header, other Header) {
	at := len(p.b)
	p.b = append(p.b, 0, 0, 0, 0)
	p.lines, p.values = 0, 0
	if other != nil {
		other.PackInto(p)
	} else {
		for name, values := range h {
			p.Line(name, values)
		}
	}
	binary.LittleEndian.PutUint16(p.b[at:], uint16(p.lines))
	binary.LittleEndian.PutUint16(p.b[at+2:], uint16(p.values))
}

// Line writes a line of a header. Of two with one name the second counts, and one
// without a value takes the name away.
func (p *Packer) Line(name string, values []string) {
	p.lines++
	p.values += len(values)
	p.text(name)
	p.uint(uint64(len(values)))
	for _, value := range values {
		p.text(value)
	}
}

// unpacker reads what a packer wrote. What it returns shares the text.
type unpacker struct{ rest string }

func (u *unpacker) uint() (n uint64) {
	for shift := 0; ; shift += 7 {
		b := u.rest[0]
		u.rest = u.rest[1:]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
}

func (u *unpacker) int() int64 {
	n := u.uint()
	return int64(n>>1) ^ -int64(n&1)
}

func (u *unpacker) text() string {
	n := u.uint()
	text := u.rest[:n]
	u.rest = u.rest[n:]
	return text
}

func (u *unpacker) time() time.Time {
	n := u.int()
	if n == math.MinInt64 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// header reads a header as Line says; nil when there is none.
func (u *unpacker) header() http.Header {
	count := int(u.rest[0]) | int(u.rest[1])<<8
	all := make([]string, 0, int(u.rest[2])|int(u.rest[3])<<8)
	u.rest = u.rest[4:]
	if count == 0 {
		return nil
	}
	h := make(http.Header, count)
	for range count {
		name, from := u.text(), len(all)
		for range u.uint() {
			all = append(all, u.text())
		}
		if h[name] = all[from:len(all):len(all)]; from == len(all) {
			delete(h, name)
		}
	}
	return h
}
