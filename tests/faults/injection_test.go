package faults_test

import (
	"fmt"
	"net/http"
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	. "example.com/capisim/tests/harness"
)

// cells makes one entry for each operation and each status that may be
// injected: a new row of the table is tested on the day it is written.
func cells(of func(contract.Status) bool) []TableEntry {
	var entries []TableEntry
	for _, op := range contract.ProcessOperations() {
		for _, status := range op.Statuses {
			if of(status) {
				entries = append(entries, Entry(fmt.Sprintf("%s %d (%s)", op.ID, status.Code, status.Kind), op, status))
			}
		}
	}
	return entries
}

func every(contract.Status) bool { return true }

func refusals(s contract.Status) bool { return len(s.Errors) > 0 }

// expectInjected checks an injected answer: the status, and for a refusal the
// default error of the operation in the real envelope.
func expectInjected(x *Exchange, op *contract.Operation, status contract.Status) {
	GinkgoHelper()
	Expect(x).To(HaveStatus(status.Code))
	if want, ok := op.DefaultError(status.Code); ok {
		Expect(x.At("errors", 0, "title")).To(Equal(want.Title))
		Expect(x.At("errors", 0, "code")).To(BeEquivalentTo(want.Code))
		Expect(x.At("errors", 0, "detail")).NotTo(BeEmpty())
		Expect(x.At("errors", 0, "detail")).NotTo(ContainSubstring("%"))
	}
}

var _ = Describe("An injected status", func() {
	DescribeTable("by toggle", func(op *contract.Operation, status contract.Status) {
		world := World(root, "default")
		toggle := "/admin/faults/" + op.ID + "/" + strconv.Itoa(status.Code)
		set := world.Do("PUT", toggle, nil)
		Expect(set).To(HaveStatus(http.StatusOK))
		Expect(set.At("id")).To(Equal(op.ID + "-" + strconv.Itoa(status.Code)))

		expectInjected(world.Send(Valid(op)), op, status)

		Expect(world.Do("DELETE", toggle, nil)).To(HaveStatus(http.StatusNoContent))
		Expect(world.Send(Valid(op))).To(HaveStatus(op.Success()))
	}, cells(every))

	DescribeTable("by Prefer, for one request", func(op *contract.Operation, status contract.Status) {
		world := World(root, "default")
		x := world.With("Prefer", "code="+strconv.Itoa(status.Code)).Send(Valid(op))
		expectInjected(x, op, status)
		Expect(x.Header.Get("Preference-Applied")).To(Equal("code=" + strconv.Itoa(status.Code)))
		Expect(world.Send(Valid(op))).To(HaveStatus(op.Success()))
	}, cells(every))

	DescribeTable("by a rule with skip and times", func(op *contract.Operation, status contract.Status) {
		world := World(root, "default")
		made := world.Do("POST", "/admin/faults", map[string]any{
			"id":      "twice",
			"match":   map[string]any{"operations": []string{op.ID}},
			"when":    map[string]any{"skip": 1, "times": 2},
			"respond": map[string]any{"status": status.Code},
		})
		Expect(made).To(HaveStatus(http.StatusCreated))
		Expect(world.Send(Valid(op))).To(HaveStatus(op.Success()))
		expectInjected(world.Send(Valid(op)), op, status)
		expectInjected(world.Send(Valid(op)), op, status)
		Expect(world.Send(Valid(op))).To(HaveStatus(op.Success()))
		rule := world.Do("GET", "/admin/faults/twice", nil)
		Expect(rule.At("matched")).To(BeEquivalentTo(4))
		Expect(rule.At("injected")).To(BeEquivalentTo(2))
		Expect(rule.At("remaining")).To(BeEquivalentTo(0))
	}, cells(refusals))

	DescribeTable("leaves other operations alone", func(op *contract.Operation, status contract.Status) {
		world := World(root, "default")
		world.Do("PUT", "/admin/faults/"+op.ID+"/"+strconv.Itoa(status.Code), nil)
		for _, other := range contract.ProcessOperations() {
			if other != op {
				Expect(world.Send(Valid(other))).To(HaveStatus(other.Success()))
			}
		}
	}, cells(func(s contract.Status) bool { return s.Code == http.StatusForbidden }))

	DescribeTable("is decided before any check of the contract", func(op *contract.Operation, status contract.Status) {
		world := World(root, "default")
		world.Do("PUT", "/admin/faults/"+op.ID+"/403", nil)
		nobody := Valid(op)
		Expect(world.As("").Send(nobody)).To(HaveStatus(http.StatusForbidden))
	}, cells(func(s contract.Status) bool { return s.Code == http.StatusForbidden }))

	DescribeTable("names every error of its status", func(op *contract.Operation, status contract.Status) {
		world := World(root, "default")
		for _, e := range status.Errors {
			made := world.Do("POST", "/admin/faults", map[string]any{
				"id": "named", "match": map[string]any{"operations": []string{op.ID}},
				"respond": map[string]any{"status": status.Code, "error": e.Title},
			})
			Expect(made).To(HaveStatus(http.StatusCreated))
			x := world.Send(Valid(op))
			Expect(x).To(HaveStatus(status.Code))
			Expect(x.At("errors", 0, "title")).To(Equal(e.Title))
			Expect(world.Do("DELETE", "/admin/faults/named", nil)).To(HaveStatus(http.StatusNoContent))
		}
	}, cells(refusals))

	DescribeTable("leaves the state as it was", func(op *contract.Operation, status contract.Status) {
		world := World(root, "default")
		before := world.Do("GET", "/admin/state", nil).Body
		world.Do("PUT", "/admin/faults/"+op.ID+"/"+strconv.Itoa(status.Code), nil)
		Expect(world.Send(Valid(op))).To(HaveStatus(status.Code))
		world.Do("DELETE", "/admin/faults/"+op.ID+"/"+strconv.Itoa(status.Code), nil)
		Expect(world.Do("GET", "/admin/state", nil).Body).To(MatchJSON(before))
	}, cells(func(s contract.Status) bool { return s.Code == http.StatusForbidden }))
})

