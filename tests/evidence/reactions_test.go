// Package evidence_test proves with real clients that capisim tells how a client
// reacts, and that what it tells makes a gate.
package evidence_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/cloudfoundry/go-cfclient/v3/client"
	"github.com/cloudfoundry/go-cfclient/v3/config"
	"github.com/hashicorp/go-retryablehttp"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim"
	"example.com/capisim/tests/harness"
)

func TestEvidence(t *testing.T) {
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	suite.RandomizeAllSpecs = true
	RunSpecs(t, "Evidence", suite, reporter)
}

const web = "/v3/processes/" + harness.DemoWeb

// pursue reads the process until it is there or the client gives up; how it
// waits in between is the client's own way.
type pursue func(base string) error

func newRequest(base string) *http.Request {
	GinkgoHelper()
	req, err := http.NewRequest(http.MethodGet, base+web, nil)
	Expect(err).NotTo(HaveOccurred())
	req.Header.Set("Authorization", "bearer developer")
	return req
}

var errStatus = errors.New("not 200")

func once(c *http.Client, req *http.Request) error {
	answer, err := c.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		return errors.Join(errStatus, err)
	}
	return nil
}

// fresh has a connection for each request, so that Go's own transport repeats
// nothing.
func fresh() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
}

// naive tries five times, as fast as it can.
func naive(base string) (err error) {
	for range 5 {
		if err = once(fresh(), newRequest(base)); err == nil {
			return nil
		}
	}
	return err
}

// steady waits the same span each time.
func steady(base string) error {
	try := func() error { return once(fresh(), newRequest(base)) }
	return backoff.Retry(try, backoff.WithMaxRetries(backoff.NewConstantBackOff(500*time.Millisecond), 4))
}

// growing doubles its pauses, without chance.
func growing(base string) error {
	wait := backoff.NewExponentialBackOff(backoff.WithInitialInterval(120*time.Millisecond), backoff.WithMultiplier(2.5), backoff.WithRandomizationFactor(0))
	try := func() error { return once(fresh(), newRequest(base)) }
	return backoff.Retry(try, backoff.WithMaxRetries(wait, 4))
}

