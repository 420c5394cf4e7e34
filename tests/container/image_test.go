package container_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

const app = "/v3/processes/" + harness.DemoWeb

func (b *box) client() *harness.Client { return &harness.Client{Base: b.url, Token: "admin"} }

// write replaces what a file says, in place: a file that is mounted by itself
// keeps its inode.
func write(path, text string) {
	GinkgoHelper()
	Expect(os.WriteFile(path, []byte(text), 0o644)).To(Succeed())
}

// playing is how many processes the server's world has.
func (b *box) playing() any {
	return b.client().Do("GET", "/v3/processes", nil).At("pagination", "total_results")
}

// apps is a scenario with so many of them.
func apps(n int) string {
	text := "name: own\nextends: empty\napps:\n"
	for i := range n {
		text += "  - name: app-" + strconv.Itoa(i) + "\n    processes: [{type: web}]\n"
	}
	return text
}

// alone tells of the image by itself, on the network of this machine: no interface
// comes or goes.
func alone() {
	It("holds the command, certificates and a folder for scenarios, in less than 20 MB", func() {
		made := docker("create", "--name", own+"-files", image)
		DeferCleanup(func() { docker("rm", made) })
		var files []string
		for _, name := range strings.Fields(command("sh", "-c", "docker export "+made+" | tar -t")) {
			// The engine adds what every container has.
			if top, _, _ := strings.Cut(name, "/"); top != "dev" && top != "proc" && top != "sys" && name != ".dockerenv" &&
				!strings.HasSuffix(name, "/") && name != "etc/hostname" && name != "etc/hosts" && name != "etc/resolv.conf" && name != "etc/mtab" {
				files = append(files, name)
			}
		}
		Expect(files).To(ConsistOf("capisim", "etc/ssl/certs/ca-certificates.crt"))
		Expect(strconv.Atoi(docker("image", "inspect", "--format", "{{.Size}}", image))).To(BeNumerically("<", 20_000_000))
		Expect(docker("run", "--rm", "--network", "none", "--name", own+"-version", image, "version")).To(ContainSubstring("capisim 1.2.3-test (commit 0123456789ab, "))
		Expect(docker("image", "inspect", "--format", "{{.Config.User}}", image)).NotTo(HavePrefix("0"))
	})

	It("serves as another user, with nothing to write to and 64 MB", func() {
		b := run().ready()
		for _, op := range []string{"/v3/processes", app, app + "/stats"} {
			Expect(b.client().Do("GET", op, nil)).To(harness.HaveStatus(http.StatusOK))
		}
		Expect(b.client().Do("PUT", "/admin/worlds/many", map[string]any{"scenario": "large"})).To(harness.HaveStatus(http.StatusCreated))
		many := &harness.Client{Base: b.url + "/worlds/many", Token: "admin"}
		for page := range 20 {
			Expect(many.Do("GET", "/v3/processes?per_page=500&page="+strconv.Itoa(page+1), nil)).To(harness.HaveStatus(http.StatusOK))
		}
		Expect(b.says("{{.State.OOMKilled}}")).To(Equal("false"))
	})

	It("tells the engine when the server hangs, and when it is back", func() {
		b := run().ready()
		docker("kill", "--signal", "STOP", b.name)
		Eventually(b.health).WithTimeout(limit).WithPolling(time.Second).Should(Equal("unhealthy"))
		docker("kill", "--signal", "CONT", b.name)
		b.ready()
	})

	It("ends at once with held answers and open streams, and leaves its report", func() {
		reports := folder()
		b := run("--env", "CAPISIM_REPORT=/report", "--volume", reports+":/report").ready()
		rule := map[string]any{"match": map[string]any{"operations": []string{"getProcess"}}, "connection": "hang"}
		Expect(b.client().Do("POST", "/admin/faults", rule)).To(harness.HaveStatus(http.StatusCreated))
		events, err := http.Get(b.url + "/admin/events")
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(events.Body.Close)
		stream := bufio.NewScanner(events.Body)
		held := make(chan error, 1)
		go func() {
			defer GinkgoRecover()
			answer, err := http.Get(b.url + app)
			if err == nil {
				answer.Body.Close()
			}
			held <- err
		}()
		for stream.Scan() && !strings.Contains(stream.Text(), "getProcess") {
		}
		Expect(docker("stop", "-t", "60", b.name)).To(Equal(b.name))
		Eventually(held).WithTimeout(limit).Should(Receive(HaveOccurred()))
		for stream.Scan() {
		}
		Expect(b.says("{{.State.ExitCode}}")).To(Equal("0"))
		ended := b.took()
		AddReportEntry("from SIGTERM to the end", ended.String())
		Expect(docker("logs", b.name)).To(ContainSubstring("coverage: "))
		for _, name := range []string{"coverage", "reactions", "expectations"} {
			for _, ending := range []string{"json", "xml", "html"} {
				Expect(filepath.Join(reports, name+"."+ending)).To(BeAnExistingFile())
			}
		}
	})

	It("takes its settings from variables, and refuses a wrong one by its name", func() {
		b := run("--env", "CAPISIM_SCENARIO=large", "--env", "CAPISIM_ADMIN_TOKEN=secret", "--env", "CAPISIM_CLOCK=frozen").ready()
		Expect(b.playing()).To(BeNumerically(">", 1000))
		Expect(b.client().Do("GET", "/admin/faults", nil)).To(harness.HaveStatus(http.StatusUnauthorized))
		seen := b.client().As("secret").Do("GET", "/admin/clock", nil)
		Expect(seen).To(harness.HaveStatus(http.StatusOK))
		Expect(seen.At("mode")).To(Equal("frozen"))

		out, code := exitCode(exec.Command("docker", "run", "--rm", "--network", "none", "--name", own+"-wrong", "--env", "CAPISIM_SEED=many", image))
		Expect(code).To(Equal(2))
		Expect(out).To(ContainSubstring("CAPISIM_SEED"))
	})

	DescribeTable("is found healthy however the server was told where to listen",
		func(words ...string) {
			for i, word := range words {
				words[i] = strings.ReplaceAll(word, "PORT", freePort())
			}
			b := run(words...).ready()
			Expect(b.says("{{(index .State.Health.Log 0).Output}}")).To(BeEmpty())
		},
		Entry("by a variable", "--env", "CAPISIM_TLS_SELF_SIGNED=true"),
		Entry("by a flag", "--", "serve", "--tls-self-signed"),
		Entry("on another port", "--", "serve", "--listen=127.0.0.1:PORT", "--scenario", "large"),
	)

	It("has a certificate of its own", func() {
		b := run("--env", "CAPISIM_TLS_SELF_SIGNED=true").ready()
		out, code := exitCode(exec.Command("curl", "--silent", "--insecure", "--header", "Authorization: bearer admin", strings.Replace(b.url, "http:", "https:", 1)+app))
		Expect(code).To(BeZero(), out)
		Expect(out).To(ContainSubstring(harness.DemoApp))
	})

	Describe("with a scenario that is mounted and watched", func() {
		var dir string
		watching := []string{"--env", "CAPISIM_SCENARIO=own", "--env", "CAPISIM_WATCH=true"}
		BeforeEach(func() {
			dir = folder()
			write(filepath.Join(dir, "own.yaml"), apps(2))
		})
		seen := func(b *box, n int) {
			GinkgoHelper()
			Eventually(b.playing).WithTimeout(limit).WithPolling(100 * time.Millisecond).Should(BeNumerically("==", n))
		}

		It("reloads a file of a folder", func() {
			b := run(append(watching, "--volume", dir+":/scenarios:ro")...).ready()
			seen(b, 2)
			write(filepath.Join(dir, "own.yaml"), apps(3))
			seen(b, 3)
			write(filepath.Join(dir, "new.yaml"), apps(4))
			Expect(os.Rename(filepath.Join(dir, "new.yaml"), filepath.Join(dir, "own.yaml"))).To(Succeed())
			seen(b, 4)
		})

		It("reloads a file that is mounted by itself", func() {
			file := filepath.Join(dir, "own.yaml")
			b := run(append(watching, "--volume", file+":/scenarios/own.yaml:ro")...).ready()
			seen(b, 2)
			write(file, apps(3))
			seen(b, 3)
		})

		It("reloads a folder whose links are swapped, as a config map is", func() {
			mounted := folder()
			version := func(n int) string {
				path := filepath.Join(mounted, "..version-"+strconv.Itoa(n))
				Expect(os.Mkdir(path, 0o755)).To(Succeed())
				write(filepath.Join(path, "own.yaml"), apps(n))
				return filepath.Base(path)
			}
			Expect(os.Symlink(version(2), filepath.Join(mounted, "..data"))).To(Succeed())
			Expect(os.Symlink("..data/own.yaml", filepath.Join(mounted, "own.yaml"))).To(Succeed())
			b := run(append(watching, "--volume", mounted+":/scenarios:ro")...).ready()
			seen(b, 2)
			Expect(os.Symlink(version(3), filepath.Join(mounted, "..data_tmp"))).To(Succeed())
			Expect(os.Rename(filepath.Join(mounted, "..data_tmp"), filepath.Join(mounted, "..data"))).To(Succeed())
			Expect(os.RemoveAll(filepath.Join(mounted, "..version-2"))).To(Succeed())
			seen(b, 3)
		})
	})
}

// took is the time from the signal to the end, by the engine's own clock.
func (b *box) took() time.Duration {
	GinkgoHelper()
	type event struct {
		Action   string `json:"Action"`
		TimeNano int64  `json:"timeNano"`
	}
	times := map[string]int64{}
	lines := command("docker", "events", "--since", "5m", "--until", "0s", "--filter", "container="+b.name, "--format", "{{json .}}")
	for _, line := range strings.Split(lines, "\n") {
		var e event
		Expect(json.Unmarshal([]byte(line), &e)).To(Succeed())
		times[e.Action] = e.TimeNano
	}
	return time.Duration(times["die"] - times["kill"])
}
