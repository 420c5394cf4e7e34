// Package journal is the evidence: what each client sent, what it was answered,
// which documented answers it has met, and what it did about each injected
// fault. It hides a ring bounded by entries and by bytes, counters that outlive
// the ring, and the records from which reactions are judged. Secrets are masked
// before anything leaves the package. It never asks the time (entries carry it,
// readers hand it in), serves no HTTP, and knows neither state nor fault rules:
// what it must match is handed in as a function.
package journal

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/socket"
)

// What one entry may hold. Beyond it the beginning is kept and the true size
// told, so that memory does not follow what strangers send.
const (
	MaxBody   = 16 << 10 // bytes of each body
	MaxHeader = 8 << 10  // bytes of the request's header, names and values
	MaxText   = 4 << 10  // bytes of the path and of the query
	maxName   = 512      // bytes of user, user agent and span
)

// Body is the kept part of a request's or an answer's body.
type Body struct {
	Bytes []byte
	Size  int64 // bytes in full; Append fills it in when it is smaller than what is there
	// Unread says that there was a body and nobody has read it.
	Unread bool
}

// Cut says that only the beginning of the body is there, or nothing of it.
func (b Body) Cut() bool { return int64(len(b.Bytes)) < b.Size || b.Unread }

// CutOff is the fault of a connection that ended while its answer was held back,
// because the client left, the world was reset, or the server stopped: no fault
// of the table, though there is no answer either.
const CutOff socket.Kind = "cut"

// Entry is one request and what became of it. Append it when that is decided,
// and with its answer before the last byte of it leaves, or the socket is cut: a
// client that repeats at once must not overtake the fault that it reacts to.
// Append keeps nothing of it but a copy.
type Entry struct {
	ID      uint64        // given by Append: from 1, always rising
	Time    time.Time     // the world's clock when the request came
	Wall    time.Time     // wall time when the request came
	Latency time.Duration // wall time from there to the answer

	Operation *contract.Operation // nil when the request met none
	Variant   contract.Variant    // edition of the API that was played
	World     string
	User      string // who the caller was, "" for nobody

	Method         string
	Path           string // without the world's prefix
	RawQuery       string
	Proto          string // "HTTP/1.1"
	Host           string // as the client called the server
	Secure         bool   // by TLS
	OwnPort        bool   // on a port of the world's own
	Remote         string // address of the client
	Connection     uint64 // number of the connection
	ConnectionUse  int    // how many requests it had carried, this one included
	RequestHeader  http.Header
	RequestBody    Body
	ResponseHeader http.Header
	Head           []byte // in place of ResponseHeader: its lines, as AppendLine writes them
	ResponseBody   Body
	Held           bool          // decided, and its answer is held back: Complete brings what became of it
	Hold           time.Duration // of a held one: from Wall to when its answer leaves, if nothing ends it before
	Status         int           // as the client saw it; 0 when no answer was sent
	Error, Detail  string        // title and words of the error that the answer is, "" for none of the catalogue

	Rule            string      // the fault rule that decided, "" for none
	Draw            int         // its match number, from which chance was drawn
	Course          string      // what other rules made of it, as package fault packs it
	Injected        bool        // a rule, or Prefer, put this answer in place of the real one
	Applied         bool        // the request changed state, whatever the answer said
	Real            int         // the status that the injected answer replaced, 0 if none was made
	ConnectionFault socket.Kind // what was done to the socket
	Warnings        []string
	// Meanwhile marks what a rule did in the name of another client: it counts
	// for no coverage and is nobody's reaction.
	Meanwhile bool

	begun  int64  // what instant says of Wall, of an entry that was kept
	packed string // the rest of one that a walk shows, see unpack
}

func (e *Entry) retryAfter() string {
	if len(e.Head) > 0 {
		return valueOf(e.Head, "Retry-After")
	}
	return first(e.ResponseHeader, "Retry-After")
}

// Answered says that the client got a whole HTTP answer.
func (e *Entry) Answered() bool {
	return e.Status != 0 && e.ConnectionFault.LeavesAnswer()
}

// Succeeded says that the answer was whole and no refusal.
func (e *Entry) Succeeded() bool { return e.Answered() && e.Status < 400 }

// Failed says that a client has something to react to: an injected refusal, or
// an injected fault of the connection.
func (e *Entry) Failed() bool { return e.Injected && !e.Succeeded() }

// InjectedStatus says that the status itself was put in place by a rule; a real
// answer that only drips is still real.
func (e *Entry) InjectedStatus() bool {
	return e.Injected && (e.ConnectionFault == "" || e.Real != e.Status)
}

// After says that the injected answer came after the request took effect.
func (e *Entry) After() bool { return e.Injected && e.Real != 0 }

// OperationID is the id of the operation, "" when the request met none.
func (e *Entry) OperationID() string {
	if e.Operation == nil {
		return ""
	}
	return e.Operation.ID
}

// UserAgent is the client's name for itself.
func (e *Entry) UserAgent() string { return first(e.RequestHeader, "User-Agent") }

// first reads a canonical header name without http.Header.Get's check of it.
func first(h http.Header, canonical string) string {
	if values := h[canonical]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// headerLineCost is what a line of a header counts beside its name and values.
const headerLineCost = 48

// clip copies the beginning of a string that is too long: a slice of it would
// keep the whole in memory.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.Clone(s[:limit])
}

func headerSize(h http.Header) int {
	size := headerLineCost * len(h)
	for name, values := range h {
		size += len(name)
		for _, v := range values {
			size += len(v)
		}
	}
	return size
}

// CutMark stands where a header's value was left out for its size.
const CutMark = "[CUT]"

// cutHeader copies, in the order of names, the lines that fit into MaxHeader
// and leaves a mark for the values of those that do not. Names that are
// themselves too many or too long are left out.
func cutHeader(h http.Header) http.Header {
	kept := http.Header{}
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	room := MaxHeader
	for _, name := range names {
		bare := headerLineCost + len(name) + len(CutMark)
		if bare > room {
			continue
		}
		full := headerLineCost + len(name)
		for _, v := range h[name] {
			full += len(v)
		}
		if full <= min(room, MaxHeader/2) {
			kept[strings.Clone(name)] = cloneStrings(h[name])
			room -= full
			continue
		}
		kept[strings.Clone(name)] = []string{CutMark}
		room -= bare
	}
	return kept
}

func cloneStrings(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strings.Clone(v)
	}
	return out
}
