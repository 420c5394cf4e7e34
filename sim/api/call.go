package api

import (
	"net/http"
	"net/url"
	"sync"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/state"
	"example.com/capisim/sim/world"
)

// call is one request on its way through the house. It is also the writer that
// gin is given, which is how a handler finds it.
type call struct {
	http.ResponseWriter
	api  *API
	snap *world.Snapshot
	req  *http.Request
	op   *contract.Operation // nil for a request that met none
	act  action
	now  time.Time // the world's clock, read once
	wall time.Time // when the request came

	line    *line // nil when the server does not tell connections apart
	lineUse int   // how many requests the connection has carried

	ref   state.Ref
	guid  string // the path's guid when it names neither a process nor an app
	index string // the path's instance index, as sent

	who       state.Viewer // set when identified
	whoErr    error        // why the caller is refused; nil when it is identified
	peeked    bool
	target    state.View // what the path names, looked up without judging
	read      bool
	raw       []byte // the request body
	tooBig    bool
	readErr   error
	early     fault.Plan // made on plannedOn, maybe before the body was read
	plannedOn *world.Snapshot
	parsed    bool
	body      contract.Body // of message
	bodyErr   error
	query     url.Values

	path              string       // as the client sent it, without the world's prefix
	changed           bool         // the request changed state
	dry               *reply       // set for a request that is only explained: takes the answer
	tried             *fault.Trial // of a request that is only explained: takes who refused it, and why
	byStranger        bool         // carried out for a rule's meanwhile: no rate limit counts it
	limits            []header
	preferenceApplied string
	warnings          []string          // for the journal
	address           string            // of base, "" until somebody asks
	shelves           map[string]*shelf // that no other call shares
	head              sent              // what headersOf made
	memory                              // goes from call to call
}

// memory is what a list takes while it is made.
type memory struct {
	page      []byte
	lines     []byte // of the header
	instances []byte // of one process
	views     []state.View
}

// maxPage and maxViews are the largest memory that is kept for the next call.
const (
	maxPage  = 1 << 20
	maxViews = 1 << 10
)

// reply is an answer that has not been sent.
type reply struct {
	status  int
	body    []byte
	media   string // content type, "" for the usual one
	headers []header
	err     *contract.Error // set when the answer is an error envelope

	// Of a long list body is the beginning, size is the length of all of it, and
	// more writes the next part in the place of the last; an empty one is the end.
	size int
	more func(last []byte) []byte
}

// header is one header of an answer beside the usual ones. It takes the place
// of a usual one of its name; without values the answer goes without it.
type header struct {
	name   string
	values []string
}

// headerLine is a header of one value.
func headerLine(name, value string) header { return header{name, []string{value}} }

var calls = sync.Pool{New: func() any { return new(call) }}

func newCall(a *API, snap *world.Snapshot, w http.ResponseWriter, r *http.Request) *call {
	c := calls.Get().(*call)
	*c = call{memory: c.memory, ResponseWriter: w, api: a, snap: snap, req: r, path: r.URL.EscapedPath(), wall: world.Wall()}
	c.now = snap.World.Clock.At(c.wall)
	if l, ok := lineOf(r.Context()); ok {
		c.line, c.lineUse = l, int(l.uses.Add(1))
	}
	c.identify()
	return c
}

// free gives the call back. Nothing of it may be used afterwards.
func (c *call) free() {
	*c = call{memory: c.memory}
	if cap(c.page) > maxPage {
		c.page = nil
	}
	if cap(c.instances) > maxPage {
		c.instances = nil
	}
	clear(c.views) // they hold what the world may have left behind
	if c.views = c.views[:0]; cap(c.views) > maxViews {
		c.views = nil
	}
	calls.Put(c)
}

// Unwrap lets http.ResponseController reach the connection.
func (c *call) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// base is the address that links of the answer begin with.
func (c *call) base() string {
	if c.address == "" {
		c.address = c.api.Base(c.req, c.snap.World.Prefix)
	}
	return c.address
}

func (c *call) userName() string {
	if c.who.User == nil {
		return ""
	}
	return c.who.User.Name
}

// peek looks up what the path names without judging whether the caller may see
// it: fault rules match on it.
func (c *call) peek() state.View {
	if !c.peeked {
		c.peeked = true
		c.target = c.snap.State.Peek(c.ref)
	}
	return c.target
}
