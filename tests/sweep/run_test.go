package sweep_test

import (
	"encoding/json"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "example.com/capisim/tests/harness"
)

var _ = Describe("capisim run", func() {
	It("hands on the command's own exit code", func() {
		Expect(capisim(nil, "run", "--", "sh", "-c", "exit 7").code).To(Equal(7))
		Expect(capisim(nil, "run", "--", planted, "scaler").code).To(Equal(0))
	})

	It("fills in what the command needs", func() {
		out := capisim([]string{"CAPISIM_URL=http://127.0.0.1:1"}, "run", "--", "sh", "-c",
			`echo "{URL} $CAPISIM_URL $CF_API {WORLD} $CAPISIM_WORLD {TOKEN} $CAPISIM_TOKEN $CAPISIM_USER $CAPISIM_PASSWORD"`)
		Expect(out.stdout).To(MatchRegexp(`^(http://127\.0\.0\.1:\d+) (http\S+) (http\S+) default default admin admin admin admin\n$`))
	})

	It("fails when a gate is unmet, and says which", func() {
		out := capisim(nil, "run", "--require", "updateProcess:409", "--", planted, "scaler")
		Expect(out.code).To(Equal(1))
		Expect(out.stderr).To(ContainSubstring("updateProcess:409"))
		Expect(capisim(nil, "run", "--require", "scaleProcess:202", "--", planted, "scaler").code).To(Equal(0))
		Expect(capisim(nil, "run", "--scenario", "outage", "--require", "scaleProcess:202", "--", planted, "scaler").code).To(Equal(1),
			"the command's own code and the gate's are the same here")
	})

	It("judges expectations", func() {
		file := filepath.Join(GinkgoT().TempDir(), "expectations.yaml")
		Expect(os.WriteFile(file, []byte("expectations:\n  - covers: {operation: scaleProcess, status: 422}\n"), 0o600)).To(Succeed())
		out := capisim(nil, "run", "--verify", file, "--", planted, "scaler")
		Expect(out.code).To(Equal(1))
		Expect(out.stderr).To(ContainSubstring("not_exercised"))
	})

	It("says what is wrong before it runs anything", func() {
		Expect(capisim(nil, "run").code).To(Equal(2))
		Expect(capisim(nil, "run", "--require", "nope:1", "--", "true").code).To(Equal(2))
		Expect(capisim(nil, "run", "--", "/not/there").code).To(Equal(2))
	})
})

var _ = Describe("capisim env", func() {
	It("prints what a client of a world needs, in each notation", func() {
		root := Serve().URL
		world := World(root, "default")
		for _, shell := range []string{"sh", "fish", "powershell", "dotenv"} {
			out := capisim(nil, "env", "--url", world.Base, "--shell", shell)
			Expect(out.code).To(Equal(0))
			Expect(out.stdout).To(And(ContainSubstring("CAPISIM_URL"), ContainSubstring(world.Base), ContainSubstring("CAPISIM_PASSWORD")))
		}
		var list map[string]string
		Expect(json.Unmarshal([]byte(capisim(nil, "env", "--url", world.Base, "--shell", "json").stdout), &list)).To(Succeed())
		Expect(list).To(And(HaveKeyWithValue("CF_API", world.Base), HaveKeyWithValue("CAPISIM_TOKEN", "admin")))
	})

	It("takes the world from its address, and no other beside it", func() {
		root := Serve().URL
		world := World(root, "default")
		out := capisim([]string{"CAPISIM_URL=" + world.Base}, "state")
		Expect(out.code).To(Equal(0), out.stderr)
		Expect(capisim(nil, "state", "--url", world.Base, "--world", "other").code).To(Equal(2))
	})
})
