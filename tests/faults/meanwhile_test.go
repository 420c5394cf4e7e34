package faults_test

import (
	"net/http"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "example.com/capisim/tests/harness"
)

// stranger is a rule that loses the answer of a scale and lets another client
// scale in between.
func stranger(more map[string]any) map[string]any {
	rule := map[string]any{
		"id":        "lost",
		"match":     map[string]any{"operations": []string{"scaleProcess"}},
		"when":      map[string]any{"times": 1},
		"apply":     "after",
		"respond":   map[string]any{"status": 503},
		"meanwhile": []any{map[string]any{"user": "admin", "operation": "scaleProcess", "body": map[string]any{"instances": 7}}},
	}
	for key, value := range more {
		rule[key] = value
	}
	return rule
}

func instancesOf(world *Client) any {
	GinkgoHelper()
	return world.Do("GET", web, nil).At("instances")
}

var _ = Describe("A stranger in between", func() {
	It("changes the same process when the rule has fired, and no sooner", func() {
		world := World(root, "default")
		Expect(world.Do("POST", "/admin/faults", stranger(nil))).To(HaveStatus(http.StatusCreated))
		Expect(instancesOf(world)).To(BeEquivalentTo(2))
		Expect(world.Do("POST", web+"/actions/scale", `{"instances":4}`)).To(HaveStatus(http.StatusServiceUnavailable))
		Expect(instancesOf(world)).To(BeEquivalentTo(7))
		Expect(world.Do("POST", web+"/actions/scale", `{"instances":4}`)).To(HaveStatus(http.StatusAccepted))
		Expect(instancesOf(world)).To(BeEquivalentTo(4), "the rule is spent")
	})

	It("is journaled as what it is, and is neither coverage nor a reaction", func() {
		world := World(root, "default")
		Expect(world.Do("POST", "/admin/faults", stranger(nil))).To(HaveStatus(http.StatusCreated))
		world.Do("POST", web+"/actions/scale", `{"instances":4}`)
		entries := world.Do("GET", "/admin/requests", nil).At("resources").([]any)
		Expect(entries).To(HaveLen(2))
		var strangers []any
		for _, one := range entries {
			if one.(map[string]any)["meanwhile"] == true {
				strangers = append(strangers, one)
			}
		}
		Expect(strangers).To(ConsistOf(And(
			HaveKeyWithValue("operation", "scaleProcess"), HaveKeyWithValue("applied", true), HaveKeyWithValue("injected", false),
			HaveKeyWithValue("client", HaveKeyWithValue("user", "admin")), HaveKeyWithValue("response", HaveKeyWithValue("status", BeEquivalentTo(202))),
		)))
		Expect(world.Do("GET", "/admin/coverage", nil).At("covered")).To(BeEquivalentTo(1), "the injected 503 alone")
		Expect(world.Do("GET", "/admin/reactions", nil).At("reactions", 0, "attempts")).To(BeEquivalentTo(1))
	})

	It("meets no fault and no limit, but every check of the API", func() {
		world := World(root, "default")
		rule := stranger(map[string]any{"meanwhile": []any{
			map[string]any{"user": "auditor", "operation": "scaleProcess", "body": map[string]any{"instances": 9}},
			map[string]any{"operation": "updateProcess", "target": Worker, "body": map[string]any{"command": "strange"}},
		}})
		Expect(world.Do("POST", "/admin/faults", rule)).To(HaveStatus(http.StatusCreated))
		Expect(world.Do("PUT", "/admin/faults/updateProcess/409", nil).Status).To(BeElementOf(http.StatusOK, http.StatusCreated))
		world.Do("POST", web+"/actions/scale", `{"instances":4}`)
		Expect(instancesOf(world)).To(BeEquivalentTo(4), "an auditor may not scale")
		Expect(world.Do("GET", worker, nil).At("command")).To(Equal("strange"))
	})

	It("reaches the process through its app, too", func() {
		world := World(root, "default")
		rule := stranger(map[string]any{"match": map[string]any{"operations": []string{"scaleProcessForApp"}},
			"meanwhile": []any{map[string]any{"operation": "terminateProcessInstanceForApp", "index": 1}}})
		Expect(world.Do("POST", "/admin/faults", rule)).To(HaveStatus(http.StatusCreated))
		world.Do("POST", "/v3/apps/"+DemoWeb+"/processes/web/actions/scale", `{"instances":4}`)
		Expect(world.Do("GET", "/admin/requests?q=instances/1", nil).At("resources", 0, "path")).To(BeNil())
		Expect(world.Do("GET", "/admin/requests", nil).At("resources")).To(ContainElement(And(
			HaveKeyWithValue("meanwhile", true), HaveKeyWithValue("response", HaveKeyWithValue("status", BeEquivalentTo(204))),
			HaveKeyWithValue("request", HaveKeyWithValue("path", "/v3/apps/"+DemoWeb+"/processes/web/instances/1")))))
	})

	It("does not come when the change was refused", func() {
		world := World(root, "default")
		Expect(world.Do("POST", "/admin/faults", stranger(nil))).To(HaveStatus(http.StatusCreated))
		Expect(world.Do("POST", web+"/actions/scale", `{"instances":-1}`)).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(instancesOf(world)).To(BeEquivalentTo(2))
	})

	It("comes before any later request is decided", func() {
		world := World(root, "default")
		Expect(world.Do("POST", "/admin/faults", stranger(map[string]any{"when": map[string]any{}}))).To(HaveStatus(http.StatusCreated))
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				defer GinkgoRecover()
				Expect(world.Do("POST", web+"/actions/scale", `{"instances":4}`)).To(HaveStatus(http.StatusServiceUnavailable))
				Expect(instancesOf(world)).To(BeEquivalentTo(7), "nobody sees what a stranger is about to change")
			})
		}
		group.Wait()
	})

	DescribeTable("is refused when it makes no sense", func(meanwhile any, pointer, words string) {
		world := World(root, "default")
		answer := world.Do("POST", "/admin/faults", stranger(map[string]any{"meanwhile": meanwhile}))
		Expect(answer).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(answer.At("errors", 0, "pointer")).To(Equal(pointer))
		Expect(answer.At("errors", 0, "detail")).To(ContainSubstring(words))
		Expect(world.Do("GET", "/admin/faults", nil).At("resources")).To(BeEmpty())
	},
		Entry("no operation", []any{map[string]any{}}, "/meanwhile/0/operation", "missing"),
		Entry("one that reads", []any{map[string]any{"operation": "getProcess"}}, "/meanwhile/0/operation", "one of updateProcess"),
		Entry("one that is not there", []any{map[string]any{"operation": "scale"}}, "/meanwhile/0/operation", "scaleProcess"),
		Entry("a body that the API refuses", []any{map[string]any{"operation": "scaleProcess", "body": map[string]any{"instances": -1}}},
			"/meanwhile/0/body", "greater than or equal to 0"),
		Entry("a user that is not there", []any{map[string]any{"operation": "scaleProcess", "user": "nobody"}}, "/meanwhile/0/user", "nobody"),
		Entry("an unknown key", []any{map[string]any{"operation": "scaleProcess", "process": "x"}}, "/meanwhile/0/process", "unknown key"),
		Entry("no list", map[string]any{"operation": "scaleProcess"}, "/meanwhile", "array"),
	)
})

