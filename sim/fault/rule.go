package fault

import (
	"encoding/json"
	"fmt"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/socket"
)

// Rule says which requests it is about and what happens to them
// (DESIGN.md §6). Its JSON form is the wire form of the admin API, of scenario
// files and of the command; Parse says whether it makes sense. The maps and
// slices of a rule that was handed to a Set belong to the set: read only.
type Rule struct {
	ID          string `json:"id,omitempty"`
	Description string `json:"description,omitempty"`
	Match       Match  `json:"match,omitzero"`
	When        When   `json:"when,omitzero"`
	// Respond is the injected answer; steps of the sequence that name no
	// status use it too.
	Respond    *Respond    `json:"respond,omitempty"`
	Sequence   []Step      `json:"sequence,omitzero"`
	Repeat     Repeat      `json:"repeat,omitempty"`
	Delay      *Delay      `json:"delay,omitempty"`
	Connection *Connection `json:"connection,omitempty"`
	Apply      Apply       `json:"apply,omitempty"`
	// Meanwhile is what other clients do when the rule has fired, before any
	// later request of the world is decided.
	Meanwhile []Meanwhile `json:"meanwhile,omitempty"`
	// Undocumented allows what the real API cannot answer.
	Undocumented bool `json:"undocumented,omitempty"`
	// Enabled is true when it is left out.
	Enabled *bool `json:"enabled,omitempty"`
	// Optional says that the rule need not fire: it is not to be listed among
	// the rules that were armed and never fired.
	Optional bool `json:"optional,omitempty"`
}

// Active says that the rule is not switched off.
func (r Rule) Active() bool { return r.Enabled == nil || *r.Enabled }

// onlyDelays says that the rule decides nothing: it slows a request down and
// leaves its answer to others.
func (r Rule) onlyDelays() bool {
	return r.Respond == nil && len(r.Sequence) == 0 && r.Connection == nil
}

// When limits how often and in which span of time a matching rule fires. The
// order is: window, skip, times, probability, sequence.
type When struct {
	// Skip is how many matches inside the window pass before any draw.
	Skip int `json:"skip,omitempty"`
	// Times is how many answers are injected at most; nil means no limit.
	Times *int `json:"times,omitempty"`
	// Probability of each match to fire, 0 to 1; nil is 1.
	Probability *float64 `json:"probability,omitempty"`
	// From and Until bound the window, on the world's clock, from the moment
	// the rule was set: From is inside, Until is not. A nil Until never ends.
	From  document.Duration  `json:"from,omitempty"`
	Until *document.Duration `json:"until,omitempty"`
}

// Respond is an injected answer. Without a body and an error it is the default
// error of the operation and status. The success status of an operation, when
// it comes without a body, means that the request is carried out and its real
// answer sent, with Headers added.
type Respond struct {
	Status int    `json:"status,omitempty"`
	Error  string `json:"error,omitempty"`  // catalogue name or title
	Detail string `json:"detail,omitempty"` // instead of the catalogue's
	// Headers are added to the answer, or stand in the place of its own.
	Headers map[string]Lines `json:"headers,omitzero"`
	// Body is sent instead of the envelope: a JSON string as its bare text,
	// all else as JSON.
	Body json.RawMessage `json:"body,omitempty"`
	// File names a file beside a scenario that holds the body; whoever reads the
	// scenario puts it in.
	File string `json:"file,omitempty"`
}

// Lines are the values of one header, a line each. Nil leaves a header out that
// the answer would have. In JSON one value is a bare string, nil is null, and a
// number is taken for its text.
type Lines []string

// MarshalJSON writes a single value without its list.
func (l Lines) MarshalJSON() ([]byte, error) {
	if len(l) == 1 {
		return json.Marshal(l[0])
	}
	return json.Marshal([]string(l))
}

// UnmarshalJSON reads a string, a number, a list of them or null.
func (l *Lines) UnmarshalJSON(raw []byte) error {
	value, err := document.Decode(raw)
	if err != nil {
		return err
	}
	list := []document.Field{{Value: value}}
	switch value.Kind {
	case document.Null:
		*l = nil
		return nil
	case document.Array:
		list = value.Members
	}
	*l = make(Lines, 0, len(list))
	for _, one := range list {
		if kind := one.Value.Kind; kind != document.String && kind != document.Number {
			return fmt.Errorf("%s, expected a string or a number", document.Found(one.Value))
		}
		*l = append(*l, one.Value.Text)
	}
	return nil
}

// Step is what a sequence does with one match: pass it to the next rule, or
// answer it. A step without a status of its own uses the rule's Respond, one
// without a connection the rule's Connection.
type Step struct {
	Respond
	Connection *Connection `json:"connection,omitempty"`
	Pass       bool        `json:"pass,omitempty"`
}

// Repeat says what follows the last step of a sequence.
type Repeat string

// After its last step a sequence stays on it (the default), starts again, or
// is over.
const (
	Last     Repeat = "last"
	Cycle    Repeat = "cycle"
	NoRepeat Repeat = "none"
)

// Apply says whether the request takes effect although a fault answers it.
type Apply string

// Before (the default) decides ahead of every check of CONTRACT.md §3; with
// After the change is made and then the fault answered. When the real answer
// is itself an error, that error is sent and the rule is not spent.
const (
	Before Apply = "before"
	After  Apply = "after"
)

// Connection is a socket fault: a name, or an object when it has parameters.
type Connection struct {
	Kind           socket.Kind        `json:"kind"`
	BytesPerSecond *int               `json:"bytes_per_second,omitempty"` // drip
	AfterBytes     *int               `json:"after_bytes,omitempty"`      // truncate: how much of the body is sent
	For            *document.Duration `json:"for,omitempty"`              // hang
}

// Rate is how fast a drip goes, in bytes per second.
func (c *Connection) Rate() int {
	return document.Or(c.BytesPerSecond, socket.DefaultRate)
}

// Hold is how long a hang holds the answer back.
func (c *Connection) Hold() time.Duration {
	return time.Duration(document.Or(c.For, document.Duration(socket.DefaultHold)))
}

// Cut is how many bytes of a body of this length a truncate sends: what the
// rule says, else half, and always less than all.
func (c *Connection) Cut(length int) int {
	return max(0, min(document.Or(c.AfterBytes, length/2), length-1))
}

type connectionObject Connection

// MarshalJSON writes the bare name when there are no parameters.
func (c Connection) MarshalJSON() ([]byte, error) {
	if c.BytesPerSecond == nil && c.AfterBytes == nil && c.For == nil {
		return json.Marshal(string(c.Kind))
	}
	return json.Marshal(connectionObject(c))
}

// UnmarshalJSON reads a name or an object.
func (c *Connection) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		*c = Connection{}
		return json.Unmarshal(raw, &c.Kind)
	}
	var object connectionObject
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	*c = Connection(object)
	return nil
}
