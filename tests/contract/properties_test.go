package contract_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "example.com/capisim/tests/harness"
)

// dice draws what a property spec sends; the seed is Ginkgo's, which it prints.
type dice struct{ *rand.Rand }

func newDice() dice {
	seed := uint64(GinkgoRandomSeed())
	return dice{rand.New(rand.NewPCG(seed, seed))}
}

func (d dice) one(of ...any) any { return of[d.IntN(len(of))] }

func (d dice) maybe() bool { return d.IntN(2) == 0 }

// healthCheck draws a valid health check that names its type, so that what is
// read back does not depend on what was there.
func (d dice) healthCheck(timeout bool) map[string]any {
	data := map[string]any{}
	for _, key := range []string{"invocation_timeout", "interval"} {
		if d.maybe() {
			data[key] = d.one(1, 7, 180, 2147483647, nil)
		}
	}
	if timeout && d.maybe() {
		data["timeout"] = d.one(1, 42, 180, nil)
	}
	check := map[string]any{"type": d.one("port", "process", "http"), "data": data}
	if check["type"] == "http" {
		data["endpoint"] = d.one("/", "/health", "/x?a=b", "/ü")
	}
	return check
}

// update draws a valid PATCH body.
func (d dice) update() map[string]any {
	body := map[string]any{}
	if d.maybe() {
		body["command"] = d.one("rackup", " ", `a"b\c<d>&e`, "\u2028ü€😀", strings.Repeat("x", 4096), nil)
	}
	if d.maybe() {
		body["user"] = d.one("vcap", "VCAP", "ContainerUser", "TestUser", nil)
	}
	if d.maybe() {
		body["health_check"] = d.healthCheck(true)
	}
	if d.maybe() {
		body["readiness_health_check"] = d.healthCheck(false)
	}
	if d.maybe() {
		body["metadata"] = map[string]any{
			"labels":      map[string]any{"env": d.one("prod", "", nil), "example.com/a.b-c_d": d.one("1", strings.Repeat("v", 63), nil)},
			"annotations": map[string]any{"note": d.one("a b", "ü", "", strings.Repeat("n", 5000), nil)},
		}
	}
	return body
}

// merged is what §10 makes of a process and a PATCH body.
func merged(before map[string]any, body map[string]any) map[string]any {
	after := map[string]any{}
	for key, value := range before {
		after[key] = value
	}
	if command, set := body["command"]; set && !blank(command) {
		after["command"] = command
	} else if set {
		delete(after, "command") // the detected one, whatever that is
	}
	if user, set := body["user"]; set {
		after["user"] = user
		if blank(user) {
			after["user"] = "vcap"
		}
	}
	for _, key := range []string{"health_check", "readiness_health_check"} {
		if check, set := body[key].(map[string]any); set {
			after[key] = mergedCheck(before[key].(map[string]any), check)
		}
	}
	if metadata, set := body["metadata"].(map[string]any); set {
		old := before["metadata"].(map[string]any)
		after["metadata"] = map[string]any{
			"labels":      mergedPairs(old["labels"], metadata["labels"]),
			"annotations": mergedPairs(old["annotations"], metadata["annotations"]),
		}
	}
	return after
}

// blank says that a text shows what would stand there without it.
func blank(text any) bool { return text == nil || strings.TrimSpace(text.(string)) == "" }

func mergedCheck(old, check map[string]any) map[string]any {
	data := map[string]any{}
	for key, value := range old["data"].(map[string]any) {
		data[key] = value
	}
	for key, value := range check["data"].(map[string]any) {
		data[key] = value
	}
	if check["type"] != "http" {
		delete(data, "endpoint")
	}
	return map[string]any{"type": check["type"], "data": data}
}

func mergedPairs(old, change any) map[string]any {
	pairs := map[string]any{}
	for key, value := range old.(map[string]any) {
		pairs[key] = value
	}
	for key, value := range change.(map[string]any) {
		if value == nil {
			delete(pairs, key)
		} else {
			pairs[key] = value
		}
	}
	return pairs
}