var _ = Describe("What a repetition does", func() {
	twice := func(world *Client, method, path, body string) any {
		GinkgoHelper()
		world.Do(method, path, body)
		world.Do(method, path, body)
		return world.Do("GET", "/admin/reactions", nil).At("reactions", 0)
	}
	judged := func(world *Client, operation string, status int, client map[string]any) any {
		GinkgoHelper()
		return world.Do("POST", "/admin/expectations", map[string]any{"expectations": []any{map[string]any{
			"on": map[string]any{"operation": operation, "status": status}, "client": client}}}).At("expectations", 0, "result")
	}

	It("is told when it takes another client's change away", func() {
		world := World(root, "default")
		Expect(world.Do("POST", "/admin/faults", stranger(nil))).To(HaveStatus(http.StatusCreated))
		Expect(twice(world, "POST", web+"/actions/scale", `{"instances":4}`)).To(And(
			HaveKeyWithValue("lost_update", true), HaveKeyWithValue("done_twice", false), HaveKeyWithValue("repeated_applied", true)))
		Expect(judged(world, "scaleProcess", 503, map[string]any{"lost_update": false})).To(Equal("unmet"))
		Expect(judged(world, "scaleProcess", 503, map[string]any{"done_twice": false})).To(Equal("met"))
	})

	It("is told when it restarts an instance twice", func() {
		world := World(root, "default")
		Expect(world.Do("POST", "/admin/faults", stranger(map[string]any{
			"match": map[string]any{"operations": []string{"terminateProcessInstance"}}, "meanwhile": []any{}}))).To(HaveStatus(http.StatusCreated))
		Expect(twice(world, "DELETE", web+"/instances/0", "")).To(And(HaveKeyWithValue("done_twice", true), HaveKeyWithValue("lost_update", false)))
		Expect(judged(world, "terminateProcessInstance", 503, map[string]any{"done_twice": false})).To(Equal("unmet"))
	})

	It("is nothing of the kind without a stranger, and before the change was made", func() {
		world := World(root, "default")
		Expect(world.Do("POST", "/admin/faults", stranger(map[string]any{"meanwhile": []any{}}))).To(HaveStatus(http.StatusCreated))
		Expect(twice(world, "POST", web+"/actions/scale", `{"instances":4}`)).To(And(HaveKeyWithValue("lost_update", false), HaveKeyWithValue("done_twice", false)))
		other := World(root, "default")
		Expect(other.Do("POST", "/admin/faults", stranger(map[string]any{"apply": "before"}))).To(HaveStatus(http.StatusCreated))
		Expect(twice(other, "POST", web+"/actions/scale", `{"instances":4}`)).To(HaveKeyWithValue("lost_update", false), "nothing of its own was acknowledged in vain")
	})
})
