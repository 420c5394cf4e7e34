package document

import (
	"fmt"
	"io"
	"os"
)

// ReadFile reads a file that somebody has named, at most so many bytes: a device has
// no end.
func ReadFile(name string, most int64) ([]byte, error) {
	file, err := os.Open(name) //nolint:gosec // the user names it
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	return ReadAll(name, file, most)
}

// ReadAll is ReadFile for what is open already; a message calls it by this name.
func ReadAll(called string, from io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(from, most+1))
	if err == nil && int64(len(data)) > most {
		return nil, fmt.Errorf("%s: expected at most %s, found more", called, Mebibytes(most))
	}
	return data, err // which names the file
}
