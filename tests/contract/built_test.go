package contract_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	. "example.com/capisim/tests/harness"
)

const (
	demo   = "/v3/apps/" + DemoApp
	legacy = "/v3/apps/" + LegacyApp
)

func eventTypes(world *Client) (list []any) {
	GinkgoHelper()
	for _, one := range world.Do("GET", "/v3/audit_events", nil).At("resources").([]any) {
		list = append(list, one.(map[string]any)["type"])
	}
	return list
}

var _ = Describe("What an app was built into and started with", func() {
	It("is there for every app, under the links that lead to it", func() {
		world := World(root, "default")
		app := world.Do("GET", demo, nil)
		current := world.Do("GET", demo+"/droplets/current", nil)
		Expect(current).To(HaveStatus(http.StatusOK))
		Expect(current).To(MatchSchema("droplet"))
		Expect(app.At("relationships", "current_droplet", "data", "guid")).To(Equal(current.At("guid")))
		Expect(world.Do("GET", "/v3/droplets/"+current.At("guid").(string), nil).At("guid")).To(Equal(current.At("guid")))

		process := world.Do("GET", web, nil)
		revision := world.Do("GET", "/v3/revisions/"+process.At("relationships", "revision", "data", "guid").(string), nil)
		Expect(revision).To(MatchSchema("revision"))
		Expect(revision.At("version")).To(BeEquivalentTo(1))
		Expect(revision.At("droplet", "guid")).To(Equal(current.At("guid")))
		Expect(revision.At("processes", "web", "command")).To(Equal("bundle exec rackup"))
		Expect(world.Do("GET", demo+"/revisions/deployed", nil).At("resources", 0, "guid")).To(Equal(revision.At("guid")))
		Expect(world.Do("GET", "/v3/apps/"+LegacyApp+"/processes/web", nil).At("relationships", "revision")).To(BeNil())
	})

	It("hides the commands of a droplet from those who may not see them", func() {
		world := World(root, "default")
		guid := world.Do("GET", demo, nil).At("relationships", "current_droplet", "data", "guid").(string)
		shown := world.As("auditor").Do("GET", "/v3/droplets/"+guid, nil)
		Expect(shown.At("process_types")).To(Equal(map[string]any{"redacted_message": "[PRIVATE DATA HIDDEN]"}))
		Expect(shown).To(MatchSchema("droplet"))
		Expect(world.As("outsider").Do("GET", "/v3/droplets/"+guid, nil)).To(HaveCFError(contract.DropletNotFound))
	})

	It("is a new revision when a start finds something changed", func() {
		world := World(root, "default")
		first := world.Do("GET", web, nil).At("relationships", "revision", "data", "guid")
		Expect(world.Do("PATCH", web, `{"command":"changed"}`).At("relationships", "revision", "data", "guid")).To(Equal(first))
		Expect(world.Do("POST", web+"/actions/scale", `{"instances":3}`).At("relationships", "revision", "data", "guid")).To(Equal(first))
		Expect(world.Do("POST", demo+"/actions/restart", nil)).To(HaveStatus(http.StatusOK))
		second := world.Do("GET", web, nil).At("relationships", "revision", "data", "guid")
		Expect(second).NotTo(Equal(first))
		Expect(world.Do("GET", "/v3/revisions/"+second.(string), nil).At("description")).To(Equal("Custom start command updated for 'web' process."))
		world.Do("POST", demo+"/actions/restart", nil)
		Expect(world.Do("GET", web, nil).At("relationships", "revision", "data", "guid")).To(Equal(second))
		Expect(eventTypes(world)).To(Equal([]any{"audit.app.process.update", "audit.app.process.scale",
			"audit.app.revision.create", "audit.app.restart", "audit.app.restart"}))
	})

	It("is none where they are switched off", func() {
		world := worldOf("unrevised", `"apps":[{"name":"demo","revisions":false}]`)
		world.Do("POST", demo+"/actions/restart", nil)
		Expect(world.Do("GET", web, nil).At("relationships", "revision")).To(BeNil())
		Expect(world.Do("GET", demo+"/revisions", nil).At("resources")).To(BeEmpty())
		Expect(eventTypes(world)).To(Equal([]any{"audit.app.restart"}))
	})

	It("is wanting: an app without a droplet cannot be started", func() {
		world := worldOf("unbuilt", `"apps":[{"name":"legacy","droplet":false,"processes":[{"type":"web","command":null}]}]`)
		for _, action := range []string{"start", "restart"} {
			Expect(world.Do("POST", legacy+"/actions/"+action, nil)).To(HaveCFError(contract.NoDroplet))
		}
		Expect(world.Do("GET", legacy+"/droplets/current", nil)).To(HaveCFError(contract.DropletNotFound))
		Expect(world.Do("GET", legacy, nil).At("relationships", "current_droplet", "data", "guid")).To(BeNil())
		Expect(world.Do("GET", legacy+"/processes/web", nil).At("command")).To(Equal(""), "nothing was built in which one could be detected")
		Expect(world.Do("POST", legacy+"/actions/stop", nil)).To(HaveStatus(http.StatusOK))
	})

	It("survives in the state that is exported", func() {
		world := World(root, "default")
		world.Do("PATCH", web, `{"command":"changed"}`)
		world.Do("POST", demo+"/actions/restart", nil)
		other := World(root, "empty")
		Expect(other.Do("PUT", "/admin/state", world.Do("GET", "/admin/state", nil).Body)).To(HaveStatus(http.StatusOK))
		for _, path := range []string{demo + "/revisions", demo + "/droplets", demo + "/processes"} {
			was, is := world.Do("GET", path, nil), other.Do("GET", path, nil)
			Expect(is.At("resources", 0, "guid")).To(Equal(was.At("resources", 0, "guid")))
		}
		Expect(other.Do("GET", demo+"/revisions", nil).At("resources")).To(HaveLen(2))
	})
})