// comparable is a process as JSON without what moves by itself.
func comparable(process map[string]any, without ...string) string {
	GinkgoHelper()
	kept := map[string]any{}
	for key, value := range process {
		kept[key] = value
	}
	for _, key := range append(without, "updated_at") {
		delete(kept, key)
	}
	raw, err := json.Marshal(kept)
	Expect(err).NotTo(HaveOccurred())
	return string(raw)
}

var _ = Describe("Properties", func() {
	It("§10: every valid update is accepted and read back as merged", func() {
		world, d := World(root, "default"), newDice()
		for range 150 {
			before := world.Do("GET", web, nil).JSON().(map[string]any)
			body := d.update()
			updated := world.Do("PATCH", web, body)
			Expect(updated).To(HaveStatus(http.StatusOK))
			read := world.Do("GET", appWeb, nil)
			Expect(read.Body).To(Equal(updated.Body))
			want := merged(before, body)
			without := []string{}
			if _, known := want["command"]; !known {
				without = append(without, "command")
			}
			Expect(comparable(read.JSON().(map[string]any), without...)).To(MatchJSON(comparable(want, without...)), "%v", body)
		}
	})

	It("§3: no invalid request changes anything", func() {
		world, d := World(root, "default"), newDice()
		before := world.Do("GET", "/admin/state", nil).Body
		wrong := []struct {
			key    string
			values []any
		}{
			{"command", []any{"", 5, true, []any{}, strings.Repeat("x", 4097)}},
			{"user", []any{"", "root", 5}},
			{"instances", []any{3}},
			{"health_check", []any{map[string]any{"type": "none"}, map[string]any{"data": map[string]any{"timeout": 181}}, "x", []any{}}},
			{"readiness_health_check", []any{map[string]any{"type": nil}, map[string]any{"type": "http"}}},
			{"metadata", []any{nil, 5, map[string]any{"labels": map[string]any{"-a": "b"}}, map[string]any{"annotations": map[string]any{"a": true}}}},
		}
		for range 150 {
			body := d.update()
			flaw := wrong[d.IntN(len(wrong))]
			body[flaw.key] = flaw.values[d.IntN(len(flaw.values))]
			x := world.Do("PATCH", web, body)
			Expect(x.Status).To(BeNumerically(">=", 400), "%v\n%s", body, x)
		}
		for range 50 {
			body := map[string]any{"instances": d.IntN(5), "memory_in_mb": 64 + d.IntN(64)}
			body[d.one("instances", "memory_in_mb").(string)] = d.one(-1, "x", 1.5, nil, true, 2147483648)
			Expect(world.Do("POST", web+"/actions/scale", body).Status).To(BeNumerically(">=", 400))
		}
		Expect(world.Do("GET", "/admin/state", nil).Body).To(MatchJSON(before))
	})

	It("§13: a list walked page by page gives each process once while processes change", func() {
		world := World(root, "default")
		Expect(world.Do("POST", "/admin/load", map[string]any{"scenario": map[string]any{
			"name": "crowd", "generate": map[string]any{"apps": 40, "processes": []string{"web", "worker"}},
		}})).To(HaveStatus(http.StatusOK))
		stop := make(chan struct{})
		var changing sync.WaitGroup
		changing.Go(func() {
			defer GinkgoRecover()
			guids := world.Do("GET", "/v3/processes?per_page=5000", nil).At("resources").([]any)
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				guid := guids[i%len(guids)].(map[string]any)["guid"].(string)
				Expect(world.Do("PATCH", "/v3/processes/"+guid, fmt.Sprintf(`{"command":"c%d"}`, i))).To(HaveStatus(http.StatusOK))
			}
		})
		for _, order := range []string{"", "&order_by=created_at", "&order_by=-created_at"} {
			seen := map[string]int{}
			for next := "/v3/processes?per_page=7" + order; next != ""; {
				x := world.Do("GET", next, nil)
				Expect(x).To(HaveStatus(http.StatusOK))
				for _, resource := range x.At("resources").([]any) {
					seen[resource.(map[string]any)["guid"].(string)]++
				}
				link, more := x.At("pagination", "next").(map[string]any)
				if next = ""; more {
					u, err := url.Parse(link["href"].(string))
					Expect(err).NotTo(HaveOccurred())
					next = "/v3/processes?" + u.RawQuery
				}
			}
			Expect(seen).To(HaveLen(80))
			for guid, times := range seen {
				Expect(times).To(Equal(1), guid)
			}
		}
		close(stop)
		changing.Wait()
	})

	It("an exported world loads again to the same answers", func() {
		one, other, d := World(root, "default"), World(root, "empty"), newDice()
		Expect(one.Do("POST", "/admin/load", map[string]any{"scenario": map[string]any{
			"name": "grown", "extends": "default", "seed": d.IntN(1000), "generate": map[string]any{"apps": 6, "processes": []string{"web", "worker", "clock"}},
		}})).To(HaveStatus(http.StatusOK))
		var guids []string
		for _, p := range one.Do("GET", "/v3/processes?per_page=5000", nil).At("resources").([]any) {
			guids = append(guids, p.(map[string]any)["guid"].(string))
		}
		for range 120 {
			path := "/v3/processes/" + guids[d.IntN(len(guids))]
			switch d.IntN(5) {
			case 0:
				one.Do("PATCH", path, d.update())
			case 1:
				one.Do("POST", path+"/actions/scale", map[string]any{"instances": d.IntN(5), "memory_in_mb": 64 << d.IntN(4)})
			case 2:
				one.Do("DELETE", path+"/instances/0", nil)
			case 3:
				state := d.one("CRASHED", "DOWN", "STARTING", "RUNNING", "STOPPING", "UNKNOWN")
				one.Do("PUT", "/admin/processes/"+guids[d.IntN(len(guids))]+"/instances/0", map[string]any{"state": state, "details": "forced"})
			case 4:
				one.Do("POST", "/admin/clock/advance", map[string]any{"by": strconv.Itoa(1+d.IntN(500)) + "s"})
			}
		}
		Expect(other.Do("PUT", "/admin/state", one.Do("GET", "/admin/state", nil).Body)).To(HaveStatus(http.StatusOK))
		paths := []string{"/v3/processes?per_page=5000&embed=process_instances", "/v3/processes?order_by=-updated_at", "/v3/apps", "/v3/organizations", "/v3/spaces"}
		for _, guid := range guids {
			paths = append(paths, "/v3/processes/"+guid, "/v3/processes/"+guid+"/stats", "/v3/processes/"+guid+"/process_instances")
		}
		for _, path := range paths {
			want, got := one.Do("GET", path, nil), other.Do("GET", path, nil)
			Expect(strings.ReplaceAll(string(got.Body), other.Base, one.Base)).To(Equal(string(want.Body)), path)
		}
		Expect(other.Do("GET", "/admin/state", nil).Body).To(MatchJSON(one.Do("GET", "/admin/state", nil).Body))
	})

	It("answers byte for byte the same to the same requests, with a seed and a frozen clock", func() {
		one, other := World(root, "default"), World(root, "default")
		d := newDice()
		for i := range 500 {
			method, path, body := "GET", d.one(web, appWeb, web+"/stats", web+"/process_instances", "/v3/processes?order_by=-updated_at").(string), any(nil)
			switch i % 5 {
			case 1:
				method, path, body = "PATCH", web, d.update()
			case 2:
				method, path, body = "POST", web+"/actions/scale", map[string]any{"instances": d.IntN(4)}
			case 3:
				method, path = "DELETE", web+"/instances/"+strconv.Itoa(d.IntN(4))
			case 4:
				step := map[string]any{"by": strconv.Itoa(1+d.IntN(90)) + "s"}
				one.Do("POST", "/admin/clock/advance", step)
				other.Do("POST", "/admin/clock/advance", step)
			}
			x, y := one.Do(method, path, body), other.Do(method, path, body)
			Expect(y.Status).To(Equal(x.Status))
			local := strings.ReplaceAll(string(y.Body), other.Base, one.Base)
			Expect(local).To(Equal(string(x.Body)), "%s %s", method, path)
		}
	})
})
