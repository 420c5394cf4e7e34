// Package worlds_test proves that parallel clients in worlds of their own never
// meet, that rules count exactly under load, and that what is held back can be
// let go at once.
package worlds_test

import (
	"fmt"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"go.uber.org/goleak"

	"example.com/capisim/sim"
	"example.com/capisim/sim/contract"
	"example.com/capisim/tests/harness"
)

func TestWorlds(t *testing.T) {
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	suite.RandomizeAllSpecs = true
	RunSpecs(t, "Worlds", suite, reporter)
}

const web = "/v3/processes/" + harness.DemoWeb

// client is one of many, with connections of its own that its spec closes.
func client() *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	DeferCleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func send(c *http.Client, method, url, body string) (int, error) {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "bearer developer")
	req.Header.Set("Content-Type", "application/json")
	answer, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

var _ = Describe("Worlds", func() {
	It("64 clients in 64 worlds see nothing of each other", func() {
		srv := sim.Start(GinkgoT(), sim.Frozen())
		faults := []int{http.StatusConflict, http.StatusUnprocessableEntity, http.StatusServiceUnavailable, http.StatusForbidden}
		var group sync.WaitGroup
		for i := range 64 {
			world := srv.World(GinkgoT())
			status := faults[i%len(faults)]
			world.Fault(GinkgoT(), sim.Fault{Operation: "updateProcess", Status: status, Times: i%3 + 1})
			c := client()
			group.Go(func() {
				defer GinkgoRecover()
				for n := range i%3 + 3 {
					want := http.StatusOK
					if n <= i%3 {
						want = status
					}
					Expect(send(c, "PATCH", world.URL+web, fmt.Sprintf(`{"command":"world %d"}`, i))).To(Equal(want))
				}
				Expect(send(c, "POST", world.URL+web+"/actions/scale", fmt.Sprintf(`{"instances":%d}`, i))).To(Equal(http.StatusAccepted))
				world.Advance(GinkgoT(), time.Duration(i)*time.Minute)

				x := (&harness.Client{Base: world.URL, Token: "developer"}).Do("GET", web, nil)
				Expect(x.At("command")).To(Equal(fmt.Sprintf("world %d", i)))
				Expect(x.At("instances")).To(BeEquivalentTo(i))
				clock := (&harness.Client{Base: world.URL}).Do("GET", "/admin/clock", nil)
				Expect(clock.At("now")).To(HavePrefix(time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC).Format("2006-01-02T15:04:05")))
				Expect(world.Requests(GinkgoT())).To(HaveLen(i%3 + 3 + 2))
				for _, entry := range world.Requests(GinkgoT()) {
					Expect(entry.Injected).To(Equal(entry.Status == status))
				}
			})
		}
		group.Wait()
		Expect(srv.Requests(GinkgoT())).To(BeEmpty())
		Expect((&harness.Client{Base: srv.URL, Token: "developer"}).Do("GET", web, nil).At("command")).To(Equal("bundle exec rackup"))
	})

	It("rules count exactly under 32 clients", func() {
		srv := sim.Start(GinkgoT())
		times, each := 100, 50
		srv.Rule(GinkgoT(), "{match: {operations: [getProcessStats]}, sequence: [{status: 503}, {pass: true}, {status: 401}, {pass: true}], repeat: cycle}")
		srv.Fault(GinkgoT(), sim.Fault{Operation: "getProcess", Status: http.StatusNotFound, Skip: 200, Exactly: times})
		var counts [600]atomic.Int64
		var group sync.WaitGroup
		for range 32 {
			c := client()
			group.Go(func() {
				defer GinkgoRecover()
				for range each {
					status, err := send(c, "GET", srv.URL+web, "")
					Expect(err).NotTo(HaveOccurred())
					counts[status].Add(1)
					status, err = send(c, "GET", srv.URL+web+"/stats", "")
					Expect(err).NotTo(HaveOccurred())
					if status != http.StatusOK {
						counts[status].Add(1)
					}
				}
			})
		}
		group.Wait()
		Expect(counts[404].Load()).To(BeEquivalentTo(times))
		Expect(counts[200].Load()).To(BeEquivalentTo(32*each - times))
		Expect(counts[503].Load()).To(BeEquivalentTo(32 * each / 4))
		Expect(counts[401].Load()).To(BeEquivalentTo(32 * each / 4))
	})

	It("a reset frees a hundred answers that are held back, and leaks nothing", func() {
		before := goleak.IgnoreCurrent()
		srv := sim.Start(GinkgoT())
		world := srv.World(GinkgoT())
		world.Fault(GinkgoT(), sim.Fault{Operation: "getProcess", Status: 503, Delay: time.Hour})
		world.Fault(GinkgoT(), sim.Fault{Operation: "updateProcess", Connection: "hang"})
		c := &http.Client{Transport: &http.Transport{}}
		var held, freed sync.WaitGroup
		for i := range 100 {
			held.Add(1)
			freed.Go(func() {
				method, body := "GET", ""
				if i%2 == 1 {
					method, body = "PATCH", "{}"
				}
				req, _ := http.NewRequest(method, world.URL+web, strings.NewReader(body))
				req.Header.Set("Authorization", "bearer developer")
				trace := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { held.Done() }}
				if answer, err := c.Do(req.WithContext(httptrace.WithClientTrace(req.Context(), trace))); err == nil {
					answer.Body.Close()
				}
			})
		}
		held.Wait()
		injected := func() (sum int) {
			for _, rule := range world.Rules(GinkgoT()) {
				sum += rule.Injected
			}
			return sum
		}
		Eventually(injected).Should(Equal(100))

		began := time.Now()
		world.Reset(GinkgoT())
		freed.Wait()
		Expect(time.Since(began)).To(BeNumerically("<", 100*time.Millisecond*raceFactor))
		c.CloseIdleConnections()
		srv.Close()
		Eventually(func() error { return goleak.Find(before) }).Should(Succeed())
	})

	It("a delayed write has changed the state when it is decided", func() {
		srv := sim.Start(GinkgoT())
		world := srv.World(GinkgoT())
		world.Fault(GinkgoT(), sim.Fault{Operation: "scaleProcess", Delay: time.Hour, Times: 1})
		c := client()
		var first sync.WaitGroup
		first.Go(func() { send(c, "POST", world.URL+web+"/actions/scale", `{"instances":7}`) }) //nolint:errcheck // it is cut
		reader := &harness.Client{Base: world.URL, Token: "developer"}
		Eventually(func() any { return reader.Do("GET", web, nil).At("instances") }).Should(BeEquivalentTo(7))
		Expect(send(c, "POST", world.URL+web+"/actions/scale", `{"instances":8}`)).To(Equal(http.StatusAccepted))
		world.Reset(GinkgoT())
		first.Wait()
	})

	It("apply after: the change is made and the fault answered", func() {
		srv := sim.Start(GinkgoT())
		for _, op := range []string{"scaleProcess", "scaleProcessForApp"} {
			world := srv.World(GinkgoT())
			world.Fault(GinkgoT(), sim.Fault{Operation: op, Status: 503, After: true, Times: 1})
			row, _ := contract.OperationByID(op)
			r := harness.Valid(row)
			reader := &harness.Client{Base: world.URL, Token: "developer"}
			// A refusal of the contract's own is sent as it is and spends nothing.
			Expect(reader.Do(r.Method, r.Path, `{"instances":-1}`)).To(harness.HaveStatus(http.StatusUnprocessableEntity))
			Expect(reader.Do(r.Method, r.Path, `{"instances":5}`)).To(harness.HaveStatus(http.StatusServiceUnavailable))
			Expect(reader.Do("GET", web, nil).At("instances")).To(BeEquivalentTo(5))
			Expect(reader.Do(r.Method, r.Path, `{"instances":6}`)).To(harness.HaveStatus(http.StatusAccepted))
		}
	})
})
