package evidence_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim"
	"example.com/capisim/tests/harness"
)

// A request is in the journal from its decision on, not from its answer.
var _ = Describe("A request that is held back", func() {
	var (
		admin *harness.Client
		held  func(rule map[string]any) (release func())
	)
	BeforeEach(func() {
		srv := sim.Start(GinkgoT())
		admin = &harness.Client{Base: srv.URL}
		held = func(rule map[string]any) func() {
			GinkgoHelper()
			rule["id"], rule["match"] = "slow", map[string]any{"operations": []string{"scaleProcess"}}
			Expect(admin.Do("POST", "/admin/faults", rule)).To(harness.HaveStatus(http.StatusCreated))
			ctx, leave := context.WithCancel(context.Background())
			req, err := http.NewRequestWithContext(ctx, "POST", srv.URL+web+"/actions/scale", strings.NewReader(`{"instances":4}`))
			Expect(err).NotTo(HaveOccurred())
			req.Header.Set("Authorization", "bearer developer")
			req.Header.Set("Content-Type", "application/json")
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				if answer, err := fresh().Do(req); err == nil {
					answer.Body.Close()
				}
			}()
			Eventually(func() any { return admin.Do("GET", "/admin/faults/slow", nil).At("matched") }).Should(BeEquivalentTo(1))
			release := func() { leave(); <-gone }
			DeferCleanup(release)
			return release
		}
	})

	verify := func(question map[string]any) *harness.Exchange {
		GinkgoHelper()
		question["match"] = map[string]any{"operations": []string{"scaleProcess"}}
		return admin.Do("POST", "/admin/requests/verify", question)
	}
	request := func() map[string]any {
		GinkgoHelper()
		x := admin.Do("GET", "/admin/requests", nil)
		Expect(x.At("resources")).To(HaveLen(1), "%s", x)
		return x.At("resources", 0).(map[string]any)
	}

	for name, rule := range map[string]map[string]any{
		"by a delay after its change": {"apply": "after", "delay": map[string]any{"fixed": "1h"}, "respond": map[string]any{"status": 503}},
		"by a delay before it":        {"delay": map[string]any{"fixed": "1h"}, "respond": map[string]any{"status": 503}},
		"by a hang":                   {"connection": map[string]any{"kind": "hang", "for": "1h"}},
	} {
		It(name+" is found, and completed later", func() {
			release := held(rule)
			Expect(request()).To(And(HaveKeyWithValue("held", true), HaveKeyWithValue("rule", "slow"), HaveKeyWithValue("injected", true),
				HaveKeyWithValue("response", And(HaveKeyWithValue("status", BeEquivalentTo(0)), HaveKeyWithValue("body", "")))))
			Expect(verify(map[string]any{"count": map[string]any{"exactly": 1}})).To(harness.HaveStatus(http.StatusOK))
			Expect(verify(map[string]any{"never": true})).To(harness.HaveStatus(http.StatusExpectationFailed))
			instances := (&harness.Client{Base: admin.Base, Token: "admin"}).Do("GET", web, nil).At("instances")
			Expect(instances).To(BeEquivalentTo(map[bool]int{true: 4, false: 2}[rule["apply"] == "after"]))
			Expect(admin.Do("DELETE", "/admin/faults/slow", nil)).To(harness.HaveStatus(http.StatusNoContent))

			release()
			Eventually(func() any {
				return admin.Do("GET", "/admin/requests?operation=scaleProcess", nil).At("resources", 0)
			}).ShouldNot(HaveKey("held"))
			Expect(verify(map[string]any{"count": map[string]any{"exactly": 1}})).To(harness.HaveStatus(http.StatusOK))
		})
	}

	It("is told to those who follow, and told again with its answer", func() {
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		req, err := http.NewRequestWithContext(ctx, "GET", admin.Base+"/admin/events", nil)
		Expect(err).NotTo(HaveOccurred())
		answer, err := fresh().Do(req)
		Expect(err).NotTo(HaveOccurred())
		defer answer.Body.Close()
		lines := bufio.NewScanner(answer.Body)
		next := func() (view map[string]any) {
			GinkgoHelper()
			for event := ""; lines.Scan(); {
				if name, found := strings.CutPrefix(lines.Text(), "event: "); found {
					event = name
				}
				if data, found := strings.CutPrefix(lines.Text(), "data: "); found && event == "request" {
					Expect(json.Unmarshal([]byte(data), &view)).To(Succeed())
					return view
				}
			}
			Fail("the stream has ended")
			return nil
		}
		release := held(map[string]any{"delay": map[string]any{"fixed": "1h"}, "respond": map[string]any{"status": 503}})
		Expect(next()).To(And(HaveKeyWithValue("id", BeEquivalentTo(1)), HaveKeyWithValue("held", true)))
		release()
		Expect(next()).To(And(HaveKeyWithValue("id", BeEquivalentTo(1)), Not(HaveKey("held")), HaveKeyWithValue("connection_fault", "cut")))
	})

	It("is met at once by a verification that waits", func() {
		waited := make(chan int)
		go func() {
			defer GinkgoRecover()
			waited <- verify(map[string]any{"within": "1m"}).Status
		}()
		held(map[string]any{"connection": map[string]any{"kind": "hang", "for": "1h"}})
		Eventually(waited, "10s").Should(Receive(Equal(http.StatusOK)))
	})

	It("leaves nothing behind when the world is reset", func() {
		held(map[string]any{"apply": "after", "delay": map[string]any{"fixed": "1h"}, "respond": map[string]any{"status": 503}})
		Expect(admin.Do("POST", "/admin/reset", nil)).To(harness.HaveStatus(http.StatusOK))
		Consistently(func() any { return admin.Do("GET", "/admin/requests", nil).At("resources") }, "200ms").Should(BeEmpty())
	})
})
