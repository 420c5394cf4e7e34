package sim_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/capisim/sim"
)

func ExampleFault() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{
			Operation: "scaleProcess", User: "developer", Body: map[string]sim.Matcher{"/instances": sim.Gt(10)},
			Status: 422, Detail: "memory quota_exceeded",
		})
		for _, instances := range []string{"3", "30"} {
			body := strings.NewReader(`{"instances":` + instances + `}`)
			fmt.Println(status(srv.Client("developer").Post("/v3/processes/"+demoWeb+"/actions/scale", "application/json", body)))
		}
	})
	// Output:
	// 202
	// 422
}

// An outage of a minute, which begins ten seconds from now on the world's clock.
func ExampleFault_outage() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Frozen())
		srv.Fault(t, sim.Fault{
			From: 10 * time.Second, For: time.Minute,
			Operation: "getProcess", Status: 503, AnswerHeader: http.Header{"Retry-After": {"5"}},
		})
		c := srv.Client("developer")
		for range 3 {
			fmt.Println(status(c.Get("/v3/processes/" + demoWeb)))
			srv.Advance(t, 40*time.Second)
		}
	})
	// Output:
	// 200
	// 503
	// 200
}

// One that has not done what it was set for fails the test at its end, and shows
// what came instead.
func ExampleServer_Fault() {
	fmt.Println(sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "getProcess", App: "demo", Status: 404, Exactly: 2})
		status(srv.Client("developer").Get("/v3/processes/" + demoWeb))
		status(srv.Client("developer").Get("/v3/processes"))
	}))
	// Output:
	// fault rule-1 fired 1 time, expected 2
	//   {"id":"rule-1","match":{"operations":["getProcess"],"app":"demo"},"when":{"times":2},"respond":{"status":404}}
	//   seen: 2 requests
	//     #1  GET  /v3/processes/c1000000-0000-4000-8000-000000000001  404 CF-ResourceNotFound, injected by rule-1
	//     #2  GET  /v3/processes                                       200
}

func ExampleServer_Rule() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Rule(t, "{match: {operations: [getProcess]}, sequence: [{status: 404}, {pass: true}, {status: 401}], repeat: none}")
		for range 4 {
			fmt.Println(status(srv.Client("developer").Get("/v3/processes/" + demoWeb)))
		}
	})
	// Output:
	// 404
	// 200
	// 401
	// 200
}

func ExampleServer_Rules() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Scenario("outage"))
		for _, rule := range srv.Rules(t) {
			fmt.Println(rule.ID, rule.Injected)
		}
	})
	// Output: outage 0
}

func ExampleRuleStatus() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "getProcess", Status: 404, Times: 3})
		status(srv.Client("developer").Get("/v3/processes/" + demoWeb))
		rule := srv.Rules(t)[0]
		fmt.Println(rule.Injected, "injected,", rule.Remaining, "to come")
	})
	// Output: 1 injected, 2 to come
}

func ExampleServer_ClearFault() {
	fmt.Println(sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		id := srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: 503})
		srv.ClearFault(t, id) // it has proven nothing so far
	}))
	// Output:
	// fault rule-1 never fired: no request met it
	//   {"id":"rule-1","match":{"operations":["updateProcess"]},"respond":{"status":503}}
	//   no request was seen
}

func ExampleServer_ClearFaults() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Scenario("outage"))
		srv.ClearFaults(t)
		fmt.Println(len(srv.Rules(t)))
	})
	// Output: 0
}

func ExampleMatcher() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{
			Operation: "listProcesses", Status: 401,
			Query:  map[string]sim.Matcher{"page": sim.Gt(1)},
			Header: map[string]sim.Matcher{"User-Agent": sim.Contains("cf/")},
		})
		for _, agent := range []string{"curl/8", "cf/8.7.1"} {
			req, _ := http.NewRequest("GET", "/v3/processes?page=2", nil)
			req.Header.Set("User-Agent", agent)
			fmt.Println(agent, status(srv.Client("developer").Do(req)))
		}
	})
	// Output:
	// curl/8 200
	// cf/8.7.1 401
}

