package api

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// changing is what differs between two answers to one request.
var changing = regexp.MustCompile(`(?m)^(X-VCAP-Request-ID|X-Runtime|Date): [^\r]+`)

// answers are the answers of a connection, each with its lines in order.
func answers(raw []byte) []string {
	all := strings.Split(changing.ReplaceAllString(string(raw), "$1: *"), "HTTP/1.1 ")
	for i, one := range all {
		head, body, _ := strings.Cut(one, "\r\n\r\n")
		lines := strings.Split(head, "\r\n")
		slices.Sort(lines[1:])
		all[i] = strings.Join(lines, "\n") + "\n\n" + body
	}
	return all
}

// TestLinesOnTheWire: lines that go to the connection as they are, and lines that
// go through net/http, make one answer.
func TestLinesOnTheWire(t *testing.T) {
	t.Parallel()
	const rules = `[
		{"id":"plain","match":{"operations":["listProcesses"],"query":{"page":"2"}},"respond":{"status":503}},
		{"id":"more","match":{"operations":["listProcesses"],"query":{"page":"3"}},"respond":{"status":503,"headers":{"Retry-After":["1","2"],"x-vcap-request-id":["own"],"Content-Type":["text/odd"]}}},
		{"id":"same","match":{"operations":["listProcesses"],"query":{"page":"6"}},"respond":{"status":304},"undocumented":true},
		{"id":"slow","match":{"operations":["listProcesses"],"query":{"page":"4"}},"connection":{"kind":"drip","bytes_per_second":1000000}},
		{"id":"short","match":{"operations":["listProcesses"],"query":{"page":"5"}},"connection":{"kind":"truncate"}}]`
	o := Options{Origins: NewOrigins([]string{"https://*.test"}), Prefer: true}
	direct, through := rigFor(t, frozen, o), rigFor(t, frozen, o)
	through.Config.ConnContext = ConnContext
	for _, r := range []*rig{direct, through} {
		r.Start()
		t.Cleanup(r.Close)
		r.rules(t, rules)
	}
	const more, last = " HTTP/1.1\r\nHost: api.test\r\nAuthorization: bearer developer\r\n", "Connection: close\r\n"
	for name, request := range map[string]string{
		"one":                "GET " + webPath + more + last + "\r\n",
		"without a body":     "HEAD " + webPath + more + last + "\r\n",
		"no content":         "DELETE " + webPath + "/instances/0" + more + last + "\r\n",
		"not there":          "GET /v3/processes/nix" + more + last + "\r\n",
		"no route":           "GET /nix" + more + last + "\r\n",
		"of UAA":             "GET /userinfo" + more + last + "\r\n",
		"a page's":           "GET /v3/processes" + more + "Origin: https://a.test\r\nAccept: text/html, application/json\r\n" + last + "\r\n",
		"traced":             "GET /v3/processes" + more + "X-B3-TraceId: 1\r\nX-B3-SpanId: 2\r\nX-Request-Id: mine\r\n" + last + "\r\n",
		"preferred":          "GET /v3/processes" + more + "Prefer: code=503\r\n" + last + "\r\n",
		"a rule's":           "GET /v3/processes?page=2" + more + last + "\r\n",
		"a rule's header":    "GET /v3/processes?page=3" + more + last + "\r\n",
		"slow":               "GET /v3/processes?page=4" + more + last + "\r\n",
		"not modified":       "GET /v3/processes?page=6" + more + last + "\r\n",
		"cut":                "GET /v3/processes?page=5" + more + last + "\r\n",
		"HTTP/1.0":           "GET " + webPath + " HTTP/1.0\r\nHost: api.test\r\nAuthorization: bearer developer\r\n\r\n",
		"that was continued": "PATCH " + webPath + more + "Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n" + last + "\r\n{}",
		"three behind each other": "GET " + webPath + more + "\r\n" +
			"POST " + webPath + "/actions/scale" + more + "Content-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"instances\":2}" +
			"GET /v3/processes" + more + last + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got [2][]string
			for i, r := range []*rig{direct, through} {
				raw, err := r.raw(t, []byte(request))
				if err != nil {
					t.Fatal(err)
				}
				got[i] = answers(raw)
			}
			if len(got[0]) < 2 && name != "HTTP/1.0" || !slices.Equal(got[0], got[1]) {
				t.Errorf("got  %q\nwant %q", got[0], got[1])
			}
		})
	}
}

// TestDateOfAHeldAnswer: it tells when the answer left, not when its request came.
func TestDateOfAHeldAnswer(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	r.rules(t, `{"id":"slow","delay":{"fixed":"1s"}}`)
	leaves := time.Now().Add(time.Second).Truncate(time.Second)
	date, err := http.ParseTime(r.send(t, "GET "+webPath, "", as("developer")).header.Get("Date"))
	if err != nil || date.Before(leaves) {
		t.Errorf("%v, %v; left at %v or later", date, err, leaves)
	}
}
