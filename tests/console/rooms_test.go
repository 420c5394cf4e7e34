package console_test

import (
	"fmt"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

// outside are those of a selector that reach out of the window, or are cut off
// within it, by their texts.
func (t *tab) outside(selector string) []string {
	GinkgoHelper()
	return value[[]string](t, fmt.Sprintf(`[...document.querySelectorAll(%q)].filter((one) => {
		const place = one.getBoundingClientRect();
		return place.top < 0 || place.left < 0 || place.bottom > innerHeight || place.right > innerWidth || one.scrollWidth > one.clientWidth + 1;
	}).map((one) => one.innerText)`, selector))
}

var _ = Describe("The rooms", func() {
	It("have the legend and what is in force in sight, and paths whole, on a laptop", func() {
		t := visit(busy().Base)
		t.shows(".legend > div", 6)
		t.shows(".rules li", 6)
		Expect(t.outside(".legend, .legend > div, .rail section:first-child h2, .rules li:first-child .rule-id")).To(BeEmpty())
		Expect(value[[]string](t, `[...document.querySelectorAll(".matrix .operation-path")].filter((one) => one.scrollWidth > one.clientWidth || one.getClientRects().length > 1).map((one) => one.innerText)`)).To(BeEmpty(), "paths are whole, and in one line")
		t.opens(cell("getProcess", 404))
		t.shows(".fault", 1)
		Expect(t.outside(".rules li:first-child .rule-id, .fault h2")).To(BeEmpty(), "with the panel of a cell, too")

		t.part("requests")
		t.shows(".list-row", 4)
		Expect(t.outside(".c-path")).To(BeEmpty())
	})

	It("can all be reached on a telephone, where worlds tell what is what", func() {
		world := busy()
		t := blank(world.Base)
		t.size(390, 844)
		t.goTo("#worlds")
		t.sees(".live", "live")
		t.shows("nav.tabs a", len(parts))
		Expect(t.outside("nav.tabs a")).To(BeEmpty())
		t.shows(".is-here", 1)
		for _, fact := range []string{"Scenario", "Processes", "Rules", "Requests", "Clock", "Ends when idle"} {
			label := fmt.Sprintf(`.is-here [data-label=%q]`, fact)
			Expect(value[string](t, fmt.Sprintf(`getComputedStyle(document.querySelector('%s'), "::before").content`, label))).To(Equal(`"`+fact+`: "`), "the label that stands before it")
			Expect(t.text(label)).NotTo(BeEmpty())
		}
		t.sees(`.is-here [data-label="Scenario"]`, "maintenance-window")
		t.part("evidence")
		Expect(t.clicks).To(Equal(1))
	})

	It("lead to the place in the documentation that tells of them", func() {
		world := harness.World(root, "default")
		t := visit(world.Base)
		for _, part := range parts {
			t.part(part)
			help := value[string](t, `[...document.querySelectorAll(".top a")].find((one) => one.innerText === "Help").href`)
			page, anchor, _ := strings.Cut(strings.TrimPrefix(help, world.Base), "#")
			Expect(world.Do("GET", page, nil)).To(harness.HaveStatus(http.StatusOK))
			Expect(string(world.Do("GET", page, nil).Body)).To(ContainSubstring(`id="`+anchor+`"`), "%s leads to %s", part, help)
		}
	})

	It("dim when the server is down, say since when, and come back by themselves", func() {
		server := harness.Serve()
		t := visit(server.URL)
		DeferCleanup(func() { t.forgives("ERR_") })
		Expect(t.count(".lost") + t.count(".dim")).To(BeZero())
		server.Stop()
		t.sees(".lost", "has not been reached since")
		Expect(t.text(".lost")).To(MatchRegexp(`since \d\d:\d\d:\d\d \(\d`))
		Expect(t.count("main.dim")).To(Equal(1))
		t.sees(".live", "not reached")
		harness.Serve("--listen", strings.TrimPrefix(server.URL, "http://"))
		t.sees(".live", "live")
		Expect(t.count(".lost") + t.count(".dim")).To(BeZero())
		t.click(cell("getProcess", 404))
		t.sees(cell("getProcess", 404), "on")
	})

	It("of a world that is not there name those that are, and make it by one click", func() {
		other := harness.World(root, "outage")
		name := strings.ReplaceAll(strings.TrimPrefix(other.Base, root+"/worlds/"), "/", "") + "-twin"
		t := blank(root + "/worlds/" + name)
		t.goTo("#requests")
		t.sees("h1", "There is no world "+name)
		Expect(t.attribute(".nowhere .buttons a", "href")).To(Equal(root + "/console/"))
		t.rests(fmt.Sprintf(`.nowhere li a[href=%q]`, other.Base+"/console/"))
		t.click(".nowhere .button.primary")
		t.sees(".live", "live")
		Expect(t.clicks).To(Equal(1))
		t.sees("#requests-title + .lead", "0 requests")
		api := &harness.Client{Base: root}
		Expect(api.Do("GET", "/admin/worlds/"+name, nil)).To(harness.HaveStatus(http.StatusOK))
		api.Do("DELETE", "/admin/worlds/"+name, nil)
		t.sees("h1", "There is no world "+name) // it has ended under the reader's eyes
		t.forgives("404")
	})

	It("of a world with a hostile name that is not there keep it a text", func() {
		t := blank(root + "/worlds/%3Cimg%20src=x%20onerror=%22window.hacked=1%22%3E")
		t.goTo("")
		t.sees("h1", `There is no world <img src=x onerror="window.hacked=1">`)
		t.click(".nowhere .button.primary")
		t.shows(".toast.bad", 1)
		Expect(value[bool](t, `"hacked" in window`)).To(BeFalse())
		t.forgives("404")
		t.forgives("422")
	})
})
