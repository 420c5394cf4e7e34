// Package container_test runs what the Dockerfile and compose.yaml make, in a
// container engine, and drives it through ports of the loopback. All that it
// leaves in the engine for a while is named capisim-test-*, and goes at the end;
// what an earlier run was kept from removing goes at the beginning. The build
// cache stays with the engine.
package container_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

const (
	own   = "capisim-test"        // begins the names of all that is ours
	image = "capisim-test:latest" // what the Dockerfile makes
	limit = 90 * time.Second      // for what takes a second on an idle machine
)

func TestContainer(t *testing.T) {
	if out, err := exec.Command("docker", "info", "--format", "{{.ServerVersion}}").CombinedOutput(); err != nil || strings.TrimSpace(string(out)) == "" {
		t.Skip("no container engine answers: ", strings.TrimSpace(string(out)), err)
	}
	RegisterFailHandler(Fail)
	RunSpecs(t, "Container")
}

var (
	root    string   // of the checkout
	compose []string // the command that speaks for Compose
)

var _ = BeforeSuite(func() {
	var err error
	root, err = filepath.Abs("../..")
	Expect(err).NotTo(HaveOccurred())
	// Base images are tagged as the Dockerfile names them: there is one of each.
	harness.Turn("engine")
	clean()
	DeferCleanup(clean)
	compose = composer()
	for _, name := range bases() {
		if exec.Command("docker", "image", "inspect", name).Run() != nil && exec.Command("docker", "pull", "--quiet", name).Run() != nil {
			command("./base-image", name)
		}
	}
	build()
})

// What needs no network of its own comes first: a browser may have its turn.
var _ = Describe("In a container engine,", func() {
	Describe("the image", alone)
	Describe("Compose", composed)
	Describe("the cluster of compose.yaml", clustered)
})

// clean removes what is named as ours, and the base images that were made here.
func clean() {
	GinkgoHelper()
	named := regexp.MustCompile(`(?m)^` + own + `\S*`)
	for _, kind := range []struct{ list, remove []string }{
		{[]string{"ps", "--all", "--format", "{{.Names}}"}, []string{"rm", "--force", "--volumes"}},
		{[]string{"network", "ls", "--format", "{{.Name}}"}, []string{"network", "rm"}},
		{[]string{"image", "ls", "--format", "{{.Repository}}:{{.Tag}}"}, []string{"rmi", "--force"}},
	} {
		for _, name := range named.FindAllString(docker(kind.list...), -1) {
			docker(append(kind.remove, name)...)
		}
	}
	for _, id := range strings.Fields(docker("image", "ls", "--quiet", "--filter", "label=capisim.test.base=yes")) {
		docker("rmi", "--force", id)
	}
}

// bases are the images that the Dockerfile and compose.yaml name and do not make.
func bases() []string {
	GinkgoHelper()
	var names []string
	for file, pattern := range map[string]string{"Dockerfile": `(?m)^FROM (?:--\S+ )?(\S+:\S+)`, "compose.yaml": `(?m)^\s+image: ([^\s$]+)`} {
		text, err := os.ReadFile(filepath.Join(root, file))
		Expect(err).NotTo(HaveOccurred())
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
			names = append(names, match[1])
		}
	}
	Expect(names).To(HaveLen(3))
	return names
}

// build makes the image as the Dockerfile says, by a client that knows BuildKit.
func build() {
	GinkgoHelper()
	client, classic := builder()
	file := "Dockerfile"
	if classic {
		// The old builder knows neither the cache nor the platform of the machine.
		text, err := os.ReadFile(filepath.Join(root, file))
		Expect(err).NotTo(HaveOccurred())
		file = filepath.Join(GinkgoT().TempDir(), "Dockerfile")
		Expect(os.WriteFile(file, regexp.MustCompile(`--(platform=\S+|mount=\S+) `).ReplaceAll(text, nil), 0o600)).To(Succeed())
		AddReportEntry("built by the old builder: no docker client here knows BuildKit")
	}
	cmd := exec.Command(client, "build", "--network", "host", "--file", file, "--build-arg", "VERSION=1.2.3-test", "--build-arg", "COMMIT=0123456789abcdef", "--tag", image, ".")
	cmd.Dir, cmd.Env = root, os.Environ()
	if !classic {
		cmd.Env = append(cmd.Env, "DOCKER_BUILDKIT=1")
	}
	out, err := cmd.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), "%s", out)
}

