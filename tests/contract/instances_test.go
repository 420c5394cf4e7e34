package contract_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "example.com/capisim/tests/harness"
)

// worldOf is a world of the default scenario with something laid over it.
func worldOf(name, over string) *Client {
	GinkgoHelper()
	world := World(root, "default")
	Expect(world.Do("POST", "/admin/load", `{"scenario":{"name":"`+name+`","extends":"default","clock":{"mode":"frozen"},`+over+`}}`)).To(HaveStatus(http.StatusOK))
	return world
}

func states(world *Client, path string) (list []string) {
	GinkgoHelper()
	for _, one := range world.Do("GET", path+"/process_instances", nil).At("resources").([]any) {
		list = append(list, one.(map[string]any)["state"].(string))
	}
	return list
}

var _ = Describe("An instance", func() {
	advance := func(world *Client, by string) {
		GinkgoHelper()
		Expect(world.Do("POST", "/admin/clock/advance", map[string]any{"by": by})).To(HaveStatus(http.StatusOK))
	}
	routable := func(world *Client) any {
		GinkgoHelper()
		return world.Do("GET", web+"/stats", nil).At("resources", 0, "routable")
	}

	It("is gone before it is back, while one that is added runs at once", func() {
		world := World(root, "default")
		Expect(world.Do("DELETE", web+"/instances/0", nil)).To(HaveStatus(http.StatusNoContent))
		Expect(world.Do("POST", web+"/actions/scale", `{"instances":3}`)).To(HaveStatus(http.StatusAccepted))
		Expect(states(world, web)).To(Equal([]string{"DOWN", "RUNNING", "RUNNING"}))
		advance(world, "2s")
		Expect(states(world, web)).To(Equal([]string{"RUNNING", "RUNNING", "RUNNING"}))
	})

	It("is gone for as long as the scenario says", func() {
		world := worldOf("slow", `"lifecycle":{"restart_delay":"1m","start_delay":"30s"}`)
		advance(world, "30s")
		Expect(world.Do("DELETE", appWeb+"/instances/1", nil)).To(HaveStatus(http.StatusNoContent))
		advance(world, "59s")
		Expect(states(world, web)).To(Equal([]string{"RUNNING", "DOWN"}))
		advance(world, "1s")
		Expect(states(world, web)).To(Equal([]string{"RUNNING", "STARTING"}))
		advance(world, "30s")
		Expect(states(world, web)).To(Equal([]string{"RUNNING", "RUNNING"}))
	})

	It("is STOPPING for a while after a stop, then DOWN", func() {
		world := worldOf("graceful", `"lifecycle":{"stop_delay":"5s"}`)
		Expect(world.Do("POST", "/v3/apps/"+DemoApp+"/actions/stop", nil)).To(HaveStatus(http.StatusOK))
		Expect(states(world, web)).To(Equal([]string{"STOPPING", "STOPPING"}))
		stats := world.Do("GET", web+"/stats", nil)
		Expect(stats.At("resources", 0, "state")).To(Equal("STOPPING"))
		Expect(stats.At("resources", 0, "usage")).To(BeEmpty())
		advance(world, "5s")
		Expect(states(world, web)).To(Equal([]string{"DOWN", "DOWN"}))
	})

	It("runs before it is ready, and its readiness may flap", func() {
		world := worldOf("unready", `"lifecycle":{"ready_delay":"10s","readiness_loop":{"process":"web","ready":"20s","unready":"5s"}}`)
		Expect(states(world, web)).To(Equal([]string{"RUNNING", "RUNNING"}))
		Expect(routable(world)).To(BeFalse())
		advance(world, "10s")
		Expect(routable(world)).To(BeTrue())
		advance(world, "20s")
		Expect(routable(world)).To(BeFalse())
		advance(world, "5s")
		Expect(routable(world)).To(BeTrue())
	})

	It("leaves events of its readiness behind, each once", func() {
		world := worldOf("unready", `"lifecycle":{"ready_delay":"10s","readiness_loop":{"process":"web","ready":"20s","unready":"5s"}}`)
		of := func(kind string) []any {
			GinkgoHelper()
			x := world.Do("GET", "/v3/audit_events?types=audit.app.process."+kind+"&order_by=created_at", nil)
			Expect(x).To(MatchSchema("audit-event-list"))
			return x.At("resources").([]any)
		}
		Expect(of("ready")).To(BeEmpty())
		advance(world, "10s")
		Expect(of("ready")).To(HaveLen(3), "two of web, the worker")
		advance(world, "20s")
		Expect(of("not-ready")).To(HaveLen(2))
		Expect(of("ready")).To(HaveLen(3))
		first := of("not-ready")[0].(map[string]any)
		Expect(first["actor"]).To(Equal(map[string]any{"guid": DemoWeb, "type": "process", "name": "web"}))
		Expect(first["target"]).To(HaveKeyWithValue("guid", DemoApp))
		Expect(first["data"]).To(And(HaveKeyWithValue("ready", false), HaveKeyWithValue("index", 0.0), HaveKey("cell_id"), HaveKey("version"),
			HaveKeyWithValue("instance", world.Do("GET", web+"/stats", nil).At("resources", 0, "instance_guid"))))
		advance(world, "55s") // ready, unready, ready, unready, ready again
		Expect(of("not-ready")).To(HaveLen(6))
		Expect(of("ready")).To(HaveLen(9))
		copied := World(root, "empty")
		Expect(copied.Do("PUT", "/admin/state", world.Do("GET", "/admin/state", nil).Body)).To(HaveStatus(http.StatusOK))
		world = copied
		Expect(of("ready")).To(HaveLen(9), "a saved world has them too, and none twice")

		world = World(root, "default")
		set := func(body string) {
			GinkgoHelper()
			Expect(world.Do("PUT", "/admin/processes/"+DemoWeb+"/instances/1", body)).To(HaveStatus(http.StatusOK))
		}
		set(`{"routable":false}`)
		set(`{"state":"RUNNING","routable":false}`)
		Expect(of("not-ready")).To(HaveLen(1))
		set(`{"state":null}`)
		Expect(of("ready")).To(HaveLen(1))
		set(`{"state":"DOWN"}`)
		Expect(of("not-ready")).To(HaveLen(1), "it does not run")
	})

	DescribeTable("can be brought into every shape that stats know", func(set, key string, want any) {
		admin := World(root, "default")
		Expect(admin.Do("PUT", "/admin/processes/"+DemoWeb+"/instances/0", set)).To(HaveStatus(http.StatusOK))
		file := worldOf("shape", `"apps":[{"name":"demo","processes":[{"type":"web","forced":[`+set[:1]+`"index":0,`+set[1:]+`]}]}]`)
		dumped := World(root, "default")
		Expect(dumped.Do("PUT", "/admin/state", file.Do("GET", "/admin/state", nil).Body)).To(HaveStatus(http.StatusOK))
		for _, world := range []*Client{admin, file, dumped} {
			stats := world.Do("GET", web+"/stats", nil)
			Expect(stats).To(MatchSchema("process-stats"))
			if want == nil {
				Expect(stats.At("resources", 0, key)).To(BeNil())
			} else {
				Expect(stats.At("resources", 0, key)).To(BeEquivalentTo(want))
			}
			Expect(stats.At("resources", 1)).NotTo(HaveKeyWithValue(key, want))
		}
	},
		Entry("not ready", `{"state":"RUNNING","routable":false}`, "routable", false),
		Entry("of a platform that does not tell", `{"routable":null}`, "routable", nil),
		Entry("without an outer port", `{"instance_ports":[{"external":0,"internal":8080}]}`, "instance_ports",
			[]any{map[string]any{"external": 0.0, "internal": 8080.0, "external_tls_proxy_port": nil, "internal_tls_proxy_port": nil}}),
		Entry("with two ports", `{"instance_ports":[{"external":61000,"internal":8080,"external_tls_proxy_port":61001,"internal_tls_proxy_port":61443},{"external":61002,"internal":9090}]}`, "instance_ports",
			[]any{map[string]any{"external": 61000.0, "internal": 8080.0, "external_tls_proxy_port": 61001.0, "internal_tls_proxy_port": 61443.0},
				map[string]any{"external": 61002.0, "internal": 9090.0, "external_tls_proxy_port": nil, "internal_tls_proxy_port": nil}}),
		Entry("without ports", `{"instance_ports":[]}`, "instance_ports", []any{}),
		Entry("without a memory quota", `{"mem_quota":null}`, "mem_quota", nil),
		Entry("with a disk quota", `{"disk_quota":5}`, "disk_quota", 5),
		Entry("with an unlimited log rate", `{"log_rate_limit":-1}`, "log_rate_limit", -1),
		Entry("without usage", `{"usage":null}`, "usage", map[string]any{}),
		Entry("on a host", `{"host":"10.1.2.3"}`, "host", "10.1.2.3"),
		Entry("with an address", `{"instance_internal_ip":"10.255.0.9"}`, "instance_internal_ip", "10.255.0.9"),
		Entry("in an isolation segment", `{"isolation_segment":"iso"}`, "isolation_segment", "iso"),
		Entry("with a placement error", `{"state":"DOWN","details":"insufficient resources: disk"}`, "details", "insufficient resources: disk"),
		Entry("that had a slow start", `{"state":"STARTING","details":"found no compatible cell"}`, "details", "found no compatible cell"),
	)

	It("says nothing in details of a crash, which are for placement errors", func() {
		world := World(root, "default")
		world.Do("PUT", "/admin/processes/"+DemoWeb+"/instances/0", `{"state":"CRASHED","details":"out of memory"}`)
		Expect(world.Do("GET", web+"/stats", nil).At("resources", 0, "details")).To(BeNil())
		Expect(world.Do("GET", "/admin/processes/"+DemoWeb+"/instances", nil).At("resources", 0, "details")).To(Equal("out of memory"))
	})

	It("uses what it was told to, and what it would otherwise", func() {
		world := World(root, "default")
		drawn := world.Do("GET", web+"/stats", nil).At("resources", 0, "usage").(map[string]any)
		world.Do("PUT", "/admin/processes/"+DemoWeb+"/instances/0", `{"usage":{"cpu":0.5,"cpu_entitlement":null,"mem":123}}`)
		got := world.Do("GET", web+"/stats", nil).At("resources", 0, "usage").(map[string]any)
		Expect(got).To(HaveKeyWithValue("cpu", 0.5))
		Expect(got).To(HaveKeyWithValue("cpu_entitlement", BeNil()))
		Expect(got).To(HaveKeyWithValue("mem", 123.0))
		Expect(got["disk"]).To(Equal(drawn["disk"]))
	})
})
