//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup lets a command be killed with all that it forks.
func ownGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(command *exec.Cmd) {
	syscall.Kill(-command.Process.Pid, syscall.SIGKILL) //nolint:errcheck // nobody of it is left
}

// signalOf names the signal that ended a process, "" when none did.
func signalOf(state *os.ProcessState) string {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal().String()
	}
	return ""
}

// shellCommand runs a line by the shell.
func shellCommand(line string) []string { return []string{"/bin/sh", "-c", line} }

// passedOn are the signals that run hands to its command. A terminal sends an
// interrupt to both by itself.
func passedOn(terminal bool) []os.Signal {
	list := []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2}
	if !terminal {
		list = append(list, syscall.SIGINT)
	}
	return list
}

// signalNumber is the number of the signal that ended a process.
func signalNumber(state *os.ProcessState) int {
	status, _ := state.Sys().(syscall.WaitStatus)
	return int(status.Signal())
}
