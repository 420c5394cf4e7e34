package drift_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim"
	"example.com/capisim/sim/drift"
	"example.com/capisim/tests/harness"
)

// stateOf is the world of a server as the lines of a scenario, without the times
// of the last update, which every successful change moves, and without the audit
// events, in which every change stays written down.
func stateOf(url string) []string {
	GinkgoHelper()
	got := (&harness.Client{Base: url}).Do(http.MethodGet, "/admin/state", nil)
	Expect(got).To(harness.HaveStatus(http.StatusOK))
	raw, err := json.MarshalIndent(untimed(got.JSON()), "", " ")
	Expect(err).NotTo(HaveOccurred())
	return strings.Split(string(raw), "\n")
}

// changes are the lines that only one of two states has.
func changes(before, after []string) []string {
	return append(beside(before, after, "- "), beside(after, before, "+ ")...)
}

func beside(list, other []string, mark string) []string {
	left := map[string]int{}
	for _, line := range other {
		left[line]++
	}
	var only []string
	for _, line := range list {
		if left[line]--; left[line] < 0 {
			only = append(only, mark+line)
		}
	}
	return only
}

func untimed(value any) any {
	switch value := value.(type) {
	case map[string]any:
		delete(value, "updated_at")
		delete(value, "audit_events")
		if history, ok := value["history"].(map[string]any); ok && history["restarts"] == nil {
			delete(value, "history") // a scale and one back leave traces, but restart nothing
		}
		for _, item := range value {
			untimed(item)
		}
	case []any:
		for _, item := range value {
			untimed(item)
		}
	}
	return value
}

// oneAtATime is a client that refuses a request while another one is on its way.
func oneAtATime() *http.Client {
	busy := make(chan struct{}, 1)
	return through(func(r *http.Request) (*http.Response, error) {
		select {
		case busy <- struct{}{}:
			defer func() { <-busy }()
		default:
			return nil, errors.New("two at a time")
		}
		return http.DefaultTransport.RoundTrip(r)
	})
}

var _ = Describe("an unchanged capisim", func() {
	DescribeTable("shows no difference", func(token, process string, options ...sim.Option) {
		url := start(options...).URL
		report := run(drift.Target{URL: url, Token: token, Process: process}, drift.Options{})
		Expect(lines(report)).To(BeEmpty())
	},
		Entry("to an admin", "root-token", ""),
		Entry("to a developer", "dora-token", web),
		Entry("to a supporter, who does not see the command", "sally-token", web),
		Entry("about a process without instances", "dora-token", worker),
		Entry("about a stopped app in another space", "dora-token", other),
		Entry("on a clock that runs", "root-token", web, sim.Clock("real")),
		Entry("with another seed", "root-token", "", sim.Seed(123456)),
		Entry("with links to another address", "root-token", web, sim.ExternalURL("https://api.example.com/cf")),
		Entry("that is the default one", "developer", "", sim.Document("name: plain\nextends: default")),
		Entry("of variant open-source", "root-token", web, sim.Document(strings.Replace(document, "seed: 7", "variant: open-source", 1))),
		Entry("of variant vendor", "root-token", web, sim.Document(strings.Replace(document, "seed: 7", "variant: vendor", 1))),
		Entry("without stats", "root-token", web, sim.Document(document+"stats_available: false\n")),
		Entry("without metrics", "root-token", web, sim.Document(document+"platform: {log_cache: down}\n")),
		Entry("with a rate limit", "dora-token", web, sim.Document(document+"rate_limit: {limit: 5000, window: 1h, per: user}\n")),
		Entry("while an app deploys", "root-token", web, sim.Document(strings.Replace(document, "name: shop\n", "name: shop\n    deploying: true\n", 1))),
		Entry("whose instances come and go", "root-token", web,
			sim.Document(document+"lifecycle: {start_delay: 1ms, crash_loop: {process: web, after: 1ms}}\n"), sim.Clock("real")),
		Entry("with many more processes", "root-token", worker, sim.Document(strings.Replace(document, "apps: 3,", "apps: 60,", 1))),
		Entry("with nothing in it", "admin", "", sim.Document("name: nothing\nauth: {mode: strict}")),
	)

	It("shows none in a world of its own", func() {
		url := start().World(GinkgoT(), sim.Document(document)).URL
		Expect(url).To(ContainSubstring("/worlds/"))
		Expect(lines(run(drift.Target{URL: url + "/", Token: "root-token"}, drift.Options{}))).To(BeEmpty())
	})

	DescribeTable("shows none when it is written to, and is left as it was", func(token, process string, options ...sim.Option) {
		url := start(options...).URL
		before := stateOf(url)
		report := run(drift.Target{URL: url, Token: token, Process: process}, drift.Options{Write: true})
		Expect(lines(report)).To(BeEmpty())
		Expect(report.Probes).To(BeNumerically(">", 400))
		Expect(changes(before, stateOf(url))).To(BeEmpty())
	},
		Entry("by an admin", "root-token", web),
		Entry("by a developer", "dora-token", other),
		Entry("by a supporter", "sally-token", web),
		Entry("process without instances", "dora-token", worker),
		Entry("of variant vendor", "root-token", web, sim.Document(strings.Replace(document, "seed: 7", "variant: vendor", 1))),
		Entry("that takes any token", "whatever", web, sim.Document(strings.Replace(document, "mode: strict", "mode: permissive", 1))),
	)

	DescribeTable("is not written to without leave, and asked one question at a time", func(mode string) {
		server := start(sim.Document(strings.Replace(document, "mode: strict", "mode: "+mode, 1)))
		before := stateOf(server.URL)
		report := run(drift.Target{URL: server.URL, Token: "root-token", Process: web, HTTP: oneAtATime()}, drift.Options{})
		Expect(lines(report)).To(BeEmpty())
		Expect(changes(before, stateOf(server.URL))).To(BeEmpty())
		for _, request := range server.Requests(GinkgoT()) {
			if request.Method != http.MethodGet && request.Method != http.MethodHead {
				Expect(request.Status).To(BeElementOf(http.StatusUnauthorized, http.StatusNotFound), request.Path)
				Expect(request.Path).NotTo(ContainSubstring(web))
				Expect(request.Applied).To(BeFalse())
			}
		}
	},
		Entry("when tokens count", "strict"),
		Entry("when any token does", "permissive"),
	)

	It("is told by the report of what an auditor sees", func() {
		url := start().URL
		report := run(drift.Target{URL: url, Token: "audrey-token", Process: web}, drift.Options{})
		Expect(report.Summary()).To(MatchRegexp(`^[0-9]+ probes of %s \(process %s, variant default\): no difference; [0-9]+ of the [0-9]+ answers of the contract were not asked for$`, url, web))
		var text strings.Builder
		Expect(report.WriteJSON(&text)).To(Succeed())
		var read drift.Report
		Expect(json.Unmarshal([]byte(text.String()), &read)).To(Succeed())
		Expect(read.Differences).To(BeEmpty())
		Expect(text.String()).To(ContainSubstring(`"differences": []`))
		Expect(read.Probes).To(Equal(report.Probes))
	})
})
