package drift_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/drift"
)

// serving is a target made of one handler.
func serving(answer http.HandlerFunc) string {
	server := httptest.NewServer(answer)
	DeferCleanup(server.Close)
	return server.URL
}

// endless writes the same bytes until the client leaves.
func endless(w io.Writer, part string) {
	part = strings.Repeat(part, 10_000)
	for {
		if _, err := io.WriteString(w, part); err != nil {
			return
		}
	}
}

var _ = Describe("a target that cannot be used", func() {
	DescribeTable("is reported", func(answer http.HandlerFunc, want string) {
		url := serving(answer)
		report, err := drift.Run(context.Background(), drift.Target{URL: url, Token: "t"}, drift.Options{})
		Expect(err).To(MatchError(ContainSubstring(want)))
		Expect(report.Probes).To(BeZero())
		Expect(err.Error()).NotTo(MatchRegexp(`[\x00-\x09\x0b-\x1f\x7f]`))
	},
		Entry("no Cloud Controller", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", 404) }, "404, expected 200; is http"),
		Entry("a page", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, "no JSON; is http"),
		Entry("a refusal", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(401)
			fmt.Fprint(w, `{"errors":[{"title":"CF-InvalidAuthToken\u001b","detail":"Invalid\u0007 Auth Token"}]}`)
		}, `the token was refused: GET /v3/processes: 401 CF-InvalidAuthToken`),
		Entry("a body without end", func(w http.ResponseWriter, _ *http.Request) { endless(w, `[`) }, "no JSON; is http"),
		Entry("a rate limit that takes too long", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(429)
		}, "asks for a pause of 1h0m0s"),
		Entry("a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}, "302, expected 200; is http"),
	)

	It("is reported when nothing answers", func() {
		url := serving(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		_, err := drift.Run(context.Background(), drift.Target{URL: url, Token: "t"}, drift.Options{})
		var gone *drift.UnreachableError
		Expect(errors.As(err, &gone)).To(BeTrue(), "%v", err)
		Expect(gone.URL).To(Equal(url))
	})

	It("is reported when it takes too long", func() {
		url := serving(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		_, err := drift.Run(context.Background(), drift.Target{URL: url, Token: "t"}, drift.Options{Timeout: 20 * time.Millisecond})
		Expect(err).To(MatchError("no answer from " + url + ": timeout"))
	})

	DescribeTable("is refused before anything is sent", func(url, token, want string) {
		_, err := drift.Run(context.Background(), drift.Target{URL: url, Token: token}, drift.Options{})
		Expect(err).To(MatchError(ContainSubstring(want)))
	},
		Entry("no URL", "api.example.com", "t", "expected http://HOST"),
		Entry("another scheme", "ftp://example.com", "t", "expected http://HOST"),
		Entry("a query", "http://example.com?x=1", "t", "expected http://HOST"),
		Entry("no token", "http://example.com", "", "expected a bearer token"),
		Entry("a token with its kind", "http://example.com", "bearer t", "without the word bearer"),
	)
})

// hostilities are planted in one run, in the order of its report; of their lines
// the beginning is told.
var hostilities = []planted{
	{"long text", plant{"GET", "/v3/processes?page=0", "", text(`Page`, strings.Repeat("x", 1<<20))},
		`§13.1 listProcesses page=0: /errors/0/detail: target has "The query parameter is invalid: xxx`},
	{"escapes in a text", plant{"GET", "/v3/processes?page=x", "", text(`Page`, `\u001b]0;owned\u0007\u202e`)},
		`§13.1 listProcesses page=x: /errors/0/detail: target has "The query parameter is invalid: \x1b]0;owned\a\u202e must be`},
	{"escapes in a header", plant{"GET", one, "", with("X-Frame-Options", "DENY\x9b1m\xff")},
		`§11 getProcess: header X-Frame-Options: target has "DENY\x9b1m\xff", capisim has "SAMEORIGIN"`},
	{"huge", plant{"GET", one + "/stats", "", func(got *http.Response) {
		setBody(got, `{"resources":"`+strings.Repeat("x", 20<<20)+`"}`)
	}}, `§14.1 getProcessStats: body: target has more than 16777216 bytes, capisim has `},
}

var _ = Describe("a hostile answer", func() {
	It("is one difference, bounded and escaped", func() {
		report := run(drift.Target{URL: start().URL, Token: "root-token", Process: web, HTTP: through(trips(hostilities))}, drift.Options{})
		got := lines(report)
		Expect(got).To(HaveLen(len(hostilities)))
		for i, one := range hostilities {
			Expect(got[i]).To(And(HavePrefix(one.want), MatchRegexp(`^[^\x00-\x1f\x7f]{1,700}$`)), one.name)
		}
	})

	It("fills no report", func() {
		var keys strings.Builder
		for i := range 5000 {
			fmt.Fprintf(&keys, `"k%d":%d,`, i, i)
		}
		p := plant{"GET", one, "", text(`"type":`, keys.String()+`"type":`)}
		report := run(drift.Target{URL: start().URL, Token: "root-token", Process: web, HTTP: through(p.trip)}, drift.Options{})
		Expect(lines(report)).To(HaveLen(21))
		Expect(lines(report)[20]).To(Equal(`§11 getProcess: body: target has 4980 more differences, capisim has none of them`))
	})

	It("that is cut is a difference, three in a row end the run", func() {
		server := start()
		cut := func(paths ...string) drift.Target {
			return drift.Target{URL: server.URL, Token: "root-token", Process: web, HTTP: through(func(r *http.Request) (*http.Response, error) {
				for _, path := range paths {
					if r.URL.RequestURI() == path {
						return nil, io.ErrUnexpectedEOF
					}
				}
				return http.DefaultTransport.RoundTrip(r)
			})}
		}
		twice := run(cut("/v3/processes?page=0", "/v3/processes?page=x"), drift.Options{})
		Expect(twice.Differences).To(HaveLen(1))
		Expect(twice.Differences[0].Also).To(Equal([]string{"§13.1 listProcesses page=x"}))
		report, err := drift.Run(context.Background(), cut("/v3/processes?page=0", "/v3/processes?page=-1", "/v3/processes?page=x"), drift.Options{})
		var gone *drift.UnreachableError
		Expect(errors.As(err, &gone)).To(BeTrue(), "%v", err)
		Expect(lines(report)).To(Equal([]string{
			`§13.1 listProcesses page=0: connection: target has no answer: unexpected EOF, capisim has 400 CF-BadQueryParameter "The query parameter is invalid: Page must be a positive integer"`,
		}))
	})
})