var _ = Describe("What cannot be injected", func() {
	It("is refused with what is allowed", func() {
		world := World(root, "default")
		x := world.Do("PUT", "/admin/faults/getProcess/409", nil)
		Expect(x).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(x.At("errors", 0, "detail")).To(ContainSubstring("200, 400, 401, 403, 404, 429, 500, 502, 503"))
		Expect(world.Do("GET", "/admin/faults", nil).At("resources")).To(BeEmpty())
	})

	It("is injected all the same with undocumented", func() {
		world := World(root, "default")
		Expect(world.Do("PUT", "/admin/faults/getProcess/418", map[string]any{"undocumented": true})).To(HaveStatus(http.StatusOK))
		Expect(world.Unpublished().Do("GET", "/v3/processes/"+DemoWeb, nil)).To(HaveStatus(http.StatusTeapot))
	})

	It("names an operation that does not exist", func() {
		world := World(root, "default")
		x := world.Do("POST", "/admin/faults", map[string]any{
			"match": map[string]any{"operations": []string{"updateProces"}}, "respond": map[string]any{"status": 409},
		})
		Expect(x).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(x.At("errors", 0, "pointer")).To(Equal("/match/operations/0"))
		Expect(x.At("errors", 0, "detail")).To(Equal(`"updateProces", did you mean "updateProcess"?`))
	})

	It("applies no rule of a list with one that is wrong", func() {
		world := World(root, "default")
		x := world.Do("POST", "/admin/faults", []map[string]any{
			{"match": map[string]any{"operations": []string{"getProcess"}}, "respond": map[string]any{"status": 404}},
			{"match": map[string]any{"operations": []string{"getProcess"}}, "respond": map[string]any{"status": 42}},
		})
		Expect(x).To(HaveStatus(http.StatusUnprocessableEntity))
		Expect(x.At("errors", 0, "pointer")).To(HavePrefix("/1/respond/status"))
		Expect(world.Do("GET", "/admin/faults", nil).At("resources")).To(BeEmpty())
	})
})
