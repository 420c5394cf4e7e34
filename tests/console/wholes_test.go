package console_test

import (
	"fmt"
	"net/http"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	"example.com/capisim/tests/harness"
)

// whole is the selector of the head of a row, a column or everything.
func whole(id string) string { return fmt.Sprintf(`[data-whole=%q]`, id) }

var able503 = `.cell.armed[data-cell$="-503"]`

var _ = Describe("Whole columns, rows and everything", func() {
	It("makes all answer 503 for 10 s by two clicks and one number, and shows the end of it", func() {
		world := harness.World(root, "default")
		world.Do("PUT", "/admin/clock", map[string]any{"mode": "frozen"})
		t := visit(world.Base)
		seconds := `[aria-label="For how many seconds"]`
		t.click(seconds)
		t.run(chromedp.KeyEvent("10"))
		t.click(whole("all-503"))
		t.shows(able503, len(contract.ProcessOperations()))
		Expect(t.clicks).To(Equal(2))
		t.sees(".rules", "ends in 10s")
		Expect(t.text(".rules")).NotTo(ContainSubstring("until cleared"))
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusServiceUnavailable))
		Expect(world.Do("GET", "/v3/processes", nil)).To(harness.HaveStatus(http.StatusServiceUnavailable))

		world.Do("POST", "/admin/clock/advance", map[string]any{"by": "11s"})
		t.shows(able503, 0)
		t.sees(".rules", "over")
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusOK))

		t.click(whole("all-503")) // what is over is set anew
		t.shows(able503, len(contract.ProcessOperations()))
	})

	It("clears a column by one click, takes a cell out of it by one, and undoes", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		all := len(contract.ProcessOperations())
		t.click(whole("all-503"))
		t.shows(able503, all)
		Expect(t.clicks).To(Equal(1))
		t.click(cell("getProcess", 503))
		t.shows(able503, all-1)
		Expect(t.clicks).To(Equal(2))
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusOK))
		Expect(world.Do("GET", "/v3/processes", nil)).To(harness.HaveStatus(http.StatusServiceUnavailable))
		t.click(".toast .button") // undo
		t.shows(able503, all)
		t.click(whole("all-503"))
		t.shows(able503, 0)
		Expect(world.Do("GET", "/v3/processes", nil)).To(harness.HaveStatus(http.StatusOK))
	})

	It("makes an operation answer each of its errors in turn by one click, with the steps in its cells", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		t.click(whole("getProcess-all"))
		t.sees(cell("getProcess", 400), "#1")
		t.sees(cell("getProcess", 503), "#")
		Expect(t.clicks).To(Equal(1))
		t.sees(".rules", "400 → 401")
		for _, status := range []int{400, 401, 403} {
			Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(status))
		}
		t.click(cell("getProcess", 400))
		t.sees(cell("getProcess", 401), "#1")
		t.click(whole("getProcess-all"))
		t.shows(".matrix .cell.armed", 0)
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusOK))
	})

	It("breaks everything by one click, mends it by another, and undoes that", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		t.click(whole("everything"))
		t.shows(whole("everything")+`[aria-pressed="true"]`, 1)
		t.shows(able503, len(contract.ProcessOperations()))
		Expect(world.Do("GET", "/v3/processes", nil)).To(harness.HaveStatus(http.StatusBadRequest))
		t.click(whole("everything"))
		t.shows(".matrix .cell.armed", 0)
		Expect(t.clicks).To(Equal(2))
		Expect(world.Do("GET", "/v3/processes", nil)).To(harness.HaveStatus(http.StatusOK))
		t.click(".toast .button") // undo
		t.shows(able503, len(contract.ProcessOperations()))
	})

	It("opens a cell without arming it, by either button of the mouse", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		t.opens(cell("getProcess", 404))
		t.sees(".fault h2", "getProcess")
		t.click(`.press input[value="open"]`)
		t.click(cell("updateProcess", 422))
		t.sees(".fault h2", "updateProcess")
		Expect(t.text(".fault")).NotTo(ContainSubstring("%s"))
		t.fill(`.fault input[placeholder="never"]`, "1m")
		t.fill(`.fault input[placeholder="100"]`, "100")
		Expect(world.Do("GET", "/admin/faults", nil).At("resources")).To(BeEmpty(), "nothing is armed before it acts")
		t.click(`.fault button[type="submit"]`)
		t.sees(".fault-state", "In force: ends in")
		Expect(world.Do("GET", "/admin/faults/updateProcess-422", nil).At("when")).To(Equal(map[string]any{"until": "1m", "probability": 1.0}))
	})

	It("is one tab stop, in which arrows lead to every cell and head", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		t.shows(".matrix [tabindex='0']", 1)
		at := func() string {
			return value[string](t, `document.activeElement.dataset.cell ?? document.activeElement.dataset.whole ?? ""`)
		}
		t.focus(whole("listProcesses-all"))
		t.run(chromedp.KeyEvent(kb.ArrowRight))
		Expect(at()).To(Equal("listProcesses-200"))
		t.run(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.End))
		Expect(at()).To(Equal("getProcess-503"))
		t.run(chromedp.KeyEvent(kb.Enter))
		t.sees(cell("getProcess", 503), "on")
		t.run(chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent(kb.ArrowUp))
		Expect(at()).To(Equal("all-503"))
		t.run(chromedp.KeyEvent(kb.Home))
		Expect(at()).To(Equal("everything"))
		t.shows(".matrix [tabindex='0']", 1)
		t.run(chromedp.KeyEvent(kb.Tab))
		Expect(value[bool](t, `document.activeElement.closest(".matrix") === null`)).To(BeTrue(), "one Tab leaves the matrix")
	})
})

