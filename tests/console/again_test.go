package console_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

const (
	sends      = `.again button[type="submit"]:enabled`
	written    = ".again .editor-form "
	answerSide = ".again .editor-side section:first-child"
)

// leaving sends a request that waits for its answer until the returned function
// is called, or the spec ends.
func leaving(world *harness.Client, path string) (leave func()) {
	GinkgoHelper()
	ctx, leave := context.WithCancel(context.Background())
	DeferCleanup(leave)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, world.Base+path, nil)
	Expect(err).NotTo(HaveOccurred())
	go http.DefaultClient.Do(request) //nolint:errcheck,bodyclose // it leaves without an answer
	return leave
}

var _ = Describe("A request", func() {
	It("is edited and sent again by another user's token, its answer beside the old one, by four clicks", func() {
		world := harness.World(root, "default")
		world.As("developer").Do("PATCH", update.Path, `{"command": "first"}`)
		t := visit(world.Base, "#requests")
		t.click(".list-row")
		t.shows(".why-says", 1) // it comes above the links
		t.click(`.drawer a[href="#requests/again/1"]`)
		t.sees(".again", "beside the old answer")
		Expect(value[string](t, `document.querySelector(".again select").value`)).To(Equal("developer"))
		Expect(t.text(".again")).NotTo(ContainSubstring("MASKED"))
		t.choose(".again select", "auditor")
		t.paste(written+"label:last-of-type textarea", `{"command": "second"}`)
		t.click(sends)
		t.sees(answerSide, "403")
		t.sees(".differing", "asked: user")
		t.sees(".differing", "with errors")
		t.choose(".again select", "developer")
		t.click(sends)
		t.sees(answerSide, `"command": "second"`)
		t.sees(".differing", "body /command")
		Expect(t.clicks).To(Equal(4))
		Expect(world.Do("GET", update.Path, nil).At("command")).To(Equal("second"))
		last := world.Do("GET", "/admin/requests/3", nil)
		Expect(last.At("client")).To(And(HaveKeyWithValue("user", "developer"), HaveKeyWithValue("user_agent", "capisim-admin")))
	})

	It("that is sent again says what is wrong with it, and what the journal did not keep", func() {
		world := harness.World(root, "default")
		world.As("developer").With("X-Api-Key", "s3cret").Do("PATCH", update.Path, `{"command": "x", "password": "s3cret"}`)
		t := visit(world.Base, "#requests/again/1")
		t.sees(".again .notice.warn", "keeps no secrets")
		t.fill(written+".request-line label:last-child input", "v3")
		t.click(sends)
		t.sees(".again .notice.bad", "expected a path such as /v3/processes")
		Expect(world.Do("GET", "/admin/requests", nil).At("pagination", "total_results")).To(BeEquivalentTo(1))
		t.forgives("422")
	})

	It("is written from nothing, waited for, and left", func() {
		world := harness.World(root, "default")
		world.Do("POST", "/admin/faults", map[string]any{"id": "slow", "match": map[string]any{"operations": []string{"listProcesses"}}, "delay": map[string]any{"fixed": "1h"}})
		t := visit(world.Base, "#requests")
		t.click(`a[href="#requests/again/new"]`)
		t.click(sends)
		t.sees(".again .editor-side", "Waiting for the answer")
		Eventually(func() any { return world.Do("GET", "/admin/requests/1", nil).At("held") }).Should(BeTrue())
		t.click(".again .buttons .button:last-child")
		t.shows(sends, 1)
		Eventually(func() any { return world.Do("GET", "/admin/requests/1", nil).At("connection_fault") }).Should(Equal("cut"))
		Expect(t.clicks).To(Equal(3))
	})

	It("is compared with another one that is chosen from the list, by three clicks", func() {
		world := harness.World(root, "default")
		world.Do("GET", update.Path, nil)
		world.Do("PUT", "/admin/faults/getProcess/503", nil)
		world.Do("GET", update.Path, nil)
		world.Do("GET", update.Path, nil)
		t := visit(world.Base, "#requests")
		t.click("#row-1")
		t.shows(".why-says", 1)
		t.click(`.drawer a[href="#requests"]`)
		t.sees(".comparing", "beside that to request 1")
		t.shows(".drawer", 0) // it lies over the rows
		t.click("#row-2")
		t.sees(".differing", "status")
		t.sees(".differing", "200")
		t.sees(".differing", "503")
		t.sees(".differing", "with errors")
		t.sees(".sides", `"health_check"`)
		Expect(t.clicks).To(Equal(3))
		t.run(chromedp.KeyEvent(kb.Escape))
		t.shows(".drawer", 0)
		t.goTo("#requests/compare/2/3")
		t.sees(".drawer", "The two answers say the same")
		t.goTo("#requests/compare/2/99")
		t.sees(".drawer .notice", "no request 99")
		t.forgives("404")
	})

	It("that is held shows how long yet, also while the clock stands, and how it ended", func() {
		world := harness.World(root, "default")
		world.Do("PUT", "/admin/clock", map[string]any{"mode": "frozen"})
		world.Do("POST", "/admin/faults", map[string]any{"id": "slow", "delay": map[string]any{"fixed": "1h"}, "respond": map[string]any{"status": 503}})
		t := blank(world.Base)
		t.fast(2 * time.Hour)
		t.goTo("#requests")
		t.sees(".live", "live")
		leaving(world, update.Path)
		t.sees(".list-row .c-latency", "59m")
		first := t.text(".list-row .c-latency")
		Eventually(func() string { return t.text(".list-row .c-latency") }).ShouldNot(Equal(first), "it counts down")
		t.click(".list-row")
		t.shows(".why-says", 1)
		t.sees(".drawer .held", "left")
		t.sees(".drawer .held", "stands still")
		t.click(".drawer .held .button")
		t.sees(".drawer .exchange-line", "cut")
		t.shows(".drawer .held", 0)
		t.sees("#row-1 .status-code", "cut")
		Expect(t.clicks).To(Equal(2))
	})

	It("and all others leave as one file, by one click", func() {
		world := harness.World(root, "default")
		world.Send(update)
		t := visit(world.Base, "#requests")
		folder := GinkgoT().TempDir()
		t.downloadsTo(folder)
		t.click(".section-head button:first-of-type")
		Expect(t.clicks).To(Equal(1))
		var files []string
		Eventually(func() []string {
			files, _ = filepath.Glob(filepath.Join(folder, "*.bundle.json.gz"))
			return files
		}).Should(HaveLen(1))
		Eventually(func() bool {
			raw, err := os.ReadFile(files[0])
			return err == nil && bytes.HasPrefix(raw, []byte{0x1f, 0x8b})
		}).Should(BeTrue(), "it is packed")
		t.sees(".shell-line", "capisim bundle -o")
	})

	It("of a hostile client stays text when it is sent again and compared", func() {
		world := harness.World(root, "default")
		const hostile = `<img src=x onerror=window.hacked=1>`
		world.With("X-Hostile", hostile).Do("PATCH", update.Path+"?q=<svg/onload=window.hacked=1>", `{"command": "`+hostile+`", "</textarea>`+hostile+`": 1}`)
		world.Do("GET", update.Path, nil)
		t := visit(world.Base, "#requests/again/1")
		t.click(sends)
		t.sees(answerSide, "<svg/onload")
		Expect(value[string](t, `document.querySelector(".again textarea").value`)).To(ContainSubstring(hostile))
		t.goTo("#requests/compare/1/2")
		t.sees(".differing", hostile)
		Expect(value[bool](t, `"hacked" in window`)).To(BeFalse())
		Expect(t.count("img:not([src='icon.svg'])") + t.count(".drawer svg")).To(BeZero())
	})
})
