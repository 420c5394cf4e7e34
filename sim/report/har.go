package report

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/capisim/sim/journal"
)

// Source says where a journal comes from.
type Source struct {
	Version string // capisim's
	BaseURL string // of the world, without a slash at the end
}

// The HAR 1.2 form (http://www.softwareishard.com/blog/har-12-spec/), which
// browser developer tools open. Keys that begin with an underscore are
// capisim's own, as the format provides for.
type harJSON struct {
	Log harLogJSON `json:"log"`
}

type harLogJSON struct {
	Version string         `json:"version"`
	Creator harCreatorJSON `json:"creator"`
	Entries []harEntryJSON `json:"entries"`
}

type harCreatorJSON struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type harEntryJSON struct {
	Started    string          `json:"startedDateTime"`
	Time       float64         `json:"time"` // milliseconds
	Request    harRequestJSON  `json:"request"`
	Response   harResponseJSON `json:"response"`
	Cache      struct{}        `json:"cache"`
	Timings    harTimingsJSON  `json:"timings"`
	Connection string          `json:"connection,omitempty"`
	ID         uint64          `json:"_id"`
	Operation  string          `json:"_operation,omitempty"`
	Rule       string          `json:"_rule,omitempty"`
	Fault      string          `json:"_connection_fault,omitempty"`
	Injected   bool            `json:"_injected"`
	Applied    bool            `json:"_applied"`
	Warnings   []string        `json:"_warnings,omitempty"`
}

type harRequestJSON struct {
	Method      string        `json:"method"`
	URL         string        `json:"url"`
	HTTPVersion string        `json:"httpVersion"`
	Cookies     []harPairJSON `json:"cookies"`
	Headers     []harPairJSON `json:"headers"`
	QueryString []harPairJSON `json:"queryString"`
	PostData    *harPostJSON  `json:"postData,omitempty"`
	HeadersSize int           `json:"headersSize"`
	BodySize    int64         `json:"bodySize"`
}

type harPostJSON struct {
	MimeType string        `json:"mimeType"`
	Params   []harPairJSON `json:"params"`
	Text     string        `json:"text"`
	Comment  string        `json:"comment,omitempty"`
}

type harResponseJSON struct {
	Status      int            `json:"status"`
	StatusText  string         `json:"statusText"`
	HTTPVersion string         `json:"httpVersion"`
	Cookies     []harPairJSON  `json:"cookies"`
	Headers     []harPairJSON  `json:"headers"`
	Content     harContentJSON `json:"content"`
	RedirectURL string         `json:"redirectURL"`
	HeadersSize int            `json:"headersSize"`
	BodySize    int64          `json:"bodySize"`
	Error       string         `json:"_error,omitempty"`
}

type harContentJSON struct {
	Size     int64  `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text,omitempty"`
	Encoding string `json:"encoding,omitempty"`
	Comment  string `json:"comment,omitempty"`
}

type harTimingsJSON struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

type harPairJSON struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// unmeasured is the format's word for a size that is not known.
const unmeasured = -1

// cutComment tells that a body is not there in full.
const cutComment = "only the beginning of the body was kept"

// HAR writes entries, in the order they are handed in, as an HTTP archive.
func HAR(w io.Writer, entries []journal.Entry, from Source) error {
	log := harLogJSON{Version: "1.2", Creator: harCreatorJSON{Name: "capisim", Version: cmp.Or(from.Version, "unknown")}, Entries: []harEntryJSON{}}
	for i := range entries {
		e := forShell(entries[i])
		log.Entries = append(log.Entries, harEntry(&e, from))
	}
	return writeJSON(w, harJSON{Log: log})
}

// token stands in exports where a secret was: tools and shells fill it in, and a
// request that is sent as it stands is nobody's.
const token = "$TOKEN"

// forShell is a masked entry with token in the place of what was masked.
func forShell(e journal.Entry) journal.Entry {
	filled := func(text string) string { return strings.ReplaceAll(text, journal.Masked, token) }
	header := func(h http.Header) http.Header {
		out := make(http.Header, len(h))
		for name, values := range h {
			for _, v := range values {
				out[name] = append(out[name], filled(v))
			}
		}
		return out
	}
	e.Path, e.RawQuery = filled(e.Path), filled(e.RawQuery)
	e.RequestHeader, e.ResponseHeader = header(e.RequestHeader), header(e.ResponseHeader)
	e.RequestBody, e.ResponseBody = filledBody(e.RequestBody), filledBody(e.ResponseBody)
	return e
}

