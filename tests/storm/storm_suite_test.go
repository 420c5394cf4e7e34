// Package storm_test lets everything happen to the built command at once and
// asks afterwards what came of it: counters that are exact, memory and
// goroutines that are given back, a clean end in the middle of it all. STORM says
// how long it takes, 20s when left out.
package storm_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

func TestStorm(t *testing.T) {
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	RunSpecs(t, "Storm", suite, reporter)
}

// patience is how long something is waited for that never takes as long.
const patience = time.Minute

// length is how long the storm lasts.
func length() time.Duration {
	text := os.Getenv("STORM")
	if text == "" {
		return 10 * time.Second
	}
	d, err := time.ParseDuration(text)
	Expect(err).NotTo(HaveOccurred(), "STORM")
	return d
}

// server is the command, and what it says.
type server struct {
	url     string
	command *exec.Cmd
	client  *http.Client

	mu    sync.Mutex // guards what follows
	lines []string   // of stderr
	read  sync.WaitGroup
}

func serve(args ...string) *server {
	GinkgoHelper()
	s := &server{command: exec.Command(harness.Binary(), append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)}
	s.client = &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	out, err := s.command.StdoutPipe()
	Expect(err).NotTo(HaveOccurred())
	errors, err := s.command.StderrPipe()
	Expect(err).NotTo(HaveOccurred())
	Expect(s.command.Start()).To(Succeed())
	DeferCleanup(func() { s.command.Process.Kill() }) //nolint:errcheck // it has ended
	s.read.Go(func() { s.listen(errors) })
	ready := bufio.NewScanner(out)
	Expect(ready.Scan()).To(BeTrue(), "the server ended before it was ready")
	s.url = "http://" + strings.Fields(strings.SplitAfter(ready.Text(), "http://")[1])[0]
	s.read.Go(func() { io.Copy(io.Discard, out) }) //nolint:errcheck // the end
	return s
}

func (s *server) listen(r io.Reader) {
	for lines := bufio.NewReader(r); ; {
		line, err := lines.ReadString('\n')
		s.mu.Lock()
		if line != "" {
			s.lines = append(s.lines, strings.TrimRight(line, "\n"))
		}
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// wrong are the lines that a server in order does not write.
func (s *server) wrong() (found []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, line := range s.lines {
		switch {
		case strings.Contains(line, "DATA RACE"), strings.Contains(line, "panic"), strings.Contains(line, "fatal error"):
			found = append(found, s.lines[i:min(i+60, len(s.lines))]...)
		case strings.Contains(line, "level=ERROR"):
			found = append(found, line)
		}
	}
	return found
}

// said counts what the server has logged, by its level and message.
func (s *server) said() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int{}
	for _, line := range s.lines {
		_, words, _ := strings.Cut(line, "level=")
		words, _, _ = strings.Cut(words, "=")
		counts[words[:max(0, strings.LastIndexByte(words, ' '))]]++
	}
	return counts
}

// stop ends the server as an orchestrator does and expects a clean exit.
func (s *server) stop() {
	GinkgoHelper()
	Expect(s.command.Process.Signal(syscall.SIGTERM)).To(Succeed())
	ended := make(chan error)
	go func() {
		s.read.Wait()
		ended <- s.command.Wait()
	}()
	var err error
	Eventually(ended).WithTimeout(30 * time.Second).Should(Receive(&err))
	Expect(err).NotTo(HaveOccurred(), "exit after SIGTERM: %q", s.wrong())
}

// do sends a request and reads its whole answer; status 0 when there was none.
func (s *server) do(method, path, body string) (status int, answer []byte) {
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return 0, nil
	}
	req.Header.Set("Authorization", "bearer admin")
	req.Header.Set("Content-Type", "application/json")
	got, err := s.client.Do(req)
	if err != nil {
		return 0, nil
	}
	defer got.Body.Close()
	if answer, err = io.ReadAll(got.Body); err != nil {
		return 0, nil
	}
	return got.StatusCode, answer
}

// metric is a figure that the server tells of itself.
func (s *server) metric(name string) float64 {
	_, text := s.do("GET", "/metrics", "")
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				return -1
			}
			return n
		}
	}
	return -1
}

// reports are the files that the server has left, each of them whole.
func reports(folder string) {
	GinkgoHelper()
	for _, name := range []string{"coverage", "reactions", "expectations"} {
		raw, err := os.ReadFile(filepath.Join(folder, name+".json"))
		Expect(err).NotTo(HaveOccurred())
		Expect(json.Valid(raw)).To(BeTrue(), "%s: %s", name, raw)
		page, err := os.ReadFile(filepath.Join(folder, name+".html"))
		Expect(err).NotTo(HaveOccurred())
		Expect(strings.TrimSpace(string(page))).To(HaveSuffix("</html>"), name)
	}
}
