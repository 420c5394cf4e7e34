package drift

import (
	"net/http"
	"regexp"
	"strings"

	"example.com/capisim/sim/document"
)

// headerRule says what is compared of a header (§16).
type headerRule struct {
	name string
	form func() *regexp.Regexp // its value need only look like this; nil: it must be equal
	text string                // the form in words
	// optional headers may be missing: the state of the platform decides, but
	// when they are there, capisim's value or form holds.
	optional bool
	word     string // only this word of a list counts: a router may add others
	traced   bool   // compared only where a trace was sent: a router may send one
}

const uuidForm = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`

var (
	anything   = document.Pattern(`.`)
	digitsOnly = document.Pattern(`^[0-9]+$`)
)

// headerRules are the headers of §16, in its order, and those that it says are
// never sent. A router may add any other.
var headerRules = []headerRule{
	{name: "Content-Type"},
	{name: "X-User-Guid", form: anything, text: "a guid"},
	{name: "X-Runtime", form: document.Pattern(`^[0-9]+\.[0-9]{6}$`), text: "seconds with 6 decimals"},
	{name: "X-Frame-Options"},
	{name: "X-Xss-Protection"},
	{name: "X-Content-Type-Options"},
	{name: "X-Download-Options"},
	{name: "X-Permitted-Cross-Domain-Policies"},
	{name: "Referrer-Policy"},
	{name: "X-Ratelimit-Limit", form: digitsOnly, text: "a number", optional: true},
	{name: "X-Ratelimit-Reset", form: digitsOnly, text: "a number", optional: true},
	{name: "X-Ratelimit-Remaining", form: digitsOnly, text: "a number", optional: true},
	{name: "Vary", word: "Accept"},
	{name: "X-B3-Traceid", traced: true},
	{name: "X-B3-Spanid", traced: true},
	{name: "X-Cf-Warnings"},
	{name: "Retry-After"},
	{name: "Etag"},
	{name: "Cache-Control"},
	{name: "Location"},
}

const requestIDHeader = "X-Vcap-Request-Id"

// prefixed is an id behind one that the client sent. Like all that is slow to
// compile it waits until it is needed.
var prefixed = document.Pattern(`^([A-Za-z0-9_-]{0,255})::` + uuidForm + `$`)

// headers compares what stands beside the body.
func (c *comparer) headers(p *probe, theirs, ours http.Header) (found []finding) {
	for _, rule := range headerRules {
		if rule.traced && !p.traced {
			continue
		}
		if f, differs := rule.compare(theirs, ours); differs {
			found = append(found, f)
		}
	}
	if f, differs := c.requestID(p, theirs); differs {
		found = append(found, f)
	}
	return found
}

func (r headerRule) compare(theirs, ours http.Header) (finding, bool) {
	t, o := r.only(theirs.Values(r.name)), r.only(ours.Values(r.name))
	f := finding{"header " + r.name, shown(t), shown(o)}
	switch {
	case len(t) == 0 && len(o) == 0, r.optional && len(t) == 0:
		return f, false
	case r.form == nil:
		return f, f.target != f.capisim
	}
	if len(o) > 0 || r.optional {
		f.capisim = r.text
	}
	if len(t) == 1 && f.capisim == r.text && r.form().MatchString(t[0]) {
		return f, false
	}
	if f.capisim == "nothing" && len(t) == 1 && r.form().MatchString(t[0]) {
		f.target = r.text // a value of its own in each answer would be a finding of its own
	}
	return f, true
}

// only keeps the word of a list that counts.
func (r headerRule) only(values []string) []string {
	if r.word == "" {
		return values
	}
	for item := range strings.SplitSeq(strings.Join(values, ","), ",") {
		if strings.EqualFold(strings.TrimSpace(item), r.word) {
			return []string{r.word}
		}
	}
	return nil
}

// requestID checks the id of the answer. A router sets the client's half of it,
// so that what is behind one cannot be asked to repeat it.
func (c *comparer) requestID(p *probe, theirs http.Header) (finding, bool) {
	values := theirs.Values(requestIDHeader)
	f := finding{"header " + requestIDHeader, shown(values), "a uuid"}
	want := kept(p.traceID)
	if p.traceID != "" {
		f.capisim = want + "::a uuid"
	}
	if len(values) != 1 {
		return f, true
	}
	parts := prefixed().FindStringSubmatch(values[0])
	switch {
	case c.routed:
		return f, parts == nil
	case p.traceID == "":
		return f, !uuidText().MatchString(values[0])
	default:
		return f, parts == nil || parts[1] != want
	}
}

// kept are the characters of a client's id that the server repeats (§16).
func kept(id string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '-', c == '_', '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			return c
		}
		return -1
	}, id)
}

func shown(values []string) string {
	if len(values) == 0 {
		return "nothing"
	}
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = quote(value)
	}
	return clip(strings.Join(quoted, " and "))
}
