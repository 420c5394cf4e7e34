package harness

import (
	"os"

	"golang.org/x/sys/windows"
)

// Lock waits until nobody else holds a file; who closes it gives it back.
func Lock(file *os.File) error {
	return windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, new(windows.Overlapped))
}
