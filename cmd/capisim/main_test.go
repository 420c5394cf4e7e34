package main

import (
	"bytes"
	"os"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
)

// asCommand makes the test binary be capisim, for tests that need a process of
// its own: signals reach a whole process.
const asCommand = "TEST_BINARY_IS_CAPISIM"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// result is what one command line came to.
type result struct {
	code     int
	out, err string
}

// invoke runs a command line in this process, with an environment of its own.
func invoke(t *testing.T, environ []string, args ...string) result {
	t.Helper()
	return invokeWith(t, "", environ, args...)
}

func invokeWith(t *testing.T, stdin string, environ []string, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	code := execute(t.Context(), args, environ, strings.NewReader(stdin), &out, &err)
	ofFile := regexp.MustCompile(`(?m)^(capisim: )?\S+:\d+:\d+: .*\n`) // told in full
	if lines := strings.Count(ofFile.ReplaceAllString(err.String(), ""), "\n"); lines > maxLines {
		t.Errorf("%d lines on stderr, want at most %d:\n%s", lines, maxLines, err.String())
	}
	return result{code, out.String(), err.String()}
}

func TestRunIsExecuteWithoutAnEnd(t *testing.T) {
	t.Parallel()
	var out, err bytes.Buffer
	if code := run([]string{"version"}, nil, strings.NewReader(""), &out, &err); code != exitDone {
		t.Errorf("exit code %d, want %d; stderr %q", code, exitDone, err.String())
	}
	if !strings.HasPrefix(out.String(), "capisim ") {
		t.Errorf("stdout %q, want the version", out.String())
	}
}

// TestCommit: what was built in a clone tells its commit, and whether the clone
// had more than that.
func TestCommit(t *testing.T) {
	t.Parallel()
	info := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.time", Value: "2026-11-27T12:00:00Z"}, {Key: "vcs.modified", Value: "false"}}}
	if got := commitOf(info, "other"); got != "commit 0123456789ab of 2026-11-27T12:00:00Z, " {
		t.Error(got)
	}
	info.Settings[2].Value = "true"
	if got := commitOf(info, "other"); got != "commit 0123456789ab and more of 2026-11-27T12:00:00Z, " {
		t.Error(got)
	}
	if got := commitOf(&debug.BuildInfo{}, "") + commitOf(nil, ""); got != "" {
		t.Error(got)
	}
	if got := commitOf(nil, "0123456789abcdef"); got != "commit 0123456789ab, " {
		t.Error(got)
	}
}
