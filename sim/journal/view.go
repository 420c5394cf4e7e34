package journal

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"
	"unicode/utf8"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// View is an entry as GET /admin/requests shows it (DESIGN.md §8).
type View struct {
	ID              uint64             `json:"id"`
	Time            time.Time          `json:"time"`
	WallTime        time.Time          `json:"wall_time"`
	Operation       string             `json:"operation"` // "" when the request met none
	World           string             `json:"world"`
	Client          Client             `json:"client"`
	Request         Request            `json:"request"`
	Response        Response           `json:"response"`
	Rule            string             `json:"rule"`
	Draw            int                `json:"draw"`
	Injected        bool               `json:"injected"`
	Applied         bool               `json:"applied"`
	Meanwhile       bool               `json:"meanwhile,omitempty"`        // done by a rule in the name of another client
	RealStatus      int                `json:"real_status,omitempty"`      // what an injected answer replaced
	ConnectionFault string             `json:"connection_fault,omitempty"` // what was done to the socket
	Held            bool               `json:"held,omitempty"`             // its answer is held back, there is no response yet
	HeldUntil       *time.Time         `json:"held_until,omitempty"`       // wall time at which the answer leaves, if nothing ends it before
	Violations      Findings           `json:"violations"`
	Warnings        []contract.Warning `json:"warnings"`
	BegunMS         float64            `json:"begun_ms"` // when it came, from the server's start on, whatever the machine's clock was set to
	LatencyMS       float64            `json:"latency_ms"`
	Nearest         *Miss              `json:"nearest,omitempty"` // of an unmatched request
}

// Client is who sent a request, and on which connection.
type Client struct {
	User          string `json:"user"`
	UserAgent     string `json:"user_agent"`
	Remote        string `json:"remote"`
	Connection    uint64 `json:"connection"`
	ConnectionUse int    `json:"connection_use"`
}

// Request is what was sent.
type Request struct {
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Query   string      `json:"query"`
	Headers http.Header `json:"headers"`
	BodyView
}

// Response is what was answered; its status is 0 when nothing was.
type Response struct {
	Status  int         `json:"status"`
	Error   string      `json:"error,omitempty"` // title of the error that it is
	Headers http.Header `json:"headers"`
	BodyView
}

// BodyView is the kept part of a body as text; bytes that are none are given
// in base64, and then it says so.
type BodyView struct {
	Body     string `json:"body"`
	Size     int64  `json:"body_size"`               // bytes in full
	Cut      bool   `json:"body_cut,omitempty"`      // only the beginning is there
	Encoding string `json:"body_encoding,omitempty"` // "base64"
}

// View gives the wire form of an entry that a reader got, with what is worked
// out on reading: its findings, and the nearest operation when it met none.
func (e *Entry) View() View {
	violations, warnings := e.inspect()
	v := View{
		ID: e.ID, Time: e.Time, WallTime: e.Wall, Operation: e.OperationID(), World: e.World,
		Client:   Client{User: e.User, UserAgent: e.UserAgent(), Remote: e.Remote, Connection: e.Connection, ConnectionUse: e.ConnectionUse},
		Request:  Request{Method: e.Method, Path: e.Path, Query: e.RawQuery, Headers: present(e.RequestHeader), BodyView: e.RequestBody.view()},
		Response: Response{Status: e.Status, Error: e.Error, Headers: present(e.ResponseHeader), BodyView: e.ResponseBody.view()},
		Rule:     e.Rule, Draw: e.Draw, Injected: e.Injected, Applied: e.Applied, Meanwhile: e.Meanwhile, RealStatus: e.Real, ConnectionFault: string(e.ConnectionFault), Held: e.Held,
		Violations: violations, Warnings: warnings, BegunMS: milliseconds(time.Duration(e.instant())), LatencyMS: milliseconds(e.Latency),
	}
	if e.Held {
		until := e.Wall.Add(e.Hold)
		v.HeldUntil = &until
	}
	if e.Operation == nil {
		miss := NearestOperation(e)
		v.Nearest = &miss
	}
	return v
}

func present(h http.Header) http.Header {
	if h == nil {
		return http.Header{}
	}
	return h
}

func (b Body) view() BodyView {
	v := BodyView{Size: b.Size, Cut: b.Cut()}
	text := b.Bytes
	if v.Cut {
		text = wholeRunes(text)
	}
	if utf8.Valid(text) {
		v.Body = string(text)
	} else {
		v.Body, v.Encoding = base64.StdEncoding.EncodeToString(b.Bytes), "base64"
	}
	return v
}

// wholeRunes leaves out a character that the bound has cut in two.
func wholeRunes(b []byte) []byte {
	for back := 1; back <= utf8.UTFMax && back <= len(b); back++ {
		if tail := b[len(b)-back:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return b[:len(b)-back]
			}
			break
		}
	}
	return b
}

// Findings are the violations of an entry, or the statement that they cannot be
// known because its body was cut.
type Findings struct {
	Known bool
	List  document.Violations
}

// MarshalJSON gives the list, or "unknown".
func (f Findings) MarshalJSON() ([]byte, error) {
	if !f.Known {
		return []byte(`"unknown"`), nil
	}
	if f.List == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]document.Violation(f.List))
}

// UnmarshalJSON reads what MarshalJSON gives.
func (f *Findings) UnmarshalJSON(raw []byte) error {
	*f = Findings{}
	if string(raw) == `"unknown"` {
		return nil
	}
	f.Known = true
	return json.Unmarshal(raw, (*[]document.Violation)(&f.List))
}
