package faults_test

import (
	"fmt"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "example.com/capisim/tests/harness"
)

var _ = Describe("Bad input", func() {
	DescribeTable("of a rule is reported with its place and changes nothing", func(rule, pointer, words string) {
		world := World(root, "default")
		x := world.Do("POST", "/admin/faults", rule)
		Expect(x).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(x.At("errors")).To(ContainElement(And(
			HaveKeyWithValue("pointer", pointer), HaveKeyWithValue("detail", ContainSubstring(words)))), x.String)
		Expect(world.Do("GET", "/admin/faults", nil).At("resources")).To(BeEmpty())
	},
		Entry("negative times", `{"match":{"operations":["getProcess"]},"when":{"times":-1},"respond":{"status":404}}`, "/when/times", "-1"),
		Entry("negative skip", `{"match":{"operations":["getProcess"]},"when":{"skip":-1},"respond":{"status":404}}`, "/when/skip", "-1"),
		Entry("probability 2", `{"match":{"operations":["getProcess"]},"when":{"probability":2},"respond":{"status":404}}`, "/when/probability", "0 to 1"),
		Entry("until before from", `{"match":{"operations":["getProcess"]},"when":{"from":"40s","until":"10s"},"respond":{"status":404}}`, "/when/until", "40s"),
		Entry("a bad regular expression", `{"match":{"operations":["getProcess"],"headers":{"User-Agent":{"matches":"("}}},"respond":{"status":404}}`, "/match/headers/User-Agent/matches", "("),
		Entry("a JSON pointer without slash", `{"match":{"operations":["updateProcess"],"body":{"instances":3}},"respond":{"status":409}}`, "/match/body/instances", "/"),
		Entry("a duration \"soon\"", `{"match":{"operations":["getProcess"]},"when":{"from":"soon"},"respond":{"status":404}}`, "/when/from", `"soon"`),
		Entry("an error of another status", `{"match":{"operations":["getProcess"]},"respond":{"status":404,"error":"CF-NotAuthorized"}}`, "/respond/error", "CF-NotAuthorized"),
		Entry("a Retry-After that is neither seconds nor a date", `{"match":{"operations":["updateProcess"]},"respond":{"status":503,"headers":{"Retry-After":"soon"}}}`, "/respond/headers/Retry-After", "soon"),
		Entry("a body that is not an envelope", `{"match":{"operations":["updateProcess"]},"respond":{"status":503,"body":{"oops":1}}}`, "/respond/body/errors", "missing"),
		Entry("a type that is wrong", `{"match":{"operations":"getProcess"},"respond":{"status":404}}`, "/match/operations", ""),
		Entry("an unknown connection fault", `{"match":{"operations":["getProcess"]},"connection":"explode"}`, "/connection", "explode"),
		Entry("a rule that does nothing", `{"match":{"operations":["getProcess"]}}`, "", ""),
		Entry("no JSON", `{`, "", ""),
	)

	It("10,001 rules are one too many, and none of a list that goes past is set", func() {
		world := World(root, "default")
		rules := make([]string, 10001)
		for i := range rules {
			rules[i] = fmt.Sprintf(`{"id":"r%d","match":{"operations":["getProcess"]},"respond":{"status":404}}`, i)
		}
		Expect(world.Do("POST", "/admin/faults", "["+strings.Join(rules, ",")+"]")).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(world.Do("GET", "/admin/faults", nil).At("pagination", "total_results")).To(BeEquivalentTo(0))
	})

	DescribeTable("elsewhere is reported", func(method, path, body string, status int, words string) {
		x := (&Client{Base: root}).Do(method, path, body)
		Expect(x).To(HaveStatus(status))
		Expect(x.At("errors", 0, "detail")).To(ContainSubstring(words))
	},
		Entry("a clock that goes backwards", "POST", "/admin/clock/advance", `{"by":"-1s"}`, 422, "-1s"),
		Entry("a clock that advances by a word", "POST", "/admin/clock/advance", `{"by":"soon"}`, 422, "soon"),
		Entry("a world named ../x", "POST", "/admin/worlds", `{"name":"../x"}`, 422, "../x"),
		Entry("a world like the default one", "POST", "/admin/worlds", `{"name":"default"}`, 422, "default"),
		Entry("a world of an unknown scenario", "POST", "/admin/worlds", `{"scenario":"nowhere"}`, 422, "nowhere"),
		Entry("a rule that is not there", "DELETE", "/admin/faults/nowhere", ``, 404, "nowhere"),
		Entry("a world that is not there", "DELETE", "/admin/worlds/nowhere", ``, 404, "nowhere"),
		Entry("a process that is not there", "DELETE", "/admin/processes/nowhere", ``, 404, "nowhere"),
		Entry("an unknown scenario", "POST", "/admin/load", `{"scenario":"nowhere"}`, 422, "nowhere"),
		Entry("an unknown admin path", "GET", "/admin/fautls", ``, 404, "/admin/faults"),
		Entry("a verification of an unknown operation", "POST", "/admin/requests/verify", `{"match":{"operations":["nope"]},"count":{"exactly":1}}`, 422, "nope"),
	)

	It("a toggle that is not there may be taken away", func() {
		Expect((&Client{Base: root}).Do("DELETE", "/admin/faults/getProcess/404", nil)).To(HaveStatus(http.StatusNoContent))
	})
})
