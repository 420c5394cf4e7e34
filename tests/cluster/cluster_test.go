// Package cluster_test runs three simulators behind a real nginx with the
// configuration that docs/cluster ships: worlds are spread by their names.
package cluster_test

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

func TestCluster(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Cluster")
}

var _ = Describe("Replicas behind nginx", func() {
	It("keep worlds apart, prove together what was tested, and outlive one of them", func() {
		replicas := map[int]*harness.Process{}
		addresses := map[int]string{}
		for n := 1; n <= 3; n++ {
			replicas[n] = harness.Serve()
			addresses[n] = strings.TrimPrefix(replicas[n].URL, "http://")
		}
		harness.Cluster{
			URL: proxy(addresses),
			Held: func(n int) []string {
				var names []string
				for _, world := range (&harness.Client{Base: replicas[n].URL}).Do("GET", "/admin/worlds?per_page=5000", nil).At("resources").([]any) {
					names = append(names, world.(map[string]any)["name"].(string))
				}
				return names
			},
			Coverage: func(cells string, of ...int) (string, int) {
				args := []string{"coverage", "--all-worlds", "--require", cells}
				for _, n := range of {
					args = append(args, "--url", replicas[n].URL)
				}
				out, err := exec.Command(harness.Binary(), args...).CombinedOutput()
				var exit *exec.ExitError
				if errors.As(err, &exit) {
					return string(out), exit.ExitCode()
				}
				Expect(err).NotTo(HaveOccurred())
				return string(out), 0
			},
			Kill:   func(n int) { replicas[n].Kill() },
			Revive: func(n int) { replicas[n] = harness.Serve("--listen", addresses[n]) },
		}.Drive()
	})
})

// proxy starts nginx in front of the replicas and returns its address.
func proxy(addresses map[int]string) string {
	GinkgoHelper()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		nginx = "/usr/sbin/nginx" // which is not on everybody's path
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	address := listener.Addr().String()
	Expect(listener.Close()).To(Succeed())

	shipped, err := os.ReadFile("../../docs/cluster/nginx.conf")
	Expect(err).NotTo(HaveOccurred())
	folder := GinkgoT().TempDir()
	pairs := []string{"listen 8080", "listen " + address, "pid /tmp/nginx.pid", "pid " + filepath.Join(folder, "pid")}
	for n, replica := range addresses {
		pairs = append(pairs, "replica-"+strconv.Itoa(n)+":8080", replica)
	}
	config := filepath.Join(folder, "nginx.conf")
	Expect(os.WriteFile(config, []byte(strings.NewReplacer(pairs...).Replace(string(shipped))), 0o600)).To(Succeed())

	var errs bytes.Buffer
	cmd := exec.Command(nginx, "-c", config, "-e", "stderr", "-g", "daemon off;")
	cmd.Stderr = &errs
	Expect(cmd.Start()).To(Succeed(), "nginx is missing: on Debian it is nginx-light")
	DeferCleanup(func() {
		Expect(cmd.Process.Signal(syscall.SIGTERM)).To(Succeed())
		Expect(cmd.Wait()).To(Succeed(), errs.String)
	})
	Eventually(func() error {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			err = connection.Close()
		}
		return err
	}).WithTimeout(time.Minute).Should(Succeed(), errs.String)
	return "http://" + address
}
