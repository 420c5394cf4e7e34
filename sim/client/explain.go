package client

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
)

// Explanation is what rules and contract would make of a request.
type Explanation struct {
	Says      string            `json:"says"`      // what decides, and what refuses, in a sentence
	Operation string            `json:"operation"` // "" when it meets none
	Nearest   *journal.Miss     `json:"nearest,omitempty"`
	Prefer    *fault.Preference `json:"prefer,omitempty"` // what its header Prefer comes to
	Decides   string            `json:"decides"`          // id of the rule that would answer, "" for none
	Rules     []fault.Forecast  `json:"rules"`            // the newest first
	// Then is what the same rules made of a request of the journal when it was
	// decided.
	Then   []fault.Forecast `json:"then,omitempty"`
	Answer RealAnswer       `json:"answer"` // of the contract, without any rule
}

// RealAnswer is what the contract would say.
type RealAnswer struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"` // null when it is empty, a string when it is not JSON
	// Refused is by which check, and why; null when the request is carried out.
	Refused *contract.Refusal `json:"refused,omitempty"`
}

// RuleExplanation says why a rule has not fired, by the last requests.
type RuleExplanation struct {
	Rule   string         `json:"rule"`
	Says   string         `json:"says"`   // in a sentence
	Stands fault.Forecast `json:"stands"` // what it would make of the next request that meets it
	Looked int            `json:"looked"` // how many of the last requests were held against it
	Met    int            `json:"met"`    // of those, the ones that met all its criteria
	Fired  int            `json:"fired"`  // of those, the ones that it decided
	// Criteria are what it wants of a request, and how many met each.
	Criteria []fault.CriterionCount `json:"criteria"`
	// Passed are those that met it and that it did not decide, the newest first.
	Passed []PassedRequest `json:"passed"`
	// Nearest is the request that came closest, when none met it.
	Nearest *NearRequest `json:"nearest,omitempty"`
}

// PassedRequest is a request that met a rule which did not decide it.
type PassedRequest struct {
	Request uint64 `json:"request"`
	Pointer string `json:"pointer,omitempty"`
	Reason  string `json:"reason"`
}

// NearRequest is a request that a rule was nearly about.
type NearRequest struct {
	Request uint64           `json:"request"`
	Against []fault.Forecast `json:"against"` // each criterion that it does not meet
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

// ExplainRule says why a rule has not fired.
func (c *Client) ExplainRule(ctx context.Context, id string) (RuleExplanation, error) {
	return ask[RuleExplanation](ctx, c, http.MethodGet, c.address(path("faults", id, "explain"), nil), nil)
}

// Request is one request of the journal.
func (c *Client) Request(ctx context.Context, id uint64) (journal.View, error) {
	return ask[journal.View](ctx, c, http.MethodGet, c.address(path("requests", strconv.FormatUint(id, 10)), nil), nil)
}
