package main

import (
	"errors"
	"fmt"
	"strings"

	"example.com/capisim/sim/document"
)

// The exit codes of DESIGN.md §3.
const (
	exitDone      = 0
	exitFound     = 1 // problems found, gate unmet
	exitMisused   = 2 // bad usage or input
	exitUnreached = 3 // no server there
)

// failure is an error that ends the command with a code other than that of bad
// usage or input.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// found says that the command did its work and that the result is bad.
func found(format string, args ...any) error {
	return &failure{exitFound, fmt.Errorf(format, args...)}
}

// reported is found when the report on stdout has said it all.
var reported = &failure{exitFound, errors.New("")}

// misused is bad usage or input.
func misused(format string, args ...any) error {
	return &failure{exitMisused, fmt.Errorf(format, args...)}
}

func unreached(err error) error { return &failure{exitUnreached, err} }

// exitCode is the code that an error ends the command with: what nobody
// foresaw is bad input.
func exitCode(err error) int {
	var f *failure
	if errors.As(err, &f) {
		return f.code
	}
	return exitMisused
}

// maxLines is how long a message on stderr may be.
const maxLines = 3

// message is the text of an error for a person, at most three lines but for
// what is wrong with a file, which is told in full; "" when it has none.
func message(err error) string {
	text := strings.TrimRight(err.Error(), "\n")
	if text == "" {
		return ""
	}
	if !strings.HasPrefix(text, "capisim") {
		text = "capisim: " + text
	}
	lines := strings.Split(text, "\n")
	var problems document.Problems
	if len(lines) > maxLines && !errors.As(err, &problems) {
		lines = append(lines[:maxLines-1], fmt.Sprintf("and %d more", len(lines)-maxLines+1))
	}
	return strings.Join(lines, "\n") + "\n"
}
