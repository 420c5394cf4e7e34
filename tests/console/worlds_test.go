package console_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/chromedp/chromedp"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	"example.com/capisim/tests/harness"
)

var _ = Describe("Processes", func() {
	stats := func(world *harness.Client, index int) any {
		return world.Do("GET", update.Path+"/stats", nil).At("resources", index, "state")
	}

	It("crash, restart and are held in a state", func() {
		world := harness.World(root, "default")
		t := visit(world.Base, "#processes")
		t.sees(".processes tbody tr:first-child", "demo")
		t.click(".processes tbody tr:first-child a")
		t.sees(".instances", "RUNNING")

		t.click(`[aria-label="Crash instance 1"]`)
		t.sees(".instance:nth-child(2)", "CRASHED")
		Eventually(func() any { return stats(world, 1) }).Should(Equal("CRASHED"))
		Eventually(func() any { return stats(world, 0) }).Should(Equal("RUNNING"))
		t.shows(".processes tbody tr:first-child .dot.bad", 1)

		t.click(`[aria-label="Restart instance 1"]`)
		t.sees(".instance:nth-child(2)", "RUNNING")
		Eventually(func() any { return stats(world, 1) }).Should(Equal("RUNNING"))

		t.choose(`[aria-label="Hold instance 0 in a state"]`, "DOWN")
		t.sees(".instance:nth-child(1)", "DOWN")
		Eventually(func() any { return stats(world, 0) }).Should(Equal("DOWN"))
		t.sees(".drawer .toast:last-child", "Instance 0 is DOWN")
		t.click(".drawer .toast:last-child .button") // undo
		Eventually(func() any { return stats(world, 0) }).Should(Equal("RUNNING"))

		t.choose(`[aria-label="Hold instance 0 in a state"]`, "RUNNING, not routable")
		Eventually(func() any { return world.Do("GET", update.Path+"/stats", nil).At("resources", 0, "routable") }).Should(BeFalse())
		t.sees(".instance:nth-child(1) .instance-state", "not routable")
		Expect(world.Do("GET", "/admin/requests?operation=terminateProcessInstance", nil).At("pagination", "total_results")).To(BeZero(), "the console leaves no trace in the journal")
	})

	It("say of an instance what is set, null and automatic told apart", func() {
		world := harness.World(root, "default")
		of := func(key string) any { return world.Do("GET", update.Path+"/stats", nil).At("resources", 0, key) }
		drawn := of("instance_internal_ip")
		t := visit(world.Base, "#processes/"+harness.DemoWeb)
		t.click(`[aria-label="Set what stats say of instance 0"]`)
		form := `form[aria-label="Instance 0"] `
		submit := form + `button[type="submit"]`
		save := func() { t.click(submit) }
		// The form is made anew when it has what the server has: what is typed before
		// would be lost.
		saved := func() { t.shows(submit+":disabled", 1) }
		state := ".instance:nth-child(1) .instance-state"
		t.choose(form+`label:nth-of-type(2) select`, "null")
		t.fill(form+`input[aria-label="Host"]`, "10.9.8.7")
		t.fill(form+`input[aria-label="Isolation segment"]`, "iso")
		t.choose(form+`select[aria-label="Memory quota (bytes): how"]`, "null")
		t.fill(form+`input[aria-label="Disk quota (bytes)"]`, "5")
		t.choose(form+`fieldset:nth-of-type(1) select`, "set")
		t.click(form + `.ports > div:last-child button`)
		t.choose(form+`fieldset:nth-of-type(2) select`, "set")
		t.fill(form+`input[aria-label="CPU (cores)"]`, "0.25")
		t.choose(form+`select[aria-label="CPU of entitlement: how"]`, "null")
		save()
		t.sees(state, "set by hand")
		saved()
		Expect(of("routable")).To(BeNil())
		Expect(of("host")).To(Equal("10.9.8.7"))
		Expect(of("instance_internal_ip")).To(Equal(drawn), "what was not set is as it was")
		Expect(of("isolation_segment")).To(Equal("iso"))
		Expect(of("mem_quota")).To(BeNil())
		Expect(of("disk_quota")).To(BeEquivalentTo(5))
		Expect(of("instance_ports")).To(Equal([]any{map[string]any{"external": 0.0, "internal": 8080.0, "external_tls_proxy_port": nil, "internal_tls_proxy_port": nil}}))
		Expect(of("usage")).To(And(HaveKeyWithValue("cpu", 0.25), HaveKeyWithValue("cpu_entitlement", BeNil())))

		t.choose(`[aria-label="Hold instance 0 in a state"]`, "DOWN")
		t.sees(state, "DOWN")
		t.fill(form+`input[aria-label="Placement error, or reason of a crash"]`, "insufficient resources: memory")
		save()
		Eventually(func() any { return of("details") }).Should(Equal("insufficient resources: memory"))
		t.sees(state, "insufficient resources")
		t.choose(`[aria-label="Hold instance 0 in a state"]`, "")
		Eventually(func() any { return of("host") }).Should(Equal("10.9.8.7"), "a state comes and goes beside what else is set")
		t.sees(state, "set by hand")

		t.choose(form+`fieldset:nth-of-type(2) select`, "null")
		save()
		Eventually(func() any { return of("usage") }).Should(BeEmpty())
		saved()
		t.fill(form+`input[aria-label="Disk quota (bytes)"]`, "-7")
		save()
		t.sees(".drawer .toast.bad", "/disk_quota")
		Expect(of("disk_quota")).To(BeEquivalentTo(5), "nothing is half applied")
		t.forgives("422")

		t.click(form + `.buttons button:last-child`) // all automatic
		Eventually(func() any { return of("host") }).ShouldNot(Equal("10.9.8.7"))
		Expect(world.Do("GET", "/admin/processes/"+harness.DemoWeb+"/instances", nil).At("resources", 0, "forced")).To(BeFalse())
		t.sees(".drawer .toast:last-child", "Undo") // the refusal's notice stands there until then
		t.click(".drawer .toast:last-child .button")
		Eventually(func() any { return of("host") }).Should(Equal("10.9.8.7"))
	})

	It("are changed field by field, and their app is deploying", func() {
		world := harness.World(root, "default")
		t := visit(world.Base, "#processes/"+harness.DemoWeb)
		t.sees(".drawer h2", "demo web")
		t.fill(`.edit input[min="0"]`, "5")
		t.click(`.edit button[type="submit"]`)
		t.shows(".instance", 5)
		Expect(world.Do("GET", update.Path, nil).At("instances")).To(BeEquivalentTo(5))

		world.Do("PATCH", "/admin/processes/"+harness.DemoWeb, map[string]any{"metadata": map[string]any{"labels": map[string]any{"env": "prod", "tier": "web"}}})
		Eventually(func() string { return value[string](t, `document.querySelector(".edit textarea").value`) }).Should(ContainSubstring("tier"))
		t.click(".edit details:last-of-type summary")
		t.fill(".edit textarea", `{"env":"test"}`)
		given := t.holds(world.Base + "/admin/processes/" + harness.DemoWeb)
		t.click(`.edit button[type="submit"]`)
		letGo := given()
		Expect(t.count(".drawer .toast")).To(BeZero(), "what was before cannot be taken for it")
		letGo()
		Eventually(func() any { return world.Do("GET", update.Path, nil).At("metadata", "labels") }).Should(Equal(map[string]any{"env": "test"}))
		t.click(".drawer .toast:last-child .button") // undo
		Eventually(func() any { return world.Do("GET", update.Path, nil).At("metadata", "labels") }).Should(Equal(map[string]any{"env": "prod", "tier": "web"}))

		t.click(".app-line .check input")
		t.sees(".processes tbody tr:first-child", "deploying")
		Expect(world.Send(update)).To(harness.HaveStatus(http.StatusUnprocessableEntity))
	})

	It("stay smooth when there are ten thousand", func() {
		world := harness.World(root, "large")
		t := visit(world.Base, "#processes")
		t.sees("#processes-title + .lead", "10,000 processes")
		t.shows(".processes tbody tr", 50)
		first := t.text(".processes tbody tr:first-child")
		t.click(".pager .button:last-child")
		t.sees(".pager", "51–100 of 10000")
		t.shows(`.processes[aria-busy="false"]`, 1)
		Expect(t.text(".processes tbody tr:first-child")).NotTo(Equal(first))
		t.fill(`.section-head input[type="search"]`, "no such process")
		t.sees(".empty", "Nothing matches")
	})
})

