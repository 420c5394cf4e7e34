package faults_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "example.com/capisim/tests/harness"
)

var _ = Describe("The headers of a rule", func() {
	const process = "/v3/processes/" + DemoWeb

	DescribeTable("take the place of the answer's own", func(respond, name string, want []string) {
		world := World(root, "default")
		Expect(world.Do("POST", "/admin/faults", `{"match":{"operations":["updateProcess"]},"undocumented":true,"respond":`+respond+`}`)).
			To(HaveStatus(http.StatusCreated))
		Expect(world.Do("PATCH", process, "{}").Header.Values(name)).To(Equal(want))
		entry := world.Do("GET", "/admin/requests", nil).At("resources", 0, "response", "headers").(map[string]any)
		if want == nil {
			Expect(entry).NotTo(HaveKey(name), "the journal shows what was sent")
			return
		}
		values := make([]any, len(want))
		for i, value := range want {
			values[i] = value
		}
		Expect(entry).To(HaveKeyWithValue(name, values))
	},
		Entry("a text", `{"status":503,"headers":{"Retry-After":"3"}}`, "Retry-After", []string{"3"}),
		Entry("a number", `{"status":503,"headers":{"Retry-After":3}}`, "Retry-After", []string{"3"}),
		Entry("several lines", `{"status":200,"headers":{"X-Cf-Warnings":["one","two"]}}`, "X-Cf-Warnings", []string{"one", "two"}),
		Entry("none, of an error", `{"status":502,"headers":{"Content-Type":null}}`, "Content-Type", nil),
		Entry("none, of a success", `{"status":200,"headers":{"X-Frame-Options":null}}`, "X-Frame-Options", nil),
		Entry("none of the limiter's", `{"status":429,"headers":{"Retry-After":null}}`, "Retry-After", nil),
	)
})
