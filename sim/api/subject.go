package api

import (
	"net/http"
	"net/url"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
)

// subject is a call as fault rules see it; each part is worked out only when a
// rule asks for it.
type subject call

var _ fault.Subject = (*subject)(nil)

// Operation is the row of the table that the request met.
func (s *subject) Operation() *contract.Operation { return s.op }

// User is the name of the identified caller, "" for nobody.
func (s *subject) User() string { return (*call)(s).userName() }

// Remote is the client's address.
func (s *subject) Remote() string { return (*call)(s).remote() }

// Header is the request's header.
func (s *subject) Header() http.Header { return s.req.Header }

// Query is the parsed query string; a broken part is left out.
func (s *subject) Query() url.Values {
	if s.query == nil {
		s.query = s.req.URL.Query()
	}
	return s.query
}

// Body is the body as the operation reads it, false when it cannot be read.
func (s *subject) Body() (contract.Body, bool) {
	body, err := (*call)(s).message()
	return body, err == nil
}

// Process is the process that the path names.
func (s *subject) Process() (guid, typ string, labels contract.Pairs, ok bool) {
	return (*call)(s).peek().NamedProcess()
}

// App is the app that the path names, or that its process belongs to.
func (s *subject) App() (guid, name string, ok bool) {
	return (*call)(s).peek().NamedApp()
}
