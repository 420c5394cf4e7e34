package client

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
)

// Explanation is what rules and contract would make of a request.
type Explanation struct {
	Operation string           `json:"operation"` // "" when it meets none
	Nearest   *journal.Miss    `json:"nearest,omitempty"`
	Decides   string           `json:"decides"` // id of the rule that would answer, "" for none
	Rules     []fault.Forecast `json:"rules"`   // the newest first
	Answer    RealAnswer       `json:"answer"`  // of the contract, without any rule
}

// RealAnswer is what the contract would say.
type RealAnswer struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"` // null when it is empty, a string when it is not JSON
}

// Question is a request to be explained: one that is described, or one of the
// journal.
type Question struct {
	Request uint64            `json:"request,omitempty"` // id in the journal; the rest is left out then
	Method  string            `json:"method,omitempty"`
	Path    string            `json:"path,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"` // a string is sent as it is, anything else as JSON
}

// RuleCheck is what a world says of rules that are not set yet.
type RuleCheck struct {
	Problems []Problem `json:"problems"` // empty for good ones
	// Looked is how many of the last requests were looked at; none for bad rules.
	Looked int `json:"looked"`
	// Met are the ids of those that a rule would have been about, the newest first.
	Met []uint64 `json:"met"`
}

// Explain says what each rule, and the contract, would make of a request. It is
// not carried out.
func (c *Client) Explain(ctx context.Context, about Question) (Explanation, error) {
	return ask[Explanation](ctx, c, http.MethodPost, c.address(path("faults", "explain"), nil), about)
}

// Request is one request of the journal.
func (c *Client) Request(ctx context.Context, id uint64) (journal.View, error) {
	return ask[journal.View](ctx, c, http.MethodGet, c.address(path("requests", strconv.FormatUint(id, 10)), nil), nil)
}
