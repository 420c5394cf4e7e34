package admin

import (
	"net/http"
	"net/url"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/state"
)

// recorded is a journaled request as the criteria of a fault rule see a request.
// What it names is looked up in the state as it stands now.
type recorded struct {
	entry  *journal.Entry
	store  *state.Store
	target *state.View // kept, once something has asked for it
}

var _ fault.Request = (*recorded)(nil)

// User is who the caller was.
func (r *recorded) User() string { return r.entry.User }

// Header is the request's header, its secrets masked.
func (r *recorded) Header() http.Header { return r.entry.RequestHeader }

// Remote is the client's address.
func (r *recorded) Remote() string { return r.entry.Remote }

// Query is the parsed query; a broken part is left out.
func (r *recorded) Query() url.Values {
	values, _ := url.ParseQuery(r.entry.RawQuery)
	return values
}

// Body is the body as the operation reads it; false when it cannot be read or
// was cut.
func (r *recorded) Body() (contract.Body, bool) { return r.entry.Message() }

// Process is the one that the path names, if it exists now.
func (r *recorded) Process() (guid, typ string, labels contract.Pairs, ok bool) {
	return r.peek().NamedProcess()
}

// App is the one that the path names, or the owner of its process.
func (r *recorded) App() (guid, name string, ok bool) {
	return r.peek().NamedApp()
}

// peek finds what the path names, by the path of its row in the table.
func (r *recorded) peek() state.View {
	if r.target == nil {
		r.target = &state.View{}
		if op := r.entry.Operation; op != nil {
			values, _ := op.Parameters(r.entry.Path)
			ref := state.Ref{GUID: values["guid"]}
			if op.Nested {
				ref = state.Ref{AppGUID: values["guid"], Type: values["type"]}
			}
			*r.target = r.store.Peek(ref)
		}
	}
	return *r.target
}
