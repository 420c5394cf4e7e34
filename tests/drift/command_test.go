package drift_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/drift"
	"example.com/capisim/tests/harness"
)

// capisim runs the built command.
func capisim(args ...string) (code int, stdout, stderr string) {
	GinkgoHelper()
	command := exec.Command(harness.Binary(), args...)
	var out, messages bytes.Buffer
	command.Stdout, command.Stderr = &out, &messages
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		Expect(err).NotTo(HaveOccurred())
	}
	Expect(strings.Count(messages.String(), "\n")).To(BeNumerically("<=", 3), messages.String())
	return command.ProcessState.ExitCode(), out.String(), messages.String()
}

var _ = Describe("capisim drift", func() {
	const demo = "c1000000-0000-4000-8000-000000000001"

	It("exits 0 when there is no difference, TLS and writing included", func() {
		server := harness.Serve("--tls-self-signed", "--seed", "99", "--auth", "strict")
		code, out, messages := capisim("drift", "--target", server.URL, "--token", "developer", "--skip-ssl-validation", "--write", "--process", demo)
		Expect(messages).To(MatchRegexp(`^capisim drift: [0-9]+ probes of .*: no difference; [0-9]+ of the [0-9]+ answers of the contract were not asked for\n$`))
		Expect(out).To(BeEmpty())
		Expect(code).To(Equal(0))
	})

	It("exits 1 when there is one, and prints a line for each", func() {
		url := behind(start().URL, plant{"GET", "/v3/processes?page=0", "", text(`10005`, `10006`)})
		code, out, messages := capisim("drift", "--target", url, "--token", "bearer root-token")
		Expect(out).To(Equal("§13.1 listProcesses page=0: /errors/0/code: target has 10006, capisim has 10005\n"))
		Expect(messages).To(ContainSubstring(": 1 difference; "))
		Expect(code).To(Equal(1))
	})

	It("prints JSON", func() {
		url := behind(start().URL, plant{"", "", "", without("Referrer-Policy")})
		code, out, _ := capisim("drift", "--target", url, "--token", "root-token", "--format", "json")
		var report drift.Report
		Expect(json.Unmarshal([]byte(out), &report)).To(Succeed())
		Expect(report.Differences).To(HaveLen(1))
		Expect(report.Differences[0].Pointer).To(Equal("header Referrer-Policy"))
		// All have it but what no handler of the framework answers.
		Expect(len(report.Differences[0].Also)).To(BeNumerically(">", report.Probes-10))
		Expect(report.Seen).To(BeNumerically(">", 30))
		Expect(report.Answers).To(BeNumerically(">", report.Seen))
		Expect(code).To(Equal(1))
	})

	DescribeTable("exits 2 on bad usage", func(want string, args ...string) {
		code, out, messages := capisim(append([]string{"drift"}, args...)...)
		Expect(messages).To(ContainSubstring(want))
		Expect(out).To(BeEmpty())
		Expect(code).To(Equal(2))
	},
		Entry("no target", "--target is missing", "--token", "t"),
		Entry("no token", "--token is missing", "--target", "http://127.0.0.1:1"),
		Entry("no URL", "expected http://HOST", "--token", "t", "--target", "127.0.0.1:1"),
		Entry("write without a process", "--write without --process", "--token", "t", "--target", "http://127.0.0.1:1", "--write"),
		Entry("format", `"xml", expected one of text, json`, "--token", "t", "--target", "http://127.0.0.1:1", "--format", "xml"),
	)

	It("exits 2 when the token is refused", func() {
		code, _, messages := capisim("drift", "--target", start().URL, "--token", "nobody")
		Expect(messages).To(Equal("capisim: drift: the token was refused: GET /v3/processes: 401 CF-InvalidAuthToken \"Invalid Auth Token\"\n"))
		Expect(code).To(Equal(2))
	})

	It("exits 3 when nothing answers", func() {
		code, out, messages := capisim("drift", "--target", "http://127.0.0.1:1", "--token", "t")
		Expect(messages).To(HavePrefix("capisim: drift: no answer from http://127.0.0.1:1: "))
		Expect(out).To(BeEmpty())
		Expect(code).To(Equal(3))
	})
})
