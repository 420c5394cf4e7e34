package contract_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	. "example.com/capisim/tests/harness"
)

var _ = Describe("A deployment", func() {
	body := func(more string) string {
		return `{"relationships":{"app":{"data":{"guid":"` + DemoApp + `"}}}` + more + `}`
	}
	create := func(world *Client, more string) *Exchange {
		GinkgoHelper()
		x := world.Do("POST", "/v3/deployments", body(more))
		Expect(x).To(HaveStatus(http.StatusCreated))
		Expect(x).To(MatchSchema("deployment"))
		return x
	}
	status := func(world *Client, x *Exchange) string {
		GinkgoHelper()
		now := world.Do("GET", "/v3/deployments/"+x.At("guid").(string), nil)
		Expect(now).To(MatchSchema("deployment"))
		return now.At("status", "value").(string) + " " + now.At("status", "reason").(string)
	}
	advance := func(world *Client, by string) {
		GinkgoHelper()
		Expect(world.Do("POST", "/admin/clock/advance", map[string]any{"by": by})).To(HaveStatus(http.StatusOK))
	}
	webs := func(world *Client) (list []any) {
		GinkgoHelper()
		for _, one := range world.Do("GET", demo+"/processes?types=web", nil).At("resources").([]any) {
			list = append(list, one.(map[string]any)["instances"])
		}
		return list
	}

	It("moves the instances over to a second web process, on the world's clock", func() {
		world := World(root, "default")
		x := create(world, `,"strategy":"rolling"`)
		fresh := x.At("new_processes", 0, "guid").(string)
		Expect(webs(world)).To(Equal([]any{2.0, 1.0}))
		Expect(world.Do("GET", demo+"/processes/web", nil).At("guid")).To(Equal(fresh))
		for _, path := range []string{web, "/v3/processes/" + fresh, appWeb} {
			Expect(world.Do("PATCH", path, `{"command":"x"}`)).To(HaveCFError(contract.UpdateWhileDeploying))
			Expect(world.Do("POST", path+"/actions/scale", `{"instances":1}`)).To(HaveCFError(contract.ScaleWhileDeploying))
		}
		Expect(world.Do("GET", "/v3/deployments?status_values=ACTIVE&app_guids="+DemoApp, nil).At("resources", 0, "guid")).To(Equal(x.At("guid")))
		advance(world, "1s")
		Expect(webs(world)).To(Equal([]any{1.0, 2.0}))
		Expect(status(world, x)).To(Equal("ACTIVE DEPLOYING"))
		advance(world, "1s")
		Expect(status(world, x)).To(Equal("FINALIZED DEPLOYED"))
		Expect(webs(world)).To(Equal([]any{2.0}))
		Expect(world.Do("GET", demo+"/processes/web", nil).At("guid")).To(Equal(fresh))
		Expect(world.Do("GET", web, nil)).To(HaveCFError(contract.ProcessNotFound))
		Expect(world.Do("POST", "/v3/deployments/"+x.At("guid").(string)+"/actions/cancel", nil)).
			To(HaveCFError(contract.DeploymentRefused("cancel", "FINALIZED", "DEPLOYED")))
		Expect(eventTypes(world)).To(Equal([]any{"audit.app.droplet.mapped", "audit.app.deployment.create"}))
	})

	It("is cancelled, and the app is as before", func() {
		world := World(root, "default")
		x := create(world, "")
		advance(world, "1s")
		at := "/v3/deployments/" + x.At("guid").(string)
		Expect(world.As("auditor").Do("POST", at+"/actions/cancel", nil)).To(HaveCFError(contract.DeploymentNotFound))
		Expect(world.Do("POST", at+"/actions/continue", nil)).To(HaveCFError(contract.DeploymentRefused("continue", "ACTIVE", "DEPLOYING")))
		Expect(world.Do("POST", at+"/actions/cancel", nil)).To(HaveStatus(http.StatusOK))
		Expect(status(world, x)).To(Equal("ACTIVE CANCELING"))
		Expect(world.Do("PATCH", web, `{}`)).To(HaveStatus(http.StatusOK), "canceling does not count as in flight")
		advance(world, "1s")
		Expect(status(world, x)).To(Equal("FINALIZED CANCELED"))
		Expect(webs(world)).To(Equal([]any{2.0}))
		Expect(world.Do("GET", web, nil)).To(HaveStatus(http.StatusOK))
	})

	It("of a canary waits to be continued", func() {
		world := World(root, "default")
		x := create(world, `,"strategy":"canary","options":{"canary":{"steps":[{"instance_weight":50},{"instance_weight":100}]}}`)
		Expect(x.At("status", "canary", "steps")).To(Equal(map[string]any{"current": 1.0, "total": 2.0}))
		advance(world, "1m")
		Expect(status(world, x)).To(Equal("ACTIVE PAUSED"))
		at := "/v3/deployments/" + x.At("guid").(string)
		paused := world.Do("GET", at, nil)
		Expect(paused.At("links", "continue", "method")).To(Equal("POST"))
		for range 2 {
			Expect(world.Do("POST", at+"/actions/continue", nil)).To(HaveStatus(http.StatusOK))
			advance(world, "1m")
		}
		Expect(status(world, x)).To(Equal("FINALIZED DEPLOYED"))
		Expect(webs(world)).To(Equal([]any{2.0}))
	})

	It("is superseded by the next one", func() {
		world := World(root, "default")
		first := create(world, "")
		second := create(world, "")
		Expect(status(world, first)).To(Equal("FINALIZED SUPERSEDED"))
		advance(world, "1m")
		Expect(status(world, second)).To(Equal("FINALIZED DEPLOYED"))
		Expect(webs(world)).To(Equal([]any{2.0}))
	})

	It("forbids to scale web, and nothing else, in each phase but the last ones", func() {
		world := World(root, "default")
		scale := func(path string) *Exchange { return world.Do("POST", path+"/actions/scale", `{"instances":2}`) }
		phase := func(x *Exchange, want string, free bool) {
			GinkgoHelper()
			Expect(status(world, x)).To(Equal(want))
			if free {
				Expect(scale(appWeb)).To(HaveStatus(http.StatusAccepted), want)
			} else {
				Expect(scale(appWeb)).To(HaveCFError(contract.ScaleWhileDeploying), want)
			}
			Expect(scale("/v3/processes/"+Worker)).To(HaveStatus(http.StatusAccepted), want)
			Expect(world.Do("DELETE", appWeb+"/instances/0", nil)).To(HaveStatus(http.StatusNoContent), want)
			advance(world, "2s") // what was ended is back
		}
		act := func(x *Exchange, action string) {
			GinkgoHelper()
			Expect(world.Do("POST", "/v3/deployments/"+x.At("guid").(string)+"/actions/"+action, nil)).To(HaveStatus(http.StatusOK))
		}
		canary := create(world, `,"strategy":"canary"`)
		phase(canary, "ACTIVE DEPLOYING", false) // PREPAUSED
		advance(world, "1m")
		phase(canary, "ACTIVE PAUSED", false)
		act(canary, "continue")
		phase(canary, "ACTIVE DEPLOYING", false)
		advance(world, "1m")
		phase(canary, "FINALIZED DEPLOYED", true)
		rolling := create(world, "")
		act(rolling, "cancel")
		phase(rolling, "ACTIVE CANCELING", true)
		advance(world, "1m")
		phase(rolling, "FINALIZED CANCELED", true)
	})

	It("ends with its world, and with no other", func() {
		admin := &Client{Base: root}
		begin := func() *Client {
			GinkgoHelper()
			Expect(admin.Do("POST", "/admin/worlds", `{"name":"deployed","clock":"frozen"}`)).To(HaveStatus(http.StatusCreated))
			return &Client{Base: root + "/worlds/deployed", Token: "admin"}
		}
		doomed, other := begin(), World(root, "default")
		create(doomed, "")
		kept := create(other, "")
		Expect(admin.Do("DELETE", "/admin/worlds/deployed", nil)).To(HaveStatus(http.StatusNoContent))
		Expect(doomed.Do("GET", "/v3/deployments", nil)).To(HaveStatus(http.StatusNotFound))
		advance(other, "1m")
		Expect(status(other, kept)).To(Equal("FINALIZED DEPLOYED"))
		again := begin()
		Expect(again.Do("GET", "/v3/deployments", nil).At("resources")).To(BeEmpty())
		Expect(webs(again)).To(Equal([]any{2.0}))
		Expect(admin.Do("DELETE", "/admin/worlds/deployed", nil)).To(HaveStatus(http.StatusNoContent))
	})

	DescribeTable("refuses", func(user, sent, want string) {
		world := World(root, "default")
		x := world.As(user).Do("POST", "/v3/deployments", sent)
		Expect(x).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(x.At("errors", 0, "detail")).To(Equal(want))
		Expect(webs(world)).To(Equal([]any{2.0}))
	},
		Entry("another strategy", "admin", body(`,"strategy":"blue"`), "Strategy 'blue' is not a supported deployment strategy"),
		Entry("no app", "admin", `{}`, contract.AppUnusable.Detail),
		Entry("somebody without the right", "auditor", body(""), contract.AppUnusable.Detail),
		Entry("unknown fields", "admin", body(`,"x":1`), "Unknown field(s): 'x'"),
		Entry("two sources", "admin", body(`,"droplet":{"guid":"a"},"revision":{"guid":"b"}`), "Droplet Cannot set both fields 'droplet' and 'revision'"),
		Entry("options that are none", "admin", body(`,"options":"x"`), "Options must be an object"),
		Entry("unknown options", "admin", body(`,"options":{"a":1,"b":2}`), "Options has unsupported key(s): a, b"),
		Entry("none in flight", "admin", body(`,"options":{"max_in_flight":0}`), "Max in flight must be an integer greater than 0"),
		Entry("sizes that are none", "admin", body(`,"options":{"web_instances":-1,"memory_in_mb":0}`),
			"Web instances must be greater than or equal to 0, Memory in mb must be greater than 0"),
		Entry("steps without a canary", "admin", body(`,"options":{"canary":{"steps":[]}}`), "Options canary are only valid for Canary deployments"),
		Entry("steps that fall", "admin", body(`,"strategy":"canary","options":{"canary":{"steps":[{"instance_weight":5},{"instance_weight":2}]}}`),
			"Options canary steps instance weight must be sorted in ascending order"),
		Entry("a weight too many", "admin", body(`,"strategy":"canary","options":{"canary":{"steps":[{"instance_weight":101}]}}`),
			"Options canary steps instance weight must be an Integer between 1-100 (inclusive)"),
		Entry("an unknown droplet", "admin", body(`,"droplet":{"guid":"nix"}`), contract.DropletForeign.Detail),
		Entry("an unknown revision", "admin", body(`,"revision":{"guid":"nix"}`), contract.NoSuchRevision.Detail),
	)

	It("takes metadata, and goes on where a saved world was", func() {
		world := World(root, "default")
		x := create(world, `,"metadata":{"labels":{"a":"b"}}`)
		at := "/v3/deployments/" + x.At("guid").(string)
		Expect(world.Do("PATCH", at, `{"metadata":{"annotations":{"c":"d"}}}`).At("metadata")).
			To(Equal(map[string]any{"labels": map[string]any{"a": "b"}, "annotations": map[string]any{"c": "d"}}))
		Expect(world.Do("PATCH", at, `{"state":"x"}`)).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(world.Do("PATCH", "/v3/deployments/nix", `{}`)).To(HaveCFError(contract.DeploymentNotFound))
		advance(world, "1s")
		other := World(root, "empty")
		Expect(other.Do("PUT", "/admin/state", world.Do("GET", "/admin/state", nil).Body)).To(HaveStatus(http.StatusOK))
		Expect(webs(other)).To(Equal([]any{1.0, 2.0}))
		advance(other, "1s")
		Expect(status(other, x)).To(Equal("FINALIZED DEPLOYED"))
		Expect(status(world, x)).To(Equal("ACTIVE DEPLOYING"))
	})

	It("stands still when an admin or a scenario begins it", func() {
		forced, written := World(root, "default"), worldOf("held", `"apps":[{"name":"demo","deploying":true}]`)
		Expect(forced.Do("PATCH", "/admin/apps/"+DemoApp, `{"deploying":true}`).At("deploying")).To(BeTrue())
		for _, world := range []*Client{forced, written} {
			advance(world, "1h")
			Expect(webs(world)).To(Equal([]any{2.0, 1.0}))
			list := world.Do("GET", "/v3/deployments", nil)
			Expect(list).To(MatchSchema("deployment-list"))
			Expect(world.Do("GET", "/v3/deployments/"+list.At("resources", 0, "guid").(string), nil)).To(HaveStatus(http.StatusOK))
			Expect(world.Do("PATCH", web, `{}`)).To(HaveCFError(contract.UpdateWhileDeploying))
			Expect(world.Do("PATCH", "/admin/apps/"+DemoApp, `{"deploying":false}`).At("deploying")).To(BeFalse())
			Expect(webs(world)).To(Equal([]any{2.0}))
			Expect(world.Do("PATCH", web, `{}`)).To(HaveStatus(http.StatusOK))
		}
	})
})
