package sim_test

import (
	"fmt"
	"strings"
	"time"

	"example.com/capisim/sim"
)

func ExampleServer_Requests() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "getProcess", Status: 404, Times: 1})
		c := srv.Client("developer")
		status(c.Get("/v3/processes/" + demoWeb))
		status(c.Get("/v3/processes/" + demoWeb))
		for _, request := range srv.Requests(t) {
			fmt.Println(request.Operation, request.Status, request.Injected)
		}
	})
	// Output:
	// getProcess 404 true
	// getProcess 200 false
}

func ExampleRequest() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		status(srv.Client("developer").Get("/v3/process"))
		request := srv.Requests(t)[0]
		fmt.Println(request.Method, request.Path, request.User, request.Header.Get("Authorization"))
		fmt.Println(request.Status, request.Error, request.Nearest)
	})
	// Output:
	// GET /v3/process developer bearer [MASKED]
	// 404 CF-NotFound path segment 2 is "process", expected "processes"
}

func ExampleRequest_JSON() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		body := strings.NewReader(`{"instances":3}`)
		status(srv.Client("developer").Post("/v3/processes/"+demoWeb+"/actions/scale", "application/json", body))
		var sent struct{ Instances int }
		srv.Requests(t)[0].JSON(t, &sent)
		fmt.Println(sent.Instances)
	})
	// Output: 3
}

func ExampleRequest_String() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "scaleProcess", Connection: "reset", After: true})
		body := strings.NewReader(`{"instances":3}`)
		status(srv.Client("developer").Post("/v3/processes/"+demoWeb+"/actions/scale", "application/json", body))
		fmt.Println(srv.Requests(t)[0])
	})
	// Output: #1 POST /v3/processes/c1000000-0000-4000-8000-000000000001/actions/scale no answer, connection reset, injected by rule-1, took effect
}

func ExampleServer_ClearRequests() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		status(srv.Client("developer").Get("/v3/processes")) // to get there
		srv.ClearRequests(t)
		fmt.Println(len(srv.Requests(t)))
	})
	// Output: 0
}

// A failure shows what was seen, and the nearest miss.
func ExampleServer_WantRequests() {
	fmt.Println(sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		c := srv.Client("developer")
		status(c.Get("/v3/processes"))
		status(c.Post("/v3/processes/"+demoWeb+"/actions/scale", "application/json", strings.NewReader(`{"instances":3}`)))
		srv.WantRequests(t, sim.Match{Operation: "scaleProcess", Body: map[string]sim.Matcher{"/instances": sim.Equals(4)}}, sim.Exactly(1))
	}))
	// Output:
	// requests that match {"body":{"/instances":4},"operations":["scaleProcess"]}: 0 found, expected exactly 1
	//   nearest: #2 POST /v3/processes/c1000000-0000-4000-8000-000000000001/actions/scale: body/~1instances: the value is 3, expected 4
	//   seen: 2 requests
	//     #1  GET   /v3/processes                                                     200
	//     #2  POST  /v3/processes/c1000000-0000-4000-8000-000000000001/actions/scale  202
}

func ExampleMatch() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		status(srv.Client("developer").Get("/v3/processes?per_page=50"))
		srv.WantRequests(t, sim.Match{
			Operation: "listProcesses", User: "developer", Status: 200,
			Query: map[string]sim.Matcher{"per_page": sim.Gt(49), "page": sim.Absent()},
		}, sim.Exactly(1))
		fmt.Println(t.Failed())
	})
	// Output: false
}

func ExampleServer_WantInOrder() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		c := srv.Client("developer")
		status(c.Get("/v3/processes/" + demoWeb))
		status(c.Get("/v3/processes/" + demoWeb + "/stats"))
		srv.WantInOrder(t, sim.Match{Operation: "getProcess"}, sim.Match{Operation: "getProcessStats", Status: 200})
		fmt.Println(t.Failed())
	})
	// Output: false
}

// told is what a count says of two requests.
func told(count sim.Count) string {
	err := sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		for range 2 {
			status(srv.Client("developer").Get("/v3/processes"))
		}
		srv.WantRequests(t, sim.Match{Operation: "listProcesses"}, count)
	})
	if err == nil {
		return "met"
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	_, expected, _ := strings.Cut(first, "found, ")
	return expected
}

func ExampleCount() {
	fmt.Println(told(sim.Exactly(2)), told(sim.AtMost(1)))
	// Output: met expected at most 1
}

func ExampleExactly() {
	fmt.Println(told(sim.Exactly(3)))
	// Output: expected exactly 3
}

func ExampleAtLeast() {
	fmt.Println(told(sim.AtLeast(3)))
	// Output: expected at least 3
}

func ExampleAtMost() {
	fmt.Println(told(sim.AtMost(1)))
	// Output: expected at most 1
}

