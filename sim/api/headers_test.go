package api

import (
	"bytes"
	"regexp"
	"sort"
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/draw"
)

const uuid = `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`

// headLines are the header lines of an answer as they were sent.
func headLines(t *testing.T, raw []byte) []string {
	t.Helper()
	head, _, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		t.Fatalf("no end of headers in %q", raw)
	}
	found := strings.Split(string(head), "\r\n")
	sort.Strings(found[1:])
	return found
}

// TestHeaders is §16, spelling included: real clients and proxies are not alike
// in how they treat case.
func TestHeaders(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	rails := []string{
		"Referrer-Policy: strict-origin-when-cross-origin", "X-Content-Type-Options: nosniff", "X-Download-Options: noopen",
		"X-Frame-Options: SAMEORIGIN", "X-Permitted-Cross-Domain-Policies: none", "X-XSS-Protection: 1; mode=block",
	}
	common := []string{`Connection: close`, `Date: .*`, `X-Runtime: \d+\.\d{6}`, `X-VCAP-Request-ID: ` + uuid}
	v2 := []string{`Connection: close`, `Date: .*`, `X-VCAP-Request-ID: ` + uuid, `Content-Length: \d+`, `Content-Type: application/json;charset=utf-8`, `X-Content-Type-Options: nosniff`}
	content := []string{`Content-Length: \d+`, `Content-Type: application/json; charset=utf-8`}
	user := []string{`X-USER-GUID: ` + uuid}
	tests := []struct {
		name, line, token string
		status            string
		want              [][]string
	}{
		{"an answer", "GET " + webPath, "developer", "200 OK", [][]string{common, content, rails, user}},
		{"a list", "GET /v3/processes", "developer", "200 OK", [][]string{common, content, rails, user}},
		{"a change", "PATCH " + webPath, "developer", "200 OK", [][]string{common, content, rails, user}},
		{"a scale", "POST " + webPath + "/actions/scale", "developer", "202 Accepted", [][]string{common, content, rails, user}},
		{"no content", "DELETE " + webPath + "/instances/0", "developer", "204 No Content", [][]string{common, rails, user}},
		{"an error", "GET /v3/processes/nix", "developer", "404 Not Found", [][]string{common, content, rails, user}},
		{"a refused caller", "GET " + webPath, "", "401 Unauthorized", [][]string{common, content, rails}},
		{"an unknown route", "GET /v3/nix", "", "404 Not Found", [][]string{common, content, rails}},
		{"the root", "GET /", "", "200 OK", [][]string{v2}},
		{"an unknown path", "GET /nix", "", "404 Not Found", [][]string{v2, {`X-Cascade: pass`}}},
		{"parameters that cannot be read", "GET /v3/processes?a=%", "developer", "500 Internal Server Error", [][]string{common, user, {`Content-Length: 182`, `Content-Type: text/plain; charset=utf-8`}}},
		{"a query that is too long", "GET /v3/processes?guids=" + strings.Repeat("x", 10235), "developer", "400 Bad Request", [][]string{{`Connection: close`, `Date: .*`, `Content-Length: 0`}}},
		{"a query that is as long as may be", "GET /v3/processes?guids=" + strings.Repeat("x", 10234), "developer", "200 OK", [][]string{common, content, rails, user}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			headers := []string{"X-Nothing: here"}
			if test.token != "" {
				headers = []string{as(test.token)}
			}
			raw, err := r.raw(t, written(test.line, "", headers...))
			if err != nil {
				t.Fatal(err)
			}
			got := headLines(t, raw)
			var want []string
			for _, some := range test.want {
				for _, pattern := range some {
					if strings.HasPrefix(pattern, "X-XSS") {
						pattern = regexp.QuoteMeta(pattern)
					}
					want = append(want, pattern)
				}
			}
			sort.Strings(want)
			if got[0] != "HTTP/1.1 "+test.status {
				t.Errorf("status line %q", got[0])
			}
			if !regexp.MustCompile("^" + strings.Join(want, "\n") + "$").MatchString(strings.Join(got[1:], "\n")) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got[1:], "\n"), strings.Join(want, "\n"))
			}
			if _, body, _ := bytes.Cut(raw, []byte("\r\n\r\n")); test.status == "204 No Content" && len(body) > 0 {
				t.Errorf("a body of %q", body)
			}
		})
	}
}

