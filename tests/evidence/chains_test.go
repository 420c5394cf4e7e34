package evidence_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim"
	"example.com/capisim/tests/harness"
)

// cf does what the cf CLI does: a server's error is tried again twice, at once,
// and all three have one span; each new request has a new one (CLIENTS.md §4).
func cf(base string) (err error) {
	spans++
	for range 3 {
		req := newRequest(base)
		req.Header.Set("User-Agent", "cf/8.18.4 (go1.26.8; amd64 linux)")
		req.Header.Set("X-B3-Traceid", "463ac35c9f6413ad48485a3953bb6124")
		req.Header.Set("X-B3-Spanid", fmt.Sprintf("%016x", spans))
		answer, err := fresh().Do(req)
		if err != nil {
			continue
		}
		answer.Body.Close()
		if answer.StatusCode < http.StatusInternalServerError {
			if answer.StatusCode != http.StatusOK {
				return errStatus
			}
			return nil
		}
	}
	return errStatus
}

var spans int

// One server, one test after the other, as a suite that starts capisim once.
var _ = Describe("Tests that follow each other on one server", Ordered, func() {
	var (
		srv   *sim.Server
		admin *harness.Client
		seen  int    // reactions of the tests before
		quiet []byte // the state without a rule
	)
	BeforeAll(func() {
		srv = sim.Start(GinkgoT())
		admin = &harness.Client{Base: srv.URL}
		quiet = admin.Do("GET", "/admin/state", nil).Body
	})
	// newest are the reactions that came since it was asked last.
	newest := func() (list []any) {
		GinkgoHelper()
		all := admin.Do("GET", "/admin/reactions", nil).At("reactions").([]any)
		list, seen = all[seen:], len(all)
		return list
	}
	between := map[string]func(){
		"a reset": func() { admin.Do("POST", "/admin/reset", nil) },
		"a load":  func() { admin.Do("POST", "/admin/load", `{"scenario":"default"}`) },
		"a state that is put": func() {
			Expect(admin.Do("PUT", "/admin/state", quiet)).To(harness.HaveStatus(http.StatusOK))
		},
		"the removal of the rule":  func() { admin.Do("DELETE", "/admin/faults/test", nil) },
		"the removal of all rules": func() { admin.Do("DELETE", "/admin/faults", nil) },
		"the replacement of the rule": func() {
			admin.Do("PUT", "/admin/faults/test", `{"respond":{"status":503},"when":{"times":1},"match":{"operations":["getRoot"]}}`)
		},
		"the clearing of requests": func() { admin.Do("DELETE", "/admin/requests", nil) },
	}

	for name, end := range between {
		It("do not react to each other after "+name, func() {
			Expect(admin.Do("PUT", "/admin/faults/test", `{"match":{"operations":["scaleProcess"]},"respond":{"status":409},"when":{"times":1}}`)).To(harness.HaveStatus(http.StatusOK))
			scale := func(body string) int {
				return (&harness.Client{Base: srv.URL, Token: "developer"}).Do("POST", web+"/actions/scale", body).Status
			}
			Expect(scale(`{"instances":4}`)).To(Equal(http.StatusConflict))
			end()
			Expect(scale(`{"instances":4}`)).To(Equal(http.StatusAccepted)) // the same request, and yet another test
			Expect(scale(`{"instances":1,"memory_in_mb":512}`)).To(Equal(http.StatusAccepted))
			Expect(newest()).To(ConsistOf(And(HaveKeyWithValue("outcome", "gave_up"), HaveKeyWithValue("attempts", BeEquivalentTo(1)), HaveKeyWithValue("final", true))))
			Expect(admin.Do("POST", "/admin/expectations", "expectations:\n  - on: {operation: scaleProcess, status: 409}\n    client: {retries: {max: 0}}\n").
				At("expectations", 0, "result")).To(Equal("met"))
			admin.Do("POST", "/admin/reset", nil)
		})
	}

	It("are over with the clearing of coverage", func() {
		admin.Do("PUT", "/admin/faults/getProcess/503", `{"when":{"times":1}}`)
		Expect(once(fresh(), newRequest(srv.URL))).NotTo(Succeed())
		admin.Do("DELETE", "/admin/coverage", nil)
		Expect(once(fresh(), newRequest(srv.URL))).To(Succeed())
		seen = 0
		Expect(newest()).To(BeEmpty())
	})

	It("takes a corrected request for another one", func() {
		admin.Do("PUT", "/admin/faults/updateProcess/422", `{"when":{"times":1}}`)
		patch := func(body string) int {
			return (&harness.Client{Base: srv.URL, Token: "developer"}).Do("PATCH", web, body).Status
		}
		Expect(patch(`{"command":"a","metadata":{"labels":{"x":"1"}}}`)).To(Equal(http.StatusUnprocessableEntity))
		Expect(patch(`{"command":"b","metadata":{"labels":{"x":"1"}}}`)).To(Equal(http.StatusOK))
		Expect(newest()).To(ConsistOf(And(HaveKeyWithValue("outcome", "gave_up"), HaveKeyWithValue("attempts", BeEquivalentTo(1)))))
		admin.Do("PUT", "/admin/faults/updateProcess/503", `{"when":{"times":1}}`)
		Expect(patch(`{"command":"a","metadata":{"labels":{"x":"1"}}}`)).To(Equal(http.StatusServiceUnavailable))
		Expect(patch(`{ "metadata": {"labels": {"x": "\u0031"}}, "command": "a" }`)).To(Equal(http.StatusOK))
		Expect(newest()).To(ConsistOf(And(HaveKeyWithValue("outcome", "recovered"), HaveKeyWithValue("attempts", BeEquivalentTo(2)))))
	})

	It("are classified each on its own, whichever client it is", func() {
		type run struct {
			client string
			pursue pursue
			times  int
			want   string
		}
		for _, one := range []run{
			{"a naive loop", naive, 3, "503 recovered 4 none absent"},
			{"go-retryablehttp", retryable, 3, "503 recovered 4 growing absent"},
			{"cf", cf, 2, "503 recovered 3 none absent"},
			{"cf", cf, 5, "503 gave_up 3 none absent"},
			{"constant backoff", steady, 3, "503 recovered 4 fixed absent"},
			{"go-cfclient", cfclient, 3, "503 gave_up 1 none absent"},
			{"exponential backoff", growing, 3, "503 recovered 4 growing absent"},
			{"constant backoff, one retry", steady, 1, "503 recovered 2 undecided absent"},
			{"a naive loop", naive, 9, "503 gave_up 5 none absent"},
		} {
			classified := func() string {
				admin.Do("PUT", "/admin/faults/test", fmt.Sprintf(`{"match":{"operations":["getProcess"]},"respond":{"status":503},"when":{"times":%d}}`, one.times))
				err := one.pursue(srv.URL)
				Expect(err == nil).To(Equal(strings.Contains(one.want, "recovered")), "%s: %v", one.client, err)
				admin.Do("POST", "/admin/reset", nil)
				Expect(one.pursue(srv.URL)).To(Succeed(), one.client) // the happy path, the next test
				list := newest()
				Expect(list).To(HaveLen(1), one.client)
				r := list[0].(map[string]any)
				return fmt.Sprint(r["status"], " ", r["outcome"], " ", r["attempts"], " ", r["backoff"], " ", r["retry_after"])
			}
			// A busy machine disturbs the pauses of a client now and then: the
			// best of a few tries counts.
			var got []string
			for len(got) < 5 && !slices.Contains(got, one.want) {
				got = append(got, classified())
			}
			Expect(got).To(ContainElement(one.want), one.client)
		}
	})
})

