package contract

import (
	"errors"
	"testing"
)

// TestCatalogue holds every entry against the words of CONTRACT.md §2, written
// out: elsewhere tests name the entry, and would not see it misspelt.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	held := map[string]bool{}
	for _, want := range []struct {
		got         *Error
		status      int
		code        int
		title, text string
	}{
		{MessageParseError, 400, 1001, "CF-MessageParseError", "Request invalid due to parse error: invalid request body"},
		{InvalidRequest, 400, 10004, "CF-InvalidRequest", "The request is invalid"},
		{BadQueryParameter.With("X"), 400, 10005, "CF-BadQueryParameter", "The query parameter is invalid: X"},
		{BadRequest.With("X"), 400, 1004, "CF-BadRequest", "Bad request: X"},
		{NotAuthenticated, 401, 10002, "CF-NotAuthenticated", "Authentication error"},
		{InvalidAuthToken, 401, 1000, "CF-InvalidAuthToken", "Invalid Auth Token"},
		{NotAuthorized, 403, 10003, "CF-NotAuthorized", "You are not authorized to perform the requested action"},
		{OrgSuspended, 403, 10017, "CF-OrgSuspended", "The organization is suspended"},
		{SpaceSuspended, 403, 10019, "CF-SpaceSuspended", "The space is suspended"},
		{FeatureDisabled.With("app_scaling"), 403, 330002, "CF-FeatureDisabled", "Feature Disabled: app_scaling"},
		{ProcessNotFound, 404, 10010, "CF-ResourceNotFound", "Process not found"},
		{AppNotFound, 404, 10010, "CF-ResourceNotFound", "App not found"},
		{InstanceNotFound, 404, 10010, "CF-ResourceNotFound", "Instance not found"},
		{SpaceNotFound, 404, 10010, "CF-ResourceNotFound", "Space not found"},
		{OrganizationNotFound, 404, 10010, "CF-ResourceNotFound", "Organization not found"},
		{DropletNotFound, 404, 10010, "CF-ResourceNotFound", "Droplet not found"},
		{NotFound, 404, 10000, "CF-NotFound", "Unknown request"},
		{RequestTimeout, 408, 10408, "CF-RequestTimeout", "The request body did not arrive in time"},
		{Conflict, 409, 10409, "CF-Conflict", "The process was changed by another request"},
		{RequestTooLarge, 413, 10413, "CF-RequestTooLarge", "The request body is larger than 1048576 bytes"},
		{UnprocessableEntity.With("X"), 422, 10008, "CF-UnprocessableEntity", "X"},
		{ResourceBeingDeleted.With("organization"), 422, 10020, "CF-ResourceBeingDeleted", "The organization is being deleted"},
		{ResourceBeingDeleted.With("space"), 422, 10020, "CF-ResourceBeingDeleted", "The space is being deleted"},
		{LabelLimitExceeded.With(3), 422, 390020, "CF-LabelLimitExceeded", "Failed to add 3 labels because it would exceed maximum of 50"},
		{AnnotationLimitExceeded.With(3), 422, 390023, "CF-AnnotationLimitExceeded", "Failed to add 3 annotations because it would exceed maximum of 200"},
		{UniquenessError, 422, 10016, "CF-UniquenessError", UniquenessError.Detail}, // the database's words, nobody's contract
		{RateLimitExceeded, 429, 10013, "CF-RateLimitExceeded", "Rate Limit Exceeded"},
		{IPBasedRateLimitExceeded, 429, 10014, "CF-IPBasedRateLimitExceeded",
			"Rate Limit Exceeded: Unauthenticated requests from this IP address have exceeded the limit. Please log in."},
		{UnknownError, 500, 10001, "UnknownError", "An unknown error occurred."},
		{RunnerError.With("X"), 500, 170016, "CF-RunnerError", "Runner error: X"},
		{RunnerInvalidRequest.With("X"), 500, 170014, "CF-RunnerInvalidRequest", "Runner invalid request: X"},
		{DatabaseError, 500, 10011, "CF-DatabaseError", "Database error"},
		{UaaUnavailable, 502, 20004, "CF-UaaUnavailable", "The UAA service is currently unavailable"},
		{StatsUnavailable, 503, 200002, "CF-StatsUnavailable", "Stats unavailable: Stats server temporarily unavailable."},
		{RunnerUnavailable.With("X"), 503, 170015, "CF-RunnerUnavailable", "Runner is unavailable: X"},
		{ServiceUnavailable, 503, 10015, "CF-ServiceUnavailable", "Database connection failure"},
		{InstancesUnavailable.With("X"), 503, 220002, "CF-InstancesUnavailable", "Instances information unavailable: X"},
	} {
		got := want.got
		held[got.Name] = true
		if got.Status != want.status || got.Code != want.code || got.Title != want.title || got.Detail != want.text {
			t.Errorf("§2 %s: %d %d %q %q\nwant %d %d %q %q", want.title, got.Status, got.Code, got.Title, got.Detail, want.status, want.code, want.title, want.text)
		}
		if found, ok := ErrorNamed(want.title); !ok || !errors.Is(got, found) {
			t.Errorf("%s is not found by its title", want.title)
		}
		if found, ok := ErrorNamed(got.Name); !ok || found.Title != want.title {
			t.Errorf("%s is not found by its name", got.Name)
		}
	}
	for _, e := range Errors() {
		if !held[e.Name] {
			t.Errorf("%s is in the catalogue and not in this table", e.Title)
		}
	}
}

