package fault_test

import (
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
)

func TestPrefer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, header, operation string
		status                  int // 0: no answer
		title                   string
		delay                   time.Duration
		applied, warning        string
	}{
		{"code", `code=409`, "updateProcess", 409, "CF-Conflict", 0, "code=409", ""},
		{"all", `code=422, error=CF-ResourceBeingDeleted, wait=0.2`, "updateProcess", 422, "CF-ResourceBeingDeleted", 200 * time.Millisecond, "code=422, error=CF-ResourceBeingDeleted, wait=0.2", ""},
		{"as parameters", `code=422; error=CF-ResourceBeingDeleted;wait=1`, "updateProcess", 422, "CF-ResourceBeingDeleted", time.Second, "code=422, error=CF-ResourceBeingDeleted, wait=1", ""},
		{"quoted", `code="4\09", error="CF-Conflict"`, "updateProcess", 409, "CF-Conflict", 0, "code=409, error=CF-Conflict", ""},
		{"case and blanks", "\tCode = 409 ,, WAIT\t= 2 ,", "updateProcess", 409, "CF-Conflict", 2 * time.Second, "code=409, wait=2", ""},
		{"the first counts", `code=409, code=503`, "updateProcess", 409, "CF-Conflict", 0, "code=409", ""},
		{"among others", `return=minimal; foo="a, code=500", respond-async, code=503;;, handling=lenient`, "getProcess", 503, "CF-ServiceUnavailable", 0, "code=503", ""},
		{"parameters of others are theirs", `return=minimal; code=503`, "getProcess", 0, "", 0, "", ""},
		{"wait alone", `wait=0.5`, "getProcess", 0, "", 500 * time.Millisecond, "wait=0.5", ""},
		{"success", `code=200`, "getProcess", 200, "", 0, "code=200", ""},
		{"nothing", ``, "getProcess", 0, "", 0, "", ""},
		{"nothing of ours", `return=representation`, "getProcess", 0, "", 0, "", ""},
		{"unknown code", `code=418`, "getProcess", 0, "", 0, "", "Prefer ignored: code 418 is not known for getProcess, expected one of 200, 401, 403, 404, 400, 429, 500, 502, 503"},
		{"unknown code ignores the wait", `code=409, wait=1`, "getProcess", 0, "", 0, "", "Prefer ignored: code 409 is not known for getProcess, expected one of 200, 401, 403, 404, 400, 429, 500, 502, 503"},
		{"no code", `code=many`, "getProcess", 0, "", 0, "", `Prefer ignored: code is "many", expected a status`},
		{"code without value", `code`, "getProcess", 0, "", 0, "", `Prefer ignored: code is "", expected a status`},
		{"error of another status", `code=404, error=CF-Conflict`, "getProcess", 0, "", 0, "", `Prefer ignored: error is "CF-Conflict", expected one of CF-ResourceNotFound, CF-NotFound, which go with 404`},
		{"error of a success", `code=200, error=CF-Conflict`, "getProcess", 0, "", 0, "", `Prefer ignored: error is "CF-Conflict", expected none: 200 is a success`},
		{"error alone", `error=CF-Conflict`, "updateProcess", 0, "", 0, "", `Prefer ignored: error is "CF-Conflict", expected a code beside it`},
		{"negative wait", `code=503, wait=-1`, "getProcess", 0, "", 0, "", `Prefer ignored: wait is "-1", expected seconds from 0 to 3600`},
		{"endless wait", `code=503, wait=inf`, "getProcess", 0, "", 0, "", `Prefer ignored: wait is "inf", expected seconds from 0 to 3600`},
		{"wait is not a number", `code=503, wait=NaN`, "getProcess", 0, "", 0, "", `Prefer ignored: wait is "NaN", expected seconds from 0 to 3600`},
		{"no name", `=409`, "getProcess", 0, "", 0, "", `Prefer ignored: "=409", expected the name of a preference`},
		{"no separator", `code=409 wait=1`, "getProcess", 0, "", 0, "", `Prefer ignored: "wait=1", expected a comma or a semicolon`},
		{"open quote", `code="409\`, "getProcess", 0, "", 0, "", `Prefer ignored: the header ends, expected a closing quote`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			plan, applied, warning := fault.Prefer(test.header, operation(t, test.operation))
			if applied != test.applied || warning != test.warning {
				t.Errorf("applied %q, warning %q\nwant    %q, %q", applied, warning, test.applied, test.warning)
			}
			if plan.Delay != test.delay || plan.RuleID != "" {
				t.Errorf("delay %s, rule %q, want %s and no rule", plan.Delay, plan.RuleID, test.delay)
			}
			switch {
			case test.status == 0 && plan.Answer != nil:
				t.Errorf("answer %+v, want none", plan.Answer)
			case test.status == 0:
			case plan.Answer == nil || plan.Answer.Status != test.status:
				t.Errorf("answer %+v, want %d", plan.Answer, test.status)
			case test.title == "" && !(plan.Answer.Real() && plan.Apply == fault.After):
				t.Errorf("a success is not carried out: %+v", plan)
			case test.title != "" && plan.Answer.Error.Title != test.title:
				t.Errorf("error %+v, want %s", plan.Answer.Error, test.title)
			}
		})
	}
}

// Whatever is asked for: what is applied is legal for the operation, is told,
// and is read again as the same.
func FuzzPrefer(f *testing.F) {
	for _, seed := range []string{`code=409`, `code=422, error=CF-ResourceBeingDeleted, wait=0.2`, `code="4\09"; wait=1`,
		`return=minimal;;x, ,code = 503`, `wait=1e3`, `wait="1;2"`, `code=200`, `=`, `"`, `code="`, "a=b\x00", `code=+409`, `wait=0x1p-2`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		for _, op := range contract.Operations() {
			plan, applied, warning := fault.Prefer(header, op)
			if applied != "" && warning != "" || (applied == "") != (plan == fault.Plan{}) {
				t.Fatalf("plan %+v, applied %q, warning %q", plan, applied, warning)
			}
			if applied == "" {
				continue
			}
			if plan.Delay < 0 || plan.Delay > time.Hour {
				t.Fatalf("delay %s", plan.Delay)
			}
			if plan.Answer != nil {
				if _, ok := op.Status(plan.Answer.Status); !ok {
					t.Fatalf("%s cannot answer %d", op.ID, plan.Answer.Status)
				}
			}
			again, told, _ := fault.Prefer(applied, op)
			if told != applied || again.Delay != plan.Delay || (again.Answer == nil) != (plan.Answer == nil) || strings.ContainsAny(applied, "\r\n") {
				t.Fatalf("%q is applied as %q, then as %q", header, applied, told)
			}
		}
	})
}