var _ = Describe("A client that comes at its own pace", func() {
	It("does not retry when it comes again at its time", func() {
		srv := sim.Start(GinkgoT())
		admin := &harness.Client{Base: srv.URL}
		tick := ticks(500)
		scrape := func() { <-tick; once(fresh(), newRequest(srv.URL)) } //nolint:errcheck // an exporter goes on
		scrape()
		scrape()
		scrape()
		srv.Fault(GinkgoT(), sim.Fault{Operation: "getProcess", Status: http.StatusTooManyRequests, AnswerHeader: http.Header{"Retry-After": {"60"}}, Times: 2})
		scrape()
		scrape()
		scrape()
		reactions := admin.Do("GET", "/admin/reactions", nil).At("reactions")
		Expect(reactions).To(And(HaveLen(2), HaveEach(And(HaveKeyWithValue("outcome", "gave_up"), HaveKeyWithValue("attempts", BeEquivalentTo(1)),
			HaveKeyWithValue("retry_after", "honoured"), HaveKeyWithValue("pace_ms", BeNumerically("~", 500, 100))))))
	})
})

// One pause may be the first of any pattern: it neither meets nor breaks what is
// demanded of the pauses.
var _ = DescribeTable("A single pause", func(client, result string) {
	srv := sim.Start(GinkgoT())
	srv.Fault(GinkgoT(), sim.Fault{Operation: "getProcess", Status: http.StatusServiceUnavailable, Times: 1})
	Expect(steady(srv.URL)).To(Succeed())
	x := (&harness.Client{Base: srv.URL}).Do("POST", "/admin/expectations",
		"expectations:\n  - on: {operation: getProcess, status: 503}\n    client: {"+client+"}\n")
	Expect(x.At("expectations", 0, "result")).To(Equal(result), "%s", x)
},
	Entry("does not tell fixed", "backoff: fixed", "not_exercised"),
	Entry("does not tell growing", "backoff: growing", "not_exercised"),
	Entry("does not tell none", "backoff: none", "not_exercised"),
	Entry("leaves other demands as they are", "backoff: growing, retries: {max: 0}", "unmet"),
	Entry("does not stand for the pauses beside demands that are met", "backoff: growing, retries: {min: 1}", "not_exercised"),
	Entry("counts as a retry", "retries: {min: 1, max: 1}", "met"),
)
