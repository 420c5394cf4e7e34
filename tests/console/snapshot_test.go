package console_test

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

// nameOf is the name of a world.
func nameOf(world *harness.Client) string { return world.Base[strings.LastIndex(world.Base, "/")+1:] }

var _ = Describe("A snapshot", func() {
	It("undoes everything by two clicks, the journal kept, and is undone by one", func() {
		world := harness.World(root, "default")
		world.Do("PUT", "/admin/faults/getProcess/404", map[string]any{"when": map[string]any{"times": 2}})
		world.Do("GET", update.Path, nil) // one is left
		t := visit(world.Base, "#worlds")
		t.click(".snapshots .button.primary")
		t.shows(".snapshots li", 1)
		Expect(t.clicks).To(Equal(1))

		world.Do("DELETE", "/admin/faults", nil)
		world.Do("PUT", "/admin/faults/updateProcess/503", nil)
		world.Do("PATCH", "/admin/processes/"+harness.DemoWeb, map[string]any{"instances": 7})
		world.Send(update)
		back := `[aria-label="Go back to ` + nameOf(world) + `-snapshot-1"]`
		t.click(back)
		Expect(world.Do("GET", update.Path, nil).At("instances")).To(BeEquivalentTo(7), "it asks before")
		t.click(`[aria-label^="Really go back?"]`)
		Expect(t.clicks).To(Equal(3))
		t.sees(".toast", "its journal and coverage stay")
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusNotFound), "the rule goes on where it was")
		Expect(world.Do("GET", update.Path, nil).At("instances")).To(BeEquivalentTo(2))
		Expect(world.Send(update)).To(harness.HaveStatus(http.StatusOK))
		Expect(world.Do("GET", "/admin/requests", nil).At("pagination", "total_results")).To(BeEquivalentTo(6))

		t.click(".toast .button") // undo
		Eventually(func() any { return world.Do("GET", update.Path, nil).At("instances") }).Should(BeEquivalentTo(7))
		Expect(world.Send(update)).To(harness.HaveStatus(http.StatusServiceUnavailable))
	})
})

var _ = Describe("Two worlds", func() {
	It("are seen side by side by one click", func() {
		world, other := harness.World(root, "default"), harness.World(root, "default")
		other.Do("PATCH", "/admin/processes/"+harness.DemoWeb, map[string]any{"command": "<img src=x onerror=hacked=1>"})
		other.Do("PUT", "/admin/faults/getProcess/404", nil)
		other.Do("GET", update.Path, nil)
		world.Do("GET", "/v3/processes", nil)
		t := visit(world.Base, "#worlds")
		t.click(`[aria-label="Compare with ` + nameOf(other) + `"]`)
		t.sees(".drawer .notice", "They differ in state (")
		Expect(t.clicks).To(Equal(1))
		t.sees(".drawer .list", "apps / demo / processes / web / command")
		t.sees(".drawer .list", "<img src=x onerror=hacked=1>")
		t.sees(".compared", "getProcess-404")
		t.sees(".drawer", "Only in "+nameOf(world)+"\n\nlistProcesses 200")
		t.sees(".drawer", "Only in "+nameOf(other)+"\n\ngetProcess 404")
		t.click(".drawer .list-row")
		t.sees(".drawer .facts", "apps / demo")
		Expect(t.count(".drawer img")).To(BeZero())
	})

	It("of ten thousand processes are compared, and drawn as far as is seen", func() {
		world, other := harness.World(root, "large"), harness.World(root, "large")
		Expect(other.Do("POST", "/admin/load", map[string]any{"scenario": "default"})).To(harness.HaveStatus(http.StatusOK))
		t := visit(world.Base, "#worlds/compare/"+nameOf(other))
		t.sees(".drawer .notice", "They differ in state (")
		t.shows(".drawer .list", 1)
		Expect(t.count(".drawer .list-row")).To(BeNumerically("<", 60))
	})
})
