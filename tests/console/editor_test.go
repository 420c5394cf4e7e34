package console_test

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	"example.com/capisim/tests/harness"
)

// at is the selector of the field of the editor for a place in the rule.
func at(pointer, element string) string {
	return fmt.Sprintf(`.editor [data-pointer=%q] %s`, pointer, element)
}

// opened opens parts of the editor that are closed, from the outside in.
func (t *tab) opened(pointers ...string) {
	GinkgoHelper()
	for _, pointer := range pointers {
		t.rests(at(pointer, "summary"))
		if !value[bool](t, fmt.Sprintf(`document.querySelector(%q).open`, fmt.Sprintf(`.editor details[data-pointer=%q]`, pointer))) {
			t.click(at(pointer, "summary"))
		}
	}
}

// typed is the rule as the JSON beside the form has it.
func (t *tab) typed() (rule map[string]any) {
	GinkgoHelper()
	Expect(json.Unmarshal([]byte(value[string](t, `document.querySelector(".editor textarea").value`)), &rule)).To(Succeed())
	return rule
}

const (
	saves  = `.editor button[type="submit"]:enabled`
	beside = ".editor textarea"
)

var _ = Describe("The editor of rules", func() {
	It("makes a rule by a form, with the JSON beside it in step both ways", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		t.click(`a[href="#answers/new"]`)
		t.fill(at("/id", "input"), "mine")
		t.click(`.editor [data-pointer="/match"] > summary`)
		t.click(at("/match/operations", ".check:nth-child(3) input"))
		t.opened("/when")
		t.fill(at("/when/times", "input"), "2")
		t.fill(at("/respond/status", "input"), "409")
		Expect(t.typed()).To(Equal(map[string]any{"id": "mine", "match": map[string]any{"operations": []any{"updateProcess"}},
			"when": map[string]any{"times": 2.0}, "respond": map[string]any{"status": 409.0}}))
		t.sees(".editor .notice", "The journal has no requests")

		t.paste(beside, `{"id": "mine", "match": {"operations": ["updateProcess"]}, "respond": {"status": 422}}`)
		Expect(value[string](t, fmt.Sprintf(`document.querySelector(%q).value`, at("/respond/status", "input")))).To(Equal("422"))
		t.click(saves)
		t.sees(".rules", "mine")
		Expect(world.Send(update)).To(harness.HaveStatus(http.StatusUnprocessableEntity))
	})

	It("says what is wrong at the field, in the words of the admin API, and sends nothing", func() {
		world := harness.World(root, "default")
		t := visit(world.Base, "#answers/new")
		t.fill(at("/respond/status", "input"), "soon")
		t.sees(at("/respond/status", ".mistake"), "expected an integer")
		t.shows(saves, 0)
		t.fill(at("/respond/status", "input"), "503")
		t.shows(saves, 1)
		t.paste(beside, `{"respond": {"status": 503}, "when": {"from": "2s", "until": "1s"}, "colour": 1}`)
		t.sees(".verdict", `unknown key "colour"`)
		t.paste(beside, `{"respond": {"status": 503}, "when": {"from": "2s", "until": "1s"}}`)
		t.sees(at("/when/until", ".mistake"), "expected a moment after from")
		t.paste(beside, `{"respond": `)
		t.shows(saves, 0)
		t.sees(".verdict", "expected")
		Expect(world.Do("GET", "/admin/faults", nil).At("resources")).To(BeEmpty())
	})

	It("knows connections, sequences, delays, matchers and what happens meanwhile", func() {
		world := harness.World(root, "default")
		t := visit(world.Base, "#answers/new")
		t.paste(beside, `{"connection": "hang"}`)
		t.click(`.editor [aria-label$="for /connection"]`)
		t.fill(at("/connection/for", "input"), "20ms")
		Expect(t.typed()).To(Equal(map[string]any{"connection": map[string]any{"kind": "hang", "for": "20ms"}}))

		t.paste(beside, `{"match": {"operations": ["scaleProcess"]}, "respond": {"status": 503}}`)
		t.opened("/match", "/match/body", "/sequence", "/delay", "/meanwhile")
		t.fill(`[aria-label="Name of another entry of match/body"]`, "/instances")
		t.click(at("/match/body", ".inline-form .button"))
		t.click(`.editor [aria-label$="for /match/body/~1instances"]`)
		t.fill(at("/match/body/~1instances/gt", "input"), "3")
		t.click(`[aria-label="Add to sequence"]`)
		t.fill(at("/sequence/0/status", "input"), "503")
		t.click(`[aria-label="Add to sequence"]`)
		t.choose(at("/sequence/1/pass", "select"), "0")
		t.click(`[aria-label="Move sequence 2 up"]`)
		t.choose(at("/repeat", "select"), "2")
		t.fill(at("/delay/fixed", "input"), "1ms")
		t.click(`[aria-label="Add to meanwhile"]`)
		t.fill(at("/meanwhile/0/operation", "input"), "scaleProcess")
		t.fill(at("/meanwhile/0/body", "input"), `{"instances":4}`)
		want := map[string]any{
			"match":     map[string]any{"operations": []any{"scaleProcess"}, "body": map[string]any{"/instances": map[string]any{"gt": 3.0}}},
			"respond":   map[string]any{"status": 503.0},
			"sequence":  []any{map[string]any{"pass": true}, map[string]any{"status": 503.0}},
			"repeat":    "none",
			"delay":     map[string]any{"fixed": "1ms"},
			"meanwhile": []any{map[string]any{"operation": "scaleProcess", "body": map[string]any{"instances": 4.0}}},
		}
		Expect(t.typed()).To(Equal(want))
		t.click(saves)
		t.sees(".rules", "pass → 503, then nothing")
		rule := world.Do("GET", "/admin/faults/rule-1", nil)
		for part, value := range want {
			Expect(rule.At(part)).To(Equal(value), part)
		}
	})

	It("edits the rule of a scenario in its place, and says what it would have met", func() {
		world := harness.World(root, "outage")
		world.Do("POST", "/admin/faults", map[string]any{"id": "newer", "match": map[string]any{"operations": []string{"getRoot"}}, "delay": map[string]any{"fixed": "1ms"}})
		for range 3 {
			world.Send(update)
		}
		world.Do("GET", "/v3/processes", nil)
		id := world.Do("GET", "/admin/faults", nil).At("resources").([]any)[1].(map[string]any)["id"].(string)
		t := visit(world.Base)
		t.click(fmt.Sprintf(`[aria-label="Edit %s"]`, id))
		t.sees(".editor .notice", "Would have met 4 of the last 4 requests")
		t.opened("/match")
		t.click(at("/match/operations", ".check:nth-child(3) input"))
		t.sees(".editor .notice", "Would have met 3 of the last 4 requests")
		t.click(saves)
		t.shows(".editor", 0)
		Eventually(func() int { return world.Do("GET", "/v3/processes", nil).Status }).Should(Equal(http.StatusOK))
		Expect(world.Send(update)).To(harness.HaveStatus(http.StatusServiceUnavailable))
		list := world.Do("GET", "/admin/faults", nil).At("resources").([]any)
		Expect(list[1].(map[string]any)["id"]).To(Equal(id), "it has kept its place")
	})

	It("duplicates, switches off and on, and puts first, each by one click", func() {
		world := harness.World(root, "default")
		world.Do("POST", "/admin/faults", []any{
			map[string]any{"id": "old", "match": map[string]any{"operations": []string{"getProcess"}}, "respond": map[string]any{"status": 500}},
			map[string]any{"id": "young", "match": map[string]any{"operations": []string{"getProcess"}}, "respond": map[string]any{"status": 503}},
		})
		answers := func(status int) {
			GinkgoHelper()
			Eventually(func() int { return world.Do("GET", update.Path, nil).Status }).Should(Equal(status))
		}
		t := visit(world.Base)
		t.click(`[aria-label="Let old decide first"]`)
		answers(500)
		t.sees(".rules li:first-child", "old") // the page hears of it later, and then its rows move
		t.click(`[aria-label="Switch old off"]`)
		answers(503)
		t.sees(".rules", "switched off")
		t.click(`[aria-label="Switch old on"]`)
		answers(500)
		Expect(t.clicks).To(Equal(3))
		t.click(`[aria-label="Duplicate young"]`)
		t.click(saves)
		t.sees(".rules li:first-child", "young-copy")
		answers(503)
	})

	It("puts rules in order by dragging, by the keyboard, and undoes that", func() {
		world := harness.World(root, "default")
		for _, id := range []string{"c", "b", "a"} {
			world.Do("POST", "/admin/faults", map[string]any{"id": id, "match": map[string]any{"operations": []string{"getProcess"}}, "delay": map[string]any{"fixed": "1ms"}})
		}
		world.Do("GET", update.Path, nil)
		t := visit(world.Base)
		t.shows(".handle", 3)
		order := func() string {
			return value[string](t, `[...document.querySelectorAll(".rules .rule-id")].map((one) => one.innerText.replace("⠿", "").trim()).join("")`)
		}
		Expect(order()).To(Equal("abc"))
		middle := func(selector string) (x, y float64) {
			place := value[[]float64](t, fmt.Sprintf(`(({x, y, width, height}) => [x + width / 2, y + height / 2])(document.querySelector(%q).getBoundingClientRect())`, selector))
			return place[0], place[1]
		}
		x, y := middle(".rules li:first-child .handle")
		_, low := middle(".rules li:last-child .rule-id")
		t.run(chromedp.MouseEvent(input.MousePressed, x, y, chromedp.ButtonLeft), chromedp.MouseEvent(input.MouseMoved, x, low-20, chromedp.ButtonLeft), chromedp.MouseEvent(input.MouseMoved, x, low, chromedp.ButtonLeft))
		t.shows(".rules li.drop", 1)
		t.run(chromedp.MouseEvent(input.MouseReleased, x, low, chromedp.ButtonLeft))
		Eventually(order).Should(Equal("bca"))
		Expect(world.Do("GET", "/admin/faults", nil).At("resources", 2, "injected")).To(BeEquivalentTo(1), "what was counted stays")
		t.focus(".rules li:last-child .handle")
		t.run(chromedp.KeyEvent(kb.ArrowUp))
		Eventually(order).Should(Equal("bac"))
		t.run(chromedp.KeyEvent(kb.ArrowUp)) // the focus has moved with it
		Eventually(order).Should(Equal("abc"))
		t.sees(".toast", "Rule a decides first")
		t.click(".toast .button") // undo
		Eventually(order).Should(Equal("bac"))
	})

	It("asks before what was typed is lost", func() {
		world := harness.World(root, "default")
		world.Do("PUT", "/admin/faults/getProcess/404", nil)
		t := visit(world.Base)
		t.click(`[aria-label="Edit getProcess-404"]`)
		t.rests(".editor .part")
		t.run(chromedp.KeyEvent(kb.Escape))
		t.shows(".editor", 0) // nothing was typed
		t.click(`[aria-label="Edit getProcess-404"]`)
		t.fill(at("/respond/status", "input"), "503")
		t.run(chromedp.KeyEvent(kb.Escape))
		t.sees(".leaving", "not saved")
		t.run(chromedp.KeyEvent(kb.Escape))
		t.shows(".leaving", 0)
		t.run(chromedp.Evaluate(`history.back()`, nil))
		t.sees(".leaving", "not saved")
		t.click(".leaving .primary")
		Expect(t.typed()).To(HaveKeyWithValue("respond", HaveKeyWithValue("status", 503.0)))
		Expect(value[bool](t, `dispatchEvent(new Event("beforeunload", { cancelable: true }))`)).To(BeFalse(), "the browser asks, too")
		t.click(`.drawer [aria-label="Close"]`)
		t.click(".leaving .button:last-child")
		t.shows(".editor", 0)
		Expect(value[bool](t, `dispatchEvent(new Event("beforeunload", { cancelable: true }))`)).To(BeTrue())
		t.click(`[aria-label="Edit getProcess-404"]`)
		t.fill(at("/respond/status", "input"), "401")
		t.click(saves)
		t.shows(".editor", 0) // what is saved is not asked about
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusUnauthorized))
	})

	It("opens a whole column before it acts, with what was chosen for it", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		t.fill(`[aria-label="For how many seconds"]`, "30")
		t.opens(whole("all-503"))
		t.sees(".editor .notice", "The journal has no requests")
		Expect(t.typed()).To(HaveKeyWithValue("when", map[string]any{"until": "30s"}))
		Expect(world.Do("GET", "/admin/faults", nil).At("resources")).To(BeEmpty())
		t.click(saves)
		t.shows(able503, len(contract.ProcessOperations()))
	})

	It("says when a rule would take the place of another, and undoes that", func() {
		world := harness.World(root, "default")
		world.Do("PUT", "/admin/faults/getProcess/404", nil)
		t := visit(world.Base, "#answers/new")
		t.fill(at("/id", "input"), "getProcess-404")
		t.sees(".editor .notice.warn:not([role])", "takes the place")
		t.click(saves)
		Eventually(func() int { return world.Do("GET", "/v3/processes", nil).Status }).Should(Equal(http.StatusServiceUnavailable))
		t.click(".toast .button") // undo
		Eventually(func() int { return world.Do("GET", "/v3/processes", nil).Status }).Should(Equal(http.StatusOK))
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusNotFound))
	})

	It("makes a rule from a request by two clicks", func() {
		world := harness.World(root, "default")
		world.Send(update)
		world.Do("GET", "/v3/processes", nil)
		t := visit(world.Base, "#requests/1")
		t.click(`.drawer a[href="#answers/from/1"]`)
		t.sees(".editor .notice", "Would have met 1 of the last 2 requests: 1")
		t.click(saves)
		t.shows(".editor", 0)
		Expect(t.clicks).To(Equal(2))
		Expect(world.Send(update)).To(harness.HaveStatus(http.StatusServiceUnavailable))
		other := update
		other.Body = map[string]any{"command": "another"}
		Expect(world.Send(other)).To(harness.HaveStatus(http.StatusOK))
	})
})
