package evidence_test

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim"
	"example.com/capisim/tests/harness"
)

// What real clients make of a policy.
var _ = DescribeTable("The policy polite", func(run pursue, fault sim.Fault, unmet string) {
	srv := sim.Start(GinkgoT())
	fault.Operation, fault.Times = "getProcess", 3
	srv.Fault(GinkgoT(), fault)
	run(srv.URL) //nolint:errcheck // some give up
	x := (&harness.Client{Base: srv.URL}).Do("POST", "/admin/expectations", "expectations: [{client: {policy: polite}}]")
	Expect(x.At("expectations", 0, "result")).To(Equal(map[bool]string{true: "met", false: "unmet"}[unmet == ""]), "%s", x)
	var found []string
	for _, part := range x.At("expectations", 0, "parts").([]any) {
		if part := part.(map[string]any); part["result"] == "unmet" {
			found = append(found, part["name"].(string))
		}
	}
	Expect(strings.Join(found, ",")).To(Equal(unmet), "%s", x)
},
	Entry("is met by go-retryablehttp on 503", retryable, sim.Fault{Status: http.StatusServiceUnavailable}, ""),
	Entry("is met by go-retryablehttp on 429", retryable, sim.Fault{Status: http.StatusTooManyRequests, AnswerHeader: http.Header{"Retry-After": {"1"}}}, ""),
	Entry("is met by exponential backoff", growing, sim.Fault{Connection: "reset"}, ""),
	Entry("is met by a client that gives up", cfclient, sim.Fault{Status: http.StatusServiceUnavailable}, ""),
	Entry("is not met by a naive loop", naive, sim.Fault{Status: http.StatusServiceUnavailable}, "pauses"),
	Entry("is not met by a naive loop on 429", naive, sim.Fault{Status: http.StatusTooManyRequests, AnswerHeader: http.Header{"Retry-After": {"1"}}}, "pauses,retry_after"),
	Entry("is not met by a loop that repeats a 404", naive, sim.Fault{Status: http.StatusNotFound}, "pauses,pointless"),
	Entry("is not met by even pauses", steady, sim.Fault{Status: http.StatusServiceUnavailable}, "pauses"),
	Entry("is not met by cf", cf, sim.Fault{Status: http.StatusBadGateway}, "pauses"),
)
