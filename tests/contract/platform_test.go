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

	It("has no metrics without Log Cache", func() {
		world := worldOf("trouble", `"platform":{"log_cache":"down"}`)
		x := world.Do("GET", web+"/stats", nil)
		Expect(x.At("resources", 0, "usage")).To(BeEmpty())
		Expect(x.Header.Get("X-Cf-Warnings")).NotTo(BeEmpty())
	})
})
