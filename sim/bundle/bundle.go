// Package bundle puts a world and what has happened to it into one file that
// travels: the world as it was when its journal began, the requests since, and
// the changes from outside in between. It hides the form of that file, what is
// masked before it enters, and how what a world answers to the same requests is
// compared with what was answered before. It runs no world itself: a Stage does.
package bundle

import (
	"encoding/json"
	"time"

	"example.com/capisim/sim/journal"
)

// Version is that of the form of a bundle.
const Version = 1

// Bundle is a world with its recording. Nothing in it is a secret.
type Bundle struct {
	Capisim   string          `json:"capisim"` // the version that wrote it
	Made      time.Time       `json:"made"`    // wall time
	World     string          `json:"world"`
	Server    Server          `json:"server"`
	Clock     Clock           `json:"clock"`    // as it was at the beginning
	Scenario  json.RawMessage `json:"scenario"` // the world at the beginning, as a scenario document
	Forgotten Forgotten       `json:"forgotten"`
	Steps     []Step          `json:"steps"` // in their order
}

// Server is what answers depend on beside the world.
type Server struct {
	ExternalURL string   `json:"external_url,omitempty"` // base of links, "" for the request's own host
	TrustProxy  bool     `json:"trust_proxy,omitempty"`
	CORSOrigins []string `json:"cors_origins,omitempty"` // from which browsers may call
	Prefer      bool     `json:"prefer"`                 // whether the header of that name counts
}

// Clock is the clock of a world.
type Clock struct {
	Mode string    `json:"mode"` // frozen or real
	Now  time.Time `json:"now"`
}

// Forgotten counts what the recording lacks: what came first.
type Forgotten struct {
	Requests int `json:"requests"`
	Changes  int `json:"changes"`
}

// Step is a request to the simulated API, a change by the admin API, or a state
// that the world was put into: one of the three.
type Step struct {
	Time    time.Time       `json:"time"` // of the world's clock
	Request *Request        `json:"request,omitempty"`
	Change  *Change         `json:"change,omitempty"`
	State   json.RawMessage `json:"state,omitempty"` // a scenario document
}

// Request is a request with what became of it.
type Request struct {
	journal.View
	Host        string              `json:"host"` // as the client called the server
	Secure      bool                `json:"secure,omitempty"`
	OwnPort     bool                `json:"own_port,omitempty"` // on a port of the world's own
	Credentials journal.Credentials `json:"credentials,omitzero"`
}

// Change is a request to the admin API. Its path has no prefix of a world.
type Change struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Query  string          `json:"query,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`
}
