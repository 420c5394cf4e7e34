package contract

import "strings"

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
			lines[i] = one.Pointer + ": " + one.Message
		}
	}
	return strings.Join(lines, "\n")
}
