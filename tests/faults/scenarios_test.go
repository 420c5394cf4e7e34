package faults_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/scenarios"
	"example.com/capisim/sim/contract"
	. "example.com/capisim/tests/harness"
)

const (
	web    = "/v3/processes/" + DemoWeb
	worker = "/v3/processes/" + Worker
)

// advance moves the clock of a world.
func advance(world *Client, by string) {
	GinkgoHelper()
	Expect(world.Do("POST", "/admin/clock/advance", map[string]any{"by": by})).To(HaveStatus(http.StatusOK))
}

// states lists what stats say of the instances of a process.
func states(world *Client, process string) []string {
	GinkgoHelper()
	var list []string
	for _, entry := range world.Do("GET", process+"/stats", nil).At("resources").([]any) {
		list = append(list, entry.(map[string]any)["state"].(string))
	}
	return list
}

var _ = Describe("The shipped scenario", func() {
	It("list has a description for each", func() {
		list := (&Client{Base: root}).Do("GET", "/admin/scenarios", nil).At("resources").([]any)
		var names []string
		for _, one := range list {
			names = append(names, one.(map[string]any)["name"].(string))
			Expect(one).To(HaveKeyWithValue("description", Not(BeEmpty())))
		}
		files, err := scenarios.FS.ReadDir(".")
		Expect(err).NotTo(HaveOccurred())
		var shipped []string
		for _, file := range files {
			if name, ok := strings.CutSuffix(file.Name(), ".yaml"); ok {
				shipped = append(shipped, name)
			}
		}
		Expect(names).To(ConsistOf(shipped))
	})

	It("default holds what documentation and tests rely on", func() {
		world := World(root, "default").As("developer")
		var guids []string
		for _, p := range world.Do("GET", "/v3/processes", nil).At("resources").([]any) {
			guids = append(guids, p.(map[string]any)["guid"].(string))
		}
		Expect(guids).To(Equal([]string{DemoWeb, Worker, LegacyApp}))
		Expect(states(world, web)).To(Equal([]string{"RUNNING", "RUNNING"}))
		Expect(states(world, "/v3/processes/"+LegacyApp)).To(Equal([]string{"DOWN"}))
		Expect(world.As("any-other-token").Do("PATCH", web, `{}`)).To(HaveStatus(http.StatusOK))
	})

	It("conflict answers 409 to changes and lets the rest be", func() {
		world := World(root, "conflict")
		for _, op := range contract.ProcessOperations() {
			want := op.Success()
			if op.Request != "" {
				want = http.StatusConflict
			}
			Expect(world.Send(Valid(op))).To(HaveStatus(want))
		}
	})

	It("validation answers 422 to changes", func() {
		world := World(root, "validation")
		for _, op := range contract.ProcessOperations() {
			want := op.Success()
			if op.Access == contract.Write {
				want = http.StatusUnprocessableEntity
			}
			Expect(world.Send(Valid(op))).To(HaveStatus(want))
		}
	})

	It("outage answers 503 to all thirteen and lets clients log in", func() {
		world := World(root, "outage")
		for _, op := range contract.ProcessOperations() {
			x := world.Send(Valid(op))
			Expect(x).To(HaveStatus(http.StatusServiceUnavailable))
			Expect(x.Header.Get("Retry-After")).To(Equal("5"))
		}
		Expect(world.Do("GET", "/", nil)).To(HaveStatus(http.StatusOK))
	})

	It("forbidden lets nobody but admin write", func() {
		world := World(root, "forbidden")
		for _, token := range []string{"developer", "auditor", "reader", "read-only-admin", "global-auditor"} {
			Expect(world.As(token).Do("PATCH", web, `{}`)).To(HaveCFError(contract.NotAuthorized))
			Expect(world.As(token).Do("GET", web, nil)).To(HaveStatus(http.StatusOK))
		}
		Expect(world.As("unknown").Do("GET", web, nil)).To(HaveCFError(contract.InvalidAuthToken))
		Expect(world.Do("PATCH", web, `{}`)).To(HaveStatus(http.StatusOK))
	})

	It("deploying blocks web and not worker", func() {
		world := World(root, "deploying")
		Expect(world.Do("PATCH", web, `{}`)).To(HaveCFError(contract.UpdateWhileDeploying))
		Expect(world.Do("POST", web+"/actions/scale", `{"instances":1}`)).To(HaveCFError(contract.ScaleWhileDeploying))
		Expect(world.Do("PATCH", worker, `{}`)).To(HaveStatus(http.StatusOK))
		Expect(world.Do("DELETE", web+"/instances/0", nil)).To(HaveStatus(http.StatusNoContent))
	})

	It("flapping fails three of ten, the same ones on every run", func() {
		play := func(world *Client) []int {
			var statuses []int
			for range 100 {
				statuses = append(statuses, world.Do("GET", web, nil).Status)
			}
			return statuses
		}
		world := World(root, "flapping")
		first := play(world)
		failed := 0
		for _, status := range first {
			if status == http.StatusServiceUnavailable {
				failed++
			}
		}
		Expect(failed).To(BeNumerically("~", 30, 15))
		Expect(world.Do("POST", "/admin/reset", nil)).To(HaveStatus(http.StatusOK))
		Expect(play(world)).To(Equal(first))
	})

	It("slow delays every answer and fails none", func() {
		world := World(root, "slow")
		// The draws are known before they are waited for: the first few are short.
		x := world.Do("GET", web, nil)
		Expect(x).To(HaveStatus(http.StatusOK))
		Expect(world.Do("GET", "/admin/requests", nil).At("resources", 0, "latency_ms")).To(BeNumerically(">", 20))
	})

	It("rate-limited counts each user and tells when to come back", func() {
		world := World(root, "rate-limited").As("developer")
		for left := 9; left >= 0; left-- {
			x := world.Do("GET", web, nil)
			Expect(x).To(HaveStatus(http.StatusOK))
			Expect(x.Header.Get("X-RateLimit-Limit")).To(Equal("10"))
			Expect(x.Header.Get("X-RateLimit-Remaining")).To(Equal(strconv.Itoa(left)))
		}
		x := world.Do("GET", web, nil)
		Expect(x).To(HaveCFError(contract.RateLimitExceeded))
		Expect(x.Header.Get("Content-Type")).To(Equal("text/plain; charset=utf-8"))
		// Each user's window has an end of its own.
		wait, err := strconv.Atoi(x.Header.Get("Retry-After"))
		Expect(err).NotTo(HaveOccurred())
		Expect(wait).To(And(BeNumerically(">", 1), BeNumerically("<=", 60)))
		advance(world, fmt.Sprintf("%ds", wait-1))
		Expect(world.Do("GET", web, nil).Header.Get("Retry-After")).To(Equal("1"))
		Expect(world.As("auditor").Do("GET", web, nil)).To(HaveStatus(http.StatusOK))
		Expect(world.As("admin").Do("GET", web, nil)).To(HaveStatus(http.StatusOK))
		Expect(world.As("admin").Do("GET", web, nil).Header).NotTo(HaveKey("X-Ratelimit-Limit"))
		advance(world, "1s")
		Expect(world.Do("GET", web, nil)).To(HaveStatus(http.StatusOK))
	})

	It("rate-limited counts strangers by address and tells a bad token first", func() {
		world := World(root, "rate-limited").As("")
		for range 10 {
			Expect(world.Do("GET", web, nil)).To(HaveCFError(contract.NotAuthenticated))
		}
		Expect(world.Do("GET", web, nil)).To(HaveCFError(contract.IPBasedRateLimitExceeded))
		Expect(world.With("Authorization", "bearer").Do("GET", web, nil)).To(HaveCFError(contract.InvalidAuthToken))
		Expect(world.Do("GET", "/", nil)).To(HaveStatus(http.StatusOK))
	})

	It("crashed goes round: starting, running, crashed, longer pauses", func() {
		world := World(root, "crashed")
		Expect(states(world, web)).To(Equal([]string{"STARTING", "STARTING", "DOWN"}))
		advance(world, "3s")
		Expect(states(world, web)).To(Equal([]string{"RUNNING", "RUNNING", "DOWN"}))
		advance(world, "5s")
		Expect(states(world, web)).To(Equal([]string{"CRASHED", "CRASHED", "DOWN"}))
		down := world.Do("GET", web+"/stats", nil)
		Expect(down.At("resources", 2, "details")).To(Equal("insufficient resources: memory"))
		Expect(keysOf(down.At("resources", 2))).To(ConsistOf("type", "index", "state", "routable", "uptime", "isolation_segment", "details"))
		Expect(states(world, worker)).To(Equal([]string{"CRASHED"}))
		var pauses []int
		for range 3 {
			pause := 0
			for ; states(world, web)[0] == "CRASHED"; pause++ {
				advance(world, "1s")
			}
			pauses = append(pauses, pause)
			for states(world, web)[0] != "CRASHED" {
				advance(world, "1s")
			}
		}
		Expect(slices.IsSorted(pauses)).To(BeTrue(), "%v", pauses)
		Expect(pauses[2]).To(BeNumerically(">", 2*pauses[0]))
	})

	It("quota has room for one more instance and not for two", func() {
		world := World(root, "quota").As("developer")
		scale := func(body string) *Exchange { return world.Do("POST", web+"/actions/scale", body) }
		Expect(scale(`{"instances":3}`)).To(HaveStatus(http.StatusAccepted))
		Expect(scale(`{"instances":4}`)).To(HaveCFError(contract.UnprocessableEntity.With(contract.QuotaOrgMemory)))
		Expect(scale(`{"instances":5,"memory_in_mb":64}`)).To(HaveCFError(contract.UnprocessableEntity.With(contract.QuotaOrgInstances)))
		Expect(scale(`{"instances":1,"memory_in_mb":600}`)).To(HaveCFError(contract.UnprocessableEntity.With(contract.QuotaOrgInstanceMemory)))
		Expect(scale(`{"instances":9,"memory_in_mb":600}`)).To(HaveCFError(contract.UnprocessableEntity.With(
			contract.QuotaOrgMemory + ", " + contract.QuotaOrgInstanceMemory + ", " + contract.QuotaOrgInstances)))
		Expect(world.Do("GET", web, nil).At("instances")).To(BeEquivalentTo(3))
		Expect(world.Do("POST", "/v3/processes/"+LegacyApp+"/actions/scale", `{"instances":99}`)).To(HaveStatus(http.StatusAccepted))
	})

	It("maintenance-window is healthy, down, recovering, healthy", func() {
		world := World(root, "maintenance-window")
		Expect(world.Do("GET", web, nil)).To(HaveStatus(http.StatusOK))
		advance(world, "30s")
		x := world.Do("GET", web, nil)
		Expect(x).To(HaveStatus(http.StatusServiceUnavailable))
		Expect(x.Header.Get("Retry-After")).To(Equal("10"))
		advance(world, "59s")
		Expect(world.Do("GET", web, nil)).To(HaveStatus(http.StatusServiceUnavailable))
		advance(world, "31s")
		Expect(world.Do("GET", web, nil)).To(HaveStatus(http.StatusOK))
	})

	It("large pages through ten thousand processes", func() {
		world := World(root, "large")
		x := world.Do("GET", "/v3/processes?per_page=5000&page=2", nil)
		Expect(x.At("pagination", "total_results")).To(BeEquivalentTo(10000))
		Expect(x.At("pagination", "total_pages")).To(BeEquivalentTo(2))
		Expect(x.At("resources")).To(HaveLen(5000))
		Expect(world.Do("GET", web, nil)).To(HaveStatus(http.StatusOK))
	})

	It("empty holds nothing", func() {
		world := World(root, "empty").As("developer")
		x := world.Do("GET", "/v3/processes", nil)
		Expect(x.At("pagination", "total_results")).To(BeEquivalentTo(0))
		Expect(x.At("pagination", "total_pages")).To(BeEquivalentTo(1))
		Expect(world.Do("GET", web, nil)).To(HaveCFError(contract.ProcessNotFound))
	})

	It("vendor serves what the vendor adds", func() {
		x := World(root, "vendor").Do("GET", web, nil)
		Expect(x.At("relationships", "registry_credential", "data", "guid")).NotTo(BeEmpty())
		Expect(x.At("links", "registry_credential", "method")).To(Equal("GET"))
	})
})

func keysOf(object any) []string {
	var keys []string
	for key := range object.(map[string]any) {
		keys = append(keys, key)
	}
	return keys
}
