package contract

import "fmt"

// Error is one entry of the error catalogue: what the real server calls a
// refusal, the status it travels with, and its words. It is a Go error, so that
// a rule can return it as it stands. Source: CONTRACT.md §2.
type Error struct {
	Name   string // catalogue name without the CF- prefix, "ResourceNotFound"
	Status int    // HTTP status
	Code   int    // the numeric code clients match on
	Title  string // as sent: "CF-" + Name, except UnknownError
	Detail string // the text; a Gap stands in it by its name
	Gap    Gap    // what With still has to fill in, NoGap for a finished text
	Local  bool   // capisim's own: the real server has no such error
	Form   Form   // the shape it travels in

	gapAt int // where the gap stands in Detail
}

// Gap is a place in a detail for what only the answer at hand knows. Its text
// is what readers of the catalogue see there.
type Gap string

// The gaps of the catalogue. All but ProcessGap are filled where an error is
// made; that one is left in the errors of a runner, which an injected answer
// takes from the table without knowing the process.
const (
	NoGap       Gap = ""
	ReasonGap   Gap = "<reason>"
	ResourceGap Gap = "<resource>"
	CountGap    Gap = "<count>"
	ProcessGap  Gap = "<process guid>-<version>"
)

// Error gives title and detail, for logs and failed tests.
func (e *Error) Error() string { return e.Title + ": " + e.Detail }

// Is says that two errors are the same entry of the catalogue, whatever their
// details, so that errors.Is finds a filled-in copy.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Name == e.Name && other.Status == e.Status
}

// With returns a copy whose gap is filled with a value; an error without a gap
// is returned as it is.
func (e *Error) With(value any) *Error {
	if e.Gap == NoGap {
		return e
	}
	before, after := e.aroundGap()
	return e.Text(before + fmt.Sprint(value) + after)
}

// Text returns a copy with this detail instead of the catalogue's, as it
// stands: nothing in it is a gap.
func (e *Error) Text(detail string) *Error {
	filled := *e
	filled.Detail, filled.Gap, filled.gapAt = detail, NoGap, 0
	return &filled
}

// withGap returns a copy whose gap is filled with words that have one
// themselves.
func (e *Error) withGap(before string, gap Gap, after string) *Error {
	outer, rest := e.aroundGap()
	filled := *e
	filled.leave(outer+before, gap, after+rest)
	return &filled
}

func (e *Error) aroundGap() (before, after string) {
	return e.Detail[:e.gapAt], e.Detail[e.gapAt+len(e.Gap):]
}

func (e *Error) leave(before string, gap Gap, after string) {
	e.Detail, e.Gap, e.gapAt = before+string(gap)+after, gap, len(before)
}

func define(status, code int, name, detail string) *Error {
	e := &Error{Name: name, Status: status, Code: code, Title: "CF-" + name, Detail: detail}
	if name == "UnknownError" { // the only title without a prefix, CONTRACT.md §2
		e.Title = name
	}
	catalogue = append(catalogue, e)
	return e
}

// gapped defines an entry whose detail has a gap.
func gapped(status, code int, name, before string, gap Gap, after string) *Error {
	e := define(status, code, name, "")
	e.leave(before, gap, after)
	return e
}

func shaped(form Form, status, code int, name, detail string) *Error {
	e := define(status, code, name, detail)
	e.Form = form
	return e
}

func local(status, code int, name, detail string) *Error {
	e := define(status, code, name, detail)
	e.Local = true
	return e
}

var catalogue []*Error

