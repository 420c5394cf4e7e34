package tests_test

import (
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/capisim/sim"
)

// TestTLSGuide makes a certificate by the guide's own line and lets each client
// that this machine has trust it in the guide's own way; without that none does.
func TestTLSGuide(t *testing.T) {
	t.Parallel()
	guide := pages(t)["docs/guides/tls.md"]
	folder := t.TempDir()
	shell(t, folder, nil, regexp.MustCompile(`(?m)^openssl .*$`).FindString(guide)+" 2>&1", true)
	if err := os.Rename(filepath.Join(folder, "server.pem"), filepath.Join(folder, "ca.pem")); err != nil {
		t.Fatal(err)
	}
	address := serveTLS(t, filepath.Join(folder, "ca.pem"), filepath.Join(folder, "server-key.pem"))
	const javaClient = `import java.net.URI; import java.net.http.*; class C { public static void main(String[] a) throws Exception {
	System.out.println(HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(System.getenv("CAPISIM_URL"))).build(), HttpResponse.BodyHandlers.ofString()).statusCode()); } }`
	if err := os.WriteFile(filepath.Join(folder, "C.java"), []byte(javaClient), 0o600); err != nil {
		t.Fatal(err)
	}
	keytool := regexp.MustCompile("`(keytool [^`]+)`").FindStringSubmatch(guide)[1]
	properties := regexp.MustCompile("`(-Djavax[^`]+)`").FindStringSubmatch(guide)[1]
	var missing []string
	for command, how := range map[string]struct{ setting, ask, trusting string }{
		"curl":    {setting: "CURL_CA_BUNDLE=ca.pem", ask: `curl -s -o /dev/null -w '%{http_code}' "$CAPISIM_URL"`},
		"python3": {setting: "SSL_CERT_FILE=ca.pem", ask: `python3 -c "import os,urllib.request;print(urllib.request.urlopen(os.environ['CAPISIM_URL']).status)"`},
		"node":    {setting: "NODE_EXTRA_CA_CERTS=ca.pem", ask: `node -e "fetch(process.env.CAPISIM_URL).then(r=>console.log(r.status))"`},
		"ruby":    {setting: "SSL_CERT_FILE=ca.pem", ask: `ruby -rnet/http -e "puts Net::HTTP.get_response(URI(ENV['CAPISIM_URL'])).code"`},
		"java":    {ask: "java C.java", trusting: keytool + " 2>&1 && java " + properties + " C.java"},
	} {
		if _, err := exec.LookPath(command); err != nil {
			missing = append(missing, command)
			continue
		}
		if !strings.Contains(guide, how.setting) {
			t.Errorf("the guide does not have %s", how.setting)
		}
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			at := []string{"CAPISIM_URL=" + address, "NO_PROXY=localhost", "https_proxy="}
			shell(t, folder, at, how.ask, false)
			trusting := how.trusting
			if trusting == "" {
				trusting = how.ask
			}
			if out := shell(t, folder, append(at, how.setting), trusting, true); !strings.HasSuffix(strings.TrimSpace(out), "200") {
				t.Errorf("answered %s", out)
			}
		})
	}
	if missing != nil {
		t.Logf("not run, since they are not here: %s", strings.Join(missing, ", "))
	}
}

// shell runs a line in a folder, which is to work out or not.
func shell(t *testing.T, folder string, settings []string, line string, works bool) string {
	t.Helper()
	run := exec.CommandContext(t.Context(), "bash", "-c", line)
	run.Dir, run.Env = folder, append(os.Environ(), settings...)
	out, err := run.CombinedOutput()
	if (err == nil) != works {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// serveTLS serves a simulator with a certificate and returns its address.
func serveTLS(t *testing.T, certificate, key string) string {
	t.Helper()
	simulator, err := sim.New()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := simulator.Server(simulator)
	server.ErrorLog = log.New(io.Discard, "", 0) // clients that trust nobody are expected
	ended := make(chan error, 1)
	go func() { ended <- server.ServeTLS(listener, certificate, key) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-ended; err != http.ErrServerClosed {
			t.Error(err)
		}
		simulator.Close()
	})
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "https://localhost:" + port
}
