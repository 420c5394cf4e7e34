package evidence_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/socket"
	"example.com/capisim/tests/harness"
)

// expectCovers asks for the verdict on a demand of a scenario's kind.
func expectCovers(srv *sim.Server, name, result string) {
	GinkgoHelper()
	x := (&harness.Client{Base: srv.URL}).Do("POST", "/admin/expectations", "expectations: [{covers: {"+name+"}}]")
	Expect(x.At("expectations", 0, "result")).To(Equal(result), "%s", x)
}

var _ = Describe("Coverage by variant", func() {
	var (
		srv  *sim.Server
		send func(method, path, body string)
	)
	BeforeEach(func() {
		srv = sim.Start(GinkgoT())
		send = func(method, path, body string) {
			GinkgoHelper()
			req, err := http.NewRequest(method, srv.URL+path, strings.NewReader(body))
			Expect(err).NotTo(HaveOccurred())
			req.Header.Set("Authorization", "bearer developer")
			req.Header.Set("Content-Type", "application/json")
			if answer, err := fresh().Do(req); err == nil {
				answer.Body.Close()
			}
		}
	})

	for _, op := range contract.ProcessOperations() {
		It("tells the errors of "+op.ID+" apart", func() {
			path := strings.NewReplacer("{guid}", harness.DemoWeb, "{type}", "web", "{index}", "0").Replace(op.Path)
			for _, status := range op.Statuses {
				for i, known := range status.Errors {
					again := slices.ContainsFunc(status.Errors[:i], func(e *contract.Error) bool { return e.Title == known.Title })
					if !status.Cell() || again {
						continue
					}
					cell := fmt.Sprintf("operation: %s, status: %d, error: %s", op.ID, status.Code, known.Title)
					expectCovers(srv, cell, "not_exercised")
					(&harness.Client{Base: srv.URL}).Do("PUT", fmt.Sprintf("/admin/faults/%s/%d", op.ID, status.Code),
						map[string]any{"respond": map[string]any{"error": known.Name}, "when": map[string]any{"times": 1}})
					send(op.Method, path, "")
					expectCovers(srv, cell, "met")
					expectCovers(srv, cell+", phase: before", "met")
					expectCovers(srv, cell+", phase: after", "not_exercised")
				}
			}
		})
	}

	It("counts a real refusal for its error", func() {
		send("PATCH", web, `{"command": 5}`)
		expectCovers(srv, "operation: updateProcess, status: 422, error: UnprocessableEntity", "met")
		expectCovers(srv, "operation: updateProcess, status: 422, error: CF-LabelLimitExceeded", "not_exercised")
	})

	for _, fault := range socket.Names() {
		It("tells the connection fault "+fault+" and its phase", func() {
			cell := "operation: scaleProcess, connection: " + fault
			phase := map[bool]string{true: "after", false: "before"} // what needs an answer has one that took effect
			row := (&harness.Client{Base: srv.URL}).Do("POST", "/admin/faults", fmt.Sprintf(
				`{"match":{"operations":["scaleProcess"]},"connection":{"kind":%q%s},"when":{"times":1}}`, fault, map[string]string{"hang": `,"for":"1ms"`, "drip": `,"bytes_per_second":100000`}[fault]))
			Expect(row).To(harness.HaveStatus(http.StatusCreated))
			expectCovers(srv, cell, "not_exercised")
			send("POST", web+"/actions/scale", `{"instances":3}`)
			expectCovers(srv, cell, "met")
			expectCovers(srv, cell+", phase: "+phase[socket.Kind(fault).NeedsAnswer()], "met")
			expectCovers(srv, cell+", phase: "+phase[!socket.Kind(fault).NeedsAnswer()], "not_exercised")
		})
	}

	It("tells a fault after the change", func() {
		srv.Fault(GinkgoT(), sim.Fault{Operation: "scaleProcess", Status: http.StatusServiceUnavailable, After: true, Times: 1})
		send("POST", web+"/actions/scale", `{"instances":3}`)
		expectCovers(srv, "operation: scaleProcess, status: 503, phase: after", "met")
		expectCovers(srv, "operation: scaleProcess, status: 503, phase: before", "not_exercised")
	})

	DescribeTable("refuses what nothing has", func(covers, message string) {
		x := (&harness.Client{Base: srv.URL}).Do("POST", "/admin/expectations", "expectations: [{covers: {"+covers+"}}]")
		Expect(x).To(harness.HaveStatus(http.StatusUnprocessableEntity))
		Expect(string(x.Body)).To(ContainSubstring(message), "%s", x)
	},
		Entry("an error of another status", "operation: updateProcess, status: 422, error: CF-Conflict", "is not an error of updateProcess:422, expected one of"),
		Entry("a phase", "operation: updateProcess, status: 503, phase: during", "phase"),
		Entry("a connection fault", "operation: updateProcess, connection: rest", "did you mean reset?"),
		Entry("a fault with a status", "operation: updateProcess, connection: reset, status: 503", "stands beside"),
		Entry("neither", "operation: updateProcess", "neither"),
	)
})
