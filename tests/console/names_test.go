package console_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

// hostile would run if it were ever taken for a part of the page; the policy of
// the page would stop it, and complain.
const hostile = `"'><img src=x onerror="document.body.dataset.hacked=1"><script>document.body.dataset.hacked=1</script>&amp;`

var _ = Describe("Names that hold markup", func() {
	const typed = `<u>typed`
	var world *harness.Client

	BeforeEach(func() {
		server := &harness.Client{Base: root}
		made := server.Do("POST", "/admin/worlds", map[string]any{"scenario": map[string]any{
			"name": "hostile", "description": hostile,
			"organizations": []any{map[string]any{"name": hostile}},
			"spaces":        []any{map[string]any{"name": hostile, "organization": hostile}},
			"apps": []any{map[string]any{"name": hostile, "processes": []any{
				map[string]any{"type": "web", "guid": harness.DemoWeb, "command": hostile, "metadata": map[string]any{"annotations": map[string]any{"note": hostile}},
					"forced": []any{map[string]any{"index": 0, "state": "CRASHED", "details": hostile}}},
				map[string]any{"type": typed},
			}}},
			"auth": map[string]any{"users": []any{map[string]any{"name": hostile, "scopes": []any{"cloud_controller.admin"}}}, "tokens": map[string]any{"admin": hostile}},
			"faults": []any{map[string]any{"id": "window", "description": hostile, "match": map[string]any{"operations": []any{"getProcess"}, "app": hostile},
				"when": map[string]any{"until": "1h"}, "respond": map[string]any{"status": 404, "detail": hostile}}},
			"expectations": []any{map[string]any{"on": map[string]any{"operation": "getProcess", "status": 404}, "client": map[string]any{"retries": map[string]any{"max": 0}}}},
		}})
		Expect(made).To(harness.HaveStatus(http.StatusCreated))
		name := made.At("name").(string)
		DeferCleanup(func() { server.Do("DELETE", "/admin/worlds/"+name, nil) })
		world = (&harness.Client{Base: root + "/worlds/" + name, Token: "admin"}).With("User-Agent", hostile)
		Expect(world.Do("GET", "/v3/processes/"+harness.DemoWeb, nil)).To(harness.HaveStatus(http.StatusNotFound))
		world.Do("GET", "/v3/%3Cimg%20src=x%3E?q=%3Cimg%20src=x%3E", nil)
		world.Do("PATCH", "/v3/processes/"+harness.DemoWeb, map[string]any{"command": hostile, "instances": hostile})
	})

	DescribeTable("are text", func(part, where string, shown ...string) {
		t := visit(world.Base, part)
		for _, text := range shown {
			Eventually(func() string {
				return value[string](t, `[...document.querySelectorAll("`+where+`")].map(e => e.textContent + (e.value ?? "") + [...e.querySelectorAll("input, textarea")].map(i => i.value).join(" ")).join(" ")`)
			}).Should(ContainSubstring(text))
		}
		t.isText()
	},
		Entry("in the journal", "#requests", ".list", hostile, "/v3/%3Cimg%20src=x%3E"),
		Entry("of a fault that was answered", "#requests/1", ".drawer", hostile),
		Entry("of a path that met nothing", "#requests/2", ".drawer", "/v3/%3Cimg%20src=x%3E?q=%3Cimg%20src=x%3E"),
		Entry("of a body that is wrong", "#requests/3", ".drawer", `\"'><img src=x`),
		Entry("of apps, spaces and organizations", "#processes", ".processes", hostile, hostile+" / "+hostile, typed),
		Entry("of one process", "#processes/"+harness.DemoWeb, ".drawer", hostile, `\"'><img src=x`),
		Entry("of what is played", "#scenarios", ".current", hostile),
		Entry("of rules on the clock", "#clock", ".timeline", "window"),
		Entry("of a rule by hand", "#answers/rule/window", ".editor", `\"'><img src=x`),
		Entry("of a rule from a request", "#answers/from/3", ".editor", `\"'><img src=x`),
		Entry("of clients and expectations", "#evidence", "main", hostile),
	)

	It("are text in the panel of a cell, in notices and in commands", func() {
		t := visit(world.Base)
		t.click(cell("getProcess", 404))
		t.sees(".fault", "window")
		t.isText()
		t.part("processes")
		t.click(".processes tbody tr:first-child a")
		t.click(".app-line .button")
		t.sees(".drawer .toast:last-child", hostile+" was stopped")
		t.isText()
		world.Do("PUT", "/admin/faults/getProcess/503", nil) // the page lists the rules anew
		t.goTo("#requests")
		t.fill(`.filters input[type="search"]`, hostile)
		t.isText()
	})
})

// isText expects that no name has become a part of the page.
func (t *tab) isText() {
	GinkgoHelper()
	Expect(t.count(`#console script, #console u, #console [onerror], #console img:not([src="icon.svg"])`)).To(BeZero())
	Expect(value[bool](t, `"hacked" in document.body.dataset`)).To(BeFalse())
}
