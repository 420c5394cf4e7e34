package api

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"example.com/capisim/sim/draw"
	"example.com/capisim/sim/journal"
)

// Values that every answer shares. A header line is a slice; sharing it costs a
// request nothing (FACTS.md §4).
var (
	accept       = []string{"Accept"}
	varyOrigin   = []string{"Origin"}
	varyBoth     = []string{"Accept,Origin"}
	pass         = []string{"pass"}
	sameOrigin   = []string{"SAMEORIGIN"}
	xssBlock     = []string{"1; mode=block"}
	noSniff      = []string{"nosniff"}
	noOpen       = []string{"noopen"}
	none         = []string{"none"}
	strictOrigin = []string{"strict-origin-when-cross-origin"}
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

// sent is the header of one answer, from which both the map that net/http takes
// and the journal's copy are made.
type sent struct {
	form       *form
	media      string   // instead of the form's
	lines      []string // request id, seconds, length, user: what differs
	hasBody    bool
	hasUser    bool
	vary       bool
	origin     string // of a browser's page that may read the answer, "" for none
	preference string
	trace      []header
	limits     []header
	extra      []header
}

// headersOf makes the header of an answer: what the real server sends beside
// the body (§16).
//
// It is the call's own and ends with it; the lines, which net/http writes later,
// are not. Their texts are one.
func (c *call) headersOf(out *reply) *sent {
	f, s := c.formOf(out), &c.head
	*s = sent{
		form: f, media: out.media, lines: make([]string, 4), hasBody: out.status != http.StatusNoContent,
		hasUser: f.user && c.who.User != nil, preference: c.preferenceApplied, limits: c.limits, extra: out.headers,
	}
	s.vary = f.vary && s.hasBody && c.varies()
	s.origin = c.api.origins.of(c.req)
	if f.trace {
		s.trace = traceOf(c.req.Header)
	}
	if s.hasUser {
		s.lines[3] = c.who.User.GUID
	}
	var room [64]byte
	b := room[:0]
	if f.id {
		b = c.appendRequestID(b)
	}
	id := len(b)
	if f.runtime {
		b = appendSeconds(b, c.elapsed())
	}
	seconds := len(b)
	if s.hasBody {
		b = strconv.AppendInt(b, int64(max(out.size, len(out.body))), 10)
	}
	text := string(b)
	s.lines[0], s.lines[1], s.lines[2] = text[:id], text[id:seconds], text[seconds:]
	return s
}

// RetryAfter is what the answer says of coming back, "" for nothing. Only rules
// and the limiter send it.
func (s *sent) RetryAfter() string {
	for _, list := range [][]header{s.extra, s.limits} {
		for _, h := range list {
			if strings.EqualFold(h.name, "Retry-After") {
				return strings.Join(h.values, ", ")
			}
		}
	}
	return ""
}

// fill writes the header into a map. Some of its names are not in Go's canonical
// form and are set as they are; nil keeps net/http from adding its own.
func (s *sent) fill(h http.Header) {
	s.each(func(name string, values []string) { h[name] = values })
}

// PackInto writes the header for the journal.
func (s *sent) PackInto(p *journal.Packer) { s.each(p.Line) }

// each tells the lines of the header.
func (s *sent) each(line func(name string, values []string)) {
	f := s.form
	if f.nosniff {
		line("X-Content-Type-Options", noSniff)
	}
	if f.cascade {
		line("X-Cascade", pass)
	}
	if f.rails {
		line("X-Frame-Options", sameOrigin)
		line("X-XSS-Protection", xssBlock)
		line("X-Content-Type-Options", noSniff)
		line("X-Download-Options", noOpen)
		line("X-Permitted-Cross-Domain-Policies", none)
		line("Referrer-Policy", strictOrigin)
	}
	if s.vary {
		line("Vary", accept)
	}
	if s.origin != "" {
		allowOrigin(line, s.origin)
		if line("Vary", varyOrigin); s.vary {
			line("Vary", varyBoth)
		}
	}
	if s.hasBody {
		line("Content-Type", f.mediaLine)
		if s.media != "" {
			line("Content-Type", []string{s.media})
		}
		line("Content-Length", s.lines[2:3:3])
	}
	if f.id {
		line("X-VCAP-Request-ID", s.lines[0:1:1])
	}
	if f.runtime {
		line("X-Runtime", s.lines[1:2:2])
	}
	if s.hasUser {
		line("X-USER-GUID", s.lines[3:4:4])
	}
	if s.preference != "" {
		line("Preference-Applied", []string{s.preference})
	}
	for _, list := range [...][]header{s.trace, s.limits} {
		for _, more := range list {
			line(more.name, more.values)
		}
	}
	for _, extra := range s.extra {
		name := http.CanonicalHeaderKey(extra.name)
		if theirs, ok := spelled[name]; ok {
			name = theirs
		}
		line(name, extra.values)
	}
}

// appendRequestID writes a UUID of the answer's own, behind the client's id when
// it sent one: only letters, digits, dash and underscore of its first 255 (§16).
func (c *call) appendRequestID(b []byte) []byte {
	theirs := c.req.Header.Get("X-Vcap-Request-Id")
	if theirs == "" {
		theirs = c.req.Header.Get("X-Request-Id")
	}
	if theirs != "" {
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
