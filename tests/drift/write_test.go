package drift_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/drift"
)

const (
	label  = `{"metadata":{"labels":{"capisim-drift":"probe"}}}`
	checks = `{"health_check":{"data":{"timeout":61,"invocation_timeout":"3","interval":7}}}`
)

// writings are planted in one run, in the order of its report.
var writings = []planted{
	{"missing guid", plant{"PATCH", none, "{}", text(`Process not found`, `App not found`)},
		`§3 updateProcess missing guid: /errors/0/detail: target has "App not found", capisim has "Process not found"`},
	{"text of a refusal", plant{"PATCH", one, `{"command":42}`, text(`Command must be a string`, `Command is not a string`)},
		`§5 updateProcess {"command":42}: /errors/0/detail: target has "Command is not a string", capisim has "Command must be a string"`},
	{"code of a refusal", plant{"POST", scale, `{"instances":-1}`, text(`10008`, `1001`)},
		`§6 scaleProcess {"instances":-1}: /errors/0/code: target has 1001, capisim has 10008`},
	{"trap that is none", plant{"POST", scale, `{"instances":null}`, status(422)},
		`§9 scaleProcess {"instances":null}: status: target has 422 UnknownError "An unknown error occurred.", capisim has 500 UnknownError "An unknown error occurred."`},
	{"index out of range", plant{"DELETE", one + "/instances/-1", "", text(`Instance not found`, `Process not found`)},
		`§14.3 terminateProcessInstance -1: /errors/0/detail: target has "Process not found", capisim has "Instance not found"`},
	{"command hidden after a change", plant{"PATCH", one, `{}`, text(`serve --all`, `[PRIVATE DATA HIDDEN]`)},
		`§10 updateProcess {}: /command: target has "[PRIVATE DATA HIDDEN]", capisim has "a command"`},
	{"answer to a change", plant{"PATCH", one, label, text(`"capisim-drift":"probe"`, `"capisim-drift":"prob"`)},
		`§10 updateProcess ` + label + `: /metadata/labels/capisim-drift: target has "prob", capisim has "probe"`},
	{"blanks that are shown", plant{"PATCH", one, `{"command":" "}`, text(`"command":"java -jar app.jar"`, `"command":" "`)},
		`§5 updateProcess command of blanks: /command: target has " ", capisim has "a command"`},
	{"status of a success", plant{"POST", scale, `{"memory_in_mb":300}`, status(200)},
		`§10 scaleProcess {"memory_in_mb":300}: status: target has 200, capisim has 202`},
}

