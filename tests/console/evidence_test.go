package console_test

import (
	"fmt"
	"net/http"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

// arm is the selector of the button that arms something once.
func arm(id string) string { return fmt.Sprintf(`.arm[data-arm=%q]`, id) }

// ways opens all ways in which an operation can be met; n is its place.
func (t *tab) ways(n int) {
	GinkgoHelper()
	t.click(fmt.Sprintf("details.covered:nth-of-type(%d) summary", n))
}

var _ = Describe("What is not covered", func() {
	It("is armed by one click, for the next request alone, and leaves the list when it is met", func() {
		world := harness.World(root, "default")
		t := visit(world.Base, "#evidence")
		t.click(arm("getProcess-404-once"))
		t.shows(arm("getProcess-404-once")+`[aria-pressed="true"]`, 1)
		Expect(t.clicks).To(Equal(1))
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusNotFound))
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusOK))
		t.shows(`.uncovered `+arm("getProcess-404-once"), 0)
		t.sees(".coverage-figure", "2 of 75")

		t.click(arm("getProcess-uncovered")) // what is left, in turn
		t.shows(arm("getProcess-uncovered")+`[aria-pressed="true"]`, 1)
		Expect(t.clicks).To(Equal(2))
		for _, status := range []int{401, 403, 200} {
			Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(status))
		}
		t.sees(".coverage-figure", "4 of 75")
		Expect(t.text(".uncovered")).NotTo(ContainSubstring("getProcess\n"))

		t.click(arm("scaleProcess-503-once"))
		t.shows(arm("scaleProcess-503-once")+`[aria-pressed="true"]`, 1)
		t.click(arm("scaleProcess-503-once")) // taken back
		t.shows(arm("scaleProcess-503-once")+`[aria-pressed="false"]`, 1)
		Expect(world.Do("GET", "/admin/faults/scaleProcess-503-once", nil)).To(harness.HaveStatus(http.StatusNotFound))
	})

	It("is one tab stop, in which arrows lead on", func() {
		t := visit(harness.World(root, "default").Base, "#evidence")
		t.shows(".uncovered [tabindex='0']", 1)
		at := func() string { return value[string](t, `document.activeElement.dataset.arm ?? ""`) }
		t.focus(arm("listProcesses-400-once"))
		t.run(chromedp.KeyEvent(kb.ArrowRight))
		Expect(at()).To(Equal("listProcesses-401-once"))
		t.run(chromedp.KeyEvent(kb.Enter))
		t.shows(arm("listProcesses-401-once")+`[aria-pressed="true"]`, 1)
		t.run(chromedp.KeyEvent(kb.End))
		Expect(at()).To(Equal("terminateProcessInstanceForApp-uncovered"))
		t.shows(".uncovered [tabindex='0']", 1)
	})

	It("opens to errors, faults of the connection and phases, each armed by two clicks", func() {
		world := harness.World(root, "default")
		t := visit(world.Base, "#evidence")
		t.ways(3)
		t.click(arm("updateProcess-422-CF-LabelLimitExceeded-once"))
		t.shows(arm("updateProcess-422-CF-LabelLimitExceeded-once")+`[aria-pressed="true"]`, 1)
		Expect(t.clicks).To(Equal(2))
		Expect(world.Send(update).At("errors", 0, "title")).To(Equal("CF-LabelLimitExceeded"))
		t.sees(".variants tr:has("+arm("updateProcess-422-CF-LabelLimitExceeded-once")+")", "1")

		t.click(`.variants ` + arm("updateProcess-503-after-once"))
		t.shows(arm("updateProcess-503-after-once")+`[aria-pressed="true"]`, 1)
		Expect(world.Do("PATCH", update.Path, map[string]any{"command": "changed"})).To(harness.HaveStatus(http.StatusServiceUnavailable))
		Expect(world.Do("GET", update.Path, nil).At("command")).To(Equal("changed"))
		t.sees(".variants tr:has("+arm("updateProcess-503-after-once")+")", "1")

		t.click(`.variants ` + arm("updateProcess-reset-once"))
		t.shows(arm("updateProcess-reset-once")+`[aria-pressed="true"]`, 1)
		Expect(world.Do("GET", "/admin/faults/updateProcess-reset-once", nil).At("connection")).To(Equal("reset"))
	})
})

var _ = Describe("Evidence of many", func() {
	It("is summed over the worlds by one click, and leads to theirs", func() {
		server := harness.Serve().URL // its other worlds would be in the sum
		world, other := harness.World(server, "default"), harness.World(server, "default")
		other.Do("PUT", "/admin/faults/terminateProcessInstanceForApp/422", nil)
		path := "/v3/apps/" + harness.DemoWeb + "/processes/web/instances/0"
		other.With("User-Agent", "<b>neighbour</b>").Do("DELETE", path, nil)
		other.With("User-Agent", "<b>neighbour</b>").Do("DELETE", path, nil)
		t := visit(world.Base, "#evidence")
		t.sees(".coverage-figure", "0 of 75")
		t.click(`input[name="scope"][value="all"]`)
		t.sees(".coverage-figure", "in all worlds together")
		Expect(t.clicks).To(Equal(1))
		Expect(t.text(".coverage-figure")).To(ContainSubstring("1 of 75"))
		t.shows(`.uncovered `+arm("terminateProcessInstanceForApp-422-once"), 0)
		t.click(`input[name="reactions"][value="client"]`)
		t.sees(".clients", "<b>neighbour</b>")
		t.click(`.clients summary`)
		t.sees(".clients .reactions", "terminateProcessInstanceForApp")
		Expect(t.attribute(".clients .links a", "href")).To(ContainSubstring("/worlds/"))
	})

	It("is grouped by the client that reacted, by one click", func() {
		world := harness.World(root, "default")
		world.Do("PUT", "/admin/faults/updateProcess/503", map[string]any{"when": map[string]any{"times": 3}})
		for range 3 {
			world.With("User-Agent", "hasty").Send(update)
		}
		world.Do("PUT", "/admin/faults/getProcess/404", map[string]any{"when": map[string]any{"times": 1}})
		world.With("User-Agent", "calm").Do("GET", update.Path, nil)
		t := visit(world.Base, "#evidence")
		t.shows(".reactions li", 2)
		t.click(`input[name="reactions"][value="client"]`)
		t.shows(".clients > li", 2)
		Expect(t.clicks).To(Equal(1))
		t.sees(".clients", "admin · hasty")
		t.sees(".clients", "admin · calm")
		t.click(".clients > li:first-child summary")
		t.shows(".clients .reactions li", 1)
	})
})