// filledBody is a body with the token's name in the place of masks; one that is
// there in full stays so.
func filledBody(b journal.Body) journal.Body {
	whole := !b.Cut()
	b.Bytes = bytes.ReplaceAll(b.Bytes, []byte(journal.Masked), []byte(token))
	if whole {
		b.Size = int64(len(b.Bytes))
	}
	return b
}

func harEntry(e *journal.Entry, from Source) harEntryJSON {
	ms := float64(e.Latency.Microseconds()) / 1000
	entry := harEntryJSON{
		Started: e.Wall.Format(time.RFC3339Nano), Time: ms,
		Request: harRequest(e, from), Response: harResponse(e),
		Timings: harTimingsJSON{Wait: ms},
		ID:      e.ID, Operation: e.OperationID(), Rule: e.Rule, Fault: string(e.ConnectionFault),
		Injected: e.Injected, Applied: e.Applied, Warnings: e.Warnings,
	}
	if e.Connection != 0 {
		entry.Connection = strconv.FormatUint(e.Connection, 10)
	}
	return entry
}

func harRequest(e *journal.Entry, from Source) harRequestJSON {
	address := from.BaseURL + (&url.URL{Path: e.Path}).EscapedPath()
	if e.RawQuery != "" {
		address += "?" + encodedQuery(e.RawQuery)
	}
	r := harRequestJSON{
		Method: e.Method, URL: address, HTTPVersion: cmp.Or(e.Proto, "HTTP/1.1"),
		Cookies: []harPairJSON{}, Headers: headerPairs(e.RequestHeader), QueryString: queryPairs(e.RawQuery),
		HeadersSize: unmeasured, BodySize: e.RequestBody.Size,
	}
	if e.RequestBody.Size > 0 {
		// The format knows no encoding here: bytes that are not text are replaced.
		r.PostData = &harPostJSON{
			MimeType: e.RequestHeader.Get("Content-Type"), Params: []harPairJSON{},
			Text: strings.ToValidUTF8(string(e.RequestBody.Bytes), "\uFFFD"),
		}
		if e.RequestBody.Cut() {
			r.PostData.Comment = cutComment
		}
	}
	return r
}

// encodedQuery escapes what may not stand in a URL, though a client sent it, and
// leaves what is escaped already.
func encodedQuery(query string) string {
	var out strings.Builder
	for _, c := range []byte(query) {
		if c > ' ' && c < 0x7f && !strings.ContainsRune("\"#<>[\\]^`{|}", rune(c)) {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

func harResponse(e *journal.Entry) harResponseJSON {
	r := harResponseJSON{
		Status: e.Status, StatusText: http.StatusText(e.Status), HTTPVersion: cmp.Or(e.Proto, "HTTP/1.1"),
		Cookies: []harPairJSON{}, Headers: headerPairs(e.ResponseHeader),
		RedirectURL: e.ResponseHeader.Get("Location"), HeadersSize: unmeasured, BodySize: e.ResponseBody.Size,
		Content: harContentJSON{Size: e.ResponseBody.Size, MimeType: cmp.Or(e.ResponseHeader.Get("Content-Type"), "x-unknown")},
	}
	if utf8.Valid(e.ResponseBody.Bytes) {
		r.Content.Text = string(e.ResponseBody.Bytes)
	} else {
		r.Content.Text, r.Content.Encoding = base64.StdEncoding.EncodeToString(e.ResponseBody.Bytes), "base64"
	}
	if e.ResponseBody.Cut() {
		r.Content.Comment = cutComment
	}
	if !e.Answered() {
		r.Error = "no complete answer: " + cmp.Or(string(e.ConnectionFault), "the connection ended")
	}
	return r
}

// headerPairs lists a header by name, so that two exports of one journal are
// the same bytes.
func headerPairs(h http.Header) []harPairJSON {
	pairs := []harPairJSON{}
	for name, values := range h {
		for _, v := range values {
			pairs = append(pairs, harPairJSON{Name: name, Value: v})
		}
	}
	slices.SortStableFunc(pairs, func(a, b harPairJSON) int { return cmp.Compare(a.Name, b.Name) })
	return pairs
}

// queryPairs splits a query in the order it was sent; what does not decode is
// shown as it stands.
func queryPairs(query string) []harPairJSON {
	pairs := []harPairJSON{}
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, harPairJSON{Name: decoded(name), Value: decoded(value)})
	}
	return pairs
}

func decoded(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