var _ = Describe("writing", func() {
	It("finds all planted deviations, and nothing else", func() {
		url := start().URL
		before := stateOf(url)
		report := run(drift.Target{URL: url, Token: "dora-token", Process: web, HTTP: through(trips(writings))}, drift.Options{Write: true})
		expectFound(report, writings)
		Expect(changes(before, stateOf(url))).To(BeEmpty())
	})

	It("finds a change that is not stored", func() {
		server := start()
		stale := through(func(r *http.Request) (*http.Response, error) {
			// The target answers a change of the labels as if it had made it.
			if body := bodyOf(r); body == label && r.URL.Path == twin {
				r.Body, r.ContentLength = http.NoBody, 0
				got, err := http.DefaultTransport.RoundTrip(r)
				if err == nil {
					text(`"labels":{`, `"labels":{"capisim-drift":"probe",`)(got)
				}
				return got, err
			}
			return http.DefaultTransport.RoundTrip(r)
		})
		report := run(drift.Target{URL: server.URL, Token: "dora-token", Process: web, HTTP: stale}, drift.Options{Write: true})
		Expect(lines(report)).To(Equal([]string{
			`§10 updateProcessForApp: /metadata/labels: target has the keys in the order capisim-drift, zone, example.com/a, capisim has zone, example.com/a, capisim-drift`,
			`§10 updateProcessForApp, read back: /metadata/labels/capisim-drift: target has no such key, capisim has a string`,
		}))
	})

	It("puts back what the target should have refused", func() {
		server := start()
		before := stateOf(server.URL)
		lax := through(func(r *http.Request) (*http.Response, error) {
			replace(r, `{"instances":-1}`, `{"instances":7,"memory_in_mb":64,"disk_in_mb":65}`)
			replace(r, `{"command":""}`, `{"command":"rm","user":"vcap","readiness_health_check":{"data":{"interval":9}},"metadata":{"labels":{"zone":"2","x":"y"},"annotations":{"note":"n"}}}`)
			return http.DefaultTransport.RoundTrip(r)
		})
		report := run(drift.Target{URL: server.URL, Token: "root-token", Process: web, HTTP: lax}, drift.Options{Write: true})
		Expect(lines(report)).To(Equal([]string{
			`§5 updateProcess {"command":""}: status: target has 200, capisim has 422 CF-UnprocessableEntity "Command must be between 1 and 4096 characters"`,
			`§6 scaleProcess {"instances":-1}: status: target has 202, capisim has 422 CF-UnprocessableEntity "Instances must be greater than or equal to 0"`,
		}))
		Expect(changes(before, stateOf(server.URL))).To(BeEmpty())
	})

	It("puts the process back when it is interrupted", func() {
		server := start()
		before := stateOf(server.URL)
		ctx, interrupt := context.WithCancel(context.Background())
		defer interrupt()
		var changed []string
		client := through(func(r *http.Request) (*http.Response, error) {
			body := bodyOf(r)
			got, err := http.DefaultTransport.RoundTrip(r)
			if body == checks {
				changed = changes(before, stateOf(server.URL))
				interrupt()
			}
			return got, err
		})
		_, err := drift.Run(ctx, drift.Target{URL: server.URL, Token: "root-token", Process: web, HTTP: client}, drift.Options{Write: true})
		Expect(err).To(MatchError(context.Canceled))
		Expect(changed).NotTo(BeEmpty())
		Expect(changes(before, stateOf(server.URL))).To(BeEmpty())
	})

	It("says so when the process cannot be put back", func() {
		server := start()
		var down atomic.Bool
		client := through(func(r *http.Request) (*http.Response, error) {
			if down.Load() {
				return nil, errors.New("the cable is out")
			}
			down.Store(bodyOf(r) == checks)
			return http.DefaultTransport.RoundTrip(r)
		})
		_, err := drift.Run(context.Background(), drift.Target{URL: server.URL, Token: "root-token", Process: web, HTTP: client}, drift.Options{Write: true})
		var failed *drift.RestoreError
		Expect(errors.As(err, &failed)).To(BeTrue(), "%v", err)
		Expect(failed.Process).To(Equal(web))
		Expect(failed.Was).To(And(ContainSubstring(`"timeout":90`), ContainSubstring(`"command":"serve --all"`), ContainSubstring(`"instances":3`)))
		Expect(err.Error()).To(And(ContainSubstring("could not be restored"), ContainSubstring("the cable is out")))
	})

	DescribeTable("is refused", func(token, process, want string) {
		server := start()
		before := stateOf(server.URL)
		_, err := drift.Run(context.Background(), drift.Target{URL: server.URL, Token: token, Process: process}, drift.Options{Write: true})
		Expect(err).To(MatchError(ContainSubstring(want)))
		Expect(changes(before, stateOf(server.URL))).To(BeEmpty())
	},
		Entry("without a process", "root-token", "", "no process named"),
		Entry("to who may only read", "audrey-token", web, "the token may not change process "+web+": PATCH: 403 CF-NotAuthorized"),
		Entry("for a process that does not exist", "root-token", "no-such-process", `process no-such-process: GET: 404 CF-ResourceNotFound "Process not found"`),
	)
})

// replace sends another body instead of one.
func replace(r *http.Request, old, fresh string) {
	if bodyOf(r) == old {
		made, err := http.NewRequest(r.Method, r.URL.String(), strings.NewReader(fresh))
		Expect(err).NotTo(HaveOccurred())
		r.Body, r.ContentLength = made.Body, made.ContentLength
	}
}
