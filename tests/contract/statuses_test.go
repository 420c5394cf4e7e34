package contract_test

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	. "example.com/capisim/tests/harness"
)

const missing = "00000000-0000-4000-8000-00000000dead"

// elsewhere is the valid request to an operation with another guid.
func elsewhere(op *contract.Operation, guid string) Request {
	r := Valid(op)
	r.Path = strings.Replace(r.Path, DemoApp, guid, 1)
	return r
}

// notFound is the text for what an operation's path names first.
func notFound(op *contract.Operation) *contract.Error {
	if op.Nested {
		return contract.AppNotFound
	}
	return contract.ProcessNotFound
}

var _ = Describe("Without any injection", func() {
	DescribeTable("a valid request succeeds", func(op *contract.Operation) {
		Expect(World(root, "default").Send(Valid(op))).To(HaveStatus(op.Success()))
	}, operations(all))

	DescribeTable("§2: no token is 401", func(op *contract.Operation) {
		Expect(World(root, "default").As("").Send(Valid(op))).To(HaveCFError(contract.NotAuthenticated))
	}, operations(all))

	DescribeTable("§2: a header of another kind is 401", func(op *contract.Operation) {
		world := World(root, "default").As("").With("Authorization", "Basic YWRtaW46YWRtaW4=")
		Expect(world.Send(Valid(op))).To(HaveCFError(contract.NotAuthenticated))
	}, operations(all))

	DescribeTable("§2: bearer with nothing behind it is an invalid token", func(op *contract.Operation) {
		world := World(root, "default").As("").With("Authorization", "Bearer ")
		Expect(world.Send(Valid(op))).To(HaveStatus(http.StatusUnauthorized))
	}, operations(all))

	DescribeTable("§15: a reader may not write", func(op *contract.Operation) {
		Expect(World(root, "default").As("auditor").Send(Valid(op))).To(HaveCFError(contract.NotAuthorized))
	}, operations(writes))

	DescribeTable("§15: a reader may read", func(op *contract.Operation) {
		Expect(World(root, "default").As("auditor").Send(Valid(op))).To(HaveStatus(op.Success()))
	}, operations(func(op *contract.Operation) bool { return !writes(op) }))

	DescribeTable("§15: what nobody showed the caller does not exist", func(op *contract.Operation) {
		Expect(World(root, "default").As("outsider").Send(Valid(op))).To(HaveCFError(notFound(op)))
	}, operations(func(op *contract.Operation) bool { return single(op) || op.Nested }))

	It("§13.5: with no role a list is empty", func() {
		x := World(root, "default").As("outsider").Do("GET", "/v3/processes", nil)
		Expect(x).To(HaveStatus(http.StatusOK))
		Expect(x.At("resources")).To(BeEmpty())
	})

	DescribeTable("§3: a missing guid is 404 with the resource's text", func(op *contract.Operation) {
		Expect(World(root, "default").Send(elsewhere(op, missing))).To(HaveCFError(notFound(op)))
	}, operations(func(op *contract.Operation) bool { return single(op) || op.Nested }))

	DescribeTable("§3: a missing type is a missing process", func(op *contract.Operation) {
		r := Valid(op)
		r.Path = strings.Replace(r.Path, "/web", "/nix", 1)
		Expect(World(root, "default").Send(r)).To(HaveCFError(contract.ProcessNotFound))
	}, operations(func(op *contract.Operation) bool { return op.Nested && single(op) }))

	DescribeTable("a guid of 10,000 characters is 404", func(op *contract.Operation) {
		Expect(World(root, "default").Send(elsewhere(op, strings.Repeat("g", 10000)))).To(HaveCFError(notFound(op)))
	}, operations(func(op *contract.Operation) bool { return single(op) || op.Nested }))

	DescribeTable("§14.3: an index outside of the instances is 404", func(op *contract.Operation) {
		for _, index := range []string{"2", "99", "-1", "2147483648", "99999999999999999999"} {
			r := Valid(op)
			r.Path = strings.TrimSuffix(r.Path, "0") + index
			Expect(World(root, "default").Send(r)).To(HaveCFError(contract.InstanceNotFound))
		}
	}, operations(does(contract.TerminateInstance)))

	DescribeTable("§2: a body that does not parse is 400", func(op *contract.Operation) {
		for _, broken := range []string{`{`, `{"a":}`, `{"command":"x"`, `nul`, `{"a":1,}`} {
			r := Valid(op)
			r.Body = broken
			Expect(World(root, "default").Send(r)).To(HaveCFError(contract.MessageParseError))
		}
	}, operations(takesBody))

	DescribeTable("§3: broken JSON is reported before a missing guid, and after a missing token", func(op *contract.Operation) {
		world := World(root, "default")
		r := elsewhere(op, missing)
		r.Body = `{`
		Expect(world.Send(r)).To(HaveCFError(contract.MessageParseError))
		Expect(world.As("").Send(r)).To(HaveCFError(contract.NotAuthenticated))
	}, operations(takesBody))

	DescribeTable("§4: an array is not an object", func(op *contract.Operation) {
		r := Valid(op)
		r.Body = `[]`
		Expect(World(root, "default").Send(r)).To(HaveCFError(contract.UnprocessableEntity.With("Unknown field(s): '_json'")))
	}, operations(takesBody))

	DescribeTable("§4: an empty body changes nothing", func(op *contract.Operation) {
		r := Valid(op)
		r.Body = ""
		Expect(World(root, "default").Send(r)).To(HaveStatus(op.Success()))
	}, operations(takesBody))

	DescribeTable("a body of 2 MiB is 413", func(op *contract.Operation) {
		r := Valid(op)
		r.Body = `{"command":"` + strings.Repeat("x", 2<<20) + `"}`
		Expect(World(root, "default").Send(r)).To(HaveCFError(contract.RequestTooLarge))
	}, operations(takesBody))

	DescribeTable("§13.1: a bad page is 400", func(op *contract.Operation) {
		r := Valid(op)
		r.Path += "?page=0"
		Expect(World(root, "default").Send(r)).To(HaveCFError(contract.BadQueryParameter.With("Page must be a positive integer")))
	}, operations(does(contract.ListProcesses)))

	DescribeTable("§13.1: an unknown parameter of a single process is 400", func(op *contract.Operation) {
		r := Valid(op)
		r.Path += "?foo=1"
		Expect(World(root, "default").Send(r)).To(HaveCFError(
			contract.BadQueryParameter.With("Unknown query parameter(s): 'foo'. Valid parameters are: 'embed'")))
	}, operations(does(contract.GetProcess)))

	DescribeTable("§3: a web process whose app is deploying is 422", func(op *contract.Operation) {
		want := contract.UpdateWhileDeploying
		if op.Action == contract.ScaleProcess {
			want = contract.ScaleWhileDeploying
		}
		Expect(World(root, "deploying").Send(Valid(op))).To(HaveCFError(want))
	}, operations(does(contract.UpdateProcess, contract.ScaleProcess)))

	It("§3: all that is wrong with a PATCH is reported, in the server's order", func() {
		x := World(root, "default").Do("PATCH", "/v3/processes/"+DemoWeb,
			`{"zap":1,"health_check":{"type":"none"},"command":"","metadata":5}`)
		Expect(x).To(HaveCFError(contract.UnprocessableEntity.With("Metadata must be an object, Unknown field(s): 'zap', " +
			`Command must be between 1 and 4096 characters, Health check type must be "port", "process", or "http"`)))
	})

	DescribeTable("§9: what crashes the real server is 500", func(method, path, body string) {
		Expect(World(root, "default").Do(method, path, body)).To(HaveCFError(contract.UnknownError))
	},
		Entry("instances null", "POST", "/v3/processes/"+DemoWeb+"/actions/scale", `{"instances":null}`),
		Entry("memory null", "POST", "/v3/apps/"+DemoApp+"/processes/web/actions/scale", `{"memory_in_mb":null}`),
		Entry("health check a string", "PATCH", "/v3/processes/"+DemoWeb, `{"health_check":"x"}`),
		Entry("health check data an array", "PATCH", "/v3/apps/"+DemoApp+"/processes/web", `{"health_check":{"data":[]}}`),
		Entry("annotation a float", "PATCH", "/v3/processes/"+DemoWeb, `{"metadata":{"annotations":{"a":1.5}}}`),
	)

	DescribeTable("§14.1: stats without a stats server are 503", func(op *contract.Operation) {
		world := World(root, "default")
		Expect(world.Do("POST", "/admin/load", map[string]any{"scenario": map[string]any{
			"name": "no-stats", "extends": "default", "stats_available": false,
		}})).To(HaveStatus(http.StatusOK))
		Expect(world.Send(Valid(op))).To(HaveCFError(contract.StatsUnavailable))
		Expect(world.Do("GET", "/v3/processes/"+DemoWeb+"/process_instances", nil)).To(HaveCFError(contract.UnknownError))
		Expect(world.Do("GET", "/v3/processes?embed=process_instances", nil)).To(HaveCFError(contract.UnknownError))
	}, operations(does(contract.GetProcessStats)))

	DescribeTable("§1: an unknown route or method is 404, a token is not asked for", func(method, path string) {
		world := World(root, "default")
		Expect(world.Do(method, path, nil)).To(HaveCFError(contract.NotFound))
		Expect(world.As("").Do(method, path, nil)).To(HaveCFError(contract.NotFound))
	},
		Entry("put", "PUT", "/v3/processes/"+DemoWeb),
		Entry("post to the list", "POST", "/v3/processes"),
		Entry("no app-nested process_instances", "GET", "/v3/apps/"+DemoApp+"/processes/web/process_instances"),
		Entry("nothing there", "GET", "/v3/nix"),
		Entry("get on scale", "GET", "/v3/processes/"+DemoWeb+"/actions/scale"),
		Entry("a dot inside the path", "GET", "/v3/processes/a.b/stats"),
	)
})
