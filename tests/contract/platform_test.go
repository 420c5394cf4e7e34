package contract_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	. "example.com/capisim/tests/harness"
)

var _ = Describe("A platform in trouble", func() {
	DescribeTable("answers in its own shape", func(platform, user string, status, length int) {
		world := worldOf("trouble", `"platform":`+platform)
		request, err := http.NewRequest("GET", world.Base+"/v3/processes", nil)
		Expect(err).NotTo(HaveOccurred())
		if user != "" {
			request.Header.Set("Authorization", "bearer "+user)
		}
		x, err := http.DefaultClient.Do(request)
		Expect(err).NotTo(HaveOccurred())
		defer x.Body.Close()
		Expect(x.StatusCode).To(Equal(status))
		if length >= 0 {
			Expect(x.ContentLength).To(BeEquivalentTo(length))
		}
		if status != http.StatusUnauthorized {
			Expect(x.Header).NotTo(HaveKey("Content-Type"))
		}
	},
		Entry("without its database", `{"database":"down"}`, "developer", 500, 0),
		Entry("without its database, and no token", `{"database":"down"}`, "", 401, -1),
		Entry("without UAA's keys", `{"uaa":"keys_down"}`, "developer", 502, -1),
		Entry("without UAA's keys, and no token", `{"uaa":"keys_down"}`, "", 401, -1),
		Entry("without UAA's issuer", `{"uaa":"issuer_down"}`, "developer", 500, 0),
	)

	It("leaves the entrance open, and UAA shut", func() {
		world := World(root, "outage-uaa")
		world.Token = ""
		Expect(world.Do("GET", "/", nil)).To(HaveStatus(http.StatusOK))
		Expect(world.Do("GET", "/v3", nil)).To(HaveStatus(http.StatusOK))
		Expect(world.Do("POST", "/oauth/token", nil)).To(HaveStatus(http.StatusServiceUnavailable))
	})

	DescribeTable("makes the scale and says that Diego was not told", func(diego string, want *contract.Error) {
		world := worldOf("trouble", `"platform":{"diego":"`+diego+`"}`)
		Expect(world.Do("POST", web+"/actions/scale", `{"memory_in_mb":128}`)).To(HaveStatus(http.StatusAccepted), "Diego is told of instances alone")
		x := world.Do("POST", web+"/actions/scale", `{"instances":4}`)
		Expect(x).To(HaveStatus(want.Status))
		Expect(x.At("errors", 0, "title")).To(Equal(want.Title))
		Expect(world.Do("GET", web, nil).At("instances")).To(BeEquivalentTo(4))
		Expect(world.Do("DELETE", web+"/instances/0", nil)).To(HaveStatus(want.Status))
		Expect(world.Do("GET", web+"/stats", nil)).To(HaveCFError(contract.StatsUnavailable))
	},
		Entry("down", "down", contract.RunnerUnavailable),
		Entry("erring", "erring", contract.RunnerError),
	)

	DescribeTable("starts and stops an app all the same, and restarts none", func(diego string, want *contract.Error) {
		world := worldOf("trouble", `"platform":{"diego":"`+diego+`"}`)
		state := func() any { return world.Do("GET", demo, nil).At("state") }
		act := func(action string) *Exchange { return world.Do("POST", demo+"/actions/"+action, nil) }
		Expect(act("start")).To(HaveStatus(http.StatusOK), "it runs already: nobody is told")
		before := world.Do("GET", web, nil).At("version")
		for _, step := range []struct{ action, state, event string }{
			{"restart", "STARTED", ""}, {"stop", "STOPPED", "audit.app.stop"}, {"restart", "STOPPED", ""}, {"start", "STARTED", "audit.app.start"},
		} {
			events := len(eventTypes(world))
			x := act(step.action)
			Expect(x).To(HaveStatus(want.Status))
			Expect(x.At("errors", 0, "title")).To(Equal(want.Title))
			Expect(x.At("errors", 0, "detail")).To(ContainSubstring("Process Guid: " + DemoWeb + "-"))
			Expect(state()).To(Equal(step.state), step.action)
			if after := eventTypes(world); step.event == "" {
				Expect(after).To(HaveLen(events), "what was rolled back left no event")
				Expect(world.Do("GET", web, nil).At("version")).To(Equal(before))
			} else {
				Expect(after).To(ContainElement(step.event))
			}
			Expect(world.Do("GET", "/admin/requests?operation="+step.action+"App", nil).At("resources", 0, "applied")).To(Equal(step.event != ""))
		}
		Expect(world.Do("GET", web, nil).At("version")).NotTo(Equal(before))
	},
		Entry("down", "down", contract.RunnerUnavailable),
		Entry("erring", "erring", contract.RunnerError),
	)

	It("begins a deployment, which waits until Diego is back", func() {
		world := worldOf("trouble", `"platform":{"diego":"down"}`)
		advance := func() {
			GinkgoHelper()
			Expect(world.Do("POST", "/admin/clock/advance", `{"by":"1m"}`)).To(HaveStatus(http.StatusOK))
		}
		status := func() any {
			return world.Do("GET", "/v3/deployments?order_by=-created_at", nil).At("resources", 0, "status", "reason")
		}
		x := world.Do("POST", "/v3/deployments", `{"relationships":{"app":{"data":{"guid":"`+DemoApp+`"}}}}`)
		Expect(x).To(HaveStatus(http.StatusServiceUnavailable))
		advance()
		Expect(status()).To(Equal("DEPLOYING"))
		Expect(world.Do("PATCH", "/admin/platform", `{"diego":null}`)).To(HaveStatus(http.StatusOK))
		advance()
		Expect(status()).To(Equal("DEPLOYED"))
	})

	It("is broken and mended by hand", func() {
		world := World(root, "outage-uaa")
		list := func() int { return world.Do("GET", "/v3/processes", nil).Status }
		Expect(list()).To(Equal(http.StatusBadGateway))
		x := world.Do("PATCH", "/admin/platform", `{"uaa":null,"log_cache":"down"}`)
		Expect(x).To(HaveStatus(http.StatusOK))
		Expect(x.JSON()).To(Equal(map[string]any{"database": nil, "uaa": nil, "diego": nil, "log_cache": "down"}))
		Expect(list()).To(Equal(http.StatusOK))
		Expect(world.Do("GET", "/admin/platform", nil).JSON()).To(Equal(x.JSON()))
		Expect(world.Do("GET", "/admin/state", nil).At("platform")).To(Equal(map[string]any{"log_cache": "down"}))
		refused := world.Do("PATCH", "/admin/platform", `{"database":"down","diego":"gone","uua":null}`)
		Expect(refused).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect([]any{refused.At("errors", 0, "pointer"), refused.At("errors", 1, "pointer")}).To(ConsistOf("/diego", "/uua"))
		Expect(list()).To(Equal(http.StatusOK), "nothing is half applied")
		Expect(worldOf("mended", `"platform":{"database":null}`).Do("GET", "/v3/processes", nil)).To(HaveStatus(http.StatusOK))
	})

	It("has no metrics without Log Cache", func() {
		world := worldOf("trouble", `"platform":{"log_cache":"down"}`)
		x := world.Do("GET", web+"/stats", nil)
		Expect(x.At("resources", 0, "usage")).To(BeEmpty())
		Expect(x.Header.Get("X-Cf-Warnings")).NotTo(BeEmpty())
	})
})