func ExampleBetween() {
	fmt.Println(told(sim.Between(3, 5)))
	// Output: expected 3 to 5
}

func ExampleNever() {
	fmt.Println(told(sim.Never()))
	// Output: expected no request
}

func ExampleCount_Within() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		go func() { status(srv.Client("developer").Get("/v3/processes")) }()
		srv.WantRequests(t, sim.Match{Operation: "listProcesses"}, sim.AtLeast(1).Within(time.Minute))
		fmt.Println(len(srv.Requests(t)))
	})
	// Output: 1
}

func ExampleServer_Coverage() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		for range 2 { // two tests, each in a world of its own
			status(srv.World(t).Client("developer").Get("/v3/processes"))
		}
		for _, cell := range srv.Coverage(t).Cells {
			if cell.Real > 0 {
				fmt.Println(cell.Operation, cell.Status, cell.Real)
			}
		}
	})
	// Output: listProcesses 200 2
}

func ExampleCoverage() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		status(srv.Client("developer").Get("/v3/processes"))
		coverage := srv.Coverage(t)
		fmt.Println(coverage.Covered, coverage.Total > 50, coverage.NeverFired)
	})
	// Output: 1 true []
}

func ExampleCoverage_String() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		status(srv.Client("developer").Get("/v3/processes"))
		for line := range strings.Lines(srv.Coverage(t).String()) {
			if strings.HasPrefix(line, "operation ") || strings.HasPrefix(line, "listProcesses ") {
				fmt.Print(line)
			}
		}
	})
	// Output:
	// operation                       200  202  204  400  401  403  404  409  422  500  502  503
	// listProcesses                   R              -    -    -         -    -    -    -    -
}

func ExampleCell() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "getProcess", Status: 404})
		status(srv.Client("developer").Get("/v3/processes/" + demoWeb))
		for _, cell := range srv.Coverage(t).Cells {
			if cell.Injected > 0 {
				fmt.Println(cell.Operation, cell.Status, cell.Injected, cell.Real)
			}
		}
	})
	// Output: getProcess 404 1 0
}

func ExampleServer_RequireCoverage() {
	err := sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		status(srv.Client("developer").Get("/v3/processes"))
		srv.RequireCoverage(t, 80, "listProcesses:200", "scaleProcess:503@after", "scaleProcess:reset")
	})
	first, _, _ := strings.Cut(err.Error(), "\n") // and the matrix
	for part := range strings.SplitSeq(first, "; ") {
		fmt.Println(part)
	}
	// Output:
	// coverage: 1 of 75 cells are covered (1.3 %), expected at least 80 %
	// scaleProcess:503@after was not met
	// scaleProcess:reset was not met
}

func ExampleServer_Reactions() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: 409, Times: 2})
		updateCommand(srv.Client("developer"), "rackup")
		for _, reaction := range srv.Reactions(t) {
			fmt.Println(reaction.Operation, reaction.Status, reaction.Attempts, "attempts, recovered:", reaction.Recovered)
		}
	})
	// Output: updateProcess 409 3 attempts, recovered: true
}

func ExampleReaction() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: 409, Times: 2})
		updateCommand(srv.Client("developer"), "rackup")
		reaction := srv.Reactions(t)[0]
		fmt.Println(reaction.Retries, reaction.RetryAfter, reaction.DoneTwice, reaction.Requests)
	})
	// Output: 2 absent false [1 2 3]
}

func ExampleReaction_String() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "getProcess", Status: 404})
		status(srv.Client("developer").Get("/v3/processes/" + demoWeb))
		fmt.Println(srv.Reactions(t)[0])
	})
	// Output:
	// getProcess 404 on /v3/processes/c1000000-0000-4000-8000-000000000001
	//   client   Go-http-client/1.1, user developer
	//   outcome  gave up so far; no retry
	//   requests 1
}

func ExampleServer_Verify() {
	fmt.Println(sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: 409, Times: 2})
		updateCommand(srv.Client("developer"), "rackup")
		srv.Verify(t, `
expectations:
  - covers: {operation: updateProcess, status: 409}
  - on: {operation: updateProcess, status: 409}
    client: {retries: {max: 1}}
`)
	}))
	// Output:
	// verify: 1 of 2 expectations not met
	//   met            covers updateProcess:409
	//   unmet          on updateProcess:409: retries at most 1
	//                  request 1: 2 retries, expected at most 1
	//                  requests 1 2 3
	//   1 met, 1 unmet, 0 not exercised
	//   seen: 3 requests
	//     #1  PATCH  /v3/processes/c1000000-0000-4000-8000-000000000001  409 CF-Conflict, injected by rule-1
	//     #2  PATCH  /v3/processes/c1000000-0000-4000-8000-000000000001  409 CF-Conflict, injected by rule-1
	//     #3  PATCH  /v3/processes/c1000000-0000-4000-8000-000000000001  200
}
