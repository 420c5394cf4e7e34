package harness

import (
	"fmt"

	"github.com/onsi/gomega/gcustom"
	"github.com/onsi/gomega/types"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/schema"
)

// HaveStatus succeeds for an exchange that was answered with this status.
func HaveStatus(status int) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(x *Exchange) (bool, error) { return x.Status == status, nil }).
		WithTemplate("Expected status {{.Data}} {{.To}} be the answer of\n{{.Actual}}").WithTemplateData(status)
}

// HaveCFError succeeds for an exchange that was answered with exactly this
// error of the catalogue: status, code, title and text.
func HaveCFError(e *contract.Error) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(x *Exchange) (bool, error) {
		got, err := errorOf(x)
		return err == nil && x.Status == e.Status && got == *entry(e), err
	}).WithTemplate("Expected\n{{.Actual}}\n{{.To}} carry {{.Data}}").WithTemplateData(fmt.Sprintf("%d %+v", e.Status, *entry(e)))
}

type errorEntry struct {
	Detail, Title string
	Code          int
}

func entry(e *contract.Error) *errorEntry { return &errorEntry{e.Detail, e.Title, e.Code} }

// errorOf reads the envelope, which holds exactly one entry (CONTRACT.md §2).
func errorOf(x *Exchange) (errorEntry, error) {
	value, err := decode(x.Body)
	if err != nil {
		return errorEntry{}, fmt.Errorf("no JSON in\n%s", x)
	}
	list, _ := value.(map[string]any)["errors"].([]any)
	if len(list) != 1 {
		return errorEntry{}, fmt.Errorf("%d errors, expected 1, in\n%s", len(list), x)
	}
	one, _ := list[0].(map[string]any)
	code := 0
	fmt.Sscan(fmt.Sprint(one["code"]), &code) //nolint:errcheck // then it stays 0
	return errorEntry{fmt.Sprint(one["detail"]), fmt.Sprint(one["title"]), code}, nil
}

// MatchSchema succeeds for an exchange whose body is valid against the schema
// of that name.
func MatchSchema(name string) types.GomegaMatcher {
	return gcustom.MakeMatcher(func(x *Exchange) (bool, error) {
		value, err := document.Decode(x.Body)
		if err != nil {
			return false, fmt.Errorf("no JSON in\n%s", x)
		}
		violations, err := schema.Validate(name, value)
		if err != nil {
			return false, err
		}
		if len(violations) > 0 {
			return false, fmt.Errorf("%w\nagainst schema %s in\n%s", violations, name, x)
		}
		return true, nil
	}).WithMessage("match the schema " + name)
}
