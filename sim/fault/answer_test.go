package fault_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/socket"
)

// inject plans the answer of a toggle.
func inject(t *testing.T, operationID string, status int, part string) fault.Plan {
	t.Helper()
	rule, problems := fault.ParseToggle(operation(t, operationID), status, []byte(part))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	set := fault.NewSet(1, "", 0)
	if err := set.Put(start, rule); err != nil {
		t.Fatal(err)
	}
	return set.Plan(start, to(t, operationID))
}

func TestDefaultErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		operation string
		status    int
		want      string
	}{
		{"updateProcess", 400, "CF-MessageParseError 1001: Request invalid due to parse error: invalid request body"},
		{"listProcesses", 400, "CF-BadQueryParameter 10005: The query parameter is invalid: Page must be a positive integer"},
		{"getProcess", 401, "CF-NotAuthenticated 10002: Authentication error"},
		{"getProcess", 404, "CF-ResourceNotFound 10010: Process not found"},
		{"listAppProcesses", 404, "CF-ResourceNotFound 10010: App not found"},
		{"terminateProcessInstance", 404, "CF-ResourceNotFound 10010: Instance not found"},
		{"updateProcess", 409, "CF-Conflict 10409: The process was changed by another request"},
		{"updateProcess", 422, "CF-UnprocessableEntity 10008: Command must be a string"},
		{"terminateProcessInstance", 422, "CF-ResourceBeingDeleted 10020: The organization is being deleted"},
		{"getProcessStats", 503, "CF-StatsUnavailable 200002: Stats unavailable: Stats server temporarily unavailable."},
		{"scaleProcess", 503, "CF-RunnerUnavailable 170015: Runner is unavailable: Process Guid: <process guid>-<version>: connection refused"},
		{"getProcess", 503, "CF-ServiceUnavailable 10015: Database connection failure"},
		{"getProcess", 502, "CF-UaaUnavailable 20004: The UAA service is currently unavailable"},
		{"getProcess", 500, "UnknownError 10001: An unknown error occurred."},
	} {
		t.Run(fmt.Sprint(test.operation, " ", test.status), func(t *testing.T) {
			t.Parallel()
			answer := inject(t, test.operation, test.status, "").Answer
			got := fmt.Sprintf("%s %d: %s", answer.Error.Title, answer.Error.Code, answer.Error.Detail)
			if got != test.want || answer.Status != test.status || answer.Error.Status != test.status {
				t.Errorf("%d %s\nwant %d %s", answer.Status, got, test.status, test.want)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, operation string
		status          int
		part            string
		want            string // title, detail, body
	}{
		{"named error", "updateProcess", 422, `{"respond":{"error":"CF-ResourceBeingDeleted"}}`, "CF-ResourceBeingDeleted|The organization is being deleted|"},
		{"name without prefix", "updateProcess", 422, `{"respond":{"error":"UniquenessError"}}`, "CF-UniquenessError|The label was changed by another request|"},
		{"detail", "updateProcess", 422, `{"respond":{"detail":"memory quota_exceeded"}}`, "CF-UnprocessableEntity|memory quota_exceeded|"},
		{"a detail as it stands", "scaleProcess", 503, `{"respond":{"detail":"100%s <process guid>-<version>"}}`, "CF-RunnerUnavailable|100%s <process guid>-<version>|"},
		{"a detail with a gap in the row is filled", "terminateProcessInstance", 422, `{"respond":{"error":"CF-UnprocessableEntity"}}`, "CF-UnprocessableEntity|The request cannot be processed|"},
		{"undocumented status", "getProcess", 409, `{"undocumented":true}`, "CF-Conflict|The process was changed by another request|"},
		{"status that no row has", "getProcess", 413, `{"undocumented":true}`, "CF-RequestTooLarge|The request body is larger than 1048576 bytes|"},
		{"status without an error", "getProcess", 418, `{"undocumented":true}`, "UnknownError|An unknown error occurred.|"},
		{"error of another status", "getProcess", 404, `{"undocumented":true,"respond":{"error":"CF-FeatureDisabled"}}`, "CF-FeatureDisabled|Feature Disabled: app_scaling|"},
		{"body", "updateProcess", 409, `{"respond":{"body": {"errors": [{"detail":"<","title":"CF-X","code":1}]}}}`, `||{"errors":[{"detail":"\u003c","title":"CF-X","code":1}]}`},
		{"bare text", "updateProcess", 502, `{"undocumented":true,"respond":{"body":"502 Bad \"Gateway\""}}`, `||502 Bad "Gateway"`},
		{"success", "updateProcess", 200, ``, "||"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer := inject(t, test.operation, test.status, test.part).Answer
			got := fmt.Sprintf("||%s", answer.Body)
			if answer.Error != nil {
				got = fmt.Sprintf("%s|%s|%s", answer.Error.Title, answer.Error.Detail, answer.Body)
			}
			if got != test.want || answer.Status != test.status {
				t.Errorf("got %d %s, want %d %s", answer.Status, got, test.status, test.want)
			}
		})
	}
}

func TestNoCatalogueGapIsLeft(t *testing.T) {
	t.Parallel()
	for _, op := range contract.Operations() {
		for _, e := range contract.Errors() {
			rule := fault.Rule{Match: fault.Match{Operations: []string{op.ID}}, Undocumented: true,
				Respond: &fault.Respond{Status: e.Status, Error: e.Title}}
			set := fault.NewSet(1, "", 0)
			if err := set.Put(start, rule); err != nil {
				t.Fatal(err)
			}
			got := set.Plan(start, to(t, op.ID)).Answer.Error
			if got.Gap != contract.NoGap && got.Gap != contract.ProcessGap {
				t.Errorf("%s %s: %s", op.ID, e.Title, got.Detail)
			}
		}
	}
}

func TestSuccessIsCarriedOut(t *testing.T) {
	t.Parallel()
	p := inject(t, "scaleProcess", 202, `{"apply":"before","respond":{"headers":{"X-Cf-Warnings":"w"}}}`)
	if p.Apply != fault.After || !p.CarriesOut() || !p.Answer.Real() || p.Answer.Headers[0].Values[0] != "w" {
		t.Errorf("%+v %+v", p, p.Answer)
	}
	p = inject(t, "terminateProcessInstance", 200, `{"undocumented":true,"respond":{"body":{"done":true}}}`)
	if p.Apply != fault.Before || p.CarriesOut() || p.Answer.Real() {
		t.Errorf("a success with a body of its own need not be carried out: %+v", p)
	}
}

func TestCarriesOut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		part string
		want bool
	}{
		{`{}`, false},
		{`{"apply":"after"}`, true},
		{`{"connection":"drip"}`, false}, // of the injected answer
		{`{"connection":"reset","apply":"after"}`, true},
	} {
		if got := inject(t, "updateProcess", 503, test.part).CarriesOut(); got != test.want {
			t.Errorf("503 %s: %t", test.part, got)
		}
	}
	for kind, want := range map[string]bool{"reset": false, "close": false, "empty": false, "garbage": false, "hang": false, "truncate": true, "drip": true} {
		p := setOf(t, `{"connection":"`+kind+`"}`).Plan(start, to(t, "updateProcess"))
		if p.CarriesOut() != want || p.Answer != nil || string(p.Connection.Kind) != kind {
			t.Errorf("%s: carries out %t, want %t", kind, p.CarriesOut(), want)
		}
	}
	if !(fault.Plan{}).CarriesOut() {
		t.Error("no plan at all")
	}
}

