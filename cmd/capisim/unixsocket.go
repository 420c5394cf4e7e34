package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// A server may listen on a Unix socket instead of a port, and a command reach it
// there: unix:PATH. HTTP has no address for that; clients call it localhost, as
// curl --unix-socket does with http://localhost.
const (
	unixPrefix = "unix:"
	unixHost   = "http://localhost"
)

// socketPath is the path of unix:PATH, false for any other address.
func socketPath(address string) (path string, ok bool) { return strings.CutPrefix(address, unixPrefix) }

// socketMode lets nobody in but the user who runs the server: there may be no
// token.
const socketMode = 0o600

// listenUnix opens a socket. One that a server has left behind is removed, one
// that a server still answers on is not.
func listenUnix(flag, path string) (net.Listener, error) {
	if path == "" {
		return nil, misused("%s: unix: without a path, expected unix:PATH", flag)
	}
	if info, err := os.Lstat(path); err == nil {
		switch {
		case info.Mode().Type() != fs.ModeSocket:
			return nil, misused("%s: %s is there already and is not a socket", flag, path)
		case answered(path):
			return nil, misused("%s: the socket %s is taken; choose another", flag, path)
		}
		if err := os.Remove(path); err != nil {
			return nil, misused("%s: remove a socket that nobody listens on: %w", flag, err)
		}
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		var problem *net.OpError
		if errors.As(err, &problem) {
			err = problem.Err
		}
		if errors.Is(err, syscall.EINVAL) {
			return nil, misused("%s: a path of %d bytes, too long for a socket: %s", flag, len(path), path)
		}
		return nil, misused("%s: %s: %w", flag, path, err)
	}
	if err := os.Chmod(path, socketMode); err != nil {
		return nil, errors.Join(misused("%s: %w", flag, err), listener.Close())
	}
	return listener, nil
}

// answered says that somebody listens on a socket.
func answered(path string) bool {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return false
	}
	conn.Close() //nolint:errcheck // nothing was sent
	return true
}

// throughSocket makes a transport one that reaches every address by a socket.
func throughSocket(transport *http.Transport, path string) *http.Transport {
	transport.Proxy = nil
	transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no socket: %w", syscall.ECONNREFUSED)
		}
		return conn, err
	}
	return transport
}
