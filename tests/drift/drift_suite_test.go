// Package drift_test compares capisim with a second capisim: unchanged it shows
// no difference, with a planted deviation exactly that one. The section
// marks (§) are those of docs/CONTRACT.md.
package drift_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim"
	"example.com/capisim/sim/drift"
)

func TestDrift(t *testing.T) {
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	suite.RandomizeAllSpecs = true
	RunSpecs(t, "Drift", suite, reporter)
}

// The target's processes. The app has two of them.
const (
	web    = "aaaaaaaa-1111-4000-8000-000000000001"
	worker = "bbbbbbbb-2222-4000-8000-000000000002"
	other  = "cccccccc-3333-4000-8000-000000000003"
)

// document is a target that has nothing in common with the default scenario.
const document = `
name: foundation
seed: 7
clock: {mode: frozen, start: "2031-07-09T23:59:58Z"}
auth:
  mode: strict
  users:
    - {name: root, scopes: [cloud_controller.admin]}
    - {name: dora, roles: [{space: prod, role: space_developer}, {space: test, role: space_developer}]}
    - {name: sally, roles: [{space: prod, role: space_supporter}]}
    - {name: audrey, roles: [{space: prod, role: space_auditor}]}
  tokens: {root-token: root, dora-token: dora, sally-token: sally, audrey-token: audrey}
organizations: [{name: acme}]
spaces: [{name: prod, guid: ffffffff-1111-4000-8000-000000000001}, {name: test, isolation_segment: dmz}]
apps:
  - name: shop
    space: prod
    guid: aaaaaaaa-1111-4000-8000-000000000001
    processes:
      - type: web
        guid: aaaaaaaa-1111-4000-8000-000000000001
        created_at: "2029-01-01T00:00:00Z"
        updated_at: "2030-01-01T00:00:00Z"
        command: serve --all
        user: ContainerUser
        instances: 3
        memory_in_mb: 300
        disk_in_mb: 700
        log_rate_limit_in_bytes_per_second: -1
        health_check: {type: http, data: {endpoint: /ok, timeout: 90, interval: 5}}
        readiness_health_check: {type: port, data: {invocation_timeout: 4}}
        metadata: {labels: {zone: "1", example.com/a: b}, annotations: {note: "two words"}}
        revision: {guid: eeeeeeee-1111-4000-8000-000000000001}
        forced: [{index: 1, state: CRASHED}, {index: 2, state: DOWN, details: no room}]
      - {type: worker, guid: bbbbbbbb-2222-4000-8000-000000000002, instances: 0, created_at: "2029-01-01T00:00:07Z", updated_at: "2029-05-01T00:00:00Z"}
  - name: lab
    space: test
    state: STOPPED
    guid: cccccccc-3333-4000-8000-000000000003
    processes:
      - {type: web, guid: cccccccc-3333-4000-8000-000000000003, instances: 2, created_at: "2028-01-01T00:00:00Z"}
generate: {apps: 3, processes: [web, worker]}
`

// start runs the second capisim.
func start(options ...sim.Option) *sim.Server {
	GinkgoHelper()
	return sim.Start(GinkgoT(), append([]sim.Option{sim.Document(document)}, options...)...)
}

// run compares and expects no error.
func run(target drift.Target, options drift.Options) drift.Report {
	GinkgoHelper()
	report, err := drift.Run(context.Background(), target, options)
	Expect(err).NotTo(HaveOccurred())
	Expect(report.Probes).To(BeNumerically(">", 50))
	return report
}

// lines are the differences without the probes that found them as well.
func lines(report drift.Report) []string {
	list := []string{}
	for _, d := range report.Differences {
		d.Also = nil
		list = append(list, d.String())
	}
	return list
}

// plant is one deviation: it changes the answers to some requests.
type plant struct {
	method, uri string // of the requests, the URI as it is sent; "" is any
	body        string // of the requests, "" is any
	change      func(*http.Response)
}

// roundTripper is a client's way to the target.
type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip takes the way.
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func through(f roundTripper) *http.Client { return &http.Client{Transport: f} }

// trip asks the target and changes its answer if it is one of those.
func (p plant) trip(r *http.Request) (*http.Response, error) {
	return p.over(http.DefaultTransport.RoundTrip)(r)
}

// over is a way with the deviation on it.
func (p plant) over(way roundTripper) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		met := (p.method == "" || p.method == r.Method) && (p.uri == "" || p.uri == r.URL.RequestURI()) && (p.body == "" || p.body == bodyOf(r))
		got, err := way(r)
		if err == nil && met {
			p.change(got)
		}
		return got, err
	}
}

// planted is a deviation that is found among others.
type planted struct {
	name  string
	plant plant
	want  string // its line in the report
}

// trips asks the target and changes its answer by all that is planted there.
func trips(list []planted) roundTripper {
	way := roundTripper(http.DefaultTransport.RoundTrip)
	for _, one := range list {
		way = one.plant.over(way)
	}
	return way
}

// expectFound expects the line of each in the report, in this order, and no other.
func expectFound(report drift.Report, list []planted) {
	GinkgoHelper()
	var want, lost []string
	got := lines(report)
	for _, one := range list {
		want = append(want, one.want)
		if !slices.Contains(got, one.want) {
			lost = append(lost, one.name+": "+one.want)
		}
	}
	extra := slices.DeleteFunc(slices.Clone(got), func(line string) bool { return slices.Contains(want, line) })
	Expect(lost).To(BeEmpty(), "not found; found and not planted: %q", extra)
	Expect(extra).To(BeEmpty())
	Expect(got).To(Equal(want))
}

// bodyOf reads the body of a client's request and leaves it there.
func bodyOf(r *http.Request) string {
	if r.GetBody == nil {
		return ""
	}
	body, err := r.GetBody()
	Expect(err).NotTo(HaveOccurred())
	raw, err := io.ReadAll(body)
	Expect(err).NotTo(HaveOccurred())
	return string(raw)
}

// behind puts a proxy that changes answers before a target and returns its
// address.
func behind(target string, p plant) string {
	GinkgoHelper()
	at, err := url.Parse(target)
	Expect(err).NotTo(HaveOccurred())
	server := httptest.NewServer(&httputil.ReverseProxy{
		Transport: roundTripper(p.trip),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(at)
			r.Out.Host = r.In.Host // links are made of it
			r.Out.URL.RawQuery = r.In.URL.RawQuery
		},
	})
	DeferCleanup(server.Close)
	return server.URL
}

// The deviations.

func status(code int) func(*http.Response) {
	return func(got *http.Response) { got.StatusCode, got.Status = code, strconv.Itoa(code) }
}

// text replaces a part of the body, which must be there.
func text(old, fresh string) func(*http.Response) {
	return func(got *http.Response) {
		defer GinkgoRecover()
		raw, err := io.ReadAll(got.Body)
		Expect(err).NotTo(HaveOccurred())
		if !strings.Contains(string(raw), old) {
			Fail(fmt.Sprintf("nothing to plant: no %s in %s", old, raw))
		}
		setBody(got, strings.Replace(string(raw), old, fresh, 1))
	}
}

func setBody(got *http.Response, body string) {
	got.Body = io.NopCloser(strings.NewReader(body))
	got.ContentLength = int64(len(body))
	got.Header.Set("Content-Length", strconv.Itoa(len(body)))
}

func without(name string) func(*http.Response) {
	return func(got *http.Response) { got.Header.Del(name) }
}

func with(name string, values ...string) func(*http.Response) {
	return func(got *http.Response) { got.Header[name] = values }
}
