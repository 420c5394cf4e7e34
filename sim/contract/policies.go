package contract

import "net/http"

// The actions of the policy server, which says who may talk to whom in the
// container network (code.cloudfoundry.org/policy-server of cf-networking-release).
const (
	GetPolicyServer Action = 300 + iota
	ListPolicies
	CreatePolicies
	DeletePolicies
)

// policyError is a refusal of the policy server: its one field is the detail. It
// is not an entry of the cloud controller's catalogue and has no code.
func policyError(name string, status int, detail string) *Error {
	return &Error{Name: "Policy" + name, Status: status, Title: http.StatusText(status), Detail: detail, Form: PolicyServer}
}

// What the policy server refuses, in its own words.
var (
	PolicyTokenMissing = policyError("TokenMissing", http.StatusUnauthorized, "missing authorization header")
	PolicyTokenInvalid = policyError("TokenInvalid", http.StatusUnauthorized, "failed to verify token with uaa")
	PolicyForbidden    = policyError("Forbidden", http.StatusForbidden, "one or more applications cannot be found or accessed")
	PolicyQuota        = policyError("Quota", http.StatusForbidden, "policy quota exceeded")
	PolicyVersion      = policyError("Version", http.StatusNotAcceptable, "api version 'v2' not supported")
	PolicyBroken       = policyError("Broken", http.StatusInternalServerError, "database read failed")
	PolicyInvalid      = policyError("Invalid", http.StatusBadRequest, "mapper: validate policies: missing policies")
	PolicyUnrouted     = policyError("Unrouted", http.StatusNotFound, "404 page not found")

	// What a router in front of it may say.
	policyLimited = policyError("Limited", http.StatusTooManyRequests, "too many requests")
	policyGone    = policyError("Gone", http.StatusBadGateway, "registered endpoint failed to handle the request")
	policyDown    = policyError("Down", http.StatusServiceUnavailable, "policy server unavailable")
)

// MaxPoliciesPerSource is how many policies may have one app as their source when
// somebody other than an administrator sets them (jobs/policy-server/spec).
const MaxPoliciesPerSource = 150

// policyRows are the operations of the policy server.
func policyRows() []*Operation {
	const path = "/networking/{version}/external/policies"
	return []*Operation{
		policy("getPolicyServer", "GET", "/networking", GetPolicyServer, "", ""),
		policy("listNetworkPolicies", "GET", path, ListPolicies, "", "network-policies"),
		policy("createNetworkPolicies", "POST", path, CreatePolicies, "network-policies", "parameters"),
		policy("deleteNetworkPolicies", "POST", path+"/delete", DeletePolicies, "network-policies", "parameters"),
	}
}

// policy makes the row of an operation of the policy server, which speaks its own
// form of error and looks at tokens itself.
func policy(id, method, path string, action Action, request, response string) *Operation {
	return &Operation{ID: id, Method: method, Path: path, Action: action, Access: Anonymous, Request: request, Response: response,
		Supporting: true, Policies: true,
		Statuses: []Status{known(http.StatusOK, nil),
			known(400, []*Error{PolicyInvalid}), known(401, []*Error{PolicyTokenMissing, PolicyTokenInvalid}),
			known(403, []*Error{PolicyForbidden, PolicyQuota}), known(406, []*Error{PolicyVersion}),
			known(429, []*Error{policyLimited}),
			known(500, []*Error{PolicyBroken}), known(502, []*Error{policyGone}), known(503, []*Error{policyDown})}}
}
