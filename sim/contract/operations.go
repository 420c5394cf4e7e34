package contract

import (
	"slices"
	"strings"

	"example.com/capisim/sim/document"
)

// Action is what an operation does. An app twin shares the action of its
// sibling: they differ in how the process is found, not in what happens to it.
type Action int

// The actions that api implements, one function each; those of supporting
// operations follow in supporting.go.
const (
	NoAction Action = iota
	ListProcesses
	GetProcess
	UpdateProcess
	GetProcessStats
	ListProcessInstances
	ScaleProcess
	TerminateInstance
)

// Access is what the token must carry before anything is looked up
// (CONTRACT.md §3, step 3).
type Access int

// The kinds of access: none at all, a read scope, a write scope.
const (
	Anonymous Access = iota
	Read
	Write
)

// Kind says how a status came to stand in an operation's row.
type Kind string

// Documented statuses are the cells of the coverage matrix; documented-only
// ones are in the document but no code path of the real server yields them;
// known ones the real server sends although the document omits them, they may
// be injected but are not cells (DESIGN.md §2).
const (
	Documented     Kind = "documented"
	DocumentedOnly Kind = "documented-only"
	Known          Kind = "known"
)

// Status is one status an operation can answer, with the catalogue errors that
// travel with it; the first is the default of an injected answer
// (DESIGN.md §6). A success has no errors.
type Status struct {
	Code   int
	Kind   Kind
	Errors []*Error
}

// Cell says whether the status counts for coverage.
func (s Status) Cell() bool { return s.Kind != Known }

// Operation is a row of the table: all that routing, faults, coverage and the
// table-driven tests know about a simulated operation.
type Operation struct {
	ID         string // fixed, as in the OpenAPI document of the real API
	Method     string
	Path       string // with {guid}, {type}, {index}
	Action     Action
	Nested     bool // found through an app: {guid} is the app's
	Access     Access
	Request    string        // schema of the body, "" when there is none
	Response   string        // schema of the success answer, "" when it is empty
	Supporting bool          // needed by clients, no coverage cell, faulted only by name
	UAA        bool          // answered by UAA: its errors are {"error", "error_description"}
	Policies   bool          // answered by the policy server: its errors are {"error"}
	Collection *Collection   // what a supporting operation lists or shows an item of, else nil
	List       *ResourceList // the query of a supporting list, or of an item of it, else nil
	Unknown    Variant       // the edition that does not have it, "" for none
	Statuses   []Status
	Index      int // position in the table
}

// Success is the status of an answer that went well.
func (o *Operation) Success() int { return o.Statuses[0].Code }

// ErrorSchema names the schema of a refusal: the envelope of the Cloud
// Controller, or UAA's two fields.
func (o *Operation) ErrorSchema() string {
	if o.Elsewhere() { // the second field is UAA's alone
		return "uaa-error"
	}
	return "errors"
}

// Elsewhere says that another server than the Cloud Controller answers, in its own
// form.
func (o *Operation) Elsewhere() bool { return o.UAA || o.Policies }

// Counts says that the operation does more when it is carried out twice: it
// restarts something.
func (o *Operation) Counts() bool {
	switch o.Action {
	case TerminateInstance, StartApp, RestartApp:
		return true
	}
	return false
}

// Status finds the row's entry for a status code.
func (o *Operation) Status(code int) (Status, bool) {
	for _, s := range o.Statuses {
		if s.Code == code {
			return s, true
		}
	}
	return Status{}, false
}

// Allowed lists the codes that may be injected without "undocumented".
func (o *Operation) Allowed() []int {
	codes := make([]int, 0, len(o.Statuses))
	for _, s := range o.Statuses {
		codes = append(codes, s.Code)
	}
	return codes
}

// DefaultError is the error of an injected answer that names none
// (DESIGN.md §6); false for a success and for a status that is not in the row.
func (o *Operation) DefaultError(code int) (*Error, bool) {
	s, ok := o.Status(code)
	if !ok || len(s.Errors) == 0 {
		return nil, false
	}
	return s.Errors[0], true
}

var (
	table    = build()
	byID     = index(table)
	coverage = slices.DeleteFunc(slices.Clone(table), func(o *Operation) bool { return o.Supporting })
)

// Operations returns the whole table, supporting operations last. The rows are
// shared: read only.
func Operations() []*Operation { return table }

// ProcessOperations returns the thirteen operations that capisim exists for.
func ProcessOperations() []*Operation { return coverage }

// OperationByID finds a row by its id.
func OperationByID(id string) (*Operation, bool) {
	o, ok := byID[id]
	return o, ok
}

// OperationIDs lists all ids in table order, for messages.
func OperationIDs() []string {
	ids := make([]string, len(table))
	for i, o := range table {
		ids[i] = o.ID
	}
	return ids
}

// UnknownOperation words an id that no operation has: the one that was probably
// meant, else the process operations; the others would fill a screen.
func UnknownOperation(id string) string {
	if meant := document.DidYouMean(id, OperationIDs()); meant != "" {
		return document.Quote(id) + meant
	}
	var ids []string
	for _, o := range ProcessOperations() {
		ids = append(ids, o.ID)
	}
	return document.Quote(id) + ", expected one of " + strings.Join(ids, ", ") + ", or a supporting operation"
}

