package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
)

// Problem is one thing wrong with a scenario file.
type Problem struct {
	File    string // as it was given to Parse; of a parent when the fault is there
	Line    int    // from 1
	Column  int    // in characters, from 1
	Pointer string // JSON pointer of the value in that file, "" for the document
	Message string // path, what was found, what was expected
}

// String is the line that capisim validate prints: file:line:column: message.
// Without a file, as for a request body, the place is line:column.
func (p Problem) String() string {
	place := fmt.Sprintf("%d:%d: ", p.Line, p.Column)
	if p.File != "" {
		place = p.File + ":" + place
	}
	return place + p.Message
}

// Problems is an error that tells everything that is wrong with a file, in the
// order of the file. Nothing of the file was used.
type Problems []Problem

// Error gives one problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// Violations gives the problems as what is wrong with a request body: pointers
// instead of lines.
func (p Problems) Violations() document.Violations {
	list := make(document.Violations, len(p))
	for i, one := range p {
		list[i] = document.Violation{Pointer: one.Pointer, Message: one.Message}
	}
	return list
}

// sorted brings the problems into the order of the file and drops repetitions:
// two checks may see the same fault.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(p)
}

// refusal is a file that could not even be read as YAML or JSON.
func refusal(file string, at position, format string, args ...any) Problem {
	return Problem{File: file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...)}
}

// problemAt places a violation of a document: at the value it names, at the
// key when that is what is wrong, else at the innermost value around it.
func problemAt(root *node, v document.Violation, atKey bool) Problem {
	found, rest := root.find(v.Pointer)
	pointer := found.pointer()
	at := found.at
	if atKey && len(rest) == 0 && found.parent != nil && found.parent.kind == objectKind {
		at = found.keyAt
	}
	for _, step := range rest {
		pointer += "/" + step
	}
	message := v.Message
	if place := dotted(pointer); place != "" {
		message = place + ": " + message
	}
	return Problem{File: found.file, Line: at.line, Column: at.column, Pointer: pointer, Message: message}
}
