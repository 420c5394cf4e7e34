package faults_test

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	. "example.com/capisim/tests/harness"
)

const form = "application/x-www-form-urlencoded"

var _ = Describe("A rule on a body sees what the API sees", func() {
	matching := func(world *Client, operation, matchers, status string) {
		GinkgoHelper()
		Expect(world.Do("POST", "/admin/faults", `{"id":"r","match":{"operations":["`+operation+`"],"body":`+matchers+`},"respond":{"status":`+status+`}}`)).
			To(HaveStatus(http.StatusCreated))
	}
	asked := func(world *Client, matchers string) *Exchange {
		GinkgoHelper()
		return world.Do("POST", "/admin/requests/verify", `{"match":{"operations":["updateProcess","scaleProcess"],"body":`+matchers+`}}`)
	}
	const process = "/v3/processes/" + DemoWeb

	DescribeTable("of an update", func(media, body string, answer int) {
		world := World(root, "default")
		matching(world, "updateProcess", `{"/command":"x"}`, "409")
		Expect(world.With("Content-Type", media).Do("PATCH", process, body)).To(HaveStatus(answer))
		found := http.StatusOK
		if answer != http.StatusConflict {
			found = http.StatusExpectationFailed
		}
		Expect(asked(world, `{"/command":"x"}`)).To(HaveStatus(found), "verify reads it in the same way")
	},
		Entry("JSON", "application/json", `{"command":"x"}`, http.StatusConflict),
		Entry("JSON with a comment", "application/json", `{"command":"x"/*c*/}`, http.StatusConflict),
		Entry("a form", form, `command=x`, http.StatusConflict),
		Entry("multipart", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"command\"\r\n\r\nx\r\n--b--\r\n", http.StatusConflict),
		Entry("text, which the API ignores", "text/plain", `{"command":"x"}`, http.StatusOK),
		Entry("JSON that is called a form", form, `{"command":"x"}`, http.StatusUnprocessableEntity),
	)

	It("down to the last digit of a number", func() {
		world := World(root, "default")
		matching(world, "scaleProcess", `{"/log_rate_limit_in_bytes_per_second":9223372036854775806}`, "422")
		scale := func(rate string) *Exchange {
			return world.Do("POST", process+"/actions/scale", `{"log_rate_limit_in_bytes_per_second":`+rate+`}`)
		}
		Expect(scale("9223372036854775807")).To(HaveStatus(http.StatusAccepted))
		Expect(scale("9223372036854775806")).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(asked(world, `{"/log_rate_limit_in_bytes_per_second":{"gt":9223372036854775806}}`).At("found")).To(BeEquivalentTo(1))
	})

	It("of UAA's forms", func() {
		world := World(root, "default").With("Content-Type", form).As("")
		world.Header.Set("Authorization", "Basic Y2Y6")
		matching(world, "createToken", `{"/grant_type":"refresh_token"}`, "401")
		login := world.Do("POST", "/oauth/token", "grant_type=password&username=developer&password=developer")
		Expect(login).To(HaveStatus(http.StatusOK))
		refused := world.Do("POST", "/oauth/token", "grant_type=refresh_token&refresh_token="+login.At("refresh_token").(string))
		Expect(refused).To(HaveStatus(http.StatusUnauthorized))
		Expect(refused.At("error")).To(Equal(contract.UAABadCredentials.Title))
	})

	It("and UAA answers in its own form", func() {
		world := World(root, "default").With("Content-Type", form).As("")
		made := world.Do("POST", "/admin/faults", `{"match":{"operations":["createToken"]},"respond":{"status":401,"body":{"error":"invalid_token","error_description":"expired"}}}`)
		Expect(made).To(HaveStatus(http.StatusCreated))
		refused := world.Do("POST", "/oauth/token", "grant_type=password")
		Expect(refused).To(HaveStatus(http.StatusUnauthorized))
		Expect(string(refused.Body)).To(Equal(`{"error":"invalid_token","error_description":"expired"}`))
		Expect(refused.Header.Get("Content-Type")).To(Equal("application/json;charset=UTF-8"))
	})

	It("or is refused when no body can meet it", func() {
		x := World(root, "default").Do("POST", "/admin/faults", `{"match":{"operations":["getProcess"],"body":{"/command":"x"}},"respond":{"status":404}}`)
		Expect(x).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(x.At("errors", 0, "pointer")).To(Equal("/match/body/~1command"))
		Expect(x.At("errors", 0, "detail")).To(HaveSuffix("getProcess takes no body"))
	})

	It("and a rule's own detail is sent as it stands", func() {
		world := World(root, "default")
		matching(world, "scaleProcess", `{"/instances":3}`, `503,"detail":"100%s"`)
		Expect(world.Do("POST", process+"/actions/scale", `{"instances":3}`)).To(HaveCFError(contract.RunnerUnavailable.Text("100%s")))
		Expect(string(world.Do("GET", "/admin/operations", nil).Body)).NotTo(ContainSubstring("%"))
	})
})
