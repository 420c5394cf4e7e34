package container_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

// project is a copy of compose.yaml under a name of its own, so that nothing is
// left in the checkout and several stand side by side.
type project struct {
	name, folder string
	environ      []string
	url, cluster string // what it publishes
}

var projects int

func newProject() *project {
	GinkgoHelper()
	projects++
	p := &project{name: fmt.Sprintf("%s-project-%d", own, projects), folder: folder()}
	command("cp", "-r", filepath.Join(root, "compose.yaml"), p.folder)
	Expect(os.MkdirAll(filepath.Join(p.folder, "docs"), 0o755)).To(Succeed())
	command("cp", "-r", filepath.Join(root, "docs", "cluster"), filepath.Join(p.folder, "docs"))
	Expect(os.Mkdir(p.reports(), 0o777)).To(Succeed())
	Expect(os.Chmod(p.reports(), 0o777)).To(Succeed())
	api, cluster := freePort(), freePort()
	p.url, p.cluster = "http://127.0.0.1:"+api, "http://127.0.0.1:"+cluster
	p.environ = append(os.Environ(), "CAPISIM_IMAGE="+image, "CAPISIM_PORT="+api, "CAPISIM_CLUSTER_PORT="+cluster)
	DeferCleanup(func() {
		if CurrentSpecReport().Failed() {
			out, _ := exitCode(p.command("logs", "--no-color"))
			GinkgoWriter.Println(out)
		}
		p.do("--profile", "client", "--profile", "cluster", "down", "--volumes", "--remove-orphans", "--timeout", "5")
	})
	return p
}

func (p *project) reports() string { return filepath.Join(p.folder, "report") }

func (p *project) command(args ...string) *exec.Cmd {
	cmd := exec.Command(compose[0], append(append(compose[1:], "--project-name", p.name), args...)...)
	cmd.Dir, cmd.Env = p.folder, p.environ
	return cmd
}

// do runs Compose, which has to succeed.
func (p *project) do(args ...string) string {
	GinkgoHelper()
	out, code := exitCode(p.command(args...))
	Expect(code).To(BeZero(), "%v\n%s", args, out)
	return out
}

// with sets a variable of the project's environment.
func (p *project) with(entry string) *project {
	p.environ = append(p.environ, entry)
	return p
}

// container is the name that the engine has for a service.
func (p *project) container(service string) string {
	GinkgoHelper()
	id := strings.TrimSpace(p.do("ps", "--quiet", service))
	Expect(id).NotTo(BeEmpty(), service)
	return id
}

// up starts a service and waits until it is ready.
func (p *project) up(args ...string) *project {
	GinkgoHelper()
	p.do(append([]string{"up", "--detach"}, args...)...)
	return p
}

// answers waits until an address does.
func answers(url string) {
	GinkgoHelper()
	Eventually(func() error {
		answer, err := http.Get(url + "/readyz")
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("%s", answer.Status)
		}
		return nil
	}).WithTimeout(limit).WithPolling(100 * time.Millisecond).Should(Succeed())
}

// composed tells of compose.yaml, which makes a network of its own.
func composed() {
	BeforeEach(harness.Network)

	It("serves on the port that is named, and two projects side by side", func() {
		var both []*project
		for range 2 {
			p := newProject().up("capisim")
			answers(p.url)
			both = append(both, p)
		}
		first, second := &harness.Client{Base: both[0].url, Token: "admin"}, &harness.Client{Base: both[1].url, Token: "admin"}
		Expect(first.Do("POST", app+"/actions/scale", map[string]any{"instances": 7})).To(harness.HaveStatus(http.StatusAccepted))
		Expect(first.Do("GET", app, nil).At("instances")).To(BeNumerically("==", 7))
		Expect(second.Do("GET", app, nil).At("instances")).To(BeNumerically("==", 2))
	})

	It("starts the client when the simulator is ready, and leaves the report that gates are held against", func() {
		p := newProject().with("CAPISIM_REPORT=/report")
		out := p.do("--profile", "client", "up", "--exit-code-from", "client")
		Expect(out).To(ContainSubstring(harness.DemoApp))
		Expect(out).To(ContainSubstring("http://capisim:8080/v3/processes"), "links have the name of the service")
		p.do("--profile", "client", "down", "--timeout", "10")

		raw, err := os.ReadFile(filepath.Join(p.reports(), "coverage.json"))
		Expect(err).NotTo(HaveOccurred())
		var matrix struct{ Covered int }
		Expect(json.Unmarshal(raw, &matrix)).To(Succeed())
		Expect(matrix.Covered).To(Equal(1), "the list that was read")
		for min, want := range map[string]int{"1": 0, "80": 1} {
			_, code := exitCode(exec.Command("docker", "run", "--rm", "--name", own+"-gate", "--volume", p.reports()+":/report:ro", image,
				"coverage", "--merge", "/report/coverage.json", "--min", min))
			Expect(code).To(Equal(want))
		}
	})

	It("ends with the exit code of a client that fails", func() {
		p := newProject().with("CAPISIM_SCENARIO=outage")
		out, code := exitCode(p.command("--profile", "client", "up", "--exit-code-from", "client"))
		Expect(code).To(Equal(22), "as curl ends after an error of the server\n%s", out)
	})

	It("gates a running service from within", func() {
		p := newProject().up("capisim")
		answers(p.url)
		c := &harness.Client{Base: p.url, Token: "admin"}
		Expect(c.Do("GET", "/v3/processes/none", nil)).To(harness.HaveStatus(http.StatusNotFound))
		p.do("exec", "-T", "capisim", "/capisim", "coverage", "--require", "getProcess:404")
		out, code := exitCode(p.command("exec", "-T", "capisim", "/capisim", "coverage", "--require", "updateProcess:422"))
		Expect(code).To(Equal(1))
		Expect(out).To(ContainSubstring("updateProcess:422"))
	})

	It("gives each client's container a world of its own", func() {
		p := newProject().up("capisim")
		answers(p.url)
		script := `set -e
for i in 1 2 3 4 5; do
  curl -sf -XPOST -H 'Authorization: bearer admin' -H 'Content-Type: application/json' -d "{\"instances\":$N}" http://capisim:8080/worlds/w$N` + app + `/actions/scale >&2
done
curl -sf -H 'Authorization: bearer admin' http://capisim:8080/worlds/w$N` + app
		var clients []*exec.Cmd
		var outs []*strings.Builder
		for n := range 4 {
			world := fmt.Sprintf("w%d", n)
			p.do("exec", "-T", "capisim", "/capisim", "world", "create", world)
			// Each step is a container: the image of curl has no shell.
			var out strings.Builder
			cmd := exec.Command("sh", "-c", strings.ReplaceAll(strings.ReplaceAll(script, "$N", fmt.Sprint(n)), "curl -",
				"docker run --rm --network "+p.name+"_default curlimages/curl:8.17.0 -"))
			cmd.Stdout, cmd.Stderr = &out, GinkgoWriter
			Expect(cmd.Start()).To(Succeed())
			clients, outs = append(clients, cmd), append(outs, &out)
		}
		for n, cmd := range clients {
			Expect(cmd.Wait()).To(Succeed())
			var seen struct{ Instances int }
			Expect(json.Unmarshal([]byte(outs[n].String()), &seen)).To(Succeed())
			Expect(seen.Instances).To(Equal(n))
		}
	})
}
