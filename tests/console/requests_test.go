package console_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

var _ = Describe("Requests", func() {
	It("appear as they come, and open to all that is known of them", func() {
		world := harness.World(root, "default")
		t := visit(world.Base, "#requests")
		t.sees(".empty", "No requests yet")
		world.Do("PUT", "/admin/faults/updateProcess/409", map[string]any{"when": map[string]any{"times": 1}})
		world.As("developer").Do("PATCH", update.Path, `{"command": 5}`)
		t.shows(".list-row", 1)
		t.sees(".list-row", "409")
		t.sees(".list-row", "updateProcess-409")
		t.sees(".list-row", "1 violation")
		t.sees(".list-row", "developer")
		world.As("developer").Send(update)
		t.shows(".list-row", 2)

		t.focus(".list")
		t.run(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter))
		t.sees(".drawer", `"command": 5`)
		t.sees(".drawer", "CF-Conflict")
		t.sees(".drawer .findings", "/command")
		t.sees(".drawer .reaction", "1 attempt") // another body is another request
		t.run(chromedp.KeyEvent(kb.Escape))
		t.shows(".drawer", 0)
		Expect(value[bool](t, `document.activeElement.classList.contains("list")`)).To(BeTrue(), "the focus is back on the list")
	})

	It("are filtered, paused and cleared", func() {
		world := harness.World(root, "default")
		t := visit(world.Base, "#requests")
		world.Do("GET", "/v3/processes", nil)
		world.Do("GET", update.Path, nil)
		world.As("").Do("GET", update.Path, nil)
		t.shows(".list-row", 3)
		t.choose(`[aria-label="Status"]`, "401")
		t.shows(".list-row", 1)
		world.Do("GET", update.Path, nil)
		world.As("").Do("GET", "/v3/processes", nil)
		t.shows(".list-row", 2) // a live one is filtered too
		t.choose(`[aria-label="Operation"]`, "getProcess")
		t.shows(".list-row", 1)
		t.click(".filters .button")
		t.shows(".list-row", 5)
		t.fill(`.filters input[type="search"]`, "AUTHENTICATION error")
		t.shows(".list-row", 2)
		t.click(".filters .button")
		t.shows(".list-row", 5)

		t.click(`.section-head [aria-pressed]`)
		world.Do("GET", update.Path, nil)
		t.sees(`.section-head [aria-pressed]`, "Resume (1 new)")
		Expect(t.count(".list-row")).To(Equal(5))
		t.click(`.section-head [aria-pressed]`)
		t.shows(".list-row", 6)

		t.click(".section-head .quiet")
		t.sees(".empty", "No requests yet")
	})

	It("that are held back are shown so until their answer leaves", func() {
		world := harness.World(root, "default")
		t := visit(world.Base, "#requests")
		world.Do("POST", "/admin/faults", map[string]any{"id": "slow", "delay": map[string]any{"fixed": "1h"}, "respond": map[string]any{"status": 503}})
		ctx, leave := context.WithCancel(context.Background())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, world.Base+update.Path, nil)
		Expect(err).NotTo(HaveOccurred())
		go http.DefaultClient.Do(req) //nolint:errcheck,bodyclose // it leaves without an answer
		t.sees(".list-row .status-code", "held")
		leave()
		t.sees(".list-row .status-code", "cut")
		t.shows(".list-row", 1)
	})

	It("of a hostile client stay text", func() {
		world := harness.World(root, "default")
		const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`
		world.With("User-Agent", hostile).Do("PATCH", update.Path+"?q=<svg/onload=window.hacked=1>", `{"command": "</pre><img src=x onerror=window.hacked=1>", "<b>x</b>": 1}`)
		Expect(world.Do("PUT", "/admin/faults/hostile", map[string]any{
			"description": hostile, "respond": map[string]any{"status": 503}, "match": map[string]any{"app": hostile},
		})).To(harness.HaveStatus(http.StatusOK))
		t := visit(world.Base, "#requests")
		t.shows(".list-row", 1)
		t.sees(".list-row .c-client", hostile)
		t.click(".list-row")
		t.sees(".drawer .facts", hostile)
		t.sees(".drawer .body", "</pre><img src=x")
		t.click(".drawer summary")
		t.sees(".drawer .headers", hostile)
		t.run(chromedp.KeyEvent(kb.Escape))
		t.part("answers")
		t.sees(".rules", "only app "+hostile)
		Expect(value[bool](t, `"hacked" in window`)).To(BeFalse())
		Expect(t.count("img:not([src='icon.svg'])") + t.count("main b") + t.count("main svg")).To(BeZero())
	})

	It("stay where they are while somebody points at them", func() {
		world := harness.World(root, "default")
		t := visit(world.Base, "#requests")
		flood(world, 40, 1) // more than can be seen at once
		t.sees("#requests-title + .lead", "40 requests")
		const x, y = 400, 270 // on the first row
		under := func() string {
			return value[string](t, fmt.Sprintf(`document.elementFromPoint(%d, %d).closest(".list-row")?.id ?? ""`, x, y))
		}
		t.run(chromedp.MouseEvent(input.MouseMoved, x, y))
		Expect(under()).To(Equal("row-40"))
		flood(world, 20, 1)
		t.sees("#requests-title + .lead", "60 requests")
		Expect(under()).To(Equal("row-40"))
		t.run(chromedp.MouseEvent(input.MouseMoved, x, 20))
		Eventually(under).Should(Equal("row-60"))
	})

	It("by the thousand do not hold the page up", func() {
		world := harness.World(root, "default")
		t := visit(world.Base, "#requests")
		// The longest pause between two frames tells whether the page froze.
		t.run(chromedp.Evaluate(`(() => { window.longest = 0; let last = performance.now(); const tick = (now) => { window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(tick); }; requestAnimationFrame(tick); })()`, nil))
		const all, clients = 3000, 8
		flood(world, all, clients)
		t.sees("#requests-title + .lead", "3,000 requests")
		Expect(t.count(".list-row")).To(BeNumerically("<", 60), "rows that cannot be seen are not there")
		Expect(value[float64](t, "window.longest")).To(BeNumerically("<", 1500), "milliseconds without a frame")

		// To the oldest of them, page by page.
		Eventually(func() string {
			t.focus(".list")
			t.run(chromedp.KeyEvent(kb.End))
			return t.attribute(".list-row:last-child", "id")
		}).Should(Equal("row-1"))
		Expect(t.count(".list-row")).To(BeNumerically("<", 60))
	})
})

// flood sends requests without looking at their answers.
func flood(world *harness.Client, all, clients int) {
	GinkgoHelper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	failed := make(chan error, clients)
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			for range all / clients {
				request, err := http.NewRequest("GET", world.Base+update.Path, nil)
				if err == nil {
					request.Header.Set("Authorization", "bearer admin")
					var answer *http.Response
					if answer, err = client.Do(request); err == nil {
						err = answer.Body.Close()
					}
				}
				if err != nil {
					failed <- fmt.Errorf("flood: %w", err)
					return
				}
			}
		})
	}
	group.Wait()
	close(failed)
	Expect(<-failed).NotTo(HaveOccurred())
}

var _ = Describe("Evidence", func() {
	It("shows what clients did about faults, and which expectations are met", func() {
		world := harness.World(root, "default")
		document := `{"extends": "default", "name": "gate", "expectations": [
			{"on": {"operation": "updateProcess", "status": 503}, "client": {"retries": {"max": 3}}},
			{"covers": {"operation": "scaleProcess", "status": 422}},
			{"on": {"operation": "updateProcess", "status": 409}, "client": {"retries": {"max": 0}}}]}`
		Expect(world.Do("POST", "/admin/load", document)).To(harness.HaveStatus(http.StatusOK))
		world.Do("PUT", "/admin/faults/updateProcess/503", map[string]any{"when": map[string]any{"times": 1}})
		world.Send(update)
		world.Send(update)
		world.Do("PUT", "/admin/faults/updateProcess/409", map[string]any{"when": map[string]any{"times": 1}})
		world.Send(update)
		world.Send(update)
		t := visit(world.Base, "#evidence")
		t.shows(".reactions li", 2)
		t.sees(".reactions", "recovered")
		t.shows(".expectations li", 3)
		t.sees(".expectations li:nth-child(1)", "met")
		t.sees(".expectations li:nth-child(2)", "not exercised")
		t.sees(".expectations li:nth-child(3)", "unmet")
		t.click(".expectations li:nth-child(3) .links a")
		t.sees(".drawer h2", "Request")
	})
})