// retryable is hashicorp's client: it honours Retry-After on 429 and 503.
func retryable(base string) error {
	c := retryablehttp.NewClient()
	c.HTTPClient, c.RetryMax = fresh(), 4
	c.RetryWaitMin, c.RetryWaitMax = 200*time.Millisecond, 2*time.Second
	c.Logger = log.New(io.Discard, "", 0)
	req, err := retryablehttp.FromRequest(newRequest(base))
	if err != nil {
		return err
	}
	answer, err := c.Do(req)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// cfclient is go-cfclient, which repeats nothing but a 401.
func cfclient(base string) error {
	c, err := config.New(base, config.UserPassword("developer", "developer"), config.HttpClient(fresh()))
	if err != nil {
		return err
	}
	cf, err := client.New(c)
	if err != nil {
		return err
	}
	_, err = cf.Processes.Get(context.Background(), harness.DemoWeb)
	return err
}

// ticks are as regular as a clock.
func ticks(milliseconds int) <-chan time.Time {
	ticker := time.NewTicker(time.Duration(milliseconds) * time.Millisecond)
	DeferCleanup(ticker.Stop)
	return ticker.C
}

type verdict struct {
	outcome    string
	attempts   int
	backoff    string
	retryAfter string
	hammered   bool
}

var _ = Describe("A reaction", func() {
	one := func(srv *sim.Server) map[string]any {
		GinkgoHelper()
		x := (&harness.Client{Base: srv.URL}).Do("GET", "/admin/reactions", nil)
		Expect(x.At("reactions")).To(HaveLen(1), "%s", x)
		return x.At("reactions", 0).(map[string]any)
	}

	faults := map[string]sim.Fault{
		"503":              {Status: http.StatusServiceUnavailable},
		"429":              {Status: http.StatusTooManyRequests, AnswerHeader: http.Header{"Retry-After": {"1"}}},
		"connection reset": {Connection: "reset"},
	}
	for _, test := range []struct {
		client string
		run    pursue
		of     map[string]verdict
	}{
		{"a naive loop", naive, map[string]verdict{
			"503":              {"recovered", 4, "none", "absent", false},
			"429":              {"recovered", 4, "none", "early", false},
			"connection reset": {"recovered", 4, "none", "absent", false},
		}},
		{"constant backoff", steady, map[string]verdict{
			"503":              {"recovered", 4, "fixed", "absent", false},
			"429":              {"recovered", 4, "fixed", "early", false},
			"connection reset": {"recovered", 4, "fixed", "absent", false},
		}},
		{"exponential backoff", growing, map[string]verdict{
			"503":              {"recovered", 4, "growing", "absent", false},
			"429":              {"recovered", 4, "growing", "early", false},
			"connection reset": {"recovered", 4, "growing", "absent", false},
		}},
		{"go-retryablehttp", retryable, map[string]verdict{
			"503":              {"recovered", 4, "growing", "absent", false},
			"429":              {"recovered", 4, "fixed", "honoured", false},
			"connection reset": {"recovered", 4, "growing", "absent", false},
		}},
		{"go-cfclient", cfclient, map[string]verdict{
			"503":              {"gave_up", 1, "none", "absent", false},
			"429":              {"gave_up", 1, "none", "honoured", false},
			"connection reset": {"gave_up", 1, "none", "absent", false},
		}},
	} {
		for name, fault := range faults {
			It("of "+test.client+" to "+name, func() {
				srv := sim.Start(GinkgoT())
				fault.Operation, fault.Times = "getProcess", 3
				srv.Fault(GinkgoT(), fault)
				want := test.of[name]
				err := test.run(srv.URL)
				if want.outcome == "recovered" {
					Expect(err).NotTo(HaveOccurred())
				} else {
					Expect(err).To(HaveOccurred())
				}
				got := one(srv)
				Expect(got).To(And(
					HaveKeyWithValue("outcome", want.outcome),
					HaveKeyWithValue("attempts", BeEquivalentTo(want.attempts)),
					HaveKeyWithValue("backoff", want.backoff),
					HaveKeyWithValue("retry_after", want.retryAfter),
					HaveKeyWithValue("hammered", want.hammered),
					HaveKeyWithValue("transport_retry", false),
				))
			})
		}
	}

	It("of a client that hammers is reported", func() {
		srv := sim.Start(GinkgoT())
		srv.Fault(GinkgoT(), sim.Fault{Operation: "getProcess", Status: http.StatusServiceUnavailable})
		for range 3 {
			Expect(naive(srv.URL)).NotTo(Succeed())
		}
		Expect(one(srv)).To(And(HaveKeyWithValue("hammered", true), HaveKeyWithValue("outcome", "gave_up"), HaveKeyWithValue("final", false)))
	})

	It("of Go's own transport is not taken for the client's", func() {
		srv := sim.Start(GinkgoT())
		c := &http.Client{Transport: &http.Transport{}}
		defer c.CloseIdleConnections()
		Expect(once(c, newRequest(srv.URL))).To(Succeed()) // the connection is used again
		srv.Fault(GinkgoT(), sim.Fault{Operation: "getProcess", Connection: "reset", Times: 1})
		Expect(once(c, newRequest(srv.URL))).To(Succeed())
		Expect(one(srv)).To(And(HaveKeyWithValue("transport_retry", true), HaveKeyWithValue("outcome", "recovered"),
			HaveKeyWithValue("attempts", BeEquivalentTo(2)), HaveKeyWithValue("transport_retries", BeEquivalentTo(1))))
	})

	It("that repeats a change already made is reported", func() {
		srv := sim.Start(GinkgoT())
		srv.Fault(GinkgoT(), sim.Fault{Operation: "scaleProcess", Status: http.StatusServiceUnavailable, After: true, Times: 1})
		scale := func() int {
			return (&harness.Client{Base: srv.URL, Token: "developer"}).Do("POST", web+"/actions/scale", `{"instances":5}`).Status
		}
		Expect(scale()).To(Equal(http.StatusServiceUnavailable))
		Expect(scale()).To(Equal(http.StatusAccepted))
		Expect(one(srv)).To(HaveKeyWithValue("repeated_applied", true))
	})
})

var _ = Describe("The gate", func() {
	const expectations = `
expectations:
  - on: {operation: getProcess, status: 503}
    client: {retries: {min: 1, max: 5}, recovers_within: 30s}
  - on: {operation: updateProcess, status: 409}
    client: {retries: {max: 0}}
  - covers: {operation: updateProcess, status: 409}
`
	verify := func(srv *sim.Server) []any {
		GinkgoHelper()
		x := (&harness.Client{Base: srv.URL}).Do("POST", "/admin/expectations", expectations)
		Expect(x).To(harness.HaveStatus(http.StatusOK))
		return x.At("expectations").([]any)
	}

	It("tells met, unmet and not exercised apart", func() {
		srv := sim.Start(GinkgoT())
		srv.Fault(GinkgoT(), sim.Fault{Operation: "getProcess", Status: http.StatusServiceUnavailable, Times: 1})
		srv.Fault(GinkgoT(), sim.Fault{Operation: "updateProcess", Status: http.StatusConflict, Times: 1})
		results := verify(srv)
		for _, one := range results {
			Expect(one).To(HaveKeyWithValue("result", "not_exercised"))
		}
		Expect(naive(srv.URL)).To(Succeed())
		patch := func() { (&harness.Client{Base: srv.URL, Token: "developer"}).Do("PATCH", web, `{}`) }
		patch()
		patch()
		results = verify(srv)
		Expect(results[0]).To(HaveKeyWithValue("result", "met"))
		Expect(results[1]).To(And(HaveKeyWithValue("result", "unmet"), HaveKeyWithValue("requests", HaveLen(2))))
		Expect(results[2]).To(HaveKeyWithValue("result", "met"))
	})

	It("lists rules that were armed and never fired", func() {
		srv := sim.Start(GinkgoT())
		id := srv.Fault(GinkgoT(), sim.Fault{Operation: "getProcess", Status: http.StatusNotFound})
		coverage := func() *harness.Exchange { return (&harness.Client{Base: srv.URL}).Do("GET", "/admin/coverage", nil) }
		Expect(coverage().At("armed_never_fired")).To(ConsistOf(id))
		Expect(naive(srv.URL)).NotTo(Succeed())
		Expect(coverage().At("armed_never_fired")).To(BeEmpty())
	})

	It("keeps its evidence over a reset and a hundred thousand requests", func() {
		srv := sim.Start(GinkgoT(), sim.Journal(1000, 1<<20))
		srv.Fault(GinkgoT(), sim.Fault{Operation: "getProcess", Status: http.StatusServiceUnavailable, Times: 1})
		Expect(naive(srv.URL)).To(Succeed())
		srv.Reset(GinkgoT())
		req := newRequest(srv.URL)
		for range 100_000 {
			// Without a socket in between: it is the journal that is under load.
			srv.Simulator.ServeHTTP(&discard{header: http.Header{}}, req)
		}
		Expect(len(srv.Requests(GinkgoT()))).To(BeNumerically("<=", 1000))
		journal := (&harness.Client{Base: srv.URL}).Do("GET", "/admin", nil)
		Expect(journal.At("journal", "bytes")).To(BeNumerically("<=", 1<<20))
		Expect(journal.At("journal", "dropped")).To(BeNumerically(">=", 99_000))
		results := verify(srv)
		Expect(results[0]).To(HaveKeyWithValue("result", "met"))
		Expect(covered(srv)).To(ContainElement("getProcess:200"))
	})
})

// discard is a client that reads nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// covered lists the cells that were met.
func covered(srv *sim.Server) []string {
	GinkgoHelper()
	var cells []string
	for _, cell := range srv.Coverage(GinkgoT()).Cells {
		if cell.Injected+cell.Real > 0 {
			cells = append(cells, fmt.Sprintf("%s:%d", cell.Operation, cell.Status))
		}
	}
	return cells
}
