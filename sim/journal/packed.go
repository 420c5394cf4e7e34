package journal

import (
	"bytes"
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
func (e *Entry) pack(p *packer) {
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
	p.header(asked)
	p.head(e.Head)
	if len(e.Head) == 0 {
		p.header(e.ResponseHeader)
	}
	for _, body := range [...]*Body{&e.RequestBody, &e.ResponseBody} {
		p.int(max(body.Size, int64(len(body.Bytes))))
		p.bytes(body.Bytes[:min(len(body.Bytes), MaxBody)])
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
	e.RequestHeader = u.header()
	if lines := u.head(); lines != "" {
		e.ResponseHeader = http.Header{}
		SetLines(e.ResponseHeader, lines)
	} else {
		e.ResponseHeader = u.header()
	}
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

// packer writes values behind each other, each in as few bytes as it takes.
type packer struct{ b []byte }

func (p *packer) uint(n uint64) { p.b = binary.AppendUvarint(p.b, n) }

func (p *packer) int(n int64) { p.b = binary.AppendVarint(p.b, n) }

func (p *packer) text(s string) {
	p.uint(uint64(len(s)))
	p.b = append(p.b, s...)
}

func (p *packer) bytes(s []byte) {
	p.uint(uint64(len(s)))
	p.b = append(p.b, s...)
}

// usual begins the header of most answers, and would be a tenth of their entries.
const usual = contract.FrameworkLines + "Vary: Accept\r\nContent-Type: application/json; charset=utf-8\r\n"

// head writes the lines of an answer's header, the usual ones as a number.
func (p *packer) head(lines []byte) {
	lines, begins := bytes.CutPrefix(lines, []byte(usual))
	if begins {
		p.uint(1)
	} else {
		p.uint(0)
	}
	p.bytes(lines)
}

// time keeps what the wall's clock said; the zero time has no nanoseconds since
// 1970.
func (p *packer) time(t time.Time) {
	if t.IsZero() {
		p.int(math.MinInt64)
		return
	}
	p.int(t.UnixNano())
}

// header writes how many lines and values there are, then the lines.
func (p *packer) header(h http.Header) {
	values := 0
	at := len(p.b)
	p.b = append(p.b, 0, 0, 0, 0)
	for name, of := range h {
		values += len(of)
		p.text(name)
		p.uint(uint64(len(of)))
		for _, value := range of {
			p.text(value)
		}
	}
	binary.LittleEndian.PutUint16(p.b[at:], uint16(len(h)))
	binary.LittleEndian.PutUint16(p.b[at+2:], uint16(values))
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

func (u *unpacker) head() string {
	if u.uint() == 1 {
		return usual + u.text()
	}
	return u.text()
}

func (u *unpacker) time() time.Time {
	n := u.int()
	if n == math.MinInt64 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// header is nil when there is none.
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
		h[name] = all[from:len(all):len(all)]
	}
	return h
}