// builder is a docker client with BuildKit: those before 23 bring it, later ones
// need buildx.
func builder() (client string, classic bool) {
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		client := filepath.Join(folder, "docker")
		version, err := exec.Command(client, "version", "--format", "{{.Client.Version}}").Output()
		if err != nil {
			continue
		}
		major, _, _ := strings.Cut(string(version), ".")
		if n, err := strconv.Atoi(major); err == nil && n < 23 || exec.Command(client, "buildx", "version").Run() == nil {
			return client, false
		}
	}
	return "docker", true
}

// composer is the plugin, or the program that was there before it.
func composer() []string {
	GinkgoHelper()
	if exec.Command("docker", "compose", "version").Run() == nil {
		return []string{"docker", "compose"}
	}
	_, err := exec.LookPath("docker-compose")
	Expect(err).NotTo(HaveOccurred(), "neither docker compose nor docker-compose is here")
	return []string{"docker-compose"}
}

// command runs a program that has to succeed, and returns what it printed.
func command(name string, args ...string) string {
	GinkgoHelper()
	out, err := exec.Command(name, args...).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), "%s %s\n%s", name, strings.Join(args, " "), out)
	return strings.TrimSpace(string(out))
}

func docker(args ...string) string {
	GinkgoHelper()
	return command("docker", args...)
}

// exitCode runs a program and returns what it printed and how it ended.
func exitCode(cmd *exec.Cmd) (string, int) {
	GinkgoHelper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		Expect(err).NotTo(HaveOccurred())
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// freePort is a port of the loopback that nobody listens on now.
func freePort() string {
	GinkgoHelper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

// box is a running container of the image.
type box struct {
	name, url string
}

var boxes int

// run starts the image as carefully as a cluster would: another user, nothing to
// write to, no capability, 64 MB. The words after "--" are the command.
func run(words ...string) *box {
	GinkgoHelper()
	boxes++
	b := &box{name: fmt.Sprintf("%s-%d", own, boxes), url: "http://127.0.0.1:" + freePort()}
	args := []string{"run", "--detach", "--name", b.name, "--user", "1234:1234", "--read-only", "--cap-drop", "ALL",
		"--security-opt", "no-new-privileges", "--memory", "64m", "--network", "host", "--env", "CAPISIM_LISTEN=" + strings.TrimPrefix(b.url, "http://")}
	var after []string
	for i, word := range words {
		if word == "--" {
			words, after = words[:i], words[i+1:]
			break
		}
	}
	docker(append(append(append(args, words...), image), after...)...)
	DeferCleanup(func() {
		if CurrentSpecReport().Failed() {
			GinkgoWriter.Println(docker("logs", b.name))
		}
		docker("rm", "--force", "--volumes", b.name)
	})
	return b
}

// says asks the engine about the container.
func (b *box) says(format string) string {
	GinkgoHelper()
	return docker("inspect", "--format", format, b.name)
}

// health is what the engine thinks of the server.
func (b *box) health() string {
	GinkgoHelper()
	return b.says("{{.State.Health.Status}}")
}

func (b *box) ready() *box {
	GinkgoHelper()
	Eventually(b.health).WithTimeout(limit).WithPolling(100 * time.Millisecond).Should(Equal("healthy"))
	return b
}

// folder is one that the container's user may write to.
func folder() string {
	GinkgoHelper()
	path := GinkgoT().TempDir()
	for at := path; at != os.TempDir() && at != "/"; at = filepath.Dir(at) {
		Expect(os.Chmod(at, 0o777)).To(Succeed())
	}
	return path
}
