package sim_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/capisim/sim"
)

// updateCommand is the code under test: it repeats an update that met a
// conflict.
func updateCommand(base, guid, command string) (status, attempts int, err error) {
	for attempts = 1; attempts <= 3; attempts++ {
		req, err := http.NewRequest("PATCH", base+"/v3/processes/"+guid, strings.NewReader(`{"command":"`+command+`"}`))
		if err != nil {
			return 0, attempts, err
		}
		req.Header.Set("Authorization", "bearer developer")
		req.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, attempts, err
		}
		answer.Body.Close()
		if status = answer.StatusCode; status != http.StatusConflict {
			break
		}
	}
	return status, attempts, nil
}

const demoWeb = "c1000000-0000-4000-8000-000000000001"

// A test of a client: twice a conflict, then it goes well.
func TestUpdateSurvivesConflicts(t *testing.T) {
	srv := sim.Start(t)
	srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: 409, Times: 2})
	status, attempts, err := updateCommand(srv.URL, demoWeb, "rackup")
	if err != nil || status != http.StatusOK || attempts != 3 {
		t.Fatalf("status %d after %d attempts, %v; want 200 after 3", status, attempts, err)
	}
}

func ExampleNew() {
	simulator, err := sim.New(sim.Scenario("default"), sim.Frozen())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer simulator.Close()
	server := httptest.NewServer(simulator)
	defer server.Close()

	req, _ := http.NewRequest("GET", server.URL+"/v3/processes/"+demoWeb+"/process_instances", nil)
	req.Header.Set("Authorization", "bearer developer")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	resources, _, _ := strings.Cut(string(body), `,"links"`)
	fmt.Println(answer.StatusCode, resources)
	// Output: 200 {"resources":[{"index":0,"state":"RUNNING","since":0},{"index":1,"state":"RUNNING","since":0}]
}
