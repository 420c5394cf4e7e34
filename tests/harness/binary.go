package harness

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
)

// Binary is the path of the command under test.
func Binary() string {
	ginkgo.GinkgoHelper()
	path, err := binary()
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	return path
}

// binary is the command under test: the one that tests/run has built, else one
// that is built here.
var binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("CAPISIM_BINARY"); path != "" {
		return path, nil
	}
	path, err := build()
	if err != nil {
		return "", fmt.Errorf("build the command: %w", err)
	}
	return path, nil
})

// build makes the command at a place that all suites of this checkout share, one
// after the other: what is there already and up to date go build leaves alone.
// The race detector watches the command if it watches the suite, so that nothing
// is compiled that go test has not compiled.
func build() (string, error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return "", err
	}
	caches, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(caches, "capisim", fmt.Sprintf("suites-%.6x", sha256.Sum256([]byte(root))))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	lock, err := os.Create(filepath.Join(folder, "lock"))
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := Lock(lock); err != nil {
		return "", err
	}
	path := filepath.Join(folder, "capisim")
	if raced {
		path += "-race"
	}
	builder := exec.Command("go", "build", fmt.Sprintf("-race=%t", raced), "-pgo=off", "-buildvcs=false", "-o", path, "./cmd/capisim")
	builder.Dir = root
	if out, err := builder.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
}