func TestRateLimitHeaders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, part string
		want       []fault.Header
		reset      time.Duration
	}{
		{"default", ``, []fault.Header{{"X-RateLimit-Limit", fault.Lines{"20000"}}, {"X-RateLimit-Remaining", fault.Lines{"0"}}, {"Retry-After", fault.Lines{"60"}}}, time.Minute},
		{"retry after", `{"respond":{"headers":{"retry-after":"3"}}}`, []fault.Header{{"retry-after", fault.Lines{"3"}}, {"X-RateLimit-Limit", fault.Lines{"20000"}}, {"X-RateLimit-Remaining", fault.Lines{"0"}}}, 3 * time.Second},
		{"a date", `{"respond":{"headers":{"Retry-After":"Thu, 01 Jan 2026 00:01:00 GMT"}}}`,
			[]fault.Header{{"Retry-After", fault.Lines{"Thu, 01 Jan 2026 00:01:00 GMT"}}, {"X-RateLimit-Limit", fault.Lines{"20000"}}, {"X-RateLimit-Remaining", fault.Lines{"0"}}, {"X-RateLimit-Reset", fault.Lines{"1767225660"}}}, 0},
		{"none of it", `{"respond":{"headers":{"Retry-After":null,"X-RateLimit-Reset":null}}}`,
			[]fault.Header{{"Retry-After", nil}, {"X-RateLimit-Reset", nil}, {"X-RateLimit-Limit", fault.Lines{"20000"}}, {"X-RateLimit-Remaining", fault.Lines{"0"}}}, 0},
		{"all given", `{"respond":{"headers":{"Retry-After":"1","X-RateLimit-Limit":"5","X-RateLimit-Remaining":"1","X-RateLimit-Reset":"9"}}}`,
			[]fault.Header{{"Retry-After", fault.Lines{"1"}}, {"X-RateLimit-Limit", fault.Lines{"5"}}, {"X-RateLimit-Remaining", fault.Lines{"1"}}, {"X-RateLimit-Reset", fault.Lines{"9"}}}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer := inject(t, "getProcess", 429, test.part).Answer
			if !reflect.DeepEqual(answer.Headers, test.want) || answer.ResetAfter != test.reset {
				t.Errorf("got %v reset %s, want %v reset %s", answer.Headers, answer.ResetAfter, test.want, test.reset)
			}
		})
	}
	if got := inject(t, "getProcess", 503, ``).Answer; len(got.Headers) != 0 || got.ResetAfter != 0 {
		t.Errorf("a 503 has headers: %+v", got)
	}
}

