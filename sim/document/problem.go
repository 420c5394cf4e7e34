package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a document, where a reader finds it.
type Problem struct {
	File    string // as it was given to Read; "" for a request body
	Line    int    // from 1
	Column  int    // in characters, from 1
	Pointer string // JSON pointer of the value in that file, "" for the document
	Message string // what was found, what was expected
}

// String is one line: file:line:column: path: message. Without a file the place
// is line:column.
func (p Problem) String() string {
	place := fmt.Sprintf("%d:%d: ", p.Line, p.Column)
	if p.File != "" {
		place = p.File + ":" + place
	}
	if path := Dotted(Shown(p.Pointer)); path != "" {
		place += path + ": "
	}
	return place + p.Message
}

// Problems is an error that tells everything that is wrong with a document, in
// its order. Nothing of the document was used.
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
// instead of lines, which are told where there is nothing to point at. So is
// the place in a file.
func (p Problems) Violations() Violations {
	list := make(Violations, len(p))
	for i, one := range p {
		if one.File != "" {
			one.Pointer, one.Message = "", one.String()
		} else if one.Pointer == "" && one.Line+one.Column > 2 {
			one.Message = fmt.Sprintf("%d:%d: %s", one.Line, one.Column, one.Message)
		}
		list[i] = Violation{Pointer: one.Pointer, Message: one.Message}
	}
	return list
}

// Told is how many problems one answer tells; the rest is counted.
const Told = 100

// Sorted brings the problems into the order of the files, drops repetitions
// (two checks may see the same fault), and counts what is too many to be told.
func (p Problems) Sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Message, b.Message))
	})
	p = slices.Compact(p)
	if len(p) > Told {
		rest := Problem{File: p[Told].File, Line: p[Told].Line, Column: p[Told].Column, Message: More(len(p) - Told).Message}
		p = append(p[:Told:Told], rest)
	}
	return p
}

// More stands for the problems that are not told.
func More(n int) Violation { return Violation{Message: "and " + Count(n, "more problem")} }

// Counted is how many problems a violation stands for that More has made, 0
// for any other.
func (v Violation) Counted() (n int) {
	if v.Pointer == "" {
		_, _ = fmt.Sscanf(v.Message, "and %d more problem", &n) // any other has its own words
	}
	return n
}
