package contract_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/scenarios"
	. "example.com/capisim/tests/harness"
)

// refused are the links of the real server that lead to no document there
// either, with what it answers.
var refused = map[string]int{
	"/v3/environment_variable_groups": http.StatusNotFound, // only its two groups have a route
	"/v3/resource_matches":            http.StatusNotFound, // is only posted to
}

// otherServers are links to other servers of a foundation, which capisim does not
// play.
var otherServers = []string{"/networking/"}

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

var _ = Describe("Links", func() {
	DescribeTable("lead somewhere, in every answer of the scenario", func(scenario string) {
		world := World(root, scenario)
		Expect(world.Do("DELETE", "/admin/faults", nil)).To(HaveStatus(http.StatusNoContent))
		web := world.Do("GET", "/v3/processes?per_page=1", nil).At("resources").([]any)
		if len(web) > 0 { // an event has links, too
			world.Do("POST", "/v3/processes/"+web[0].(map[string]any)["guid"].(string)+"/actions/scale", `{}`)
		}
		var changing, dead []string
		seen := map[string]bool{}
		queue := []string{world.Base + "/"}
		for len(queue) > 0 {
			href := queue[0]
			queue = queue[1:]
			path := strings.TrimPrefix(href, world.Base)
			bare, _, _ := strings.Cut(path, "?")
			if slices.ContainsFunc(otherServers, func(prefix string) bool { return strings.HasPrefix(path, prefix) }) {
				continue
			}
			answer := world.Do("GET", path, nil)
			if status, known := refused[bare]; known {
				Expect(answer).To(HaveStatus(status))
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
				target := strings.TrimPrefix(l.href, world.Base)
				switch {
				case !strings.HasPrefix(l.href, world.Base) || seen[l.method+l.href]:
				case l.method == "" || l.method == "GET":
					queue = append(queue, l.href)
				case !slices.Contains(changing, target):
					changing = append(changing, l.method+" "+target)
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
		Expect(dead).To(BeEmpty())
	}, shipped())
})
