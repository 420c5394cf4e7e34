// Package harness is what the suites share: it starts the built command, gives
// each spec a world of its own, sends requests, and checks every answer against
// the published schemas. It refuses to know what a spec is about.
package harness

import (
	"bufio"
	"fmt"
	"os/exec"
	"regexp"
	"syscall"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
)

// Process is a running server, started as a user would.
type Process struct {
	URL     string // of the API, as the ready line says
	Ready   string // the ready line
	command *exec.Cmd
	ended   chan error
}

var address = regexp.MustCompile(`https?://[^\s,/]+`)

// Serve starts "capisim serve" on a free port with more arguments, waits for
// its ready line, and stops it after the spec or suite.
func Serve(args ...string) *Process {
	ginkgo.GinkgoHelper()
	gomega.Expect(loadDocuments()).To(gomega.Succeed())
	p := &Process{command: exec.Command(Binary(), append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...), ended: make(chan error, 1)}
	p.command.Stderr = ginkgo.GinkgoWriter
	out, err := p.command.StdoutPipe()
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	gomega.Expect(p.command.Start()).To(gomega.Succeed())
	lines := bufio.NewScanner(out)
	gomega.Expect(lines.Scan()).To(gomega.BeTrue(), "the server ended before it was ready")
	p.Ready = lines.Text()
	p.URL = address.FindString(p.Ready)
	gomega.Expect(p.URL).NotTo(gomega.BeEmpty(), "no address in the ready line %q", p.Ready)
	go func() {
		for lines.Scan() {
			fmt.Fprintln(ginkgo.GinkgoWriter, lines.Text())
		}
		p.ended <- p.command.Wait()
	}()
	ginkgo.DeferCleanup(p.Stop)
	return p
}

// stopWithin is how long a server may take to end.
const stopWithin = 10 * time.Second

// Stop ends the server as an orchestrator does and expects a clean exit.
func (p *Process) Stop() {
	ginkgo.GinkgoHelper()
	if p.command == nil {
		return
	}
	gomega.Expect(p.command.Process.Signal(syscall.SIGTERM)).To(gomega.Succeed())
	var err error
	gomega.Eventually(p.ended).WithTimeout(stopWithin).Should(gomega.Receive(&err))
	gomega.Expect(err).NotTo(gomega.HaveOccurred(), "exit after SIGTERM")
	p.command = nil
}

// Kill ends the server as a failing machine does.
func (p *Process) Kill() {
	ginkgo.GinkgoHelper()
	gomega.Expect(p.command.Process.Kill()).To(gomega.Succeed())
	gomega.Eventually(p.ended).WithTimeout(stopWithin).Should(gomega.Receive(gomega.HaveOccurred()))
	p.command = nil
}
