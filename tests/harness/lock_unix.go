//go:build unix

package harness

import (
	"os"
	"syscall"
)

// Lock waits until nobody else holds a file; who closes it gives it back.
func Lock(file *os.File) error { return syscall.Flock(int(file.Fd()), syscall.LOCK_EX) }
