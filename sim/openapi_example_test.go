package sim_test

import (
	"encoding/json"
	"fmt"

	"example.com/capisim/sim"
)

func ExampleAdminOpenAPI() {
	raw, err := sim.AdminOpenAPI("http://localhost:8080")
	if err != nil {
		panic(err)
	}
	fmt.Println(described(raw, "/admin/clock/advance", "post"))
	// Output: 3.1.0: Move the clock forward
}

// described is the version of a document and what it calls an operation.
func described(raw []byte, path, method string) string {
	var document struct {
		OpenAPI string
		Paths   map[string]map[string]struct{ Summary string }
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		return err.Error()
	}
	return document.OpenAPI + ": " + document.Paths[path][method].Summary
}
