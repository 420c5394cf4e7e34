package contract

import "fmt"

// Error is one entry of the error catalogue: what the real server calls a
// refusal, the status it travels with, and its words. It is a Go error, so that
// a rule can return it as it stands. Source: contract.md §2.
type Error struct {
	Name   string // catalogue name without the CF- prefix, "ResourceNotFound"
	Status int    // HTTP status
	Code   int    // the numeric code clients match on
	Title  string // as sent: "CF-" + Name, except UnknownError
	Detail string // the text, or the pattern that With fills
	Local  bool   // capisim's own: the real server has no such error
}

// Error gives title and detail, for logs and failed tests.
func (e *Error) Error() string { return e.Title + ": " + e.Detail }

// Is says that two errors are the same entry of the catalogue, whatever their
// details, so that errors.Is finds a filled-in copy.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Name == e.Name && other.Status == e.Status
}

// With returns a copy whose detail pattern is filled with args.
func (e *Error) With(args ...any) *Error {
	return e.Text(fmt.Sprintf(e.Detail, args...))
}

// Text returns a copy with this detail instead of the catalogue's.
func (e *Error) Text(detail string) *Error {
	filled := *e
	filled.Detail = detail
	return &filled
}

func define(status, code int, name, detail string) *Error {
	e := &Error{Name: name, Status: status, Code: code, Title: "CF-" + name, Detail: detail}
	if name == "UnknownError" { // the only title without a prefix, contract.md §2
		e.Title = name
	}
	catalogue = append(catalogue, e)
	return e
}

func local(status, code int, name, detail string) *Error {
	e := define(status, code, name, detail)
	e.Local = true
	return e
}

var catalogue []*Error

// The catalogue, in the order of contract.md §2.
var (
	MessageParseError        = define(400, 1001, "MessageParseError", "Request invalid due to parse error: invalid request body")
	InvalidRequest           = define(400, 10004, "InvalidRequest", "The request is invalid")
	BadQueryParameter        = define(400, 10005, "BadQueryParameter", "The query parameter is invalid: %s")
	BadRequest               = define(400, 1004, "BadRequest", "Bad request: %s")
	NotAuthenticated         = define(401, 10002, "NotAuthenticated", "Authentication error")
	InvalidAuthToken         = define(401, 1000, "InvalidAuthToken", "Invalid Auth Token")
	NotAuthorized            = define(403, 10003, "NotAuthorized", "You are not authorized to perform the requested action")
	OrgSuspended             = define(403, 10017, "OrgSuspended", "The organization is suspended")
	SpaceSuspended           = define(403, 10019, "SpaceSuspended", "The space is suspended")
	FeatureDisabled          = define(403, 330002, "FeatureDisabled", "Feature Disabled: %s")
	ResourceNotFound         = define(404, 10010, "ResourceNotFound", "%s not found")
	NotFound                 = define(404, 10000, "NotFound", "Unknown request")
	Conflict                 = local(409, 10409, "Conflict", "The process was changed by another request")
	RequestTooLarge          = local(413, 10413, "RequestTooLarge", "The request body is larger than %d bytes")
	UnprocessableEntity      = define(422, 10008, "UnprocessableEntity", "%s")
	ResourceBeingDeleted     = define(422, 10020, "ResourceBeingDeleted", "The %s is being deleted")
	LabelLimitExceeded       = define(422, 390020, "LabelLimitExceeded", "Failed to add %d labels because it would exceed maximum of 50")
	AnnotationLimitExceeded  = define(422, 390023, "AnnotationLimitExceeded", "Failed to add %d annotations because it would exceed maximum of 200")
	UniquenessError          = define(422, 10016, "UniquenessError", "The label was changed by another request")
	RateLimitExceeded        = define(429, 10013, "RateLimitExceeded", "Rate Limit Exceeded")
	IPBasedRateLimitExceeded = define(429, 10014, "IPBasedRateLimitExceeded", "Rate Limit Exceeded: Unauthenticated requests from this IP address have exceeded the limit. Please log in.")
	UnknownError             = define(500, 10001, "UnknownError", "An unknown error occurred.")
	RunnerError              = define(500, 170016, "RunnerError", "Runner error: %s")
	RunnerInvalidRequest     = define(500, 170014, "RunnerInvalidRequest", "Runner invalid request: %s")
	DatabaseError            = define(500, 10011, "DatabaseError", "Database error")
	UaaUnavailable           = define(502, 20004, "UaaUnavailable", "The UAA service is currently unavailable")
	StatsUnavailable         = define(503, 200002, "StatsUnavailable", "Stats unavailable: Stats server temporarily unavailable.")
	RunnerUnavailable        = define(503, 170015, "RunnerUnavailable", "Runner is unavailable: %s")
	ServiceUnavailable       = define(503, 10015, "ServiceUnavailable", "Database connection failure")
	InstancesUnavailable     = define(503, 220002, "InstancesUnavailable", "Instances information unavailable: %s")
)

// The 404 texts of the resources these operations can miss. Clients tell them
// apart by the exact detail (clients.md §4).
var (
	ProcessNotFound      = ResourceNotFound.With("Process")
	AppNotFound          = ResourceNotFound.With("App")
	InstanceNotFound     = ResourceNotFound.With("Instance")
	SpaceNotFound        = ResourceNotFound.With("Space")
	OrganizationNotFound = ResourceNotFound.With("Organization")
	DropletNotFound      = ResourceNotFound.With("Droplet")
)

// Errors returns the whole catalogue, in the order of contract.md §2.
func Errors() []*Error { return append([]*Error(nil), catalogue...) }

// ErrorNamed finds an entry by its name or its title ("Conflict" and
// "CF-Conflict" are the same); ok is false when there is none.
func ErrorNamed(name string) (e *Error, ok bool) {
	for _, e := range catalogue {
		if e.Name == name || e.Title == name {
			return e, true
		}
	}
	return nil, false
}
