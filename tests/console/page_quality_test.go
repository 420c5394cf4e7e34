package console_test

import (
	_ "embed"
	"fmt"
	"net/http"
	"strings"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

// axe is the accessibility checker (testdata/axe/VENDOR.md).
//
//go:embed testdata/axe/axe.min.js
var axe string

var parts = []string{"answers", "requests", "processes", "scenarios", "worlds", "clock", "evidence"}

// busy is a world with something to see in every part.
func busy() *harness.Client {
	GinkgoHelper()
	world := harness.World(root, "maintenance-window")
	world.Do("PUT", "/admin/faults/updateProcess/409", nil)
	world.Do("PUT", "/admin/faults/getProcess/404", map[string]any{"when": map[string]any{"times": 3}})
	world.Do("POST", "/admin/faults", map[string]any{"id": "slow", "match": map[string]any{"operations": []string{"listProcesses"}}, "delay": map[string]any{"fixed": "1ms"}})
	world.Send(update)
	world.Do("GET", "/v3/processes", nil)
	world.As("").Do("GET", "/v3/processes", nil)
	world.Do("GET", "/v3/nothing", nil)
	world.Do("PUT", "/admin/processes/"+harness.DemoWeb+"/instances/1", map[string]any{"state": "CRASHED", "details": "out of memory"})
	return world
}

var _ = Describe("The page", func() {
	// Both layouts and both sets of colours, each of which is the same at any width.
	DescribeTable("has no serious accessibility violation and fits", func(width int, theme string) {
		file := swept()
		t := blank(busy().Base)
		t.size(int64(width), 900)
		t.theme(theme)
		// The checker is a script of the test, which the page's policy rightly refuses.
		t.run(page.SetBypassCSP(true))
		t.goTo("")
		t.sees(".live", "live")
		t.run(chromedp.Evaluate(axe, nil))
		for _, part := range parts {
			t.part(part)
			t.accessible(part)
		}
		t.run(chromedp.Evaluate(`location.hash = "#processes/`+harness.DemoWeb+`"`, nil))
		t.rests(".instance")
		t.click(`[aria-label="Set what stats say of instance 0"]`)
		t.choose(`.instance-facts fieldset:nth-of-type(1) select`, "set")
		t.click(`.instance-facts .ports > div:last-child button`)
		t.choose(`.instance-facts fieldset:nth-of-type(2) select`, "set")
		t.accessible("a process")
		t.run(chromedp.Evaluate(`location.hash = "#requests/1"`, nil))
		t.rests(".drawer .facts")
		t.sees(".why-says", "decided")
		t.accessible("a request")
		t.run(chromedp.Evaluate(`location.hash = "#requests/again/1"`, nil))
		t.rests(".again .body")
		t.accessible("a request that is sent again")
		t.run(chromedp.Evaluate(`location.hash = "#requests/compare/1/3"`, nil))
		t.rests(".differing")
		t.accessible("two answers")
		t.run(chromedp.Evaluate(`location.hash = "#answers/why/slow"`, nil))
		t.rests(".why-table")
		t.accessible("why a rule has not fired")
		t.run(chromedp.Evaluate(`location.hash = "#worlds/compare/default"`, nil))
		t.sees(".drawer .notice", "They differ in state (")
		t.accessible("two worlds")
		t.run(chromedp.Evaluate(`location.hash = "#evidence/sweep"`, nil))
		t.sees(".drop", "Open sweep.json")
		t.openFile(file)
		t.click(".sweep-cell")
		t.click(".finding summary")
		t.accessible("a sweep report")
		t.run(chromedp.Evaluate(`location.hash = "#answers/rule/slow"`, nil))
		t.rests(".editor .part")
		t.paste(beside, `{"id": "slow", "match": {"operations": ["x1"], "body": {"/a": 1, "/b": {"gt": 1}}}, "sequence": [{"status": 5}, {"pass": true}], "respond": {"status": "x"}}`)
		t.sees(at("/respond/status", ".mistake"), "expected")
		t.run(chromedp.Evaluate(`document.querySelectorAll(".editor details").forEach(d => { d.open = true; })`, nil))
		t.accessible("the editor of rules")
		t.run(chromedp.Evaluate(`location.hash = "#answers"`, nil))
		t.rests(".leaving")
		t.accessible("the question about what is not saved")
		t.click(".leaving .button:last-child")
		t.shows(".drawer", 0)
		t.click(cell("updateProcess", 422))
		if width < 1000 {
			t.click(".selected-bar .button")
		}
		t.rests(".fault")
		t.accessible("the panel of a cell")
	}, func(width int, theme string) string { return fmt.Sprintf("%d px, %s", width, theme) },
		Entry(nil, 390, "light"), Entry(nil, 1440, "dark"))

	It("gives its connections back when it is left", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		for range 6 { // with the first one more than a browser has connections for a server
			t.run(chromedp.Navigate("about:blank"))
			t.goTo("#requests")
			t.sees(".live", "live")
		}
	})

	It("weighs little", func() {
		t := visit(harness.World(root, "default").Base)
		t.shows(".matrix-scroll", 1)
		weight := value[float64](t, `[performance.getEntriesByType("navigation"), performance.getEntriesByType("resource")].flat()
			.filter(e => !e.name.includes("/admin")).reduce((sum, e) => sum + e.transferSize, 0)`)
		Expect(weight).To(And(BeNumerically(">", 5_000), BeNumerically("<", 60_000)))
	})

	It("comes from the cache when it is the same, and asks first", func() {
		get := func(tag string) *http.Response {
			request, err := http.NewRequest("GET", root+"/console/js/app.js", nil)
			Expect(err).NotTo(HaveOccurred())
			request.Header.Set("If-None-Match", tag)
			answer, err := http.DefaultClient.Do(request)
			Expect(err).NotTo(HaveOccurred())
			Expect(answer.Body.Close()).To(Succeed())
			return answer
		}
		first := get("")
		Expect(first.StatusCode).To(Equal(http.StatusOK))
		Expect(first.Header.Get("Cache-Control")).To(Equal("no-cache"))
		Expect(get(first.Header.Get("ETag")).StatusCode).To(Equal(http.StatusNotModified))
	})
})

