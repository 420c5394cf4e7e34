package sweep

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"example.com/capisim/sim/contract"
)

// Acceptance is an entry of an accept file: a finding that is known and stays,
// with the reason. "*" stands for any operation, answer, mode or verdict.
type Acceptance struct {
	Operation string `json:"operation"`
	Answer    string `json:"answer"`
	Mode      string `json:"mode"`
	Verdict   string `json:"verdict"`
	Reason    string `json:"reason"`
}

// ParseAccept reads an accept file, a list in YAML or JSON. All that is wrong is
// told by the number of the entry; nothing of such a file counts.
func ParseAccept(name string, data []byte) ([]Acceptance, error) {
	var list []Acceptance
	if err := yaml.UnmarshalWithOptions(data, &list, yaml.Strict(), yaml.UseJSONUnmarshaler()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for i, a := range list {
		for _, part := range []struct {
			key, value, expected string
			known                bool
		}{
			{"operation", a.Operation, "an operation's id or *", a.Operation == "*" || isOperation(a.Operation)},
			{"answer", a.Answer, "a status, *, or the name of an answer", knownAnswer(a.Answer)},
			{"mode", a.Mode, "* or one of " + joined(Modes()) + " (call with its number)", a.Mode == "*" || isMode(a.Mode)},
			{"verdict", a.Verdict, "* or one of " + joined(names()), a.Verdict == "*" || slices.Contains(names(), Verdict(a.Verdict))},
			{"reason", a.Reason, "why the finding is accepted", a.Reason != ""},
		} {
			if !part.known {
				return nil, fmt.Errorf("%s: entry %d: %s: %q, expected %s", name, i+1, part.key, part.value, part.expected)
			}
		}
	}
	return list, nil
}

func isOperation(id string) bool {
	_, known := contract.OperationByID(id)
	return known
}

func isMode(name string) bool {
	var number int
	if n, err := fmt.Sscanf(name, "call %d", &number); n == 1 && err == nil {
		return number >= 2
	}
	return slices.Contains(Modes(), Mode(name)) && Mode(name) != Call
}

// names are those of the verdicts.
func names() (list []Verdict) {
	for _, k := range Kinds() {
		list = append(list, k.Verdict)
	}
	return list
}

func (a Acceptance) takes(c *CellResult, v Verdict) bool {
	one := func(pattern, text string) bool { return pattern == "*" || pattern == text }
	return one(a.Operation, c.Operation) && one(a.Answer, c.Answer) && one(a.Mode, c.Mode) && one(a.Verdict, string(v))
}

// accept marks the cells all of whose findings are accepted, with the reason of
// the first entry that took one; it returns the entries that took none.
func accept(cells []CellResult, entries []Acceptance) (unused []Acceptance) {
	used := make([]bool, len(entries))
	for i := range cells {
		cell := &cells[i]
		reason, open := "", false
		for _, v := range cell.Verdicts {
			if k, _ := KindOf(v); k.Grade == Good || k.Grade == NotReachedGrade {
				continue
			}
			at := slices.IndexFunc(entries, func(a Acceptance) bool { return a.takes(cell, v) })
			if at < 0 {
				open = open || isFinding(v)
				continue
			}
			used[at] = true
			if reason == "" {
				reason = entries[at].Reason
			}
		}
		if reason != "" && !open {
			cell.Accepted = &reason
		}
	}
	for i, a := range entries {
		if !used[i] {
			unused = append(unused, a)
		}
	}
	return unused
}

// isFinding says that a verdict is a bug or a warning.
func isFinding(v Verdict) bool {
	k, _ := KindOf(v)
	return k.Grade == Bug || k.Grade == Warning
}

// baseline accepts what an earlier result had already.
func baseline(cells []CellResult, earlier *Result) {
	if earlier == nil {
		return
	}
	known := map[string][]Verdict{}
	for i := range earlier.Cells {
		c := &earlier.Cells[i]
		known[c.Operation+" "+c.Answer+" "+c.Mode] = c.Verdicts
	}
	for i := range cells {
		cell := &cells[i]
		before := known[cell.Operation+" "+cell.Answer+" "+cell.Mode]
		findings := slices.DeleteFunc(slices.Clone(cell.Verdicts), func(v Verdict) bool { return !isFinding(v) })
		if cell.Accepted == nil && len(findings) > 0 && !slices.ContainsFunc(findings, func(v Verdict) bool { return !slices.Contains(before, v) }) {
			reason := "in the baseline"
			cell.Accepted = &reason
		}
	}
}
