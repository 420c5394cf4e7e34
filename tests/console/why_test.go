package console_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	"example.com/capisim/tests/harness"
)

// newest is the selector of the newest request beside the matrix.
const newest = ".latest li:first-child a"

var _ = Describe("Why", func() {
	It("a real 403 came is told by one click, with the role that is missing", func() {
		world := harness.World(root, "default")
		world.Do("POST", "/admin/faults", map[string]any{"id": "theirs", "match": map[string]any{"operations": []string{"updateProcess"}, "user": "developer"}, "respond": map[string]any{"status": 503}})
		Expect(world.As("auditor").Do("PATCH", update.Path, map[string]any{"command": "x"})).To(harness.HaveCFError(contract.NotAuthorized))
		t := visit(world.Base)
		t.click(newest)
		t.sees(".why-says", "by its check of the role: space_developer or space_supporter in space dev is needed; user auditor has space_auditor there.")
		t.sees(".why-rules", `match/user the user is "auditor", expected "developer"`)
		Expect(t.clicks).To(Equal(1))
		t.click(".why-rules a")
		t.sees(".drawer h2", "Rule theirs")
		Expect(t.clicks).To(Equal(2), "to the rule")
	})

	It("a rule decided, and others did not, is told as it was then", func() {
		world := harness.World(root, "default")
		world.Do("PUT", "/admin/clock", map[string]any{"mode": "frozen"})
		of := map[string]any{"operations": []string{"getProcess"}}
		world.Do("POST", "/admin/faults", []any{
			map[string]any{"id": "third", "match": of, "when": map[string]any{"skip": 2}, "respond": map[string]any{"status": 500}},
			map[string]any{"id": "never", "match": of, "when": map[string]any{"probability": 0}, "respond": map[string]any{"status": 500}},
			map[string]any{"id": "late", "match": of, "when": map[string]any{"from": "1h"}, "respond": map[string]any{"status": 500}},
			map[string]any{"id": "once", "match": of, "when": map[string]any{"times": 1}, "respond": map[string]any{"status": 503}},
		})
		get := func() int { return world.Do("GET", update.Path, nil).Status }
		Expect([]int{get(), get(), get()}).To(Equal([]int{503, 200, 200}))
		world.Do("POST", "/admin/clock/advance", map[string]any{"by": "2h"})
		t := visit(world.Base, "#requests/1")
		t.sees(".why-says", `Rule "once" decided.`)
		t.sees(".why-rules li.fired", "decided the answer")
		t.sees(".why-rules li.fired .muted", "If the request came now: when/times all 1 answers have been injected")
		t.goTo("#requests/2")
		t.sees(".why-says", "No rule decided, and no check refused it.")
		for _, words := range []string{"when/times all 1 answers have been injected", "when/from the rule was set 0s ago, expected at least 1h", "when/probability match 1 draws", "when/skip match 1 of the first 2, which pass"} {
			t.sees(".why-rules", words)
		}
		t.sees(".why-rules", "If the request came now: answers 500") // late is in force by now
	})

	It("Prefer did what it did, or nothing, is told", func() {
		world := harness.World(root, "default")
		world.Do("PUT", "/admin/faults/getProcess/503", nil)
		world.With("Prefer", "code=404").Do("GET", update.Path, nil)
		world.Do("DELETE", "/admin/faults", nil)
		world.With("Prefer", "code=777").Do("GET", update.Path, nil)
		t := visit(world.Base, "#requests/1")
		t.sees(".why-says", "Its header Prefer decided: code=404.")
		t.goTo("#requests/2")
		t.sees(".why", "was ignored: code 777 is not known for getProcess")
	})

	It("a rule has not fired is told by one click, and leads to the nearest request", func() {
		const hostile = `^<img src=x onerror="window.hacked=1">`
		world := harness.World(root, "default")
		Expect(world.Do("POST", "/admin/faults", map[string]any{"id": "mine", "match": map[string]any{"operations": []string{"updateProcess"}, "user": "admin",
			"body": map[string]any{"/command": map[string]any{"matches": hostile}}}, "respond": map[string]any{"status": 503}})).To(harness.HaveStatus(http.StatusCreated))
		world.Do("GET", update.Path, nil)
		world.Do("PATCH", update.Path, map[string]any{"command": "<b>x</b>"})
		world.As("auditor").Do("PATCH", update.Path, map[string]any{"command": "<b>x</b>"})
		t := visit(world.Base)
		t.click(`[aria-label="Why has mine not fired?"]`)
		t.sees(".why-says", "It has not fired; of the last 3 requests none met it; the nearest is request 2")
		t.sees(".why-says", "<img src=x onerror=")
		t.shows(".why-table tbody tr", 3)
		Expect(t.text(".why-table tbody tr:nth-child(1)")).To(HaveSuffix("2"))
		Expect(t.text(".why-table tbody tr:nth-child(2)")).To(HaveSuffix("2"))
		Expect(t.text(".why-table tbody tr.none-met")).To(HaveSuffix("0"))
		Expect(t.clicks).To(Equal(1))
		t.click(`.drawer a[href="#requests/2"]`)
		t.sees(".drawer h2", "Request 2")
		Expect(t.clicks).To(Equal(2))
		t.goTo("#answers/why/mine")
		t.sees(".why-says", "none met it")
		world.Do("PATCH", "/admin/faults/mine", map[string]any{"match": map[string]any{"body": nil}})
		t.sees(".drawer", "Requests that met it and were passed over") // it tells what is so by now
		t.sees(".why-rules", "the rule was set, or changed, after the request was decided")
		world.Do("PATCH", update.Path, map[string]any{"command": "x"})
		t.sees(".why-says", "It has fired once")
		Expect(value[bool](t, `"hacked" in window`)).To(BeFalse())
	})
})
