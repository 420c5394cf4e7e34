package sweep

import (
	"slices"
	"strconv"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/schema"
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

// MaxAccept is how large an accept file may be, in bytes.
const MaxAccept = 16 << 20

// ParseAccept reads an accept file, a list in YAML or JSON. The error names every
// place that is wrong; nothing of such a file counts.
func ParseAccept(name string, data []byte) ([]Acceptance, error) {
	read, err := document.Read(name, data)
	if err != nil {
		return nil, err
	}
	found, err := schema.Validate("sweep-accept", read.Root)
	if err != nil {
		return nil, err
	}
	var list []Acceptance
	if len(found) == 0 {
		if err := read.Root.Decode(&list); err != nil {
			return nil, err
		}
		for i, a := range list {
			at := "/" + strconv.Itoa(i)
			if _, known := contract.OperationByID(a.Operation); !known && a.Operation != "*" {
				found = append(found, document.Violation{Pointer: at + "/operation", Message: contract.UnknownOperation(a.Operation)})
			}
			if !knownAnswer(a.Answer) {
				found = append(found, document.Violation{Pointer: at + "/answer", Message: document.UnknownWord(a.Answer, answerNames())})
			}
		}
	}
	if len(found) > 0 {
		return nil, read.Place(found)
	}
	return list, nil
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