// matching says which of some bodies, sent to scale, have a value at /instances
// that matches.
func matching(m sim.Matcher, bodies ...string) (found []string) {
	_ = sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "scaleProcess", Body: map[string]sim.Matcher{"/instances": m}, Status: 404, Optional: true})
		for _, body := range bodies {
			if status(srv.Client("developer").Post("/v3/processes/"+demoWeb+"/actions/scale", "application/json", strings.NewReader(body))) == 404 {
				found = append(found, body)
			}
		}
	})
	return found
}

func ExampleEquals() {
	fmt.Println(matching(sim.Equals(3), `{"instances":3}`, `{"instances":3.0}`, `{"instances":4}`))
	// Output: [{"instances":3} {"instances":3.0}]
}

func ExampleContains() {
	fmt.Println(matching(sim.Contains("ine"), `{"instances":"nine"}`, `{"instances":"ten"}`))
	// Output: [{"instances":"nine"}]
}

func ExampleMatches() {
	fmt.Println(matching(sim.Matches(`^n.*e$`), `{"instances":"nine"}`, `{"instances":"ninety"}`))
	// Output: [{"instances":"nine"}]
}

func ExampleOneOf() {
	fmt.Println(matching(sim.OneOf(1, "two"), `{"instances":1}`, `{"instances":"two"}`, `{"instances":3}`))
	// Output: [{"instances":1} {"instances":"two"}]
}

func ExampleGt() {
	fmt.Println(matching(sim.Gt(10), `{"instances":10}`, `{"instances":11}`))
	// Output: [{"instances":11}]
}

func ExampleLt() {
	fmt.Println(matching(sim.Lt(10), `{"instances":10}`, `{"instances":"9"}`))
	// Output: [{"instances":"9"}]
}

func ExampleExists() {
	fmt.Println(matching(sim.Exists(), `{"instances":null}`, `{"memory_in_mb":64}`))
	// Output: [{"instances":null}]
}

func ExampleAbsent() {
	fmt.Println(matching(sim.Absent(), `{"instances":null}`, `{"memory_in_mb":64}`))
	// Output: [{"memory_in_mb":64}]
}

func ExampleMatcher_And() {
	fmt.Println(matching(sim.Gt(2).And(sim.Lt(8)), `{"instances":2}`, `{"instances":7}`, `{"instances":8}`))
	// Output: [{"instances":7}]
}

func ExampleServer_Explain() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "updateProcess", Body: map[string]sim.Matcher{"/command": sim.Exists()}, Status: 503, Optional: true})
		req, _ := http.NewRequest("PATCH", "/v3/processes/"+demoWeb, strings.NewReader(`{"metadata":{}}`))
		req.Header.Set("Authorization", "bearer "+srv.Token("developer"))
		req.Header.Set("Content-Type", "application/json")
		fmt.Println(srv.Explain(t, req))
	})
	// Output:
	// operation updateProcess
	// rule rule-1 does not fire: /match/body/~1command: the body has no such place, expected {"exists":true}
	// without rules: 200
}

func ExampleExplanation() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		req, _ := http.NewRequest("GET", "/v3/proceses", nil)
		told := srv.Explain(t, req)
		fmt.Printf("%q: %s; %d\n", told.Operation, told.Nearest, told.Status)
	})
	// Output: "": path segment 2 is "proceses", expected "processes"; 404
}

func ExampleForecast() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "listProcesses", Skip: 2, Status: 401, Optional: true})
		req, _ := http.NewRequest("GET", "/v3/processes", nil)
		for _, rule := range srv.Explain(t, req).Rules {
			fmt.Println(rule.Rule, rule.Fires, rule.Where, rule.Why)
		}
	})
	// Output: rule-1 false /when/skip match 1 of the first 2, which pass
}

func ExampleExplanation_String() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Fault(t, sim.Fault{Operation: "getProcess", Status: 404, Optional: true})
		req, _ := http.NewRequest("GET", "/v3/processes/"+demoWeb, nil)
		req.Header.Set("Authorization", "bearer "+srv.Token("developer"))
		fmt.Println(srv.Explain(t, req))
	})
	// Output:
	// operation getProcess
	// rule rule-1 fires: answers 404
	// without rules: 200
}
