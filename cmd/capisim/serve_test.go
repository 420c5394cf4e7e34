package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var readyForm = regexp.MustCompile(`^capisim ready at (\S+) \((.*?)\)(?:, console at (\S+)/console/)?$`)

// served is a server that a test has started.
type served struct {
	url, console string // without a slash at the end
	about        string // what the ready line says in parentheses
	stop         func() (code int)
	stderr       *bytes.Buffer // to be read after stop
	stdout       bytes.Buffer  // behind the ready line; to be read after stop
	silent       chan struct{} // closed at the end of stdout
}

// serve runs capisim serve in this process until the test ends.
func serve(t *testing.T, environ []string, args ...string) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	lines, out := io.Pipe()
	s := &served{stderr: &bytes.Buffer{}, silent: make(chan struct{})}
	ended := make(chan int, 1)
	go func() {
		code := execute(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), environ, strings.NewReader(""), out, s.stderr)
		out.CloseWithError(io.EOF) //nolint:errcheck // it never fails
		ended <- code
	}()
	s.stop = sync.OnceValue(func() int { cancel(); <-s.silent; return <-ended })
	t.Cleanup(func() { s.stop() })
	s.ready(t, lines)
	return s
}

// ready waits for the ready line and reads it.
func (s *served) ready(t *testing.T, from io.Reader) {
	t.Helper()
	lines := bufio.NewReader(from)
	line, err := lines.ReadString('\n')
	go func() {
		defer close(s.silent)
		s.stdout.ReadFrom(lines) //nolint:errcheck // the process is gone
	}()
	found := readyForm.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
	if err != nil || found == nil {
		s.stop()
		t.Fatalf("ready line %q, %v; stderr %q", line, err, s.stderr.String())
	}
	s.url, s.about, s.console = found[1], found[2], found[3]
}

// get asks with a client of its own, so that no connection outlives the test.
func get(t *testing.T, client *http.Client, url string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "bearer admin")
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() }) //nolint:errcheck // read or not
	return answer
}

func ownClient(t *testing.T, config *tls.Config) *http.Client {
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestServe(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	if s.about != "scenario default, 3 processes" || s.console != s.url {
		t.Errorf("ready line says (%s), console at %s", s.about, s.console)
	}
	client := ownClient(t, nil)
	if got := get(t, client, s.url+"/v3/processes"); got.StatusCode != http.StatusOK || got.ProtoMajor != 1 {
		t.Errorf("%s %s, want HTTP/1.1 200", got.Proto, got.Status)
	}
	if got := answers(t, http.MethodPut, s.url+"/admin/worlds/mine", "{}"); got.StatusCode != http.StatusCreated {
		t.Error(got.Status)
	}
	client.CloseIdleConnections()
	if code := s.stop(); code != exitDone || s.stderr.Len() > 0 {
		t.Errorf("exit code %d, stderr %q, want 0 and nothing", code, s.stderr.String())
	}
	// The server of another test may have the port by now, but not this one's world.
	answer, err := client.Get(s.url + "/worlds/mine/v3")
	if err == nil && answer.StatusCode == http.StatusOK {
		t.Error("the port is still open")
	}
	if err == nil {
		answer.Body.Close() //nolint:errcheck // it is another server's
	}
}

func TestServeTakesFlagsAndEnvironment(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "own.yaml"), "name: own\nextends: empty\n")
	s := serve(t, []string{"CAPISIM_SCENARIO=nosuch", "CAPISIM_SCENARIOS=" + folder, "CAPISIM_LISTEN=nowhere"},
		"--scenario", "own", "--external-url", "https://api.example.local/cf/")
	if want := "scenario own, 0 processes, links to https://api.example.local/cf/"; s.about != want {
		t.Errorf("ready line says (%s), want (%s)", s.about, want)
	}
	body, err := io.ReadAll(get(t, ownClient(t, nil), s.url+"/v3/processes").Body)
	if err != nil || !strings.Contains(string(body), `"https://api.example.local/cf/v3/processes?page=1`) {
		t.Errorf("%s, %v, want links below the external URL", body, err)
	}
}