var _ = Describe("Scenarios", func() {
	It("are loaded by a click, and a load is undone", func() {
		world := harness.World(root, "default")
		world.Do("PATCH", "/admin/processes/"+harness.Worker, map[string]any{"instances": 7})
		t := visit(world.Base, "#scenarios")
		t.click(`[aria-label="Load outage"]`)
		t.sees(".current h2", "outage")
		for _, op := range contract.ProcessOperations() {
			Expect(world.Send(harness.Valid(op))).To(harness.HaveStatus(http.StatusServiceUnavailable))
		}
		t.part("answers")
		t.shows(".cell.armed[data-cell$='-503']", len(contract.ProcessOperations()))

		t.part("scenarios")
		t.click(".toast .button")
		t.sees(".current h2", "default")
		Expect(world.Do("GET", "/v3/processes/"+harness.Worker, nil).At("instances")).To(BeEquivalentTo(7), "as it was, not as the scenario has it")
	})

	It("of a file that is wrong open a dialog with all problems, and change nothing", func() {
		world := harness.World(root, "default")
		file := filepath.Join(GinkgoT().TempDir(), "wrong.yaml")
		Expect(os.WriteFile(file, []byte("name: wrong\nseed: <img src=x>\ncolour: red\napps: 7\n"), 0o600)).To(Succeed())
		t := visit(world.Base, "#scenarios")
		t.run(chromedp.SetUploadFiles(`input[type="file"]`, []string{file}, chromedp.ByQuery))
		t.sees(".drawer h2", "wrong.yaml was not loaded")
		t.shows(".drawer .findings li", 3)
		for _, problem := range []string{`"<img src=x>", expected an integer`, `unknown key "colour"`, "expected an array"} {
			Expect(t.text(".drawer .findings")).To(ContainSubstring(problem))
		}
		t.shows(".toast", 0)
		t.click(`.drawer [aria-label="Close"]`)
		t.shows(".drawer", 0)
		Expect(world.Do("GET", "/admin", nil).At("scenario", "name")).To(Equal("default"))
		t.forgives("422")
	})

	It("of a broken file stay as they were good, and say what is wrong", func() {
		folder := GinkgoT().TempDir()
		write := func(text string) {
			GinkgoHelper()
			Expect(os.WriteFile(filepath.Join(folder, "mine.yaml"), []byte(text), 0o600)).To(Succeed())
		}
		write("name: mine\nextends: default\n")
		server := harness.Serve("--scenarios", folder, "--scenario", "mine", "--watch")
		world := &harness.Client{Base: server.URL, Token: "admin"}
		world.Do("PATCH", "/v3/processes/"+harness.DemoWeb, map[string]any{"command": "by a client"})
		t := visit(server.URL, "#scenarios")
		write("name: mine\nextends: default\nseed: <img src=x>\n")
		t.sees(".toast", "The file of mine is broken")
		t.sees(".card .notice.bad", filepath.Join(folder, "mine.yaml")+`:3:7: seed: "<img src=x>", expected an integer`)
		t.sees(".notice.bad", "The file of mine is broken, its last good version stays")
		t.sees(".cards", "Its last good version stays")
		Expect(world.Do("GET", "/v3/processes/"+harness.DemoWeb, nil).At("command")).To(Equal("by a client"))
		write("name: mine\nextends: default\nseed: 9\n")
		t.sees(".notices", "this world plays the new version, and what was changed in it is gone")
		t.shows(".notice.bad", 0)
		t.sees(".current", "seed 9")
		Expect(world.Do("GET", "/v3/processes/"+harness.DemoWeb, nil).At("command")).NotTo(Equal("by a client"))
	})

	It("are brought back in part", func() {
		world := harness.World(root, "default")
		world.Do("PUT", "/admin/faults/getProcess/404", nil)
		world.Do("PATCH", "/admin/processes/"+harness.DemoWeb, map[string]any{"instances": 7})
		t := visit(world.Base, "#scenarios")
		for _, other := range []string{"2", "3", "4"} {
			t.click(`.reset label:nth-of-type(` + other + `) input`)
		}
		t.click(".reset .button")
		t.sees(".shell-line", "capisim reset --only state")
		Eventually(func() any { return world.Do("GET", "/admin/processes/"+harness.DemoWeb, nil).At("instances") }).Should(BeEquivalentTo(2))
		Expect(world.Do("GET", "/admin/faults/getProcess-404", nil)).To(harness.HaveStatus(http.StatusOK))
	})

	It("are made of the current state, and load again", func() {
		world := harness.World(root, "default")
		world.Do("PATCH", "/admin/processes/"+harness.DemoWeb, map[string]any{"instances": 6})
		t := visit(world.Base, "#scenarios")
		folder := GinkgoT().TempDir()
		t.downloadsTo(folder)
		t.click(".current .buttons .button")
		file := filepath.Join(folder, "default.yaml")
		Eventually(func() error { _, err := os.Stat(file); return err }).Should(Succeed())
		out, err := exec.Command(harness.Binary(), "validate", file).CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(out))
		saved, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		world.Do("POST", "/admin/reset", nil)
		Expect(world.Do("PUT", "/admin/state", saved)).To(harness.HaveStatus(http.StatusOK))
		Expect(world.Do("GET", update.Path, nil).At("instances")).To(BeEquivalentTo(6))
	})
})

