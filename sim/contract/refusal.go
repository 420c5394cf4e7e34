package contract

// Refusal says which check of §3 refused a request, and why in words that the
// answer itself leaves out.
type Refusal struct {
	Check  Check  `json:"check"`
	Reason string `json:"reason"`
}

// Check is one of the steps of §3.
type Check string

// The checks, in the order in which they are made.
const (
	QueryCheck      Check = "query"      // its length, before anything is read
	PlatformCheck   Check = "platform"   // what the Cloud Controller leans on
	RateCheck       Check = "rate"       // the rate limit
	ParametersCheck Check = "parameters" // media types, and what can be read of query and body
	TokenCheck      Check = "token"      // who calls
	ScopeCheck      Check = "scope"      // what the token allows anywhere
	BodyCheck       Check = "body"       // whether it is a document
	LookupCheck     Check = "lookup"     // what the path names, as the caller sees it
	RoleCheck       Check = "role"       // what the caller may do there
	StateCheck      Check = "state"      // of organization, space, app, feature flag
	MessageCheck    Check = "message"    // what the document or the query says
	ModelCheck      Check = "model"      // what it would lead to, quotas among it
)
