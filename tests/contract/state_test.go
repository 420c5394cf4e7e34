package contract_test

import (
	"fmt"
	"net/http"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "example.com/capisim/tests/harness"
)

const (
	web    = "/v3/processes/" + DemoWeb
	appWeb = "/v3/apps/" + DemoApp + "/processes/web"
)

var _ = Describe("State", func() {
	for name, path := range map[string]string{"directly": web, "through the app": appWeb} {
		It("shows a PATCH made "+name+" to every later reader", func() {
			world := World(root, "default")
			Expect(world.Do("PATCH", path, map[string]any{
				"command":      "rackup -p $PORT",
				"health_check": map[string]any{"type": "http", "data": map[string]any{"endpoint": "/health", "timeout": 30}},
				"metadata":     map[string]any{"labels": map[string]any{"env": "prod"}, "annotations": map[string]any{"note": "a b"}},
			})).To(HaveStatus(http.StatusOK))
			for _, reader := range []*Exchange{world.Do("GET", web, nil), world.Do("GET", appWeb, nil)} {
				Expect(reader.At("command")).To(Equal("rackup -p $PORT"))
				Expect(reader.At("health_check", "type")).To(Equal("http"))
				Expect(reader.At("health_check", "data", "endpoint")).To(Equal("/health"))
				Expect(reader.At("health_check", "data", "timeout")).To(BeEquivalentTo(30))
				Expect(reader.At("metadata", "labels", "env")).To(Equal("prod"))
				Expect(reader.At("metadata", "annotations", "note")).To(Equal("a b"))
			}
			Expect(world.Do("GET", "/v3/processes?label_selector=env%3Dprod", nil).At("resources")).To(HaveLen(1))
			Expect(world.Do("GET", "/v3/apps/"+DemoApp+"/processes?types=web", nil).At("resources", 0, "metadata", "labels", "env")).To(Equal("prod"))
		})

		It("shows a scale made "+name+" to every later reader", func() {
			world := World(root, "default")
			scaled := world.Do("POST", path+"/actions/scale", map[string]any{
				"instances": 4, "memory_in_mb": 512, "disk_in_mb": 2048, "log_rate_limit_in_bytes_per_second": -1,
			})
			Expect(scaled).To(HaveStatus(http.StatusAccepted))
			for _, reader := range []*Exchange{scaled, world.Do("GET", web, nil), world.Do("GET", appWeb, nil)} {
				Expect(reader.At("instances")).To(BeEquivalentTo(4))
				Expect(reader.At("memory_in_mb")).To(BeEquivalentTo(512))
				Expect(reader.At("disk_in_mb")).To(BeEquivalentTo(2048))
				Expect(reader.At("log_rate_limit_in_bytes_per_second")).To(BeEquivalentTo(-1))
			}
			Expect(world.Do("GET", web+"/stats", nil).At("resources")).To(HaveLen(4))
			Expect(world.Do("GET", appWeb+"/stats", nil).At("resources")).To(HaveLen(4))
			Expect(world.Do("GET", web+"/process_instances", nil).At("resources")).To(HaveLen(4))
			Expect(world.Do("GET", web+"?embed=process_instances", nil).At("process_instances")).To(HaveLen(4))

			Expect(world.Do("POST", path+"/actions/scale", map[string]any{"instances": 0})).To(HaveStatus(http.StatusAccepted))
			Expect(world.Do("GET", web+"/stats", nil).At("resources")).To(BeEmpty())
		})

		It("restarts an instance terminated "+name, func() {
			world := World(root, "default")
			world.Do("POST", "/admin/clock/advance", map[string]any{"by": "1h"})
			before := world.Do("GET", web+"/stats", nil)
			Expect(world.Do("DELETE", path+"/instances/1", nil)).To(HaveStatus(http.StatusNoContent))
			gone := world.Do("GET", web+"/stats", nil)
			Expect(gone.At("resources", 0, "state")).To(Equal("RUNNING"))
			Expect(gone.At("resources", 1, "state")).To(Equal("DOWN"))
			world.Do("POST", "/admin/clock/advance", map[string]any{"by": "10s"})
			after := world.Do("GET", web+"/stats", nil)
			Expect(after.At("resources", 0, "instance_guid")).To(Equal(before.At("resources", 0, "instance_guid")))
			Expect(after.At("resources", 0, "uptime")).To(BeEquivalentTo(3610))
			Expect(after.At("resources", 1, "instance_guid")).NotTo(Equal(before.At("resources", 1, "instance_guid")))
			Expect(after.At("resources", 1, "uptime")).To(BeEquivalentTo(8))
			Expect(after.At("resources", 1, "state")).To(Equal("RUNNING"))
		})
	}

	It("answers a null with what there is without a value of its own", func() {
		world := World(root, "default")
		world.Do("PATCH", web, `{"health_check":{"data":{"timeout":12,"interval":5}},"user":"TestUser"}`)
		reset := world.Do("PATCH", web, `{"command":null,"user":null,"health_check":{"data":{"timeout":null}}}`)
		Expect(reset).To(HaveStatus(http.StatusOK))
		Expect(reset.At("user")).To(Equal("vcap"))
		Expect(reset.At("command")).NotTo(Equal("bundle exec rackup"))
		Expect(reset.At("health_check", "data", "timeout")).To(BeNil())
		Expect(reset.At("health_check", "data", "interval")).To(BeEquivalentTo(5))
	})

	It("changes nothing when a request is refused", func() {
		world := World(root, "default")
		before := world.Do("GET", web, nil).Body
		Expect(world.Do("PATCH", web, `{"command":"x","metadata":{"labels":{"ok":"yes"}},"health_check":{"data":{"timeout":181}}}`)).
			To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(world.Do("POST", web+"/actions/scale", `{"instances":7,"disk_in_mb":5000}`)).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(world.Do("GET", web, nil).Body).To(Equal(before))
	})

	It("moves updated_at with every change and the version with none", func() {
		world := World(root, "default")
		before := world.Do("GET", web, nil)
		world.Do("POST", "/admin/clock/advance", map[string]any{"by": "90s"})
		after := world.Do("PATCH", web, `{}`)
		Expect(before.At("updated_at")).To(Equal("2026-01-01T00:00:00Z"))
		Expect(after.At("updated_at")).To(Equal("2026-01-01T00:01:30Z"))
		Expect(after.At("created_at")).To(Equal(before.At("created_at")))
		Expect(after.At("version")).To(Equal(before.At("version")))
	})

	It("loses no update of many at once", func() {
		world := World(root, "default")
		const clients = 24
		var group sync.WaitGroup
		for i := range clients {
			group.Go(func() {
				defer GinkgoRecover()
				body := fmt.Sprintf(`{"metadata":{"labels":{"client-%d":"here"}}}`, i)
				Expect(world.Do("PATCH", web, body)).To(HaveStatus(http.StatusOK))
				Expect(world.Do("POST", web+"/actions/scale", fmt.Sprintf(`{"instances":%d}`, i+1))).To(HaveStatus(http.StatusAccepted))
			})
		}
		group.Wait()
		x := world.Do("GET", web, nil)
		Expect(x.At("metadata", "labels")).To(HaveLen(clients))
		Expect(world.Do("GET", web+"/stats", nil).At("resources")).To(HaveLen(int(x.At("instances").(float64))))
	})

	It("is brought back by a reset, and only then", func() {
		world := World(root, "default")
		before := world.Do("GET", "/admin/state", nil).Body
		world.Do("PATCH", web, `{"command":"changed"}`)
		Expect(world.Do("GET", "/admin/state", nil).Body).NotTo(MatchJSON(before))
		Expect(world.Do("POST", "/admin/reset", nil)).To(HaveStatus(http.StatusOK))
		Expect(world.Do("GET", "/admin/state", nil).Body).To(MatchJSON(before))
	})
})
