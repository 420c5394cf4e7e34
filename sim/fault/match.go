package fault

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"

	"example.com/capisim/sim/contract"
)

// Match says which requests a rule is about. All that is given must hold; what
// is left out or empty matches everything.
type Match struct {
	// Operations are ids of the table. Left out they are the thirteen process
	// operations; AnyOperation stands for the whole table.
	Operations []string     `json:"operations,omitzero"`
	Process    ProcessMatch `json:"process,omitzero"`
	App        string       `json:"app,omitempty"`  // name or guid
	User       string       `json:"user,omitempty"` // name
	// Remote is the address of the client, or a network that it is in.
	Remote string `json:"remote,omitempty"`
	// Headers and Query go by name; any one value of several may match.
	Headers map[string]Matcher `json:"headers,omitzero"`
	Query   map[string]Matcher `json:"query,omitzero"`
	// Body goes by JSON pointer.
	Body map[string]Matcher `json:"body,omitzero"`
}

// AnyOperation in Match.Operations stands for every operation, the supporting
// ones included.
const AnyOperation = "*"

// ProcessMatch is about the one process that the path names. Requests that
// name none, such as lists, do not match.
type ProcessMatch struct {
	GUID   string `json:"guid,omitempty"`
	Type   string `json:"type,omitempty"`
	Labels string `json:"labels,omitempty"` // a label selector (CONTRACT.md §13.4)
}

// Matcher compares one value. All that is given must hold, and unless Exists is
// false the value must be there. In JSON a bare value means equals; to equal an
// object, the long form is needed.
type Matcher struct {
	// Equals is a JSON value, compared by meaning: 1.0 equals 1. Headers,
	// parameters and the fields of a form are texts: there a number is equal to
	// a text that spells it, and a boolean to its word.
	Equals json.RawMessage `json:"equals,omitempty"`
	// Contains is a part of a text, or an element of a list of texts.
	Contains *string `json:"contains,omitempty"`
	Matches  *string `json:"matches,omitempty"` // RE2, anywhere in the text
	Exists   *bool   `json:"exists,omitempty"`
	// Gt and Lt compare numbers, and texts that are numbers, as the real
	// server takes "3" for 3 (CONTRACT.md §5).
	Gt json.Number       `json:"gt,omitempty"`
	Lt json.Number       `json:"lt,omitempty"`
	In []json.RawMessage `json:"in,omitzero"` // equal to one of these
}

type matcherObject Matcher

// MarshalJSON writes the bare value when it says all.
func (m Matcher) MarshalJSON() ([]byte, error) {
	if m.onlyEquals() && m.Equals[0] != '{' {
		return m.Equals, nil
	}
	return json.Marshal(matcherObject(m))
}

func (m Matcher) onlyEquals() bool {
	others := m
	others.Equals = nil
	return len(m.Equals) > 0 && reflect.ValueOf(others).IsZero()
}

// UnmarshalJSON reads an object of comparisons, or a bare value.
func (m *Matcher) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '{' {
		*m = Matcher{Equals: bytes.Clone(raw)}
		return nil
	}
	var object matcherObject
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	*m = Matcher(object)
	return nil
}

// Meets says that a request is one that the match is about.
func (m Match) Meets(subject Subject) bool {
	return slices.Contains(m.operations(), subject.Operation()) && m.Criteria().failing(subject) == nil
}

// Subject is a request as rules see it. A Plan or an Explain asks it only for
// what some rule needs, never under a lock, and as often as there are rules: the
// subject works an answer out when it is asked first, and keeps it.
type Subject interface {
	// Operation is the row of the table that the request's route leads to.
	Operation() *contract.Operation
	Request
}

// Request is what criteria look at.
type Request interface {
	// User is the name of the identified caller, "" when there is none.
	User() string
	// Remote is the client's address, with or without a port.
	Remote() string
	Header() http.Header
	Query() url.Values
	// Body is the body as the operation reads it; false when it cannot be read.
	Body() (body contract.Body, ok bool)
	// Process is the one that the path names; false when it names none that
	// exists.
	Process() (guid, typ string, labels contract.Pairs, ok bool)
	// App is the one that the path names, or the owner of its process.
	App() (guid, name string, ok bool)
}
