package contract_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/scenarios"
	"example.com/capisim/sim/contract"
	. "example.com/capisim/tests/harness"
)

// refused are the links of the real server that lead to no document there
// either, with what it answers and where clients go on from there.
var refused = map[string]struct {
	status int
	goOn   string
}{
	"/v3/environment_variable_groups": {http.StatusNotFound, ""}, // only its two groups have a route
	"/v3/resource_matches":            {http.StatusNotFound, ""}, // is only posted to
	"/networking/v0/external":         {http.StatusNotFound, "/policies"},
	"/networking/v1/external":         {http.StatusNotFound, "/policies"},
}

// link is an href with its method.
type link struct{ method, href string }

// linksIn finds all links of a document.
func linksIn(value any, found []link) []link {
	switch v := value.(type) {
	case map[string]any:
		if href, ok := v["href"].(string); ok && href != "" {
			method, _ := v["method"].(string)
			found = append(found, link{method, href})
		}
		for _, member := range v {
			found = linksIn(member, found)
		}
	case []any:
		for _, item := range v {
			found = linksIn(item, found)
		}
	}
	return found
}

// shipped lists the scenarios; the large one has nothing that others lack, and a
// platform that is down answers without links.
func shipped() (names []TableEntry) {
	files, err := scenarios.FS.ReadDir(".")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		if name, ok := strings.CutSuffix(file.Name(), ".yaml"); ok && name != "large" && !strings.HasPrefix(name, "outage-") {
			names = append(names, Entry(nil, name))
		}
	}
	return names
}

// crawl follows all links of a world from its root, and lists those that lead
// nowhere.
func crawl(world *Client) (dead []string) {
	GinkgoHelper()
	var changing []string
	seen := map[string]bool{}
	queue := []string{world.Base + "/"}
	for len(queue) > 0 {
		href := queue[0]
		queue = queue[1:]
		path := strings.TrimPrefix(href, world.Base)
		bare, _, _ := strings.Cut(path, "?")
		answer := world.Do("GET", path, nil)
		if there, known := refused[bare]; known {
			Expect(answer).To(HaveStatus(there.status))
			if there.goOn != "" {
				queue = append(queue, href+there.goOn)
			}
			continue
		}
		if answer.Status >= 400 {
			dead = append(dead, fmt.Sprintf("%s: %d %s", path, answer.Status, answer.Body))
			continue
		}
		var document any
		if json.Unmarshal(answer.Body, &document) != nil {
			continue // a manifest
		}
		for _, l := range linksIn(document, nil) {
			switch {
			case !strings.HasPrefix(l.href, world.Base):
				dead = append(dead, l.href+": is of another server")
			case seen[l.method+l.href]:
			case l.method == "" || l.method == "GET":
				queue = append(queue, l.href)
			default:
				changing = append(changing, l.method+" "+strings.TrimPrefix(l.href, world.Base))
			}
			seen[l.method+l.href] = true
		}
	}
	Expect(len(seen)).To(BeNumerically(">", 20), "is the crawler blind?")
	for _, one := range changing { // last, since they change what is there
		method, path, _ := strings.Cut(one, " ")
		if answer := world.Do(method, path, nil); strings.Contains(string(answer.Body), "Unknown request") {
			dead = append(dead, one)
		}
	}
	return dead
}

// furnished is a world that has one of whatever can be listed.
func furnished() map[string]any {
	resources := map[string]any{}
	for _, c := range contract.Collections() {
		resources[c.Name] = []map[string]any{{"name": "some"}}
	}
	resources["routes"] = []map[string]any{{"host": "some", "destinations": []map[string]any{{"app": map[string]any{"guid": DemoApp}}}}}
	return map[string]any{"name": "furnished", "extends": "default", "resources": resources}
}

var _ = Describe("Links", func() {
	DescribeTable("lead somewhere, in every answer of the scenario", func(scenario string) {
		world := World(root, scenario)
		Expect(world.Do("DELETE", "/admin/faults", nil)).To(HaveStatus(http.StatusNoContent))
		web := world.Do("GET", "/v3/processes?per_page=1", nil).At("resources").([]any)
		if len(web) > 0 { // an event has links, too
			world.Do("POST", "/v3/processes/"+web[0].(map[string]any)["guid"].(string)+"/actions/scale", `{}`)
		}
		Expect(crawl(world)).To(BeEmpty())
	}, shipped())

	DescribeTable("lead somewhere, in the edition", func(variant string) {
		world := World(root, "default")
		scenario := furnished()
		scenario["variant"] = variant
		Expect(world.Do("POST", "/admin/load", map[string]any{"scenario": scenario})).To(HaveStatus(http.StatusOK))
		Expect(crawl(world)).To(BeEmpty())
	}, Entry(nil, "default"), Entry(nil, "open-source"), Entry(nil, "vendor"))
})