func index(rows []*Operation) map[string]*Operation {
	m := make(map[string]*Operation, len(rows))
	for _, o := range rows {
		m[o.ID] = o
	}
	return m
}

// Default details of injected answers whose catalogue text has a gap.
var (
	badPage     = BadQueryParameter.With("Page must be a positive integer")
	badRequest  = BadRequest.With("the request is invalid")
	updateText  = UnprocessableEntity.With("Command must be a string")
	scaleText   = UnprocessableEntity.With("Instances is not a number")
	listText    = UnprocessableEntity.With("The request cannot be processed")
	orgDeleting = ResourceBeingDeleted.With("organization")
	runnerDown  = RunnerUnavailable.withGap("Process Guid: ", ProcessGap, ": connection refused")
	runnerError = RunnerError.withGap("Process Guid: ", ProcessGap, ": internal error")
	runnerBad   = RunnerInvalidRequest.withGap("Process Guid: ", ProcessGap, ": invalid request")
	noLabels    = LabelLimitExceeded.With(1)
	noNotes     = AnnotationLimitExceeded.With(1)
	scalingOff  = FeatureDisabled.With("app_scaling")
	noInstances = InstancesUnavailable.With("connection refused")
)

// The errors that go with each status, by what the operation does. The first
// of a list is the default (DESIGN.md §6).
var (
	unauthenticated = []*Error{NotAuthenticated, InvalidAuthToken}
	mayNotRead      = []*Error{NotAuthorized}
	mayNotWrite     = []*Error{NotAuthorized, OrgSuspended, SpaceSuspended}
	mayNotScale     = []*Error{NotAuthorized, OrgSuspended, SpaceSuspended, scalingOff}
	noProcess       = []*Error{ProcessNotFound, NotFound}
	noAppProcess    = []*Error{ProcessNotFound, AppNotFound, NotFound}
	noApp           = []*Error{AppNotFound, NotFound}
	noInstance      = []*Error{InstanceNotFound, ProcessNotFound, NotFound}
	noAppInstance   = []*Error{InstanceNotFound, ProcessNotFound, AppNotFound, NotFound}
	badBody         = []*Error{MessageParseError, InvalidRequest, badRequest}
	badQuery        = []*Error{badPage, InvalidRequest, badRequest}
	badOther        = []*Error{badRequest, InvalidRequest, badPage}
	conflict        = []*Error{Conflict}
	badUpdate       = []*Error{updateText, orgDeleting, noLabels, noNotes, UniquenessError}
	badScale        = []*Error{scaleText, orgDeleting}
	badList         = []*Error{listText}
	badTerminate    = []*Error{orgDeleting, listText}
	tooMany         = []*Error{RateLimitExceeded, IPBasedRateLimitExceeded}
	broken          = []*Error{UnknownError, DatabaseError}
	runnerBroken    = []*Error{UnknownError, runnerError, runnerBad, DatabaseError}
	uaaDown         = []*Error{UaaUnavailable}
	databaseDown    = []*Error{ServiceUnavailable}
	statsDown       = []*Error{StatsUnavailable, ServiceUnavailable}
	instancesDown   = []*Error{ServiceUnavailable, noInstances}
	runnerDownOr    = []*Error{runnerDown, ServiceUnavailable}
)

func ok(code int) Status                 { return Status{Code: code, Kind: Documented} }
func doc(code int, errs []*Error) Status { return Status{Code: code, Kind: Documented, Errors: errs} }
func paper(code int, errs []*Error) Status {
	return Status{Code: code, Kind: DocumentedOnly, Errors: errs}
}
func known(code int, errs []*Error) Status { return Status{Code: code, Kind: Known, Errors: errs} }

