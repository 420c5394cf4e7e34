package harness

import (
	"os"
	"path/filepath"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
)

// apart is set in the environment of a suite that Apart has given its own network.
const apart = "CAPISIM_TEST_APART"

func isApart() bool { return os.Getenv(apart) != "" }

// Network waits until no other suite of this machine has asked for its network,
// and keeps it until the suite ends: a container engine makes and removes
// interfaces, and a browser drops all that it is loading when one comes or goes.
// A suite with a network of its own has it already.
func Network() {
	ginkgo.GinkgoHelper()
	if !isApart() {
		Turn("network")
	}
}

// Turn waits until no other suite of this machine has what is named, and keeps it
// until the suite ends.
func Turn(name string) {
	ginkgo.GinkgoHelper()
	caches, err := os.UserCacheDir()
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	folder := filepath.Join(caches, "capisim")
	gomega.Expect(os.MkdirAll(folder, 0o700)).To(gomega.Succeed())
	lock, err := os.Create(filepath.Join(folder, name+".lock"))
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	gomega.Expect(Lock(lock)).To(gomega.Succeed())
	ginkgo.DeferCleanup(lock.Close)
}
