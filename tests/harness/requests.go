package harness

import (
	"strings"

	"example.com/capisim/sim/contract"
)

// What the default scenario holds (DESIGN.md §4).
const (
	DemoOrg   = "a1000000-0000-4000-8000-000000000001"
	DevSpace  = "b1000000-0000-4000-8000-000000000001"
	DemoApp   = "c1000000-0000-4000-8000-000000000001"
	DemoWeb   = DemoApp // a web process has its app's guid
	Worker    = "d1000000-0000-4000-8000-000000000002"
	LegacyApp = "c2000000-0000-4000-8000-000000000001"
)

// Request is a valid request to an operation.
type Request struct {
	Method, Path string
	Body         any
}

// Valid is a request that the default scenario answers with the operation's
// success, made from its row of the table.
func Valid(op *contract.Operation) Request {
	path := strings.NewReplacer("{guid}", DemoApp, "{type}", "web", "{index}", "0").Replace(op.Path)
	r := Request{Method: op.Method, Path: path}
	switch op.Request {
	case "process-update":
		r.Body = map[string]any{"metadata": map[string]any{"labels": map[string]any{"touched": "yes"}}}
	case "process-scale":
		r.Body = map[string]any{"instances": 2}
	}
	return r
}

// Send sends a prepared request.
func (c *Client) Send(r Request) *Exchange { return c.Do(r.Method, r.Path, r.Body) }
