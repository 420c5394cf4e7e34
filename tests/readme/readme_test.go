// Package readme_test executes the README, every line of its tour, and holds the
// operations of docs/DESIGN.md against the table.
package readme_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	"example.com/capisim/tests/harness"
)

func TestReadme(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "README")
}

func page(name string) string {
	GinkgoHelper()
	raw, err := os.ReadFile("../../" + name)
	Expect(err).NotTo(HaveOccurred())
	return string(raw)
}

// tour finds the lines of the tour.
func tour() []string {
	GinkgoHelper()
	_, after, found := strings.Cut(page("README.md"), "<!-- tour -->\n```sh\n")
	Expect(found).To(BeTrue(), "the README has a tour")
	block, _, _ := strings.Cut(after, "```")
	return strings.Split(strings.TrimSpace(block), "\n")
}

var _ = Describe("The README", func() {
	It("has a tour whose every line does what it says", func() {
		server := harness.Serve()
		setup, last, checked := "", "", 0
		for _, line := range tour() {
			switch {
			case strings.HasPrefix(line, "export "):
				setup = strings.Replace(line, "http://127.0.0.1:8080", server.URL, 1)
			case strings.HasPrefix(line, "#=> "):
				Expect(last).To(ContainSubstring(strings.TrimPrefix(line, "#=> ")))
				checked++
			default:
				out, err := exec.Command("bash", "-c", setup+"\n"+line).CombinedOutput()
				Expect(err).NotTo(HaveOccurred(), "%s\n%s", line, out)
				last = string(out)
			}
		}
		Expect(checked).To(BeNumerically(">", 10))
	})

	It("leads to the operations and statuses of the table", func() {
		var rows []string
		for _, op := range contract.ProcessOperations() {
			var codes []string
			for _, status := range op.Statuses {
				if status.Cell() {
					codes = append(codes, fmt.Sprint(status.Code))
				}
			}
			rows = append(rows, fmt.Sprintf("| %s | %s %s | %s |", op.ID, op.Method, op.Path, strings.Join(codes, " ")))
		}
		listed := regexp.MustCompile(`(?m)^\| [a-zA-Z]+ \| (GET|PATCH|POST|DELETE) /.*$`).FindAllString(page("docs/DESIGN.md"), -1)
		Expect(listed).To(Equal(rows))
	})
})
