package storm_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

var _ = Describe("Everything at once", func() {
	It("is counted exactly, leaves nothing behind and ends at once", func() {
		folder, report := GinkgoT().TempDir(), GinkgoT().TempDir()
		for _, name := range []string{"a", "b"} {
			Expect(os.WriteFile(filepath.Join(folder, name+".yaml"), []byte("name: "+name+"\nextends: default\n"), 0o600)).To(Succeed())
		}
		s := serve("--scenarios", folder, "--watch", "--report", report, "--max-worlds", "12", "--journal-bytes", "4MiB", "--journal-size", "2000")
		goroutines := s.metric("go_goroutines")

		By("letting everything happen")
		ctx, end := context.WithTimeout(context.Background(), length())
		defer end()
		storm := s.storm(ctx, folder)
		book := s.ledger(ctx)
		book.isExact()
		storm.group.Wait()
		for n := range worlds {
			s.do("DELETE", fmt.Sprintf("/admin/worlds/w%d", n), "")
		}
		s.client.CloseIdleConnections()
		By("waiting until all is quiet")
		AddReportEntry("log", s.said())
		Expect(s.wrong()).To(BeEmpty())
		Eventually(func() float64 { return s.metric("go_goroutines") }).WithTimeout(patience).Should(BeNumerically("<=", goroutines+10), "goroutines")
		Expect(s.metric("process_resident_memory_bytes")).To(BeNumerically("<", 1<<30))

		By("stopping it in the middle")
		again, end := context.WithCancel(context.Background())
		defer end()
		storm = s.storm(again, folder)
		storm.rest(2 * time.Second)
		s.stop()
		end()
		storm.group.Wait()
		Expect(s.wrong()).To(BeEmpty())
		reports(report)
	})
})

// ledger is a world that the storm leaves alone, and what its clients were
// answered.
type ledger struct {
	*server
	mu   sync.Mutex
	seen map[string]int // "updateProcess 503"
}

const (
	updating, scaling = "updateProcess", "scaleProcess"
	once              = 25 // as often as scaling is refused
)

// ledger keeps books until the context ends.
func (s *server) ledger(ctx context.Context) *ledger {
	GinkgoHelper()
	const world = "/worlds/ledger"
	l := &ledger{server: s, seen: map[string]int{}}
	status, answer := s.do("POST", "/admin/worlds", `{"name":"ledger","scenario":"default"}`)
	Expect(status).To(Equal(201), "%s", answer)
	status, answer = s.do("POST", world+"/admin/faults", fmt.Sprintf(`[{"id":"often","match":{"operations":[%q]},"respond":{"status":503},"when":{"probability":0.3}},
		{"id":"once","match":{"operations":[%q]},"respond":{"status":409},"apply":"after","when":{"times":%d}}]`, updating, scaling, once))
	Expect(status).To(Equal(201), "%s", answer)
	var group sync.WaitGroup
	for n := range 4 {
		group.Go(func() {
			for i := 0; rest(ctx, breath); i++ {
				operation, method, path, body := updating, "PATCH", "", fmt.Sprintf(`{"metadata":{"labels":{"n":"%d-%d"}}}`, n, i)
				if i%5 == 0 {
					operation, method, path, body = scaling, "POST", "/actions/scale", `{"instances":3}`
				}
				status, _ := s.do(method, world+"/v3/processes/"+harness.DemoWeb+path, body)
				l.mu.Lock()
				l.seen[fmt.Sprint(operation, " ", status)]++
				l.mu.Unlock()
			}
		})
	}
	group.Wait()
	return l
}

// isExact compares the books: what clients were answered, and what the server
// counted.
func (l *ledger) isExact() {
	GinkgoHelper()
	var matrix struct {
		Operations []struct {
			ID    string
			Cells []struct{ Status, Injected, Real int }
		}
	}
	_, answer := l.do("GET", "/worlds/ledger/admin/coverage", "")
	Expect(json.Unmarshal(answer, &matrix)).To(Succeed())
	counted := map[string]int{}
	for _, op := range matrix.Operations {
		for _, cell := range op.Cells {
			if n := cell.Injected + cell.Real; n > 0 {
				counted[fmt.Sprint(op.ID, " ", cell.Status)] = n
			}
		}
	}
	Expect(counted).To(Equal(l.seen))
	var rules struct {
		Resources []struct {
			ID                string
			Matched, Injected int
		}
	}
	_, answer = l.do("GET", "/worlds/ledger/admin/faults", "")
	Expect(json.Unmarshal(answer, &rules)).To(Succeed())
	for _, rule := range rules.Resources {
		refused, all := l.seen[updating+" 503"], l.seen[updating+" 503"]+l.seen[updating+" 200"]
		if rule.ID == "once" {
			refused, all = l.seen[scaling+" 409"], l.seen[scaling+" 409"]+l.seen[scaling+" 202"]
			Expect(refused).To(Equal(min(once, all)))
		}
		Expect(rule.Injected).To(Equal(refused), rule.ID)
		Expect(rule.Matched).To(BeNumerically("<=", all), rule.ID)
	}
	AddReportEntry("answers", l.seen)
}