var _ = Describe("What is shown", func() {
	It("is true of rules that begin later, and of those that are used up", func() {
		world := harness.World(root, "default")
		world.Do("PUT", "/admin/clock", map[string]any{"mode": "frozen"})
		world.Do("POST", "/admin/faults", map[string]any{"id": "slow", "match": map[string]any{"operations": []string{"getProcess"}},
			"when": map[string]any{"from": "90s", "until": "2m"}, "delay": map[string]any{"fixed": "1ms"}})
		t := visit(world.Base)
		badge := `.matrix tr:has([data-whole="getProcess-all"]) .badge`
		t.sees(badge, "delay 1ms, soon")
		t.sees(".rules", "begins in 1m 30s, for 30s")
		world.Do("POST", "/admin/clock/advance", map[string]any{"by": "90s"})
		Eventually(func() string { return t.text(badge) }).Should(Equal("delay 1ms"))
		t.sees(".rules", "ends in 30s")
		world.Do("POST", "/admin/clock/advance", map[string]any{"by": "30s"})
		t.shows(badge, 0)

		t.click(`.press input[value="once"]`)
		t.click(cell("getProcess", 404))
		t.sees(".toast", "getProcess now answers 404")
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveCFError(contract.ProcessNotFound))
		t.shows(cell("getProcess", 404)+`[aria-pressed="false"]`, 1)
		t.shows(".toast", 0) // long before its time: it is no longer so
		t.sees(".rules", "used up")
	})

	It("is what an event has told, also when an older answer comes late", func() {
		world := harness.World(root, "default")
		world.Do("PUT", "/admin/clock", map[string]any{"mode": "frozen"})
		world.Do("POST", "/admin/faults", map[string]any{"id": "slow", "match": map[string]any{"operations": []string{"getProcess"}},
			"when": map[string]any{"from": "90s", "until": "2m", "times": 1}, "delay": map[string]any{"fixed": "1ms"}})
		t := visit(world.Base)
		t.sees(".rules", "begins in 1m 30s")
		for _, one := range []struct {
			late    string // of this answer
			refresh func() // what makes the page ask for it
			event   func()
			tells   string
		}{
			{"/admin", func() { world.Do("PATCH", update.Path, map[string]any{"command": "x"}) },
				func() { world.Do("POST", "/admin/clock/advance", map[string]any{"by": "90s"}) }, "ends in 30s"},
			{"/admin/faults?per_page=5000", func() { world.Do("PUT", "/admin/faults/scaleProcess/503", nil) },
				func() { world.Do("GET", update.Path, nil) }, "used up"},
		} {
			release := t.holds(world.Base + one.late)
			one.refresh()
			answer := release()
			one.event()
			t.sees(".rules", one.tells)
			answer()
			Eventually(t.loads).Should(BeFalse())
			Expect(t.text(".rules")).To(And(ContainSubstring(one.tells), Not(ContainSubstring("begins in"))))
		}
	})

	It("tells the steps of a sequence", func() {
		world := harness.World(root, "default")
		world.Do("POST", "/admin/faults", map[string]any{"id": "thrice", "match": map[string]any{"operations": []string{"getProcess"}},
			"sequence": []any{map[string]any{"status": 503}, map[string]any{"pass": true}, map[string]any{"status": 503}}, "repeat": "none"})
		t := visit(world.Base)
		t.sees(cell("getProcess", 503), "#1,3")
		t.sees(".rules", "503 → pass → 503, then nothing")
		t.sees(".rules", "next is step 1 of 3: 503")
		t.shows(cell("getProcess", 503)+".next", 1)
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusServiceUnavailable))
		t.sees(".rules", "next is step 2 of 3: pass")
		t.shows(cell("getProcess", 503)+".next", 0)
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusOK))
		t.sees(".rules", "next is step 3 of 3: 503")
	})

	It("has notices that cover nothing of the table", func() {
		t := visit(harness.World(root, "default").Base)
		t.click(cell("getProcess", 404))
		t.shows(".toast", 1)
		Expect(value[bool](t, `(() => { const bar = document.querySelector(".shell").getBoundingClientRect(), toast = document.querySelector(".toast").getBoundingClientRect();
			return toast.top >= bar.top && toast.bottom <= bar.bottom && bar.height < 50; })()`)).To(BeTrue(), "it is in the bar, which does not grow")
	})
})
