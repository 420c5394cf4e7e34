package harness

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Apart runs the tests of a suite in a network of their own, in which no interface
// comes or goes, and returns how they ended. Where the system refuses that, they run
// in the machine's, and Network waits for their turn.
func Apart(m *testing.M) int {
	if isApart() {
		if err := raiseLoopback(); err != nil {
			fmt.Fprintln(os.Stderr, "the loopback of the suite's own network:", err)
			return 1
		}
		return m.Run()
	}
	runtime.LockOSThread() // the child ends with the thread that began it
	again := exec.Command("/proc/self/exe", os.Args[1:]...)
	again.Env = append(os.Environ(), apart+"=yes")
	again.Stdin, again.Stdout, again.Stderr = os.Stdin, os.Stdout, os.Stderr
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 { // as root among themselves
		again.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		again.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		again.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	if again.Start() != nil {
		return m.Run()
	}
	err := again.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, "the suite in its own network:", err)
		return 1
	}
	return max(again.ProcessState.ExitCode(), -again.ProcessState.ExitCode()) // a signal's is -1
}

func raiseLoopback() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	loopback, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	loopback.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, loopback)
}
