package console_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	"example.com/capisim/tests/harness"
)

var update = harness.Request{Method: "PATCH", Path: "/v3/processes/" + harness.DemoWeb, Body: map[string]any{"command": "rackup"}}

var _ = Describe("The matrix", func() {
	It("makes an operation answer a status at a click, and shows that a client met it", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		armed := cell("updateProcess", 409)
		t.shows(armed+`[aria-pressed="false"]`, 1)
		Expect(t.attribute(armed, "title")).To(Equal("not met yet; documented, but the real server never answers it"))

		t.click(armed)
		t.sees(armed, "on")
		Expect(world.Send(update)).To(harness.HaveCFError(contract.Conflict))

		t.sees(".latest li:first-child", "409")
		t.sees(".latest li:first-child", "updateProcess")
		t.shows(armed+".heat-1", 1)
		Expect(t.attribute(armed, "title")).To(ContainSubstring("met 1 time: 1 injected, 0 real"))
		Expect(t.attribute(armed, "aria-pressed")).To(Equal("true"))
		t.sees(".top-facts", "1/75")

		t.click(armed)
		t.shows(armed+`[aria-pressed="false"]`, 1)
		Expect(world.Send(update)).To(harness.HaveStatus(http.StatusOK))
		t.shows(cell("updateProcess", 200)+".heat-1", 1)

		t.click(`.toast:last-child .button`) // undo
		t.sees(armed, "on")
		Expect(world.Send(update)).To(harness.HaveCFError(contract.Conflict))
	})

	It("injects as often as it says, and undoes", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		t.click(`.press input[value="times"]`)
		t.fill(`[aria-label="How many times"]`, "2")
		t.click(cell("getProcess", 404))
		t.sees(cell("getProcess", 404), "×2")
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveCFError(contract.ProcessNotFound))
		t.sees(cell("getProcess", 404), "×1")

		t.click(`.toast .button`)
		t.shows(cell("getProcess", 404)+`[aria-pressed="false"]`, 1)
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusOK))
	})

	It("makes supporting operations fail by name", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		t.click(".supporting summary")
		t.click(cell("getRoot", 503))
		t.sees(cell("getRoot", 503), "on")
		Expect(world.Do("GET", "/", nil)).To(harness.HaveStatus(http.StatusServiceUnavailable))
		Expect(world.Do("GET", "/v3/processes", nil)).To(harness.HaveStatus(http.StatusOK))
	})

	It("is worked by the keyboard alone", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		t.focus(cell("listProcesses", 503))
		t.run(chromedp.KeyEvent(kb.Enter))
		t.sees(cell("listProcesses", 503), "on")
		Expect(world.Do("GET", "/v3/processes", nil)).To(harness.HaveStatus(http.StatusServiceUnavailable))
		t.run(chromedp.KeyEvent(" "))
		t.shows(cell("listProcesses", 503)+`[aria-pressed="false"]`, 1)
	})

	It("refines a fault in its panel, and shows the same as commands that do the same", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		scale := harness.Request{Method: "POST", Path: "/v3/processes/" + harness.DemoWeb + "/actions/scale", Body: map[string]any{"instances": 3}}
		t.click(cell("scaleProcess", 503))
		t.click(`.fault input[value="once"]`)
		t.fill(`.fault input[placeholder="seconds"]`, "3")
		t.fill(`.fault .two input[placeholder="none"]`, "5ms")
		t.click(`.fault .check input`)
		t.click(`.fault button[type="submit"]`)
		t.sees(".fault-state", "1 more time")

		t.mayCopy()
		t.click(".shell > .button")
		Eventually(func() string { return value[string](t, "navigator.clipboard.readText()") }).Should(Equal(
			"capisim fault set scaleProcess 503 --times 1 --delay 5ms --retry-after 3 --after --url " + root + " --world " + strings.TrimPrefix(world.Base, root+"/worlds/")))

		rule := world.Do("GET", "/admin/faults/scaleProcess-503", nil)
		Expect(rule.At("when", "times")).To(BeEquivalentTo(1))
		Expect(rule.At("respond", "headers", "Retry-After")).To(Equal("3"))
		Expect(rule.At("delay", "fixed")).To(Equal("5ms"))
		Expect(rule.At("apply")).To(Equal("after"))

		answer := world.Send(scale)
		Expect(answer).To(harness.HaveStatus(http.StatusServiceUnavailable))
		Expect(answer.Header.Get("Retry-After")).To(Equal("3"))
		Expect(world.Do("GET", update.Path, nil).At("instances")).To(BeEquivalentTo(3), "the change was made")
		t.sees(".fault-state", "Used up")

		for _, name := range []string{"capisim", "curl"} {
			world.Do("DELETE", "/admin/faults", nil)
			line := value[string](t, fmt.Sprintf(`[...document.querySelectorAll(".fault .command")].find(c => c.innerText.startsWith(%q)).querySelector("code").innerText`, name))
			inShell(line)
			again := world.Do("GET", "/admin/faults/scaleProcess-503", nil)
			for _, part := range []string{"when", "respond", "delay", "apply"} {
				Expect(again.At(part)).To(Equal(rule.At(part)), "%s of %s", part, line)
			}
		}
	})

	It("tells what is wrong before anything is sent", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		t.click(cell("getProcess", 404))
		t.fill(`.fault .two input[placeholder="none"]`, "soon")
		t.sees(".fault .mistake", "A duration such as 200ms")
		Expect(value[bool](t, `document.querySelector(".fault button[type=submit]").disabled`)).To(BeTrue())
	})

	It("does not take the rule of a scenario away unasked", func() {
		world := harness.World(root, "outage")
		t := visit(world.Base)
		t.shows(".cell.armed.tone-bad[data-cell$='-503']", len(contract.ProcessOperations()))
		t.click(cell("getProcess", 503))
		t.sees(".fault", "Other rules answer here")
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusServiceUnavailable))
		t.click(`.fault .notice .button`)
		t.shows(".cell.armed[data-cell$='-503']", 0)
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusOK))
	})
})

