// Package bundles_test proves that what a world answered can be played again
// elsewhere: every operation under every kind of fault, logins, and what was
// changed from outside in between.
package bundles_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/socket"
	. "example.com/capisim/tests/harness"
)

func TestBundles(t *testing.T) {
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	suite.RandomizeAllSpecs = true
	RunSpecs(t, "Bundles", suite, reporter)
}

// servers are shared by all specs, by the clock of their worlds.
var servers = map[string]string{}

var _ = BeforeSuite(func() {
	for _, clock := range []string{"frozen", "real"} {
		servers[clock] = Serve("--clock", clock).URL
	}
})

// report is what replay says in JSON.
type report struct {
	Requests, Changes int
	Left, Differences []any
}

// replayed takes the bundle of a world and plays it.
func replayed(world *Client) (file string, r report) {
	GinkgoHelper()
	file = filepath.Join(GinkgoT().TempDir(), "x.bundle.json.gz")
	out, err := exec.Command(Binary(), "bundle", "-o", file, "--url", world.Base).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
	out, err = exec.Command(Binary(), "replay", "--format", "json", file).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
	Expect(json.Unmarshal(out, &r)).To(Succeed())
	Expect(r.Differences).To(BeEmpty())
	Expect(r.Left).To(BeEmpty())
	return file, r
}

// raw sends a request whose answer may never come.
func raw(world *Client, method, path, body string, header http.Header) {
	GinkgoHelper()
	req, err := http.NewRequest(method, world.Base+path, strings.NewReader(body))
	Expect(err).NotTo(HaveOccurred())
	req.Header = header.Clone()
	if req.Header.Get("Authorization") == "" {
		req.Header.Set("Authorization", "bearer "+world.Token)
	}
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req); err == nil {
		Expect(answer.Body.Close()).To(Succeed())
	}
}

// faults are rules of each kind for an operation.
func faults(op *contract.Operation) []map[string]any {
	rule := func(parts map[string]any) map[string]any {
		parts["match"] = map[string]any{"operations": []string{op.ID}}
		return parts
	}
	list := []map[string]any{
		rule(map[string]any{"delay": map[string]any{"fixed": "5ms"}}),
		rule(map[string]any{"respond": map[string]any{"status": 502, "body": "<html>", "headers": map[string]any{"Content-Type": "text/html"}}, "undocumented": true}),
		rule(map[string]any{"when": map[string]any{"probability": 0.5}, "respond": map[string]any{"status": 429}}),
		rule(map[string]any{"sequence": []map[string]any{{"pass": true}, {"status": 503}}}),
	}
	for _, status := range op.Statuses {
		list = append(list, rule(map[string]any{"respond": map[string]any{"status": status.Code}}))
	}
	for _, kind := range socket.Names() {
		connection := map[string]any{"kind": kind}
		switch socket.Kind(kind) {
		case socket.Hang:
			connection["for"] = "5ms"
		case socket.Drip:
			connection["bytes_per_second"] = 1 << 20
		}
		list = append(list, rule(map[string]any{"connection": connection}))
	}
	if op.Method != http.MethodGet {
		list = append(list, rule(map[string]any{"respond": map[string]any{"status": 503}, "apply": "after"}),
			rule(map[string]any{"connection": map[string]any{"kind": "reset"}, "apply": "after"}))
	}
	return list
}