var _ = Describe("Worlds", func() {
	It("are created, switched to and deleted, and keep to themselves", func() {
		server := &harness.Client{Base: root}
		t := visit(root, "#worlds")
		t.fill(`.create input[maxlength]`, "made-by-hand")
		t.choose(".create select", "empty")
		t.click(`.create button[type="submit"]`)
		t.sees(".worlds", "made-by-hand")

		t.choose(`[aria-label="World"]`, "made-by-hand")
		t.sees("tr.is-here", "made-by-hand")
		t.sees(".live", "live")
		Expect(value[string](t, "location.pathname")).To(Equal("/worlds/made-by-hand/console/"))
		t.part("answers")
		t.click(cell("listProcesses", 500))
		t.sees(cell("listProcesses", 500), "on")
		world := &harness.Client{Base: root + "/worlds/made-by-hand", Token: "admin"}
		Expect(world.Do("GET", "/v3/processes", nil)).To(harness.HaveStatus(http.StatusInternalServerError))
		Expect(server.As("admin").Do("GET", "/v3/processes", nil)).To(harness.HaveStatus(http.StatusOK))

		t.part("worlds")
		t.choose(`[aria-label="World"]`, "default")
		t.sees("tr.is-here", "default")
		remove := `[aria-label$="Delete made-by-hand"]`
		t.click(remove)
		t.sees(remove, "Really delete?")
		Expect(server.Do("GET", "/admin/worlds/made-by-hand", nil)).To(harness.HaveStatus(http.StatusOK))
		t.click(remove)
		t.shows(remove, 0)
		Expect(server.Do("GET", "/admin/worlds/made-by-hand", nil)).To(harness.HaveStatus(http.StatusNotFound))
	})

	It("have a console on a port of their own", func() {
		server := &harness.Client{Base: root}
		made := server.Do("POST", "/admin/worlds", map[string]any{"listen": "127.0.0.1:0"})
		name := made.At("name").(string)
		DeferCleanup(func() { server.Do("DELETE", "/admin/worlds/"+name, nil) })
		t := visit(made.At("url").(string), "#worlds")
		t.sees(".top-facts", name)
		t.sees(".empty", "managed on the default world")
		t.forgives("404")
	})
})

var _ = Describe("The clock", func() {
	It("is frozen, advanced and resumed, and shows the windows of faults", func() {
		world := harness.World(root, "maintenance-window")
		t := visit(world.Base, "#clock")
		t.click(".clock-actions .primary")
		t.sees(".clock-face", "frozen")
		Expect(world.Do("GET", "/admin/clock", nil).At("mode")).To(Equal("frozen"))

		windows := len(world.Do("GET", "/admin/clock/windows", nil).At("resources").([]any))
		t.shows(".timeline .bar", windows)
		t.sees(".timeline", "in ")
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusOK))
		t.click(`[aria-label="Go to start of maintenance"]`)
		t.sees(".timeline", "open")
		Expect(world.Do("GET", update.Path, nil)).To(harness.HaveStatus(http.StatusServiceUnavailable))

		t.click(".clock-actions .primary")
		t.sees(".clock-face", "running")
		Expect(world.Do("GET", "/admin/clock", nil).At("mode")).To(Equal("real"))
	})
})
