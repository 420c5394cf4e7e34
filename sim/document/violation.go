package document

import (
	"strings"
)

// Violation is one thing wrong with a document: where (a JSON pointer, "" for
// the document itself), and what was found and what was expected.
type Violation struct {
	Pointer string `json:"pointer"`
	Message string `json:"message"`
}

// Violations is an error that tells all of them at once; nothing of the
// document was applied.
type Violations []Violation

// Error joins the violations, one a line.
func (v Violations) Error() string {
	lines := make([]string, len(v))
	for i, one := range v {
		lines[i] = one.Message
		if one.Pointer != "" {
			lines[i] = Shown(one.Pointer) + ": " + one.Message
		}
	}
	return strings.Join(lines, "\n")
}

// Under moves violations of a part to its place in the whole.
func (v Violations) Under(pointer string) Violations {
	moved := make(Violations, len(v))
	for i, one := range v {
		moved[i] = Violation{Pointer: pointer + one.Pointer, Message: one.Message}
	}
	return moved
}

// Told is the violations as an answer tells them: a hundred, and how many more
// there are.
func (v Violations) Told() Violations {
	if len(v) <= Told {
		return v
	}
	return append(v[:Told:Told], More(len(v)-Told))
}
