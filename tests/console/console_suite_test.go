// Package console_test drives the console of the built command in a real
// browser, as a person would, and asks the API what came of it.
package console_test

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Apart(m)) }

func TestConsole(t *testing.T) {
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	suite.RandomizeAllSpecs = true
	SetDefaultEventuallyPollingInterval(25 * time.Millisecond) // each look is a round trip
	RunSpecs(t, "Console", suite, reporter)
}

var (
	root   string          // address of the server that most specs share
	chrome context.Context // of the one browser
)

var _ = BeforeSuite(func() {
	harness.Network()
	root = harness.Serve().URL
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.WSURLReadTimeout(4*harness.Patience), // on a busy machine a browser takes long to begin
		chromedp.NoSandbox, // the tests may run as root, in a container
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("renderer-process-limit", "1"), // a spec uses one tab at a time, and a process for each costs a fifth more
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP "+foreign+" 127.0.0.1"),
	)
	// chromedp does not look for Debian's. What is in the path there is a script
	// whose end is not the browser's.
	if shell, err := exec.LookPath("/usr/lib/chromium/chromium-headless-shell"); err == nil {
		flags = append(flags, chromedp.ExecPath(shell))
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	DeferCleanup(stop)
	// The driver does not know every event of a newer browser and would say so.
	chrome, _ = chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	DeferCleanup(func() { Expect(chromedp.Cancel(chrome)).To(Succeed()) })
	Expect(chromedp.Run(chrome)).To(Succeed())
})