// TestDefaultErrors holds what an injected status without an error says against
// the table of DESIGN.md §6.
func TestDefaultErrors(t *testing.T) {
	t.Parallel()
	for _, want := range []struct {
		operation string
		status    int
		text      string // title: detail
	}{
		{"updateProcess", 400, "CF-MessageParseError: Request invalid due to parse error: invalid request body"},
		{"scaleProcess", 400, "CF-MessageParseError: Request invalid due to parse error: invalid request body"},
		{"listProcesses", 400, "CF-BadQueryParameter: The query parameter is invalid: Page must be a positive integer"},
		{"listAppProcesses", 400, "CF-BadQueryParameter: The query parameter is invalid: Page must be a positive integer"},
		{"getProcess", 400, "CF-BadRequest: Bad request: the request is invalid"},
		{"getProcess", 401, "CF-NotAuthenticated: Authentication error"},
		{"getProcess", 403, "CF-NotAuthorized: You are not authorized to perform the requested action"},
		{"getProcess", 404, "CF-ResourceNotFound: Process not found"},
		{"listAppProcesses", 404, "CF-ResourceNotFound: App not found"},
		{"terminateProcessInstance", 404, "CF-ResourceNotFound: Instance not found"},
		{"updateProcess", 409, "CF-Conflict: The process was changed by another request"},
		{"updateProcess", 422, "CF-UnprocessableEntity: Command must be a string"},
		{"scaleProcess", 422, "CF-UnprocessableEntity: Instances is not a number"},
		{"terminateProcessInstance", 422, "CF-ResourceBeingDeleted: The organization is being deleted"},
		{"getProcess", 429, "CF-RateLimitExceeded: Rate Limit Exceeded"},
		{"getProcess", 500, "UnknownError: An unknown error occurred."},
		{"getProcess", 502, "CF-UaaUnavailable: The UAA service is currently unavailable"},
		{"getProcessStats", 503, "CF-StatsUnavailable: Stats unavailable: Stats server temporarily unavailable."},
		{"scaleProcess", 503, "CF-RunnerUnavailable: Runner is unavailable: Process Guid: <process guid>-<version>: connection refused"},
		{"terminateProcessInstance", 503, "CF-RunnerUnavailable: Runner is unavailable: Process Guid: <process guid>-<version>: connection refused"},
		{"updateProcess", 503, "CF-ServiceUnavailable: Database connection failure"},
	} {
		op, _ := OperationByID(want.operation)
		if got, ok := op.DefaultError(want.status); !ok || got.Error() != want.text {
			t.Errorf("%s %d: %v, want %s", want.operation, want.status, got, want.text)
		}
	}
	get, _ := OperationByID("getProcess")
	if got, ok := get.DefaultError(200); ok {
		t.Errorf("a success has the error %v", got)
	}
}