// build makes the table: CONTRACT.md §1 and DESIGN.md §2, row by row.
// Every operation ends with 429, 500, 502 and 503, documented or known. The
// supporting ones come last.
func build() []*Operation {
	rows := []*Operation{
		{ID: "listProcesses", Method: "GET", Path: "/v3/processes", Action: ListProcesses, Access: Read, Response: "process-list",
			Statuses: []Status{ok(200), doc(400, badQuery), doc(401, unauthenticated), doc(403, mayNotRead), paper(409, conflict), paper(422, badList),
				doc(500, broken), doc(502, uaaDown), doc(503, databaseDown), known(429, tooMany)}},
		{ID: "getProcess", Method: "GET", Path: "/v3/processes/{guid}", Action: GetProcess, Access: Read, Response: "process",
			Statuses: []Status{ok(200), doc(401, unauthenticated), doc(403, mayNotRead), doc(404, noProcess),
				known(400, badOther), known(429, tooMany), known(500, broken), known(502, uaaDown), known(503, databaseDown)}},
		{ID: "updateProcess", Method: "PATCH", Path: "/v3/processes/{guid}", Action: UpdateProcess, Access: Write, Request: "process-update", Response: "process",
			Statuses: []Status{ok(200), doc(400, badBody), doc(401, unauthenticated), doc(403, mayNotWrite), doc(404, noProcess), paper(409, conflict), doc(422, badUpdate),
				doc(500, broken), doc(503, databaseDown), known(429, tooMany), known(502, uaaDown)}},
		{ID: "getProcessStats", Method: "GET", Path: "/v3/processes/{guid}/stats", Action: GetProcessStats, Access: Read, Response: "process-stats",
			Statuses: []Status{ok(200), doc(401, unauthenticated), doc(403, mayNotRead), doc(404, noProcess), doc(503, statsDown),
				known(429, tooMany), known(500, broken), known(502, uaaDown)}},
		{ID: "listProcessInstances", Method: "GET", Path: "/v3/processes/{guid}/process_instances", Action: ListProcessInstances, Access: Read, Response: "process-instances",
			Statuses: []Status{ok(200), doc(401, unauthenticated), doc(403, mayNotRead), doc(404, noProcess),
				known(429, tooMany), known(500, broken), known(502, uaaDown), known(503, instancesDown)}},
		{ID: "scaleProcess", Method: "POST", Path: "/v3/processes/{guid}/actions/scale", Action: ScaleProcess, Access: Write, Request: "process-scale", Response: "process",
			Statuses: []Status{ok(202), doc(400, badBody), doc(401, unauthenticated), doc(403, mayNotScale), doc(404, noProcess), paper(409, conflict), doc(422, badScale),
				doc(500, runnerBroken), doc(503, runnerDownOr), known(429, tooMany), known(502, uaaDown)}},
		{ID: "terminateProcessInstance", Method: "DELETE", Path: "/v3/processes/{guid}/instances/{index}", Action: TerminateInstance, Access: Write,
			Statuses: []Status{ok(204), doc(401, unauthenticated), doc(403, mayNotWrite), doc(404, noInstance), doc(422, badTerminate), doc(500, runnerBroken),
				known(429, tooMany), known(502, uaaDown), known(503, runnerDownOr)}},
		{ID: "listAppProcesses", Method: "GET", Path: "/v3/apps/{guid}/processes", Action: ListProcesses, Nested: true, Access: Read, Response: "process-list",
			Statuses: []Status{ok(200), doc(401, unauthenticated), doc(403, mayNotRead), doc(404, noApp),
				known(400, badQuery), known(409, conflict), known(422, badList), known(429, tooMany), known(500, broken), known(502, uaaDown), known(503, databaseDown)}},
		{ID: "getProcessForApp", Method: "GET", Path: "/v3/apps/{guid}/processes/{type}", Action: GetProcess, Nested: true, Access: Read, Response: "process",
			Statuses: []Status{ok(200), doc(401, unauthenticated), doc(403, mayNotRead), doc(404, noAppProcess),
				known(400, badOther), known(429, tooMany), known(500, broken), known(502, uaaDown), known(503, databaseDown)}},
		{ID: "updateProcessForApp", Method: "PATCH", Path: "/v3/apps/{guid}/processes/{type}", Action: UpdateProcess, Nested: true, Access: Write, Request: "process-update", Response: "process",
			Statuses: []Status{ok(200), doc(400, badBody), doc(401, unauthenticated), doc(403, mayNotWrite), doc(404, noAppProcess), doc(422, badUpdate),
				known(409, conflict), known(429, tooMany), known(500, broken), known(502, uaaDown), known(503, databaseDown)}},
		{ID: "getProcessStatsForApp", Method: "GET", Path: "/v3/apps/{guid}/processes/{type}/stats", Action: GetProcessStats, Nested: true, Access: Read, Response: "process-stats",
			Statuses: []Status{ok(200), doc(401, unauthenticated), doc(403, mayNotRead), doc(404, noAppProcess), doc(503, statsDown),
				known(429, tooMany), known(500, broken), known(502, uaaDown)}},
		{ID: "scaleProcessForApp", Method: "POST", Path: "/v3/apps/{guid}/processes/{type}/actions/scale", Action: ScaleProcess, Nested: true, Access: Write, Request: "process-scale", Response: "process",
			Statuses: []Status{ok(202), doc(401, unauthenticated), doc(403, mayNotScale), doc(404, noAppProcess), doc(422, badScale),
				known(400, badBody), known(409, conflict), known(429, tooMany), known(500, runnerBroken), known(502, uaaDown), known(503, runnerDownOr)}},
		{ID: "terminateProcessInstanceForApp", Method: "DELETE", Path: "/v3/apps/{guid}/processes/{type}/instances/{index}", Action: TerminateInstance, Nested: true, Access: Write,
			Statuses: []Status{ok(204), doc(401, unauthenticated), doc(403, mayNotWrite), doc(404, noAppInstance), doc(422, badTerminate),
				known(429, tooMany), known(500, runnerBroken), known(502, uaaDown), known(503, runnerDownOr)}},
	}
	rows = append(rows, supporting()...)
	rows = append(rows, listed()...)
	rows = append(rows, policyRows()...)
	for i, o := range rows {
		o.Index = i
	}
	return rows
}
