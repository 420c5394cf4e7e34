package container_test

import (
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

func replica(n int) string { return fmt.Sprintf("replica-%d", n) }

// clustered tells of its profile with three replicas.
func clustered() {
	BeforeEach(harness.Network)

	It("keeps worlds apart, proves together what was tested, and outlives a replica", func() {
		p := newProject()
		p.do("--profile", "cluster", "up", "--detach", "proxy")
		answers(p.cluster)
		harness.Cluster{
			URL: p.cluster,
			Held: func(n int) []string {
				var names []string
				for _, line := range strings.Split(p.do("exec", "-T", replica(n), "/capisim", "world", "list"), "\n")[1:] {
					name, _, _ := strings.Cut(line, " ")
					names = append(names, name)
				}
				return names[:len(names)-1] // the last line is empty
			},
			Coverage: func(cells string, of ...int) (string, int) {
				args := []string{"exec", "-T", replica(of[0]), "/capisim", "coverage", "--all-worlds", "--require", cells}
				for _, n := range of {
					args = append(args, "--url", "http://"+replica(n)+":8080")
				}
				return exitCode(p.command(args...))
			},
			Kill: func(n int) { docker("kill", p.container(replica(n))) },
			Revive: func(n int) {
				p.do("--profile", "cluster", "start", replica(n))
				Eventually(func() string {
					return docker("inspect", "--format", "{{.State.Health.Status}}", p.container(replica(n)))
				}).WithTimeout(limit).WithPolling(100 * time.Millisecond).Should(Equal("healthy"))
			},
		}.Drive()
	})
}