func TestServeReadsAFile(t *testing.T) {
	t.Parallel()
	file := write(t, filepath.Join(t.TempDir(), "mine.yaml"), "name: mine\napps: [{name: only}]\n")
	if s := serve(t, nil, "--scenario", file); s.about != "scenario mine, 1 process" {
		t.Errorf("ready line says (%s)", s.about)
	}
}

func TestServeRefuses(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() }) //nolint:errcheck // the test is over
	port := taken.Addr().String()
	torn := write(t, filepath.Join(t.TempDir(), "torn.yaml"), "name: torn\na: 1\nb: 2\nc: 3\nd: 4\n")
	tests := []struct {
		name string
		args []string
		want string // beginning of stderr
	}{
		{"port taken", []string{"--listen", port}, "capisim: --listen: the port of " + port + " is taken; choose another with --listen or CAPISIM_LISTEN, or port 0 for any free one\n"},
		{"admin port taken", []string{"--admin-listen", port}, "capisim: --admin-listen: the port of " + port + " is taken; choose another with --admin-listen or CAPISIM_ADMIN_LISTEN, or port 0 for any free one\n"},
		{"no address", []string{"--listen", "8080"}, "capisim: --listen: \"8080\": address 8080: missing port in address; expected HOST:PORT such as 127.0.0.1:8080 or :8080, or unix:PATH\n"},
		{"unknown scenario", []string{"--scenario", "nosuch"}, "capisim: scenario \"nosuch\": no such scenario; there are default, conflict, "},
		{"broken scenario", []string{"--scenario", torn}, "capisim: " + torn + ":2:1: a: "},
		{"certificate without a key", []string{"--tls-cert", "x.pem"}, "capisim: TLS: one of --tls-cert and --tls-key alone, expected both\n"},
		{"two certificates", []string{"--tls-cert", "x.pem", "--tls-key", "x.key", "--tls-self-signed"}, "capisim: TLS: --tls-self-signed beside --tls-cert, expected one of them\n"},
		{"certificate that is not there", []string{"--tls-cert", "x.pem", "--tls-key", "x.key"}, "capisim: TLS: open x.pem: no such file or directory\n"},
		{"external URL without a scheme", []string{"--external-url", "api.example.local"}, "capisim: --external-url: \"api.example.local\", expected "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := invoke(t, nil, append([]string{"serve", "--listen", "127.0.0.1:0"}, test.args...)...)
			if got.code != exitMisused || got.out != "" || !strings.HasPrefix(got.err, test.want) {
				t.Errorf("exit code %d, stdout %q, stderr %q, want 2, nothing, and %q", got.code, got.out, got.err, test.want)
			}
		})
	}
}

func TestServeWithACertificateOfItsOwn(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--tls-self-signed", "--external-url", "https://api.example.local:8443")
	if !strings.HasPrefix(s.url, "https://127.0.0.1:") {
		t.Fatalf("base URL %s", s.url)
	}
	answer := get(t, ownClient(t, &tls.Config{InsecureSkipVerify: true}), s.url+"/v3/processes")
	if answer.StatusCode != http.StatusOK || answer.ProtoMajor != 2 {
		t.Errorf("%s %s, want HTTP/2 200", answer.Proto, answer.Status)
	}
	certificate := answer.TLS.PeerCertificates[0]
	if certificate.PublicKeyAlgorithm != x509.ECDSA {
		t.Errorf("a key for %s, want ECDSA", certificate.PublicKeyAlgorithm)
	}
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost", "127.0.0.1", "::1", name, "api.example.local"} {
		if err := certificate.VerifyHostname(host); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	// Whoever trusts the certificate needs no other.
	trusted := x509.NewCertPool()
	trusted.AddCert(certificate)
	if got := get(t, ownClient(t, &tls.Config{RootCAs: trusted}), s.url+"/v3/processes"); got.StatusCode != http.StatusOK {
		t.Errorf("%s, want 200", got.Status)
	}
	address := strings.TrimPrefix(s.url, "https://")
	if got := invoke(t, nil, "healthcheck", "--listen", address, "--tls-self-signed"); got.code != exitDone {
		t.Errorf("healthcheck: exit code %d, %s", got.code, got.err)
	}
}

