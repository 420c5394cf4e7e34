package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"example.com/capisim/sim/journal"
)

// reports reads the folder that a server left, and fails unless it is whole.
func reports(t *testing.T, folder string) (matrix journal.Matrix, judged journal.Judgement) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		into := map[string]any{"coverage.json": &matrix, "expectations.json": &judged, "reactions.json": &journal.ReactionReport{}}[entry.Name()]
		switch filepath.Ext(entry.Name()) {
		case ".json":
			err = json.Unmarshal(text, into)
		case ".xml":
			err = xml.Unmarshal(text, new(struct{ XMLName xml.Name }))
		default:
			if !strings.HasSuffix(strings.TrimSpace(string(text)), "</html>") {
				t.Errorf("%s ends in the middle", entry.Name())
			}
		}
		if err != nil {
			t.Errorf("%s: %v", entry.Name(), err)
		}
	}
	if got, want := strings.Join(names, " "), "coverage.html coverage.json coverage.xml expectations.html expectations.json expectations.xml reactions.html reactions.json reactions.xml"; got != want {
		t.Errorf("files %s, want %s", got, want)
	}
	return matrix, judged
}

func TestServeLeavesItsReport(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "new", "report")
	file := write(t, filepath.Join(t.TempDir(), "gate.yaml"), "name: gate\nextends: default\nexpectations:\n- covers: {operation: updateProcess, status: 409}\n- covers: {operation: getProcess, status: 404}\n")
	s := start(t, syscall.SIGTERM, "--scenario", file, "--report", folder)
	session(t, s.url, []step{
		{args: "world create w --scenario default", out: "w"},
		{args: "fault set updateProcess 409 --world w", out: "updateProcess-409"},
		{args: "fault set updateProcess 503", out: "updateProcess-503"},
	})
	answers(t, http.MethodPatch, s.url+"/worlds/w"+demo, `{}`)
	session(t, s.url, []step{{args: "world delete w"}})
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d, stderr %q", code, s.stderr.String())
	}
	matrix, judged := reports(t, folder)
	if matrix.Covered != 1 || len(matrix.ArmedNeverFired) != 1 || judged.Met != 1 || judged.NotExercised != 1 {
		t.Errorf("%+v %+v", matrix, judged)
	}
	want := fmt.Sprintf("coverage: 1 of %d answers met (%.1f %%), 1 rule never fired\n", matrix.Total, matrix.Percent) +
		"reactions: 1 fault met, 0 recovered, 1 given up\n" +
		"expectations: 1 of 2 met, 0 unmet, 1 not exercised; reports in " + folder + "\n"
	if got := s.stdout.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestTheSameSignalTwice: timeout(1) sends its signal to the process and then to the
// group of it; that is not impatience.
func TestTheSameSignalTwice(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), binary, "serve", "--listen", "127.0.0.1:0", "--report", folder)
	s := serving(t, command, syscall.SIGTERM)
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d, stderr %q", code, s.stderr.String())
	}
	reports(t, folder)
}

// TestNoRoomForOutput: whatever cannot be written is told, and is not a success.
func TestNoRoomForOutput(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	s := serve(t, nil)
	bad := write(t, filepath.Join(t.TempDir(), "bad.yaml"), "name: bad\nseed: x\n")
	for _, line := range []string{
		"help", "help serve", "serve --help", "version", "scenarios", "scenarios default", "generate --apps 2", "docs", "docs commands", "schema", "completion bash",
		"validate " + bad, "env", "state", "requests", "coverage", "coverage --format junit", "reactions", "fault list", "world list", "clock", "export har", "export pact", "bundle -o -",
		"explain GET /v3",
	} {
		var told bytes.Buffer
		code := execute(t.Context(), strings.Fields(line), []string{"CAPISIM_URL=" + s.url}, strings.NewReader(""), full, &told)
		if code != exitMisused || !strings.HasSuffix(told.String(), "write /dev/full: no space left on device\n") {
			t.Errorf("%s: exit code %d, stderr %q", line, code, told.String())
		}
	}
}

// TestReportUnderLoad: requests that never end do not keep a report back, and
// nothing of it is missing.
func TestReportUnderLoad(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := start(t, syscall.SIGTERM, "--report", folder)
	answers(t, http.MethodPost, s.url+"/admin/faults", `{"match":{"operations":["getProcess"]},"connection":"hang"}`)
	var group sync.WaitGroup
	client := ownClient(t, nil)
	met := make(chan struct{}, 1)
	for i := range 8 {
		path := demo
		if i > 0 {
			path = "/v3/processes"
		}
		group.Go(func() {
			for {
				request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil) // the address is good
				request.Header.Set("Authorization", "bearer admin")
				answer, err := client.Do(request)
				if err != nil {
					return
				}
				answer.Body.Close() //nolint:errcheck // read or not
				select {
				case met <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 20 {
		<-met
	}
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d, stderr %q", code, s.stderr.String())
	}
	group.Wait()
	if matrix, _ := reports(t, folder); matrix.Covered == 0 {
		t.Error("nothing was covered")
	}
}

func TestReportsThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	file := write(t, filepath.Join(t.TempDir(), "file"), "")
	if got := invoke(t, nil, "serve", "--listen", "127.0.0.1:0", "--report", file); got.code != exitMisused || got.out != "" || !strings.Contains(got.err, "--report: mkdir "+file+": not a directory") {
		t.Errorf("%+v", got)
	}

	// A file may have 1024 bytes: the report is larger, as on a full disk.
	folder := t.TempDir()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := serving(t, exec.CommandContext(t.Context(), "sh", "-c", `ulimit -f 2; exec "$0" serve --listen 127.0.0.1:0 --report "$1"`, binary, folder), syscall.SIGTERM)
	if code := s.stop(); code != exitMisused || !strings.Contains(s.stderr.String(), "--report: write "+folder+"/coverage.json: ") || !strings.Contains(s.stderr.String(), "file too large") {
		t.Errorf("exit code %d, stderr %q", code, s.stderr.String())
	}
	if left, _ := filepath.Glob(filepath.Join(folder, ".capisim-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := os.Stat(filepath.Join(folder, "coverage.json")); err == nil {
		t.Error("a report that is not whole was left")
	}
}