var _ = Describe("A crash", func() {
	It("by hand leaves two events behind", func() {
		world := World(root, "default")
		world.Do("PUT", "/admin/processes/"+DemoWeb+"/instances/1", `{"state":"CRASHED","details":"APP/PROC/WEB: Exited with status 137 (out of memory)"}`)
		list := world.Do("GET", "/v3/audit_events", nil)
		Expect(list).To(MatchSchema("audit-event-list"))
		Expect(eventTypes(world)).To(Equal([]any{"audit.app.process.crash", "app.crash"}))
		Expect(list.At("resources", 0, "actor")).To(Equal(map[string]any{"guid": DemoWeb, "type": "process", "name": "web"}))
		Expect(list.At("resources", 1, "actor")).To(Equal(map[string]any{"guid": DemoApp, "type": "app", "name": "demo"}))
		Expect(list.At("resources", 1, "data", "exit_description")).To(Equal("APP/PROC/WEB: Exited with status 137 (out of memory)"))
		Expect(list.At("resources", 1, "data", "index")).To(BeEquivalentTo(1))
		guid := list.At("resources", 0, "guid").(string)
		Expect(world.Do("GET", "/v3/audit_events/"+guid, nil).At("guid")).To(Equal(guid))
	})

	It("of a loop leaves them behind when its time comes", func() {
		world := worldOf("loop", `"lifecycle":{"crash_loop":{"process":"worker","after":"10s"}}`)
		world.Do("POST", "/admin/clock/advance", map[string]any{"by": "9s"})
		Expect(eventTypes(world)).To(BeEmpty())
		world.Do("POST", "/admin/clock/advance", map[string]any{"by": "1m"})
		Expect(eventTypes(world)).To(HaveLen(4))
		Expect(world.Do("GET", "/v3/audit_events?types=app.crash", nil).At("resources", 0, "created_at")).To(Equal("2026-01-01T00:00:10Z"))
		Expect(world.Do("GET", "/v3/audit_events?order_by=-created_at&per_page=1", nil).At("resources", 0, "created_at")).To(Equal("2026-01-01T00:00:50Z"))
	})
})