func TestServeAdminApart(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--admin-listen", "127.0.0.1:0")
	if s.console == s.url {
		t.Fatalf("console at %s, the port of the API", s.console)
	}
	client := ownClient(t, nil)
	for _, test := range []struct {
		url  string
		want int
	}{
		{s.url + "/admin", http.StatusNotFound},
		{s.console + "/admin", http.StatusOK},
		{s.url + "/v3/processes", http.StatusOK},
		{s.console + "/v3/processes", http.StatusNotFound},
		{s.url + "/healthz", http.StatusOK},
		{s.console + "/healthz", http.StatusOK},
	} {
		if got := get(t, client, test.url); got.StatusCode != test.want {
			t.Errorf("%s: %s, want %d", test.url, got.Status, test.want)
		}
	}
}

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := gone.Addr().String()
	gone.Close() //nolint:errcheck // only its port is wanted
	tests := []struct {
		name, listen string
		args         []string
		code         int
		want         string // in stderr
	}{
		{"as the image listens", ":" + port, nil, exitDone, ""},
		{"every address", "0.0.0.0:" + port, nil, exitDone, ""},
		{"by name", "localhost:" + port, nil, exitDone, ""},
		{"a proxy in the environment is not asked", "127.0.0.1:" + port, nil, exitDone, ""},
		{"flag beats variable", "nowhere", []string{"--listen", ":" + port}, exitDone, ""},
		{"no server", free, nil, exitUnreached, "connection refused"},
		{"TLS where there is none", ":" + port, []string{"--tls-self-signed"}, exitUnreached, "HTTP response to HTTPS client"},
		{"any free port", ":0", nil, exitMisused, `--listen: ":0", expected HOST:PORT with the port that the server has`},
		{"no port", "localhost", nil, exitMisused, `--listen: "localhost", expected HOST:PORT with the port that the server has`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			environ := []string{"CAPISIM_LISTEN=" + test.listen, "HTTP_PROXY=http://127.0.0.1:1"}
			got := invoke(t, environ, append([]string{"healthcheck"}, test.args...)...)
			if got.code != test.code || got.out != "" || !strings.Contains(got.err, test.want) || test.want == "" && got.err != "" {
				t.Errorf("exit code %d, stdout %q, stderr %q, want %d and %q", got.code, got.out, got.err, test.code, test.want)
			}
		})
	}
}

// TestSignals starts processes: a signal reaches a whole one.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			// Its list trickles for half an hour, which SIGTERM does not wait for.
			slow := write(t, filepath.Join(t.TempDir(), "slow.yaml"),
				"name: slow\nextends: default\nfaults: [{id: drip, connection: {kind: drip, bytes_per_second: 1}}]\n")
			s := start(t, signal, "--scenario", slow)
			answer := get(t, ownClient(t, nil), s.url+"/v3/processes")
			begin := time.Now()
			if code := s.stop(); code != exitDone {
				t.Errorf("exit code %d, stderr %q, want 0", code, s.stderr.String())
			}
			if took := time.Since(begin); took >= drainTime {
				t.Errorf("it took %s to end", took)
			}
			if body, err := io.ReadAll(answer.Body); err == nil {
				t.Errorf("the answer was sent in full, %d bytes, want it cut", len(body))
			}
		})
	}
}

// start runs capisim serve as a process; its stop sends the signal.
func start(t *testing.T, signal syscall.Signal, args ...string) *served {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return serving(t, exec.CommandContext(t.Context(), binary, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...), signal)
}

// serving starts a command that serves.
func serving(t *testing.T, command *exec.Cmd, signal syscall.Signal) *served {
	t.Helper()
	s := &served{stderr: &bytes.Buffer{}, silent: make(chan struct{})}
	command.Env = append(os.Environ(), asCommand+"=1")
	command.Stderr = s.stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	s.stop = sync.OnceValue(func() int {
		command.Process.Signal(signal) //nolint:errcheck // it may have ended
		<-s.silent
		command.Wait() //nolint:errcheck // the code says it
		return command.ProcessState.ExitCode()
	})
	t.Cleanup(func() { s.stop() })
	s.ready(t, out)
	return s
}
