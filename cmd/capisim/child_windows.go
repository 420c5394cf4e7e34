package main

import (
	"os"
	"os/exec"
)

// ownGroup does nothing here: a process is killed alone.
func ownGroup(*exec.Cmd) {}

func killGroup(command *exec.Cmd) {
	command.Process.Kill() //nolint:errcheck // it has ended
}

// signalOf is always "": no process ends by a signal here.
func signalOf(*os.ProcessState) string { return "" }

// shellCommand runs a line by the shell.
func shellCommand(line string) []string { return []string{"cmd", "/C", line} }

// passedOn are the signals that run hands to its command.
func passedOn(bool) []os.Signal { return []os.Signal{os.Interrupt} }

// signalNumber is never asked for here.
func signalNumber(*os.ProcessState) int { return 0 }
