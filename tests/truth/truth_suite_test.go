// Package truth_test plays what the real Cloud Controller was asked to the built
// command and compares the answers: status, every header, and the whole body
// with the order of its keys. The recordings are of API 3.228.0 (commit 3bbba90
// with its own database, in production mode); see docs/CONTRACT.md for what was
// stubbed.
package truth_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

func TestTruth(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Truth")
}

var (
	admin   *harness.Client // of the server that all specs share
	wire    *line           // the connection that carries the recorded requests
	loaded  string          // the fixture that the server holds
	changed bool            // it may be in another state by now
)

var _ = BeforeSuite(func() {
	server := harness.Serve("--external-url", "http://api.example.org")
	admin = &harness.Client{Base: server.URL}
	wire = &line{address: server.URL[len("http://"):]}
	DeferCleanup(wire.close)
})

// prepare brings the server into the state that a recording began with. What
// only reads leaves it there.
func prepare(r *recording) {
	GinkgoHelper()
	switch {
	case loaded != r.Fixture:
		Expect(admin.Do("POST", "/admin/load", map[string]any{"scenario": fixtures[r.Fixture]})).To(harness.HaveStatus(http.StatusOK))
		loaded = r.Fixture
	case changed:
		Expect(admin.Do("POST", "/admin/reset", nil)).To(harness.HaveStatus(http.StatusOK))
	}
	changed = false
}

var _ = Describe("what the real server answered", func() {
	for fixture := range fixtures {
		It("on fixture "+fixture, func() {
			var wrong []string
			for _, r := range recordings[fixture] {
				prepare(r)
				found := r.play()
				switch {
				case found != "" && accepted[r.ID] == "":
					wrong = append(wrong, r.ID+" "+r.Says+": "+found)
				case found == "" && accepted[r.ID] != "":
					wrong = append(wrong, r.ID+" "+r.Says+": accepted as different, and equal")
				}
			}
			if len(wrong) > 0 {
				Fail(fmt.Sprintf("%d of %d differ\n%s", len(wrong), len(recordings[fixture]), strings.Join(wrong, "\n")))
			}
		})
	}
})

// play sends the requests of a recording and says how the answers differ, ""
// for not at all.
func (r *recording) play() string {
	GinkgoHelper()
	for _, q := range r.Setup {
		changed = true
		_, err := wire.send(q)
		Expect(err).NotTo(HaveOccurred(), "setup: %s %s", q.Method, q.Path)
	}
	for i, q := range append([]request{r.Request}, r.Then...) {
		changed = changed || q.Method != http.MethodGet && q.Method != http.MethodHead
		got, err := wire.send(q)
		Expect(err).NotTo(HaveOccurred(), "%s %s", q.Method, q.Path)
		if problem := difference(r.Answers[i], got, r.Stats); problem != "" {
			return fmt.Sprintf("request %d, %s %s as %s\n%s", i, q.Method, q.Path, q.user(), problem)
		}
	}
	return ""
}