// The catalogue, in the order of CONTRACT.md §2.
var (
	MessageParseError        = define(400, 1001, "MessageParseError", "Request invalid due to parse error: invalid request body")
	InvalidRequest           = define(400, 10004, "InvalidRequest", "The request is invalid")
	BadQueryParameter        = gapped(400, 10005, "BadQueryParameter", "The query parameter is invalid: ", ReasonGap, "")
	BadRequest               = gapped(400, 1004, "BadRequest", "Bad request: ", ReasonGap, "")
	NotAuthenticated         = define(401, 10002, "NotAuthenticated", "Authentication error")
	InvalidAuthToken         = define(401, 1000, "InvalidAuthToken", "Invalid Auth Token")
	NotAuthorized            = define(403, 10003, "NotAuthorized", "You are not authorized to perform the requested action")
	OrgSuspended             = define(403, 10017, "OrgSuspended", "The organization is suspended")
	SpaceSuspended           = define(403, 10019, "SpaceSuspended", "The space is suspended")
	FeatureDisabled          = gapped(403, 330002, "FeatureDisabled", "Feature Disabled: ", ReasonGap, "")
	ResourceNotFound         = gapped(404, 10010, "ResourceNotFound", "", ResourceGap, " not found")
	NotFound                 = define(404, 10000, "NotFound", "Unknown request")
	RequestTimeout           = local(408, 10408, "RequestTimeout", "The request body did not arrive in time")
	Conflict                 = local(409, 10409, "Conflict", "The process was changed by another request")
	RequestTooLarge          = local(413, 10413, "RequestTooLarge", fmt.Sprintf("The request body is larger than %d bytes", MaxBody))
	UnprocessableEntity      = gapped(422, 10008, "UnprocessableEntity", "", ReasonGap, "")
	ResourceBeingDeleted     = gapped(422, 10020, "ResourceBeingDeleted", "The ", ResourceGap, " is being deleted")
	LabelLimitExceeded       = gapped(422, 390020, "LabelLimitExceeded", "Failed to add ", CountGap, " labels because it would exceed maximum of 50")
	AnnotationLimitExceeded  = gapped(422, 390023, "AnnotationLimitExceeded", "Failed to add ", CountGap, " annotations because it would exceed maximum of 200")
	UniquenessError          = define(422, 10016, "UniquenessError", "The label was changed by another request")
	RateLimitExceeded        = shaped(Limited, 429, 10013, "RateLimitExceeded", "Rate Limit Exceeded")
	IPBasedRateLimitExceeded = shaped(Limited, 429, 10014, "IPBasedRateLimitExceeded", "Rate Limit Exceeded: Unauthenticated requests from this IP address have exceeded the limit. Please log in.")
	UnknownError             = define(500, 10001, "UnknownError", "An unknown error occurred.")
	RunnerError              = gapped(500, 170016, "RunnerError", "Runner error: ", ReasonGap, "")
	RunnerInvalidRequest     = gapped(500, 170014, "RunnerInvalidRequest", "Runner invalid request: ", ReasonGap, "")
	DatabaseError            = define(500, 10011, "DatabaseError", "Database error")
	UaaUnavailable           = shaped(Keyless, 502, 20004, "UaaUnavailable", "The UAA service is currently unavailable")
	StatsUnavailable         = define(503, 200002, "StatsUnavailable", "Stats unavailable: Stats server temporarily unavailable.")
	RunnerUnavailable        = gapped(503, 170015, "RunnerUnavailable", "Runner is unavailable: ", ReasonGap, "")
	ServiceUnavailable       = define(503, 10015, "ServiceUnavailable", "Database connection failure")
	InstancesUnavailable     = gapped(503, 220002, "InstancesUnavailable", "Instances information unavailable: ", ReasonGap, "")
)

// The 404 texts of the resources these operations can miss. Clients tell them
// apart by the exact detail (CLIENTS.md §4).
var (
	ProcessNotFound      = ResourceNotFound.With("Process")
	AppNotFound          = ResourceNotFound.With("App")
	InstanceNotFound     = ResourceNotFound.With("Instance")
	SpaceNotFound        = ResourceNotFound.With("Space")
	OrganizationNotFound = ResourceNotFound.With("Organization")
	DropletNotFound      = ResourceNotFound.With("Droplet")
	RevisionNotFound     = ResourceNotFound.With("Revision")
	DeploymentNotFound   = ResourceNotFound.With("Deployment")
	EventNotFound        = ResourceNotFound.With("Event")
	// The vendor's document says that there is such a thing, not what it is.
	RegistryCredentialNotFound = ResourceNotFound.With("Registry credential")
	FeatureNotFound            = ResourceNotFound.With("Feature")
)

// Errors returns the whole catalogue, in the order of CONTRACT.md §2.
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