// TestRequestID takes the client's id over, cleaned and cut (§16), and never
// gives one id twice.
func TestRequestID(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	long := strings.Repeat("a", 300)
	tests := []struct{ name, header, want string }{
		{"none", "X-Nothing: here", uuid},
		{"theirs", "X-Vcap-Request-Id: My_id-7", "My_id-7::" + uuid},
		{"any case", "x-vcap-request-id: My_id-7", "My_id-7::" + uuid},
		{"the other name", "X-Request-Id: other", "other::" + uuid},
		{"both", "X-Request-Id: other\r\nX-Vcap-Request-Id: first", "first::" + uuid},
		{"cleaned", "X-Vcap-Request-Id: a b/ü:c::d", "abcd::" + uuid},
		{"nothing left", "X-Vcap-Request-Id: ///", "::" + uuid},
		{"empty", "X-Vcap-Request-Id: ", uuid},
		{"cut", "X-Vcap-Request-Id: " + long, strings.Repeat("a", 255) + "::" + uuid},
		{"cleaned, then cut", "X-Vcap-Request-Id: //" + long, strings.Repeat("a", 255) + "::" + uuid},
	}
	seen := map[string]bool{}
	for _, test := range tests {
		got := r.send(t, "GET /v3/processes", "", test.header).header["X-Vcap-Request-Id"]
		if len(got) != 1 || !regexp.MustCompile("^"+test.want+"$").MatchString(got[0]) {
			t.Errorf("%s: got %q", test.name, got)
			continue
		}
		own := got[0][len(got[0])-36:]
		if seen[own] {
			t.Errorf("%s was given twice", own)
		}
		seen[own] = true
	}
	var ids idSource
	clear(seen) // another source begins at the same place
	for range 10000 {
		id := draw.UUID(ids.next())
		if seen[id] || !regexp.MustCompile("^"+uuid+"$").MatchString(id) {
			t.Fatalf("%q is not a new uuid", id)
		}
		seen[id] = true
	}
}

// TestRuleHeaders: a rule's header takes the place of the answer's own, however
// it is spelt, and does not stand beside it.
func TestRuleHeaders(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	r.rules(t, `{"respond":{"status":429,"headers":{"x-vcap-request-id":"mine","X-Ratelimit-LIMIT":"7","content-type":"application/problem","X-Frame-Options":"DENY","X-New":"1"}}}`)
	raw, err := r.raw(t, written("GET "+webPath, "", as("admin")))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(headLines(t, raw), "\n") + "\n"
	for _, want := range []string{"X-VCAP-Request-ID: mine\n", "X-RateLimit-Limit: 7\n", "X-RateLimit-Reset: ", "X-RateLimit-Remaining: ", "Retry-After: ",
		"Content-Type: application/problem\n", "X-Frame-Options: DENY\n", "X-New: 1\n"} {
		name, _, _ := strings.Cut(want, ":")
		if !strings.Contains(got, want) || strings.Count(strings.ToLower(got), strings.ToLower(name)+":") != 1 {
			t.Errorf("%q is not there once in\n%s", want, got)
		}
	}
}

// TestTooManyRequests: a 429 says that it is plain text around the usual body
// (§16).
func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen+"rate_limit: {limit: 2, window: 1m, per: user}\n", Options{})
	type line struct {
		status                    int
		limit, reset, left, retry string
	}
	tests := []struct {
		name, path, token string
		want              line
		err               *contract.Error
	}{
		{"first", webPath, "developer", line{200, "2", "1767225652", "1", ""}, nil},
		{"not found, second", "/v3/processes/nix", "developer", line{404, "2", "1767225652", "0", ""}, contract.ProcessNotFound},
		{"third", webPath, "developer", line{429, "2", "1767225652", "0", "52"}, contract.RateLimitExceeded},
		{"another user", webPath, "auditor", line{200, "2", "1767225617", "1", ""}, nil},
		{"an admin", webPath, "admin", line{200, "", "", "", ""}, nil},
		{"the root", "/", "", line{200, "", "", "", ""}, nil},
		{"nobody, first", webPath, "", line{401, "2", "1767225651", "1", ""}, contract.NotAuthenticated},
		{"nobody, second", webPath, "", line{401, "2", "1767225651", "0", ""}, contract.NotAuthenticated},
		{"nobody, third", webPath, "", line{429, "2", "1767225651", "0", "51"}, contract.IPBasedRateLimitExceeded},
		{"a bad token, above", webPath, "two words", line{401, "2", "1767225651", "0", "51"}, contract.InvalidAuthToken},
	}
	for _, test := range tests {
		headers := []string{"X-Nothing: here"}
		if test.token != "" {
			headers = []string{as(test.token)}
		}
		got := r.send(t, "GET "+test.path, "", headers...)
		h := got.header
		if (line{got.status, h.Get("X-RateLimit-Limit"), h.Get("X-RateLimit-Reset"), h.Get("X-RateLimit-Remaining"), h.Get("Retry-After")}) != test.want {
			t.Errorf("%s: got %d %v", test.name, got.status, h)
		}
		if test.err != nil {
			got.is(t, test.err)
		}
		if want := map[string]string{"third": plainText, "nobody, third": plainText, "the root": v2Type, "a bad token, above": "application/json"}[test.name]; want != "" && h.Get("Content-Type") != want {
			t.Errorf("%s: type %s", test.name, h.Get("Content-Type"))
		}
		if behind := h.Get("X-Runtime") == ""; behind != (test.want.limit != "" && test.want.left == "0" && test.want.retry != "" || test.name == "the root") {
			t.Errorf("%s: X-Runtime %q", test.name, h.Get("X-Runtime"))
		}
	}
}
