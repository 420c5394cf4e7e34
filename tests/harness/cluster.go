package harness

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
)

// Cluster is three replicas behind a proxy, however they run.
type Cluster struct {
	URL      string                                            // of the proxy
	Held     func(replica int) []string                        // the names of the worlds on it
	Coverage func(cells string, replicas ...int) (string, int) // of all worlds on these; what the gate printed, and how it ended
	Kill     func(replica int)
	Revive   func(replica int) // empty, at the same address
}

const (
	clusterWorlds   = 64
	clusterRequests = 40 // of each world's client, around the loss of a replica
)

// Drive makes worlds through the proxy and proves that clients never meet, that
// the evidence of all replicas is one, and that a replica that is lost takes its
// own worlds and nothing else, until each of them is made again.
func (c Cluster) Drive() {
	ginkgo.GinkgoHelper()
	var worlds []string
	for n := range clusterWorlds {
		worlds = append(worlds, fmt.Sprintf("team-%d", n))
	}
	for _, want := range []int{http.StatusCreated, http.StatusOK} {
		each(worlds, func(_ int, name string) { gomega.Expect(c.make(name)).To(HaveStatus(want)) })
	}
	var all []string
	held := map[int][]string{}
	for n := 1; n <= 3; n++ {
		held[n] = slices.DeleteFunc(c.Held(n), func(name string) bool { return name == "default" })
		gomega.Expect(held[n]).NotTo(gomega.BeEmpty())
		all = append(all, held[n]...)
	}
	gomega.Expect(all).To(gomega.ConsistOf(worlds))

	each(worlds, func(n int, name string) {
		for range 5 {
			c.turn(name, n)
		}
	})
	c.evidence(held)
	c.loss(worlds, held)
}

// make creates a world, or finds it.
func (c Cluster) make(name string) *Exchange {
	ginkgo.GinkgoHelper()
	return (&Client{Base: c.URL}).Do("PUT", "/admin/worlds/"+name, map[string]any{})
}

func (c Cluster) world(name string) *Client {
	return &Client{Base: c.URL + "/worlds/" + name, Token: "admin"}
}

// turn is what a client does in its world: a change, and a look at it.
func (c Cluster) turn(name string, n int) {
	ginkgo.GinkgoHelper()
	client := c.world(name)
	gomega.Expect(client.Do("POST", "/v3/processes/"+DemoWeb+"/actions/scale", map[string]any{"instances": n})).To(HaveStatus(http.StatusAccepted))
	seen := client.Do("GET", "/v3/processes/"+DemoWeb, nil)
	gomega.Expect(seen).To(HaveStatus(http.StatusOK))
	gomega.Expect(seen.At("instances")).To(gomega.BeNumerically("==", n))
	gomega.Expect(seen.At("links", "self", "href")).To(gomega.Equal(client.Base + "/v3/processes/" + DemoWeb))
}

// evidence meets another cell on each replica: only all three know all of them.
func (c Cluster) evidence(held map[int][]string) {
	ginkgo.GinkgoHelper()
	web := "/v3/processes/" + DemoWeb
	gomega.Expect(c.world(held[1][0]).Do("GET", "/v3/processes/none", nil)).To(HaveStatus(http.StatusNotFound))
	gomega.Expect(c.world(held[2][0]).Do("PATCH", web, map[string]any{"command": 1})).To(HaveStatus(http.StatusUnprocessableEntity))
	gomega.Expect(c.world(held[3][0]).Do("POST", web+"/actions/scale", map[string]any{"instances": -1})).To(HaveStatus(http.StatusUnprocessableEntity))
	const cells = "getProcess:404,updateProcess:422,scaleProcess:422"
	out, code := c.Coverage(cells, 1, 2, 3)
	gomega.Expect(code).To(gomega.BeZero(), out)
	out, code = c.Coverage(cells, 1, 3)
	gomega.Expect(code).To(gomega.Equal(1))
	gomega.Expect(out).To(gomega.ContainSubstring("updateProcess:422"))
}

// loss kills the second replica while all clients are at work.
func (c Cluster) loss(worlds []string, held map[int][]string) {
	ginkgo.GinkgoHelper()
	lost := held[2]
	var begun atomic.Int32
	half := make(chan struct{})
	dead := make(chan struct{})
	go func() {
		defer ginkgo.GinkgoRecover()
		defer close(dead)
		<-half
		c.Kill(2)
	}()
	each(worlds, func(n int, name string) {
		for i := range clusterRequests {
			if i == clusterRequests/2 {
				if int(begun.Add(1)) == len(worlds) {
					close(half)
				}
			}
			if !slices.Contains(lost, name) {
				c.turn(name, n)
				continue
			}
			seen := c.world(name).Do("GET", "/v3/processes/"+DemoWeb, nil)
			gomega.Expect(seen.Status).To(gomega.BeElementOf(http.StatusOK, http.StatusBadGateway, http.StatusNotFound), seen.String)
		}
	})
	<-dead
	c.again(lost)
	c.Revive(2)
	c.again(lost)
	each(worlds, func(n int, name string) { c.turn(name, n) })
}

// again finds worlds gone, which is said in words, and makes them anew.
func (c Cluster) again(lost []string) {
	ginkgo.GinkgoHelper()
	each(lost, func(n int, name string) {
		gone := c.world(name).Do("GET", "/v3/processes/"+DemoWeb, nil)
		gomega.Expect(gone).To(HaveStatus(http.StatusNotFound))
		gomega.Expect(strings.ToLower(string(gone.Body))).To(gomega.ContainSubstring("no such world"))
		gomega.Expect(c.make(name)).To(HaveStatus(http.StatusCreated))
		c.turn(name, n)
	})
}

// each does something for all names at once.
func each(names []string, do func(n int, name string)) {
	ginkgo.GinkgoHelper()
	var all sync.WaitGroup
	for n, name := range names {
		all.Go(func() {
			defer ginkgo.GinkgoRecover()
			do(n, name)
		})
	}
	all.Wait()
}
