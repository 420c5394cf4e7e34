package console_test

import (
	"strings"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

// foreign is a name that the browser takes for this machine's: a page of that
// name has the server's own pages for its own.
const foreign = "evil.example"

var _ = Describe("A page under a foreign name that leads to the server", func() {
	// fetched is what a page at an address gets from a path, as text.
	fetched := func(page, method, path string) (text string) {
		GinkgoHelper()
		tab, done := chromedp.NewContext(chrome)
		defer done()
		Expect(chromedp.Run(tab,
			chromedp.Navigate(page),
			chromedp.Evaluate(`fetch("`+path+`", {method: "`+method+`"}).then(async a => a.status + " " + await a.text())`, &text,
				func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }),
		)).To(Succeed())
		return text
	}
	abroad := func(address string) string {
		return strings.Replace(address, "127.0.0.1", foreign, 1)
	}

	It("reads and changes nothing, and is told the way out", func() {
		own := (&harness.Client{Base: root}).Do("POST", "/admin/worlds", map[string]any{"listen": "127.0.0.1:0"})
		for _, at := range []string{root, own.At("url").(string)} {
			page := abroad(at) + "/v3/info"
			Expect(fetched(page, "GET", "/v3/info")).To(HavePrefix("200 "), "the simulated API answers any host")
			for _, request := range [][2]string{{"GET", "/admin"}, {"POST", "/admin/reset"}, {"GET", "/admin/docs"}, {"GET", "/console/"}} {
				Expect(fetched(page, request[0], request[1])).To(And(HavePrefix("403 "), ContainSubstring(`"title":"CrossSite"`), ContainSubstring("--allowed-hosts "+foreign)))
			}
		}
	})

	It("is welcome once it is allowed", func() {
		server := harness.Serve("--allowed-hosts", "other.example,"+foreign)
		Expect(fetched(abroad(server.URL)+"/console/", "GET", "/admin")).To(HavePrefix("200 "))
	})
})
