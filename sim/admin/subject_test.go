package admin

import (
	"io"
	"net/http"
	"net/url"

	"example.com/capisim/sim/contract"
)

// Operation is updateProcess, whatever the path.
func (asked) Operation() *contract.Operation {
	op, _ := contract.OperationByID("updateProcess")
	return op
}

// User is nobody.
func (asked) User() string { return "" }

// Header is the request's.
func (a asked) Header() http.Header { return a.r.Header }

// Remote is the request's.
func (a asked) Remote() string { return a.r.RemoteAddr }

// Query is the request's.
func (a asked) Query() url.Values { return a.r.URL.Query() }

// Body is the request's.
func (a asked) Body() (contract.Body, bool) {
	raw, err := io.ReadAll(a.r.Body)
	if err != nil {
		return contract.Body{}, false
	}
	body, err := contract.ParseBody(a.r.Header.Get("Content-Type"), raw)
	return body, err == nil
}

// Process is none.
func (asked) Process() (guid, typ string, labels contract.Pairs, ok bool) { return }

// App is none.
func (asked) App() (guid, name string, ok bool) { return }
