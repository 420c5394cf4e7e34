package main

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
)

// homes are the folders that clients keep their logins in: a fresh one for each
// world, shared by its set-up and its run.
type homes struct {
	mutex sync.Mutex
	root  string
}

func (h *homes) of(world string) (string, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.root == "" {
		root, err := os.MkdirTemp("", "capisim-sweep-")
		if err != nil {
			return "", err
		}
		h.root = root
	}
	path := filepath.Join(h.root, world)
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	return path, nil
}

// remove takes all of them away.
func (h *homes) remove() {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.root != "" {
		os.RemoveAll(h.root) //nolint:errcheck // the system cleans its folder for temporary files
		h.root = ""
	}
}
