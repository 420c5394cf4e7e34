package sim

import (
	"fmt"
	"slices"
	"testing"

	"example.com/capisim/sim/admin"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/openapi"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/world"
)

// TestExamplesShareAWorld: only what may change something is asked of a world of its
// own, not each of the two thousand refusals beside it.
func TestExamplesShareAWorld(t *testing.T) {
	t.Parallel()
	e, err := newExamples(contract.Default)
	if err != nil {
		t.Fatal(err)
	}
	defer e.simulator.Close() //nolint:errcheck // it never fails
	valid, refusals := 0, 0
	_, err = openapi.API(placeholder, contract.Default, func(op *contract.Operation, injected *contract.Error) (openapi.Exchange, error) {
		if injected == nil {
			valid++
		} else {
			refusals++
		}
		return e.ask(op, injected)
	})
	if err != nil {
		t.Fatal(err)
	}
	next, err := e.simulator.worlds.Create(world.Spec{From: e.simulator.root()})
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("world-%d", valid+1); next.Name != want || refusals < 10*valid { // they are numbered as they are made
		t.Errorf("after %d valid requests and %d refusals the next world is %s, expected %s", valid, refusals, next.Name, want)
	}
}

// TestExamplesReadOneScenario: the simulators of the admin API's examples play a
// scenario that was read once for all of them.
func TestExamplesReadOneScenario(t *testing.T) {
	t.Parallel()
	a, err := newAdminExamples()
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	var played []*scenario.Scenario // nil is one that was read anew
	a = append(a, func(c *config) error {
		played = append(played, c.parsed)
		return nil
	})
	_, err = admin.OpenAPI(placeholder, contract.APIVersion, func(r openapi.Route) (openapi.Exchange, error) {
		if r.Path != "/admin/openapi.json" { // it has no example
			asked++
		}
		return a.ask(r)
	})
	if err != nil || asked == 0 || len(played) != asked || played[0] == nil || len(slices.Compact(played)) != 1 {
		t.Errorf("%d examples are of scenarios %v, %v", asked, played, err)
	}
}