// accessible asks the checker about the page as it stands, and holds it against
// its width.
func (t *tab) accessible(what string) {
	GinkgoHelper()
	found := value[[]string](t, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations
		.filter(v => v.impact === "serious" || v.impact === "critical")
		.map(v => v.id + ": " + v.nodes.map(n => n.html.slice(0, 160) + " " + n.failureSummary).join(" | ")))`)
	Expect(found).To(BeEmpty(), what)
	Expect(value[int](t, "document.documentElement.scrollWidth")).To(BeNumerically("<=", value[int](t, "innerWidth")), what+" is wider than the window")
}

var _ = Describe("The admin token", func() {
	It("is asked for once and kept for the session", func() {
		server := harness.Serve("--admin-token", "s3cret word")
		t := blank(server.URL)
		t.goTo("")
		t.sees("h1", "Admin token")
		t.fill(".lock input", "wrong")
		t.click(".lock button")
		t.sees(".mistake", "refused")
		t.fill(".lock input", "s3cret word")
		t.click(".lock button")
		t.sees(".live", "live")
		t.click(cell("getProcess", 404))
		t.sees(cell("getProcess", 404), "on")
		t.goTo("#requests")
		t.run(chromedp.Reload())
		t.sees(".live", "live")
		Expect(t.text(".shell")).NotTo(ContainSubstring("s3cret"))
		Expect(value[string](t, "document.documentElement.outerHTML + location.href + document.cookie + JSON.stringify(localStorage)")).NotTo(ContainSubstring("s3cret"))
		t.forgives("401")
	})
})

var _ = Describe("A port for the admin API", func() {
	It("has the console, and the API's port has not", func() {
		server := harness.Serve("--admin-listen", "127.0.0.1:0")
		_, console, found := strings.Cut(server.Ready, "console at ")
		Expect(found).To(BeTrue(), server.Ready)
		admin := strings.TrimSuffix(console, "/console/")
		Expect(admin).NotTo(Equal(server.URL))
		t := visit(admin)
		t.click(cell("listProcesses", 503))
		t.sees(cell("listProcesses", 503), "on")
		api := &harness.Client{Base: server.URL, Token: "admin"}
		Expect(api.Do("GET", "/v3/processes", nil)).To(harness.HaveStatus(http.StatusServiceUnavailable))
		Expect(api.Do("GET", "/console/", nil)).To(harness.HaveStatus(http.StatusNotFound))
	})
})