// inShell runs a command line as a person would paste it, with capisim being
// the command under test.
func inShell(line string) {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	Expect(exec.Command("ln", "-s", harness.Binary(), filepath.Join(folder, "capisim")).Run()).To(Succeed())
	shell := exec.Command("sh", "-ec", line)
	shell.Env = append(shell.Environ(), "PATH="+folder+":"+"/usr/local/bin:/usr/bin:/bin")
	out, err := shell.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), "%s\n%s", line, out)
}

var _ = Describe("Words for a shell", func() {
	It("are the same words when a shell has read them", func() {
		t := visit(harness.World(root, "default").Base)
		hostile := []string{"", "plain", "two words", `it's`, `'`, `$(touch /x) ` + "`id`" + ` "q" \ !`, "line\nbreak", "*", "~", "a;b|c&d<e>f", "--flag", "ünï→", "#no"}
		var words []string
		for _, word := range hostile {
			words = append(words, fmt.Sprintf("%q", word))
		}
		line := value[string](t, fmt.Sprintf(`import("./js/command.js").then(c => [%s].map(c.quoted).join(" "))`, strings.Join(words, ",")))
		out, err := exec.Command("sh", "-c", `show() { for word in "$@"; do printf '%s\0' "$word"; done; }; show `+line).Output()
		Expect(err).NotTo(HaveOccurred(), line)
		Expect(strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")).To(Equal(hostile))
	})

	It("take a client's token from the environment", func() {
		t := visit(harness.World(root, "default").Base)
		line := value[string](t, `import("./js/command.js").then(c => c.replay("http://x", {method: "PATCH", path: "/a", query: "t=[MASKED]", headers: {Authorization: ["bearer [MASKED]"]}, body: "it's [MASKED]"}))`)
		shell := exec.Command("sh", "-c", `curl() { for word in "$@"; do printf '%s\0' "$word"; done; }; `+line)
		shell.Env = append(shell.Environ(), "TOKEN=a b")
		out, err := shell.Output()
		Expect(err).NotTo(HaveOccurred(), line)
		Expect(strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")).To(Equal(
			[]string{"-X", "PATCH", "http://x/a?t=a b", "-H", "Authorization: bearer a b", "--data-binary", "it's a b"}))
	})
})