var _ = Describe("A bundle", func() {
	for _, clock := range []string{"frozen", "real"} {
		It("of every operation under every kind of fault replays the same, clock "+clock, func() {
			world := World(servers[clock], "default")
			sent, changes := 0, 0
			for _, op := range contract.ProcessOperations() {
				for _, rule := range faults(op) {
					Expect(world.Do("PUT", "/admin/faults/x", rule)).To(HaveStatus(http.StatusOK))
					for range 2 {
						q := Valid(op)
						raw(world, q.Method, q.Path, text(q.Body), http.Header{})
						sent++
					}
					Expect(world.Do("POST", "/admin/clock/advance", map[string]any{"by": "7s"})).To(HaveStatus(http.StatusOK))
					changes += 2
				}
			}
			file, r := replayed(world)
			Expect(r.Requests).To(Equal(sent))
			Expect(r.Changes).To(Equal(changes))
			Expect(r.Left).To(BeEmpty())
			Expect(file).To(BeAnExistingFile())
		})
	}

	It("of a session of 40 requests with 3 faults is played again by the command", func() {
		world := World(servers["real"], "default")
		for i, status := range []int{503, 409, 422} {
			rule := map[string]any{"match": map[string]any{"operations": []string{"updateProcess"}}, "when": map[string]any{"skip": i, "times": 1}, "respond": map[string]any{"status": status}}
			Expect(world.Do("PUT", fmt.Sprintf("/admin/faults/%d", i), rule)).To(HaveStatus(http.StatusOK))
		}
		for i := range 40 {
			raw(world, "PATCH", "/v3/processes/"+DemoWeb, fmt.Sprintf(`{"command":"run %d"}`, i), http.Header{})
		}
		file, r := replayed(world)
		Expect(r.Requests).To(Equal(40))
		Expect(exec.Command(Binary(), "replay", file).Run()).To(Succeed())
	})

	It("plays logins with tokens of the world that is built, and holds no secret", func() {
		world := World(servers["real"], "default")
		login := func(form url.Values) map[string]any {
			GinkgoHelper()
			x := world.As("").With("Content-Type", "application/x-www-form-urlencoded").With("Authorization", "Basic Y2Y6").Do("POST", "/oauth/token", form.Encode())
			if x.Status != http.StatusOK {
				return nil
			}
			return x.JSON().(map[string]any)
		}
		first := login(url.Values{"grant_type": {"password"}, "username": {"developer"}, "password": {"developer"}})
		Expect(login(url.Values{"grant_type": {"password"}, "username": {"developer"}, "password": {"not-it-42"}})).To(BeNil())
		second := login(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first["refresh_token"].(string)}})
		for _, token := range []any{first["access_token"], second["access_token"], "developer", "auditor", "nobody-knows-it-17"} {
			raw(world, "PATCH", "/v3/processes/"+DemoWeb, `{"command":"run --password s3cr3t-99"}`, http.Header{"Authorization": {"bearer " + token.(string)}})
		}
		raw(world, "GET", "/v3/processes", "", http.Header{"Authorization": {"bearer"}})
		raw(world, "GET", "/v3/processes", "", http.Header{"Authorization": {"Basic YTpi"}})
		file, r := replayed(world)
		Expect(r.Requests).To(Equal(10))
		plain, err := exec.Command("gzip", "-dc", file).Output()
		Expect(err).NotTo(HaveOccurred())
		for _, secret := range []any{"not-it-42", "s3cr3t-99", "nobody-knows-it-17", first["access_token"], first["refresh_token"]} {
			Expect(string(plain)).NotTo(ContainSubstring(secret.(string)))
		}
	})

	It("carries changes from outside: forced states, resets of parts, a state that was put", func() {
		world := World(servers["frozen"], "default")
		stats := func() { raw(world, "GET", "/v3/processes/"+DemoWeb+"/stats", "", http.Header{}) }
		stats()
		at := "/admin/processes/" + DemoWeb
		Expect(world.Do("PUT", at+"/instances/0", map[string]any{"state": "CRASHED", "details": "out of memory"})).To(HaveStatus(http.StatusOK))
		stats()
		Expect(world.Do("PATCH", at, map[string]any{"instances": 5})).To(HaveStatus(http.StatusOK))
		stats()
		saved := world.Do("GET", "/admin/state", nil)
		Expect(world.Do("POST", "/admin/reset", map[string]any{"only": []string{"state"}})).To(HaveStatus(http.StatusOK))
		stats()
		Expect(world.Do("PUT", "/admin/state", saved.Body)).To(HaveStatus(http.StatusOK))
		stats()
		Expect(world.Do("PATCH", "/admin/features", map[string]any{"app_scaling": false})).To(HaveStatus(http.StatusOK))
		raw(world.As("developer"), "POST", "/v3/processes/"+DemoWeb+"/actions/scale", `{"instances":2}`, http.Header{})
		_, r := replayed(world)
		Expect(r.Requests).To(Equal(6))
		Expect(r.Changes).To(Equal(5))
	})

	It("begins where the journal was emptied, in the middle of a rule", func() {
		world := World(servers["frozen"], "default")
		Expect(world.Do("PUT", "/admin/faults/x", map[string]any{
			"match": map[string]any{"operations": []string{"getProcess"}}, "sequence": []map[string]any{{"status": 404}, {"status": 503}, {"pass": true}}, "repeat": "cycle",
		})).To(HaveStatus(http.StatusOK))
		get := func() { raw(world, "GET", "/v3/processes/"+DemoWeb, "", http.Header{}) }
		get()
		Expect(world.Do("DELETE", "/admin/requests", nil)).To(HaveStatus(http.StatusNoContent))
		for range 4 {
			get()
		}
		_, r := replayed(world)
		Expect(r.Requests).To(Equal(4))
		Expect(r.Changes).To(BeZero())
	})

	It("starts a server from its beginning", func() {
		world := World(servers["real"], "default")
		world.Do("PATCH", "/admin/processes/"+DemoWeb, map[string]any{"instances": 4})
		world.Do("DELETE", "/admin/requests", nil)
		world.Do("PATCH", "/admin/processes/"+DemoWeb, map[string]any{"instances": 7})
		file, _ := replayed(world)
		again := &Client{Base: Serve("--bundle", file).URL, Token: "admin"}
		Expect(again.Do("GET", "/v3/processes/"+DemoWeb, nil).At("instances")).To(BeEquivalentTo(4))
		_, r := replayed(again)
		Expect(r.Requests).To(Equal(1))
	})

	It("says what differs, and refuses what is not a bundle", func() {
		out, err := exec.Command(Binary(), "replay", "bundles_test.go").CombinedOutput()
		Expect(err).To(HaveOccurred())
		Expect(string(out)).To(ContainSubstring("bundles_test.go: not a bundle"))
	})
})

func text(body any) string {
	GinkgoHelper()
	if body == nil {
		return ""
	}
	raw, err := json.Marshal(body)
	Expect(err).NotTo(HaveOccurred())
	return string(raw)
}
