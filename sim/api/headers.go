package api

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"example.com/capisim/sim/draw"
	"example.com/capisim/sim/journal"
)

// spelled are the names that the real server writes in another form than Go's
// canonical one (§16). A rule's header of such a name, however it is spelled,
// must take the place of the answer's own and not stand beside it.
var spelled = map[string]string{
	"X-Vcap-Request-Id":     "X-VCAP-Request-ID",
	"X-User-Guid":           "X-USER-GUID",
	"X-Xss-Protection":      "X-XSS-Protection",
	"X-Ratelimit-Limit":     "X-RateLimit-Limit",
	"X-Ratelimit-Reset":     "X-RateLimit-Reset",
	"X-Ratelimit-Remaining": "X-RateLimit-Remaining",
}

// sent is the header of one answer as it stands on the wire. The socket and the
// journal get copies of it.
type sent struct {
	text   []byte // its lines, but for the date
	length int    // where the line with the body's length begins, if there is one
	extra  []header
	date   time.Time
}

// headersOf makes the header of an answer: what the real server sends beside
// the body (§16). It is the call's own and ends with it.
func (c *call) headersOf(out *reply, took time.Duration) *sent {
	f, hasBody := c.formOf(out), out.status != http.StatusNoContent && out.status != http.StatusNotModified
	b := append(c.lines[:0], f.lines...)
	vary, origin := f.vary && out.status != http.StatusNoContent && c.varies(), c.api.origins.of(c.req)
	if origin != "" {
		b = appendHeaders(b, allowed(origin))
	}
	switch {
	case vary && origin != "":
		b = append(b, "Vary: Accept,Origin\r\n"...)
	case vary:
		b = append(b, "Vary: Accept\r\n"...)
	case origin != "":
		b = append(b, "Vary: Origin\r\n"...)
	}
	if media := cmp.Or(out.media, f.media); media != "" && hasBody {
		b = journal.AppendLine(b, "Content-Type", media)
	}
	if f.id {
		b = append(c.appendRequestID(append(b, "X-VCAP-Request-ID: "...)), "\r\n"...)
	}
	if f.runtime {
		b = append(appendSeconds(append(b, "X-Runtime: "...), took), "\r\n"...)
	}
	if f.user && c.who.User != nil {
		b = journal.AppendLine(b, "X-USER-GUID", c.who.User.GUID)
	}
	if c.preferenceApplied != "" {
		b = journal.AppendLine(b, "Preference-Applied", c.preferenceApplied)
	}
	if f.trace {
		b = appendHeaders(b, traceOf(c.req.Header))
	}
	b = appendHeaders(b, c.limits)
	c.head = sent{length: len(b), extra: out.headers, date: c.wall.Add(took)}
	if hasBody {
		b = append(b, contentLength...)
		b = append(strconv.AppendInt(b, int64(max(out.size, len(out.body))), 10), "\r\n"...)
	}
	for _, h := range out.headers {
		b = appendHeaders(journal.CutLines(b, h.name), []header{{nameOf(h.name), h.values}})
	}
	c.lines, c.head.text = b, b
	return &c.head
}

const contentLength = "Content-Length: "

func appendHeaders(b []byte, list []header) []byte {
	for _, h := range list {
		for _, value := range h.values {
			b = journal.AppendLine(b, h.name, value)
		}
	}
	return b
}

// nameOf is the name of a rule's header as the real server would write it.
func nameOf(name string) string {
	name = http.CanonicalHeaderKey(name)
	return cmp.Or(spelled[name], name)
}

// begin gives an answer its header. A connection of the house takes the lines as
// they are. Else, and of a rule that may change what net/http does with an answer,
// such as its length, net/http gets them, in place of what others have set; nil keeps
// it from adding its own.
func (c *call) begin(w http.ResponseWriter, s *sent) {
	h := w.Header()
	h["Content-Type"] = nil
	if len(s.extra) > 0 || c.line == nil || c.line.plain == nil {
		journal.SetLines(h, string(s.text))
		for _, one := range s.extra {
			if len(one.values) == 0 {
				h[nameOf(one.name)] = nil
			}
		}
		return
	}
	c.line.plain.Head(s.text[:s.length])
	c.line.plain.Head(c.api.dates.line(s.date))
	h["Date"] = nil
	if s.length < len(s.text) {
		h["Content-Length"] = []string{string(s.text[s.length+len(contentLength) : len(s.text)-2])}
	}
}

// dates keeps the line with the date for as long as its second lasts.
type dates struct{ now atomic.Pointer[dateLine] }

type dateLine struct {
	second int64
	text   []byte
}

func (d *dates) line(at time.Time) []byte {
	kept, second := d.now.Load(), at.Unix()
	if kept == nil || kept.second != second {
		kept = &dateLine{second, append(at.UTC().AppendFormat([]byte("Date: "), http.TimeFormat), "\r\n"...)}
		d.now.Store(kept)
	}
	return kept.text
}

// appendRequestID writes a UUID of the answer's own, behind the client's id when
// it sent one: only letters, digits, dash and underscore of its first 255 (§16).
func (c *call) appendRequestID(b []byte) []byte {
	if theirs := cmp.Or(first(c.req.Header["X-Vcap-Request-Id"]), first(c.req.Header["X-Request-Id"])); theirs != "" {
		kept := strings.Map(func(r rune) rune {
			switch {
			case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
				return r
			}
			return -1
		}, theirs)
		b = append(append(b, kept[:min(len(kept), 255)]...), "::"...)
	}
	high, low := c.api.ids.next()
	return draw.AppendUUID(b, high, low)
}

// appendSeconds writes a span in seconds with six decimals, one microsecond at
// least.
func appendSeconds(b []byte, d time.Duration) []byte {
	micros := max(d.Round(time.Microsecond).Microseconds(), 1)
	b = strconv.AppendInt(b, micros/1e6, 10)
	at := len(b)
	b = strconv.AppendInt(b, 1e6+micros%1e6, 10) // the one gives place to the point
	b[at] = '.'
	return b
}

// idSource numbers the answers of a server with UUIDs. They only have to
// differ, so a counter is mixed instead of drawing from the machine's entropy.
type idSource struct{ counter atomic.Uint64 }

// next is what the next UUID is made of.
func (s *idSource) next() (high, low uint64) {
	n := s.counter.Add(1)
	return draw.Mix(n * draw.Golden), draw.Mix(^n * draw.Golden)
}
