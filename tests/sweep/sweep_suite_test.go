// Package sweep_test drives capisim sweep, run and env as a user does, against
// clients that get one thing wrong each.
package sweep_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/sweep"
	"example.com/capisim/tests/harness"
)

func TestSweep(t *testing.T) {
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	suite.RandomizeAllSpecs = true
	RunSpecs(t, "Sweep", suite, reporter)
}

// planted is the path of the client program.
var planted string

var _ = SynchronizedBeforeSuite(func() []byte {
	dir, err := os.MkdirTemp("", "capisim-planted-")
	Expect(err).NotTo(HaveOccurred())
	path := filepath.Join(dir, "planted")
	build := exec.Command("go", "build", "-race", "-o", path, "./planted") // the suite's own build has compiled its packages so
	output, err := build.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(output))
	return []byte(path)
}, func(path []byte) { planted = string(path) })

var _ = SynchronizedAfterSuite(func() {}, func() { Expect(os.RemoveAll(filepath.Dir(planted))).To(Succeed()) })

// ran is what a command line came to.
type ran struct {
	code           int
	stdout, stderr string
}

// capisim runs the command.
func capisim(environ []string, args ...string) ran {
	GinkgoHelper()
	var stdout, stderr bytes.Buffer
	command := exec.Command(harness.Binary(), args...)
	command.Env = append(os.Environ(), environ...)
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		Fail(err.Error())
	}
	out := ran{command.ProcessState.ExitCode(), stdout.String(), stderr.String()}
	GinkgoWriter.Println(args, out.code, out.stdout, out.stderr)
	return out
}

// swept runs a sweep and reads its JSON.
func swept(args ...string) (*sweep.Result, ran) {
	GinkgoHelper()
	out := capisim(nil, append([]string{"sweep", "--format", "json"}, args...)...)
	var result sweep.Result
	Expect(json.Unmarshal([]byte(out.stdout), &result)).To(Succeed(), out.stderr)
	return &result, out
}