func TestToggle(t *testing.T) {
	t.Parallel()
	op := operation(t, "updateProcess")
	for _, test := range []struct{ name, part, want string }{
		{"bare", ``, `{"id":"updateProcess-503","match":{"operations":["updateProcess"]},"respond":{"status":503}}`},
		{"part", `{"id":"x","match":{"user":"developer","operations":["getProcess"]},"when":{"times":1},"respond":{"status":409,"detail":"d"}}`,
			`{"id":"updateProcess-503","match":{"operations":["updateProcess"],"user":"developer"},"when":{"times":1},"respond":{"status":503,"detail":"d"}}`},
		{"connection", `{"connection":"reset"}`, `{"id":"updateProcess-503","match":{"operations":["updateProcess"]},"respond":{"status":503},"connection":"reset"}`},
		{"sequence", `{"sequence":[{"status":503},{"pass":true}]}`, `{"id":"updateProcess-503","match":{"operations":["updateProcess"]},"sequence":[{"status":503},{"pass":true}]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rule, problems := fault.ParseToggle(op, 503, []byte(test.part))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if want := parse(t, test.want)[0]; !reflect.DeepEqual(rule, want) {
				t.Errorf("got %+v, want %+v", rule, want)
			}
		})
	}
}

func TestConnectionDefaults(t *testing.T) {
	t.Parallel()
	bare := &fault.Connection{Kind: socket.Drip}
	if bare.Rate() != socket.DefaultRate || bare.Hold() != socket.DefaultHold || bare.Cut(100) != 50 || bare.Cut(1) != 0 || bare.Cut(0) != 0 {
		t.Errorf("rate %d, hold %s, cut %d", bare.Rate(), bare.Hold(), bare.Cut(100))
	}
	hold := document.Duration(time.Second)
	given := &fault.Connection{BytesPerSecond: new(7), AfterBytes: new(500), For: &hold}
	if given.Rate() != 7 || given.Hold() != time.Second || given.Cut(1000) != 500 || given.Cut(500) != 499 {
		t.Errorf("rate %d, hold %s, cuts %d %d", given.Rate(), given.Hold(), given.Cut(1000), given.Cut(500))
	}
}
