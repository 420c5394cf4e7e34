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
	entry *journal.Entry
	store *state.Store
}

var _ fault.Request = (*recorded)(nil)

// User is who the caller was.
func (r *recorded) User() string { return r.entry.User }

// Header is the request's header, its secrets masked.
func (r *recorded) Header() http.Header { return r.entry.RequestHeader }

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
	p := r.peek().Process
	if p == nil {
		return "", "", nil, false
	}
	return p.GUID, p.Type, p.Metadata.Labels, true
}

// App is the one that the path names, or the owner of its process.
func (r *recorded) App() (guid, name string, ok bool) {
	app := r.peek().App
	if app == nil {
		return "", "", false
	}
	return app.GUID, app.Name, true
}

// peek finds what the path names, by the path of its row in the table.
func (r *recorded) peek() state.View {
	op := r.entry.Operation
	if op == nil {
		return state.View{}
	}
	values := map[string]string{}
	got := split(r.entry.Path)
	for i, segment := range split(op.Path) {
		if i < len(got) && isParameter(segment) {
			value, err := url.PathUnescape(got[i])
			if err != nil {
				value = got[i]
			}
			values[segment] = value
		}
	}
	ref := state.Ref{GUID: values["{guid}"]}
	if op.Nested {
		ref = state.Ref{AppGUID: values["{guid}"], Type: values["{type}"]}
	}
	if ref.GUID == "" && ref.AppGUID == "" {
		return state.View{}
	}
	return r.store.Peek(ref)
}
