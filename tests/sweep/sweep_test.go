package sweep_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/sweep"
	. "example.com/capisim/tests/harness"
)

var _ = Describe("capisim sweep", func() {
	DescribeTable("finds what a planted client gets wrong, and that alone",
		func(client, only, mode string, verdict sweep.Verdict, grade sweep.Grade) {
			result, out := swept("--only", only, "--modes", mode, "--", planted, client)
			Expect(result.Cells).To(HaveLen(1))
			cell := result.Cells[0]
			Expect(cell.Grade).To(Equal(grade), cell.Sentence)
			Expect(cell.Verdicts).To(ContainElement(verdict), cell.Sentence)
			for _, other := range cell.Verdicts {
				kind, _ := sweep.KindOf(other)
				if other != verdict {
					Expect(kind.Grade).NotTo(Or(Equal(sweep.Bug), Equal(sweep.Warning)), "%s beside %s", other, verdict)
				}
			}
			Expect(cell.Sentence).NotTo(BeEmpty())
			Expect(out.code == 1).To(Equal(grade == sweep.Bug))
		},
		Entry(nil, "done_twice", "terminateProcessInstance:reset", "after", sweep.DoneTwice, sweep.Bug),
		Entry(nil, "lost_update", "scaleProcess:502", "lost", sweep.LostUpdate, sweep.Bug),
		Entry(nil, "false_success", "scaleProcess:409", "once", sweep.FalseSuccess, sweep.Bug),
		Entry(nil, "short_list", "listProcesses:503", "always", sweep.ShortList, sweep.Bug),
		Entry(nil, "crash", "getProcess:html", "once", sweep.Crash, sweep.Bug),
		Entry(nil, "signal", "getProcess:500", "once", sweep.Crash, sweep.Bug),
		Entry(nil, "failed_but_done", "scaleProcess:empty", "after", sweep.FailedButDone, sweep.Warning),
		Entry(nil, "no_pause", "getProcess:500", "always", sweep.NoPause, sweep.Warning),
		Entry(nil, "retry_after_ignored", "getProcess:429", "once", sweep.RetryAfterIgnored, sweep.Warning),
		Entry(nil, "pointless_retry", "getProcess:404", "once", sweep.PointlessRetry, sweep.Warning),
		Entry(nil, "swallowed", "getProcess:500", "always", sweep.Swallowed, sweep.Note),
		Entry(nil, "wrong_error", "getProcess:404", "once", sweep.WrongError, sweep.Note),
		Entry(nil, "lost_update", "scaleProcess:502", "after", sweep.SentTwice, sweep.Note),
		Entry(nil, "scaler", "scaleProcess:503", "after", sweep.Recovered, sweep.Good),
		Entry(nil, "scaler", "scaleProcess:422", "once", sweep.Reported, sweep.Good),
	)

	// They are killed at the limit, ten seconds and once more to be sure: so all
	// at a time.
	It("finds who waits for ever, and who tries for ever", func() {
		var group sync.WaitGroup
		for client, want := range map[string]struct {
			cell, mode string
			verdict    sweep.Verdict
		}{
			"hang":     {"getProcess:hang", "once", sweep.Hang},
			"no_limit": {"getProcess:500", "always", sweep.NoLimit},
		} {
			group.Go(func() {
				defer GinkgoRecover()
				result, out := swept("--only", want.cell, "--modes", want.mode, "--", planted, client)
				Expect(out.code).To(Equal(1))
				Expect(result.Cells).To(ConsistOf(And(HaveField("Verdicts", Equal([]sweep.Verdict{want.verdict})), HaveField("Exit.Timeout", BeTrue()))))
			})
		}
		group.Wait()
	})

	DescribeTable("finds nothing wrong with a good client", func(client string) {
		result, out := swept("--fail-on", "warning", "--skip", "*:hang", "--", planted, client)
		Expect(out.code).To(Equal(0), out.stdout)
		Expect(result.Summary.Bug + result.Summary.Warning + result.Summary.NotReached).To(BeZero())
		Expect(len(result.Cells)).To(BeNumerically(">", 20))
		Expect(result.Summary.Good + result.Summary.Note).To(Equal(len(result.Cells)))
	},
		Entry(nil, "scaler"),
		Entry(nil, "lister"),
	)

	It("lists the cells, and runs the reference alone", func() {
		out := capisim(nil, "sweep", "--list", "--", planted, "scaler")
		Expect(out.code).To(Equal(0))
		lines := strings.Split(strings.TrimSpace(out.stdout), "\n")
		Expect(lines[0]).To(Equal("scaleProcess:503 after"), "what most often finds something comes first")
		Expect(lines).To(ContainElement("scaleProcess:reset lost"))
		Expect(lines).To(ContainElement("scaleProcess:409 once"))
		Expect(lines).NotTo(ContainElement(HavePrefix("getProcess")), "the client did not reach it")
		Expect(lines[len(lines)-1]).To(MatchRegexp(`^\d+ cells; a run without a fault takes \d+\.\d\d s$`))
	})

	It("accepts what is known, with a reason, and says what was not found", func() {
		accept := filepath.Join(GinkgoT().TempDir(), "accept.yaml")
		Expect(os.WriteFile(accept, []byte(`
- {operation: terminateProcessInstance, answer: "*", mode: after, verdict: done_twice, reason: known since May}
- {operation: getProcess, answer: "503", mode: once, verdict: hang, reason: never happens}
`), 0o600)).To(Succeed())
		result, out := swept("--only", "*:reset", "--modes", "after", "--accept", accept, "--", planted, "done_twice")
		Expect(out.code).To(Equal(0))
		Expect(result.Summary).To(Equal(sweep.Summary{Accepted: 1}))
		Expect(*result.Cells[0].Accepted).To(Equal("known since May"))
		Expect(result.Unused).To(ConsistOf(HaveField("Operation", "getProcess")))
	})

	It("fails on what is new alone, with a baseline", func() {
		dir := GinkgoT().TempDir()
		args := []string{"--only", "*:reset", "--modes", "after"}
		Expect(capisim(nil, append(append([]string{"sweep", "--out", dir}, args...), "--", planted, "done_twice")...).code).To(Equal(1))
		result, out := swept(append(args, "--baseline", filepath.Join(dir, "sweep.json"), "--", planted, "done_twice")...)
		Expect(out.code).To(Equal(0))
		Expect(result.Summary.Accepted).To(Equal(1))
	})

	It("writes a folder for people and machines", func() {
		dir := filepath.Join(GinkgoT().TempDir(), "not", "there")
		Expect(capisim(nil, "sweep", "--out", dir, "--only", "*:reset", "--modes", "after", "--", planted, "done_twice").code).To(Equal(1))
		raw, err := os.ReadFile(filepath.Join(dir, "sweep.json"))
		Expect(err).NotTo(HaveOccurred())
		var document map[string]any
		Expect(json.Unmarshal(raw, &document)).To(Succeed())
		Expect(document).To(And(HaveKeyWithValue("version", BeEquivalentTo(1)), HaveKey("command"), HaveKey("summary"),
			HaveKeyWithValue("reference", HaveKey("operations")), HaveKeyWithValue("cells", ConsistOf(And(
				HaveKeyWithValue("exit", BeEquivalentTo(0)), HaveKeyWithValue("accepted", BeNil()), HaveKeyWithValue("fired", BeEquivalentTo(1)),
				HaveKeyWithValue("bundle", Equal("bundles/terminateProcessInstance-reset-after.json.gz")))))))
		Expect(capisim(nil, "replay", filepath.Join(dir, "bundles", "terminateProcessInstance-reset-after.json.gz")).code).To(Equal(0))
		Expect(filepath.Join(dir, "sweep.html")).To(BeAnExistingFile())
		junit, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(junit)).To(And(ContainSubstring(`failures="1"`), ContainSubstring("restarted twice")))
	})

	It("survives a client that reads, floods and forks", func() {
		for _, client := range []string{"reads", "floods", "forks"} {
			result, _ := swept("--only", "*:404", "--modes", "once", "--", planted, client)
			Expect(result.Cells).To(HaveLen(1), client)
			Expect(len(result.Cells[0].Output)).To(BeNumerically("<=", 4<<10))
		}
	})

	It("keeps to its budget", func() {
		result, _ := swept("--budget", "1ms", "--parallel", "1", "--", planted, "scaler")
		Expect(result.NotRun).To(BeNumerically(">", 0))
	})

	DescribeTable("says what is wrong before it runs anything", func(words string, args ...string) {
		began := time.Now()
		out := capisim(nil, append([]string{"sweep"}, args...)...)
		Expect(out.code).To(Equal(2), out.stdout)
		Expect(out.stderr).To(ContainSubstring(words))
		Expect(strings.Count(out.stderr, "\n")).To(BeNumerically("<=", 3))
		Expect(time.Since(began)).To(BeNumerically("<", time.Minute))
	},
		Entry("no command", "no command"),
		Entry("a command that is not there", "no such file", "--", "/not/there"),
		Entry("an unknown operation", `"updateProces", did you mean "updateProcess"?`, "--only", "updateProces", "--", "true"),
		Entry("an unknown answer", `"5O3", expected one of *, a status, html`, "--only", "updateProcess:5O3", "--", "true"),
		Entry("an unknown mode", `"twice"`, "--modes", "twice", "--", "true"),
		Entry("an unknown scenario", "no-such", "--scenario", "no-such", "--", "true"),
		Entry("a broken pattern", "--crash-pattern", "--crash-pattern", "(", "--", "true"),
		Entry("no accept file", "--accept", "--accept", "/not/there.yaml", "--", "true"),
		Entry("a reference that fails", "expected exit 0", "--", "false"),
		Entry("no operation reached", "does it use CAPISIM_URL", "--", "true"),
		Entry("a set-up that fails", "the set-up ended with exit 3", "--setup", "exit 3", "--", "true"),
	)

	It("refuses an accept file without a reason, and one with a verdict that is not there", func() {
		for text, words := range map[string]string{
			`[{operation: "*", answer: "*", mode: "*", verdict: hang}]`:                      "accept.yaml:1:2: [0].reason: missing",
			`[{operation: "*", answer: "*", mode: "*", verdict: hung, reason: old}]`:         `accept.yaml:1:52: [0].verdict: "hung"`,
			`[{operation: scaleProces, answer: "*", mode: "*", verdict: hang, reason: old}]`: `did you mean "scaleProcess"?`,
			`[{operation: "*", anser: "*", reason: old}]`:                                    `did you mean "answer"?`,
			`{`: "accept.yaml:1:1",
		} {
			accept := filepath.Join(GinkgoT().TempDir(), "accept.yaml")
			Expect(os.WriteFile(accept, []byte(text), 0o600)).To(Succeed())
			out := capisim(nil, "sweep", "--accept", accept, "--", "true")
			Expect(out.code).To(Equal(2))
			Expect(out.stderr).To(ContainSubstring(words))
		}
	})

	It("starts from a world that was made ready, and leaves it as it is", func() {
		root := Serve().URL
		ready := World(root, "default")
		Expect(ready.Do("POST", "/v3/processes/"+DemoWeb+"/actions/scale", `{"instances":3}`)).To(HaveStatus(202))
		result, out := swept("--url", ready.Base, "--only", "*:404", "--modes", "once", "--", planted, "scaler")
		Expect(out.code).To(Equal(0), out.stderr)
		Expect(result.Cells).To(ConsistOf(HaveField("Grade", Not(Equal(sweep.Bug)))))
		Expect(result.Cells[0].Exit.OK()).To(BeTrue(), "it was scaled to three before the fork: a client that looks sees three")
		Expect((&Client{Base: root}).Do("GET", "/admin/worlds", nil).At("resources")).To(HaveLen(2), "no world is left behind")
	})

	It("shows how two reference runs differ", func() {
		out := capisim(nil, "sweep", "--", planted, "flapping", filepath.Join(GinkgoT().TempDir(), "turn"))
		Expect(out.code).To(Equal(2))
		Expect(out.stderr).To(And(ContainSubstring("different operations"), ContainSubstring("listProcesses"), ContainSubstring("getProcess")))
	})

	It("does not take its own client's environment for an address", func() {
		out := capisim([]string{"CAPISIM_URL=http://127.0.0.1:1", "CAPISIM_WORLD=gone"}, "sweep", "--list", "--", planted, "scaler")
		Expect(out.code).To(Equal(0), out.stderr)
	})
})
